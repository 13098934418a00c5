//! The report of an evaluation as PDF (article 35).

use std::sync::Arc;

use lotus_domain::case::Case;
use lotus_domain::evaluation::Stage;

use crate::asker::{Asker, Denied};
use crate::evaluation::EvaluationView;
use crate::fee::PayError;
use crate::start::Platform;

impl Platform {
    /// The report, for everybody once it is public.
    pub async fn evaluation_report(&self, id: &str) -> Result<Vec<u8>, PayError> {
        let view = self.evaluation_public(id).await.map_err(denied)?;
        if view.evaluation.stage != Stage::Reported {
            return Err(PayError::NotFound);
        }
        self.evaluation_print(view).await
    }

    /// The report as it would be, for whoever sees the answers.
    pub async fn evaluation_draft(&self, asker: &Asker, id: &str) -> Result<Vec<u8>, PayError> {
        let view = self.evaluation_see(asker, id).await.map_err(denied)?;
        if view.evaluation.stage == Stage::Planned {
            return Err(PayError::NotFound);
        }
        self.evaluation_print(view).await
    }

    async fn evaluation_print(&self, view: EvaluationView) -> Result<Vec<u8>, PayError> {
        let EvaluationView { evaluation, strata, outcomes, cases, .. } = view;
        let name_of = |code: &str| {
            let districts = self.districts();
            let known = districts.iter().find(|district| district.division.as_str() == code);
            known.map_or_else(|| code.to_owned(), |district| district.name.zh.clone())
        };
        let state_of = |number: &str| {
            let found: Option<&Case> = cases.iter().find(|case| case.number.as_str() == number);
            found.and_then(Case::at).map_or_else(String::new, |state| state.title.zh.clone())
        };
        let rows = evaluation.population.iter().map(|(code, population)| {
            let (drawn, invited, answered) = strata.get(code).copied().unwrap_or_default();
            (name_of(code), *population, drawn, invited, answered)
        });
        let findings = evaluation.findings.iter().map(|finding| {
            let department = finding.department.clone();
            (name_of(finding.division.as_str()), department, finding.words.clone(), state_of(&finding.number))
        });
        let (plan, day) = (&evaluation.plan, self.today());
        let report = lotus_paper::Report {
            number: format!("PG-{}", evaluation.id),
            title: plan.title.clone(),
            body: plan.body.clone(),
            period: format!("{} 至 {}", plan.from, plan.to),
            day,
            strata: rows.collect(),
            seed: [evaluation.seed.clone(), evaluation.commitment(), evaluation.snapshot.clone().unwrap_or_default()],
            outcomes,
            findings: findings.collect(),
        };
        let city = self.districts().into_iter().find(|district| district.is_city);
        let hall = city.as_ref().map(|city| &city.hall);
        let office = lotus_paper::Office {
            name: format!("{}政务服务管理机构", city.as_ref().map(|city| city.name.zh.clone()).unwrap_or_default()),
            address: hall.map(|hall| hall.address.zh.clone()).unwrap_or_default(),
            telephone: hall.map(|hall| hall.telephone.clone()).unwrap_or_default(),
            supervision: hall.map(|hall| hall.supervision.clone()).unwrap_or_default(),
        };
        let inner = Arc::clone(&self.inner);
        let printed = tokio::task::spawn_blocking(move || inner.press.evaluation(&report, &office)).await;
        printed.map_err(|_| PayError::Unavailable)?.map_err(|error| {
            tracing::error!(%error, "an evaluation's report can't be printed");
            error.into()
        })
    }
}

fn denied(denied: Denied) -> PayError {
    denied.into()
}
