//! Deciding claims: by the conditions of the version that the claim keeps, by the plugin whose policy it is, or by a person.
//!
//! Invariant: the machine grants what is met and nothing else; what it doesn't know, and whatever a plugin can't answer, is
//! a person's to decide. A plugin's call stands on record with the case, to be replayed.

use std::sync::Arc;

use lotus_domain::applicant::Applicant;
use lotus_domain::case::{Actor, CaseNumber};
use lotus_domain::claim::{Adding, Claim, Decided, Decider, Decision};
use lotus_domain::district::Division;
use lotus_domain::form::FieldError;
use lotus_domain::kind::Role;
use lotus_domain::law::{Fen, Refusal};
use lotus_domain::policy::{Decided as ByPlugin, Match, Verdict};
use lotus_domain::record::CallRecord;
use lotus_domain::text::{Language, Text};
use lotus_runtime::{Answer, Ask, Outcome};
use lotus_store::StoreError;

use crate::Visit;
use crate::asker::{Asker, Denied};
use crate::case::{CaseError, Wanted};
use crate::claim::{Brought, ClaimError, ClaimView};
use crate::start::Platform;

/// Claims that one turn decides in each district where whoever consented was not answered at once.
const TURN: u32 = 50;

/// How somebody gets a person's decision instead of the machine's.
fn by_a_person() -> Text {
    Text::new(
        "对自动核定结果有异议的，可在60日内点击“请求人工决定”，由承办人核定。",
        "You can ask for a person's decision within 60 days.",
    )
}

/// Reasons of findings, one after the other.
fn joined<'a>(reasons: impl Iterator<Item = &'a Text>) -> Text {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for reason in reasons {
        zh.push(reason.zh.as_str());
        en.push(reason.en.as_deref().unwrap_or(&reason.zh));
    }
    Text::new(zh.join("；"), en.join("; "))
}

/// A plugin's word as a claim keeps it.
fn decision(decided: ByPlugin) -> Decision {
    match decided {
        ByPlugin::Granted(amount) => Decision::Granted(amount),
        ByPlugin::Declined(refusal) => Decision::Declined(refusal),
        ByPlugin::ForAPerson(why) => Decision::ForAPerson(why),
    }
}

/// What the policy's own conditions say.
fn by_rule(found: &Match, is_money: bool) -> Decision {
    match found.verdict {
        Verdict::Met if is_money && found.amount.is_none() => Decision::ForAPerson(Text::new(
            "符合条件，但金额需要人工核定。",
            "The conditions are met, but the amount has to be assessed.",
        )),
        Verdict::Met => Decision::Granted(found.amount),
        Verdict::NotMet => Decision::Declined(Refusal {
            reason: joined(found.lacking().map(|finding| &finding.reason)),
            basis: Some(found.basis.clone()),
            next_step: Some(by_a_person()),
        }),
        Verdict::Unknown => Decision::ForAPerson(joined(found.untold().map(|finding| &finding.reason))),
    }
}

