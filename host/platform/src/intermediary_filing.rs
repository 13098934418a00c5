//! What intermediaries file with the list (article 32): registration, change, exit, re-admission, each a case; and how the
//! list follows those cases.
//!
//! Invariant: only whoever acts for an enterprise files for it. The list follows a case that was published, once; where
//! something stops in between, the next turn follows.

use jiff::civil::Date;
use lotus_domain::case::{Case, CaseNumber, Subject};
use lotus_domain::district::{District, Division};
use lotus_domain::form::{FieldError, FieldValue, Form, Typed};
use lotus_domain::intermediary::credit::Standing;
use lotus_domain::intermediary::filing::{self, Filer, Filing, FilingKind};
use lotus_domain::intermediary::{ListingError, REGISTRATION, ServiceType};
use lotus_domain::law::{LegalBasis, Refusal};
use lotus_domain::text::Text;
use lotus_store::StoreError;

use crate::asker::{Asker, Denied};
use crate::opening::Beginning;
use crate::plugin::NotServed;
use crate::service::{Receipt, application, unavailable};
use crate::start::Platform;
use crate::token::FormToken;

/// Filings of a district that are looked through and shown.
const MOST: u32 = 500;
/// Filings that one turn follows in each district.
const TURN: u32 = 200;

/// What became of a filing.
#[derive(Debug, Clone)]
pub enum Filed {
    /// A case was opened.
    Opened(Receipt),
    /// Wrong values, each beside its field.
    Invalid(Vec<FieldError>),
    /// The form lay open too long.
    StaleToken,
}

/// Article 32.
pub(crate) fn article() -> LegalBasis {
    LegalBasis { title: "《许昌市政务服务条例》".to_owned(), article: Some("第三十二条".to_owned()) }
}

/// A reasoned no.
pub(crate) fn no(reason: (&str, &str), next: (&str, &str)) -> Refusal {
    Refusal {
        reason: Text::new(reason.0, reason.1),
        basis: Some(article()),
        next_step: Some(Text::new(next.0, next.1)),
    }
}

impl Platform {
    /// Whether this can be filed now by whoever asks, and for whom: code and name.
    async fn filer(&self, asker: &Asker, division: &Division, kind: FilingKind) -> Result<(String, String), NotServed> {
        let refused = |reason, next| NotServed::Refused(no(reason, next));
        let mandate = asker.person().and_then(|person| person.acting_for.clone()).ok_or_else(|| {
            refused(
                (
                    "只有机构的法定代表人或授权经办人可以办理。",
                    "Only a representative or agent of the organisation files.",
                ),
                ("请登录，并在“我的”页面选择代表的机构。", "Please sign in and choose for whom you act on your page."),
            )
        })?;
        let listed = self.intermediary(&mandate.credit_code);
        let standing = listed.as_ref().map(|listed| listed.record.standing);
        match (kind, standing) {
            (FilingKind::Register, None)
            | (
                FilingKind::Change | FilingKind::Exit,
                Some(Standing::Listed | Standing::Warned | Standing::Suspended { .. } | Standing::Readmitted),
            ) => {}
            (FilingKind::Readmit, Some(Standing::Exited { .. })) => {
                let again = listed.and_then(|listed| listed.record.again);
                if let Some(again) = again.filter(|again| self.today() < *again) {
                    let zh = format!("退出未满期限，{again} 起可以申请重新入驻。");
                    let en = format!("It may be asked for from {again} on.");
                    let next = ("请在期满后申请。", "Please ask again then.");
                    return Err(refused((&zh, &en), next));
                }
            }
            (FilingKind::Register, Some(_)) => {
                return Err(refused(
                    ("该机构已在名录中。", "This organisation is on the list already."),
                    (
                        "信息有变化的，请办理变更；已退出的，请申请重新入驻。",
                        "File a change, or ask to be admitted again.",
                    ),
                ));
            }
            (FilingKind::Readmit, _) => {
                return Err(refused(
                    ("该机构没有退出名录。", "This organisation has not left the list."),
                    ("信息有变化的，请办理变更。", "If something has changed, please file a change."),
                ));
            }
            (FilingKind::Change | FilingKind::Exit, _) => {
                return Err(refused(
                    ("该机构不在名录中。", "This organisation is not on the list."),
                    ("请先办理入驻登记。", "Please register first."),
                ));
            }
        }
        let filings =
            self.store().intermediary_list_filings(division, MOST).await.map_err(|error| unavailable(&error))?;
        let ended = ["published", "refused", "withdrawn"];
        let open = |(_, state, filing): &&(CaseNumber, String, Filing)| {
            filing.code == mandate.credit_code && !ended.contains(&state.as_str())
        };
        if let Some((number, _, _)) = filings.iter().find(open) {
            let zh = format!("已有一件申请正在办理：{number}。");
            let en = format!("Something is under way already: {number}.");
            return Err(refused((&zh, &en), ("请等待其办结，或先撤回。", "Please wait for it, or withdraw it.")));
        }
        Ok((mandate.credit_code, mandate.enterprise))
    }

    /// The form of a filing, where it can be filed.
    pub async fn filing_form(&self, asker: &Asker, division: &Division, kind: FilingKind) -> Result<Form, NotServed> {
        let (code, _) = self.filer(asker, division, kind).await?;
        let districts: Vec<District> = self.districts().iter().map(|district| District::clone(district)).collect();
        let now = self.intermediary(&code);
        let register = &self.city().register;
        Ok(filing::form(kind, &register.services, &districts, now.as_deref().map(|now| &now.listing)))
    }

