//! Policies that districts' plugins add (article 30): asked at once, beside the host's own; recorded, so that a match or a
//! decision can be explained and replayed.
//!
//! Invariant: a plugin adds, it takes nothing away: the district's own matches stand whatever it answers.

use std::sync::Arc;

use futures::future::join_all;
use lotus_domain::Slug;
use lotus_domain::applicant::{self, Applicant};
use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::package::ExtensionPoint;
use lotus_domain::policy::{Decided, Match};
use lotus_domain::text::Text;
use lotus_runtime::{Answer, Ask, Outcome};

use crate::Visit;
use crate::asker::Asker;
use crate::start::Platform;

impl Platform {
    /// Whoever asks held against the policies of the district's plugins, all at once, in the order of the plugins. One that
    /// fails adds nothing.
    pub async fn plugin_policies(&self, visit: &Visit, asker: &Asker) -> Vec<Match> {
        let applicant = self.applicant_with_facts(&visit.division, asker).await;
        let plugins = self.answering(&visit.division, ExtensionPoint::Policies);
        let calls = plugins.iter().map(|active| async {
            let called = active.decide_for(self, visit, &Ask::MatchPolicies, None, applicant.as_ref()).await;
            let (Outcome::Answer(Answer::Matches(matches)), record) = called else { return Vec::new() };
            // It told somebody yes or no: why, its record tells.
            if let Some(record) = record {
                self.inner.recorder.keep(record);
            }
            let named = matches.into_iter().map(|added| {
                let published = self.policy(&visit.division, added.policy.as_str());
                let title = published.map(|edition| edition.policy.title.clone());
                let title = title.unwrap_or_else(|| Text::zh(added.basis.title.as_str()));
                added.matched(&visit.division, title, active.id())
            });
            named.collect::<Vec<_>>()
        });
        join_all(calls).await.into_iter().flatten().collect()
    }

    /// Who applies, with what registers and they themselves say: plugins may read what their grant has, each fact for its
    /// purpose. What can't be read for now is as if nobody knew it.
    pub async fn applicant_with_facts(&self, division: &Division, asker: &Asker) -> Option<Arc<Applicant>> {
        let person = asker.person()?;
        let mut applicant = Applicant::of(&person.account, person.acting_for.as_ref());
        if let Some(holder) = crate::policy_match::holder(person) {
            match self.facts_known(division, &holder).await {
                Ok(facts) => {
                    for (name, fact) in facts.iter() {
                        applicant = applicant.knowing(applicant::Fact {
                            name: name.as_str().to_owned(),
                            value: fact.value.to_value(),
                            source: fact.source.zh.clone(),
                            as_of: fact.as_of,
                        });
                    }
                }
                Err(error) => tracing::warn!(%error, "what is known of an applicant can't be read"),
            }
        }
        Some(Arc::new(applicant))
    }

    /// What the plugin that adds a policy decides on a claim; none where it isn't there, or can't say: then a person decides.
    pub async fn plugin_decides(
        &self,
        visit: &Visit,
        plugin: &str,
        case: &CaseNumber,
        policy: &Slug,
        applicant: Option<&Arc<Applicant>>,
    ) -> Option<Decided> {
        let plugins = self.answering(&visit.division, ExtensionPoint::Policies);
        let active = plugins.iter().find(|active| active.id() == plugin)?;
        let ask = Ask::DecideClaim { case: case.clone(), policy: policy.clone() };
        let (outcome, record) = active.decide_for(self, visit, &ask, Some(case), applicant).await;
        let decided = match outcome {
            Outcome::Answer(Answer::Decided(decided)) => decided,
            Outcome::Refused(refusal) => Decided::Declined(refusal),
            Outcome::Answer(_) | Outcome::NotFound | Outcome::Unavailable(_) | Outcome::Failed(_) => return None,
        };
        if let Some(record) = record {
            self.inner.recorder.keep(record);
        }
        Some(decided)
    }
}