impl Platform {
    /// Decides a claim that was consented to. Where somebody else moved it in between, nothing happens.
    pub(crate) async fn claim_decide(
        &self,
        division: &Division,
        number: &CaseNumber,
        applicant: Option<&Arc<Applicant>>,
    ) -> Result<(), ClaimError> {
        let Some(ClaimView { view, mut claim }) = self.claim_view(division, number, &[Role::System]).await? else {
            return Ok(());
        };
        let waits = claim.body.consent.as_ref().is_some_and(|consent| !consent.by_person && consent.revoked.is_none());
        if view.case.state != "consented" || !waits {
            return Ok(());
        }
        let (decided, record) = self.decided(&claim, applicant).await?;
        let (action, reason) = match &decided.decision {
            Decision::Granted(_) => ("grant", None),
            Decision::Declined(refusal) => ("decline", Some(refusal.reason.zh.clone())),
            Decision::ForAPerson(why) => ("for-a-person", Some(why.zh.clone())),
        };
        claim.body.decided.push(decided);
        let reason = reason.map(|reason| if reason.is_empty() { "需要人工核定".to_owned() } else { reason });
        let actor = Actor { role: Role::System, account: None };
        let revision = view.case.revision;
        let wanted = Wanted { actor, revision, action, reason: reason.as_deref(), overrules: true };
        let brought = Some(Brought { record, ..Brought::new(claim) });
        match self.act_with(view, wanted, &[Role::System], None, brought).await {
            Ok(_) | Err(CaseError::Changed { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn decided(
        &self,
        claim: &Claim,
        applicant: Option<&Arc<Applicant>>,
    ) -> Result<(Decided, Option<CallRecord>), StoreError> {
        let at = self.now();
        if let Some(adding) = &claim.body.adding {
            let (decision, record) = self.decided_by_plugin(claim, adding, applicant).await;
            let by = Decider::Plugin(adding.plugin.clone());
            return Ok((Decided { at, by, decision, findings: claim.body.found.findings.clone() }, record));
        }
        let Some(edition) = self.claim_edition(claim).await? else {
            let why = Text::new("找不到政策版本。", "The policy's version is not there.");
            let decision = Decision::ForAPerson(why);
            return Ok((Decided { at, by: Decider::Rule, decision, findings: Vec::new() }, None));
        };
        let facts = self.facts_known(&claim.division, &claim.body.holder).await?;
        // The version that the claim began with, whatever holds now.
        let found = edition.policy.matched(&facts, self.today(), &self.policy_names());
        let decision = by_rule(&found, edition.policy.amount.is_some());
        Ok((Decided { at, by: Decider::Rule, decision, findings: found.findings }, None))
    }

    /// The plugin's own word, of the package that the claim began with.
    async fn decided_by_plugin(
        &self,
        claim: &Claim,
        adding: &Adding,
        applicant: Option<&Arc<Applicant>>,
    ) -> (Decision, Option<CallRecord>) {
        let cannot = || {
            Decision::ForAPerson(Text::new(
                "自动核定暂时不可用，由承办人核定。",
                "It can't be decided by machine for now; a person decides.",
            ))
        };
        let Some(active) = self.plugin_of(&claim.division, &adding.package).await else { return (cannot(), None) };
        let ask = Ask::DecideClaim { case: claim.number.clone(), policy: claim.policy.clone() };
        let visit = Visit { division: claim.division.clone(), language: Language::Zh };
        let (outcome, record) = active.decide_for(self, &visit, &ask, Some(&claim.number), applicant).await;
        let answer = outcome.pick(|answer| match answer {
            Answer::Decided(decided) => Some(decision(decided)),
            _ => None,
        });
        let decision = match answer {
            Outcome::Answer(Decision::Declined(refusal)) | Outcome::Refused(refusal) => {
                let next = refusal.next_step.map_or_else(by_a_person, |own| {
                    let also = by_a_person();
                    let en = |text: &Text| text.en.clone().unwrap_or_else(|| text.zh.clone());
                    Text::new(format!("{}{}", own.zh, also.zh), format!("{} {}", en(&own), en(&also)))
                });
                Decision::Declined(Refusal { next_step: Some(next), ..refusal })
            }
            // Nobody gets less than nothing, or nothing as if it were money.
            Outcome::Answer(decision) if !matches!(decision, Decision::Granted(Some(Fen(..=0)))) => decision,
            Outcome::Answer(_) | Outcome::NotFound | Outcome::Unavailable(_) | Outcome::Failed(_) => cannot(),
        };
        (decision, record)
    }

    /// Decides what was consented to and not decided: where a host ended in between.
    pub(crate) async fn claims_decide(&self, division: &Division) -> Result<(), StoreError> {
        for (case, claim) in self.store().claim_list_state(division, "consented", None, TURN).await? {
            let Some(consent) = claim.body.consent.as_ref().filter(|consent| !consent.by_person) else { continue };
            // Whoever consents has their answer with the page; only what is left after that is found here.
            if self.now().duration_since(consent.at) < jiff::SignedDuration::from_mins(1) {
                continue;
            }
            if let Err(error) = self.claim_decide(division, &case.number, None).await {
                tracing::warn!(?error, %division, number = %case.number, "a claim is decided later");
            }
        }
        Ok(())
    }

    /// A person's decision: granted, with the amount where it is money; the reason is theirs to give.
    pub async fn claim_person_grant(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        revision: u32,
        amount: &str,
        reason: &str,
    ) -> Result<(), ClaimError> {
        let seen = self.claim_see(asker, number).await?;
        let is_money = self.pays_money(&seen.claim).await?;
        let amount = match (is_money, Fen::parse_yuan(amount)) {
            (false, _) => None,
            (true, Ok(amount)) if amount.0 > 0 && self.is_within(&seen.claim, amount).await? => Some(amount),
            (true, _) => {
                return Err(ClaimError::Invalid(vec![FieldError {
                    field: "amount".to_owned(),
                    message: Text::new(
                        "请填写大于零、不超过政策上限的金额（元）。",
                        "Please give an amount in yuan, more than nothing and at most the policy's.",
                    ),
                }]));
            }
        };
        let mut claim = seen.claim.clone();
        let by = Decider::Person(asker.name().unwrap_or_default());
        let decided = Decided { at: self.now(), by, decision: Decision::Granted(amount), findings: Vec::new() };
        claim.body.decided.push(decided);
        self.claim_staff(asker, seen, revision, "person-grant", reason, claim).await
    }

    async fn is_within(&self, claim: &Claim, amount: Fen) -> Result<bool, StoreError> {
        let most = self.claim_edition(claim).await?.and_then(|edition| edition.policy.at_most);
        Ok(most.is_none_or(|most| amount <= most))
    }

    /// Has an amount paid back, for a reason.
    pub async fn claim_recover(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        revision: u32,
        amount: &str,
        reason: &str,
    ) -> Result<(), ClaimError> {
        let seen = self.claim_see(asker, number).await?;
        let paid = seen.claim.body.amount().unwrap_or(Fen(0));
        let amount = Fen::parse_yuan(amount).ok().filter(|amount| amount.0 > 0 && *amount <= paid);
        let Some(amount) = amount else {
            return Err(ClaimError::Invalid(vec![FieldError {
                field: "amount".to_owned(),
                message: Text::new(
                    "追回金额应大于零、不超过已兑付金额。",
                    "What is paid back is more than nothing and at most what was paid.",
                ),
            }]));
        };
        let mut claim = seen.claim.clone();
        claim.body.recovery = Some(lotus_domain::claim::Recovery {
            at: self.now(),
            amount,
            reason: reason.trim().chars().take(500).collect(),
            repaid: None,
        });
        self.claim_staff(asker, seen, revision, "recover", reason, claim).await
    }

    async fn claim_staff(
        &self,
        asker: &Asker,
        seen: ClaimView,
        revision: u32,
        action: &str,
        reason: &str,
        claim: Claim,
    ) -> Result<(), ClaimError> {
        let parties = self.parties_to(asker, &seen.view.case).await?;
        let step = seen.view.case.definition.transition(action).ok_or(Denied::NotFound)?;
        let party = parties.iter().find(|party| step.by.contains(party)).or(parties.first()).copied();
        let actor = Actor { role: party.ok_or(Denied::Forbidden)?, account: asker.name() };
        let wanted = Wanted { actor, revision, action, reason: Some(reason), overrules: false };
        let brought = Some(Brought::new(claim));
        self.act_with(seen.view, wanted, &parties, None, brought).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotus_domain::Slug;
    use lotus_domain::law::LegalBasis;

    fn found(verdict: Verdict, amount: Option<Fen>) -> Match {
        Match {
            policy: Slug::parse("p").unwrap(),
            version: Some(1),
            division: Division::parse("411081").unwrap(),
            title: Text::zh("补贴"),
            verdict,
            findings: Vec::new(),
            amount,
            basis: LegalBasis { title: "《办法》".into(), article: None },
            added_by: None,
        }
    }

    #[test]
    fn the_machine_grants_what_is_met_and_leaves_to_people_what_it_does_not_know() {
        assert_eq!(by_rule(&found(Verdict::Met, Some(Fen(5))), true), Decision::Granted(Some(Fen(5))));
        assert_eq!(by_rule(&found(Verdict::Met, None), false), Decision::Granted(None));
        assert!(matches!(by_rule(&found(Verdict::Met, None), true), Decision::ForAPerson(_)));
        assert!(matches!(by_rule(&found(Verdict::Unknown, None), true), Decision::ForAPerson(_)));
        let Decision::Declined(refusal) = by_rule(&found(Verdict::NotMet, None), true) else { panic!() };
        assert!(refusal.next_step.unwrap().zh.contains("人工决定"));
    }
}
