//! The public notice 公示 of claims (article 30): whose, how much, how long, and objections to it.
//!
//! Invariant: in public a person is a family name; who objects is known to the handler alone.

use jiff::civil::Date;
use lotus_domain::case::{Actor, Case, CaseNumber};
use lotus_domain::claim::{Claim, MOST_OBJECTIONS, OBJECTION, Objection};
use lotus_domain::district::Division;
use lotus_domain::form::FieldError;
use lotus_domain::kind::Role;
use lotus_domain::law::Fen;
use lotus_domain::notice::{Notice, NoticeKey, Recipient, Value};
use lotus_domain::text::Text;

use crate::asker::{Asker, Denied};
use crate::case::Wanted;
use crate::claim::{Brought, ClaimError, refusal, until};
use crate::start::Platform;

/// Claims that are shown at a time.
const MOST: u32 = 200;

/// A claim as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publicised {
    /// Its case.
    pub number: CaseNumber,
    /// The policy.
    pub policy: Text,
    /// The department that decided.
    pub department: Text,
    /// Who gets it: a person by the family name.
    pub name: String,
    /// How much.
    pub amount: Option<Fen>,
    /// The last day for an objection.
    pub until: Option<Date>,
    /// Working days until then.
    pub left: Option<i32>,
}

impl Platform {
    /// What a district makes public now: the longest there first.
    pub async fn publicity(&self, division: &Division) -> Result<Vec<Publicised>, Denied> {
        let mut shown = Vec::new();
        for state in ["publicised", "objected"] {
            for (case, claim) in self.store().claim_list_state(division, state, None, MOST).await? {
                let until = until(&case);
                let city = self.city();
                let left = until.and_then(|until| {
                    city.calendar.as_ref().and_then(|calendar| calendar.count_working_days(self.today(), until).ok())
                });
                shown.push(Publicised {
                    policy: case.subject.title().clone(),
                    department: case.subject.answers().clone(),
                    name: claim.body.masked_name(),
                    amount: claim.body.amount(),
                    until,
                    left,
                    number: case.number,
                });
            }
        }
        shown.sort_by_key(|one| (one.until, one.number.clone()));
        Ok(shown)
    }

    /// One claim that is public now.
    pub async fn publicity_of(&self, division: &Division, number: &CaseNumber) -> Result<Publicised, Denied> {
        let all = self.publicity(division).await?;
        all.into_iter().find(|one| one.number == *number).ok_or(Denied::NotFound)
    }

    /// Objects to a claim that is public: in one's own name, which the handler alone learns; once until it is answered.
    pub async fn claim_object(
        &self,
        asker: &Asker,
        division: &Division,
        number: &CaseNumber,
        words: &str,
    ) -> Result<(), ClaimError> {
        let by = asker.person().ok_or(Denied::SignIn)?.account.id.clone();
        let words: String = words.trim().chars().filter(|c| *c != '\0').collect();
        if !OBJECTION.contains(&words.chars().count()) {
            let message = Text::new("请写明异议和理由（5至1000字）。", "Please say why, in 5 to 1,000 characters.");
            return Err(ClaimError::Invalid(vec![FieldError { field: "words".to_owned(), message }]));
        }
        let found = self.claim_view(division, number, &[Role::System]).await?.ok_or(Denied::NotFound)?;
        if !matches!(found.view.case.state.as_str(), "publicised" | "objected") {
            return Err(Denied::NotFound.into());
        }
        let mut claim = found.claim;
        let has_open = claim.body.objections.iter().any(|one| one.by == by && one.answer.is_none());
        if has_open || claim.body.objections.len() >= MOST_OBJECTIONS {
            return Err(ClaimError::Refused(refusal(
                "您的异议（或已有的异议）正在核查。",
                "An objection is being looked into already.",
                Some(("请等待核查结果。", "Please wait for the answer.")),
            )));
        }
        claim.body.objections.push(Objection { at: self.now(), by, words, answer: None });
        let actor = Actor { role: Role::System, account: None };
        let revision = found.view.case.revision;
        let wanted = Wanted { actor, revision, action: "object", reason: None, overrules: true };
        let brought = Some(Brought::new(claim));
        self.act_with(found.view, wanted, &[Role::System], None, brought).await?;
        self.note(asker, division, "claim-objected", number.as_str(), "done").await;
        Ok(())
    }

    /// What those who objected are told of the answer: in their own inbox, and not with the case, where they have no name.
    pub(crate) fn objectors_told(&self, case: &Case, claim: &Claim, answer: &str) -> Vec<Notice> {
        let values = [("policy", Value::Text(case.subject.title().clone())), ("answer", Value::plain(answer))];
        let open = claim.body.objections.iter().filter(|objection| objection.answer.is_none());
        let made = open.filter_map(|objection| {
            let key = format!("objection/{}/{}/{}", case.number, case.revision, objection.by);
            let to = Recipient::Account(objection.by.clone());
            let notice = NoticeKey::parse(key)
                .and_then(|key| self.notice("objection-answered", &values, &case.division, key, to));
            notice.inspect_err(|error| tracing::error!(%error, "an objection's answer can't be told")).ok()
        });
        made.collect()
    }
}