    /// Files. However often the same form is sent, it is one case.
    pub async fn filing_submit(
        &self,
        asker: &Asker,
        division: &Division,
        kind: FilingKind,
        token: &FormToken,
        typed: &Typed,
    ) -> Result<Filed, NotServed> {
        let turn = self.inner.in_flight.of(token.hash());
        let _turn = turn.lock().await;
        if let Some(receipt) = self.receipt_again(division, token).await.map_err(|error| unavailable(&error))? {
            return Ok(Filed::Opened(receipt));
        }
        if !token.holds(&self.inner.key, self.now()) {
            return Ok(Filed::StaleToken);
        }
        let form = self.filing_form(asker, division, kind).await?;
        let (code, name) = self.filer(asker, division, kind).await?;
        let values = match form.read(typed) {
            Ok(values) => values,
            Err(errors) => return Ok(Filed::Invalid(errors)),
        };
        let filing = filing::read(kind, Filer { code: &code, name: &name }, &values, self.today());
        let errors = wrong(&filing, &self.city().register.services, self.today());
        if !errors.is_empty() {
            return Ok(Filed::Invalid(errors));
        }
        let filed = self.file(asker, division, token, (filing, &name), values, &form).await;
        filed.map(Filed::Opened).map_err(|error| unavailable(&error))
    }

    async fn file(
        &self,
        asker: &Asker,
        division: &Division,
        token: &FormToken,
        (filing, name): (Filing, &str),
        values: Vec<FieldValue>,
        form: &Form,
    ) -> Result<Receipt, StoreError> {
        let definition = self
            .city()
            .kind(REGISTRATION)
            .ok_or_else(|| StoreError::Unavailable("there is no kind of case for it".to_owned()))?;
        let title = filing.kind.title();
        let beginning = Beginning {
            number: self.new_number(division, &definition),
            title: Text::zh(format!("{}：{name}", title.zh)),
            subject: Subject::Matter { title, department: department(), item: None },
            message: Some(Text::new(
                "核验通过后公示，公示期满无异议的自动发布。",
                "It is verified, then public for objections; where nobody objects it is published by itself.",
            )),
            application: application(values, Some(form)),
            record: None,
            parent: None,
            assigned: None,
            priority: 0,
            definition,
        };
        let prepared = self.prepare(division, asker, token, beginning).await?;
        let opened = self.store().intermediary_file(division.clone(), prepared.new.clone(), filing).await?;
        self.begun(division, token, prepared, opened).await
    }

    /// What is public for objections in a district now.
    pub async fn filings_public(&self, division: &Division) -> Result<Vec<(CaseNumber, Filing)>, StoreError> {
        let filings = self.store().intermediary_list_filings(division, MOST).await?;
        let public = filings.into_iter().filter(|(_, state, _)| state == "publicity");
        Ok(public.map(|(number, _, filing)| (number, filing)).collect())
    }

    /// What was filed in a district, for those who verify it.
    pub async fn filings(
        &self,
        asker: &Asker,
        division: &Division,
    ) -> Result<Vec<(CaseNumber, String, Filing)>, Denied> {
        self.allow_within(asker, lotus_domain::access::Deed::KeepIntermediaries, division, "filings").await?;
        Ok(self.store().intermediary_list_filings(division, MOST).await?)
    }

    /// After a step of a case: where it is a filing's, the list follows.
    pub(crate) async fn list_follows(&self, case: &Case) {
        if case.definition.id.as_str() != REGISTRATION {
            return;
        }
        if let Err(error) = self.list_follow(&case.division, &case.number).await {
            tracing::warn!(%error, number = %case.number, "the list of intermediaries follows later");
        }
    }

    async fn list_follow(&self, division: &Division, number: &CaseNumber) -> Result<(), StoreError> {
        let Some(city) = self.city_division() else { return Ok(()) };
        self.store().intermediary_follow(division.clone(), number.clone(), city, self.today()).await?;
        self.reload().await
    }

    /// Follows whatever the list has not followed yet.
    pub(crate) async fn filings_settle(&self, division: &Division) -> Result<(), StoreError> {
        for number in self.store().intermediary_list_behind(division, TURN).await? {
            self.list_follow(division, &number).await?;
        }
        Ok(())
    }
}

/// The department that answers for the list.
pub(crate) fn department() -> Text {
    Text::new("政务服务中心", "Government service centre")
}

/// What is wrong beyond what its form checked.
fn wrong(filing: &Filing, services: &[ServiceType], today: Date) -> Vec<FieldError> {
    let Some(listing) = &filing.listing else { return Vec::new() };
    let error = |field: &str, message: Text| FieldError { field: field.to_owned(), message };
    let mut errors = Vec::new();
    let unqualified = listing
        .offers
        .iter()
        .find_map(|offer| services.iter().find(|s| s.id == offer.service && !listing.is_qualified(s, today)));
    if let Some(service) = unqualified {
        let needs = service.qualification.as_ref().map(|needs| needs.zh.as_str()).unwrap_or_default();
        let zh = format!("“{}”需要在有效期内的资质：{needs}。", service.title.zh);
        errors.push(error("qualification", Text::new(zh, "This service needs a qualification that is valid now.")));
    }
    match listing.check(services) {
        Ok(()) => {}
        Err(ListingError::Offers) => {
            let message =
                Text::new("请选择 1 至 20 项服务和服务区域。", "Please choose 1 to 20 services and districts.");
            errors.push(error("services", message));
        }
        Err(problem) => errors.push(error("statement", Text::new("请检查填写的内容。", problem.to_string()))),
    }
    errors
}
