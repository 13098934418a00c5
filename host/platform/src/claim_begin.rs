//! How a claim begins (article 30): by a push, or by its holder's own wish; once for each policy's version and holder.
//!
//! Invariant: a claim begins with its first event and its push in one write, with what it was found on beside it.

use lotus_domain::Slug;
use lotus_domain::account::AccountId;
use lotus_domain::case::{Actor, Application, Case, CaseNumber, Event, FollowSecret, Happening, Subject};
use lotus_domain::claim::{Adding, Claim, ClaimBody, KIND, token};
use lotus_domain::clock::Clocks;
use lotus_domain::district::Division;
use lotus_domain::form::{FieldValue, Value};
use lotus_domain::kind::{Definition, Role};
use lotus_domain::law::Period;
use lotus_domain::licence::Holder;
use lotus_domain::mark::Mark;
use lotus_domain::notice::Notice;
use lotus_domain::policy::{Match, Of, Policy, Verdict};
use lotus_domain::text::Text;
use lotus_store::{NewCase, NewClaim, Opened, Step, StoreError};

use crate::Visit;
use crate::asker::{Asker, Denied};
use crate::claim::{ClaimError, holder_of, refusal};
use crate::start::Platform;

/// Characters of why somebody is told, in a case's first event.
const LONGEST_WHY: usize = 500;

/// Why somebody matches, in the findings' own words.
pub(crate) fn why(found: &Match) -> Text {
    let met = || found.findings.iter().filter(|finding| finding.verdict == Verdict::Met);
    let joined =
        |words: Vec<&str>, between: &str| -> String { words.join(between).chars().take(LONGEST_WHY).collect() };
    let zh = joined(met().map(|finding| finding.reason.zh.as_str()).collect(), "；");
    let en = joined(met().map(|finding| finding.reason.en.as_deref().unwrap_or(&finding.reason.zh)).collect(), "; ");
    if zh.is_empty() { found.title.clone() } else { Text::new(zh, en) }
}

/// What a claim begins with.
pub(crate) struct Begun {
    pub(crate) division: Division,
    pub(crate) version: u32,
    pub(crate) promised: Option<Period>,
    pub(crate) department: Text,
    pub(crate) body: ClaimBody,
    /// Whose page the case is on, and who is told.
    pub(crate) accounts: Vec<AccountId>,
}

impl Begun {
    /// Of the host's own policy.
    pub(crate) fn of(policy: &Policy, found: Match, holder: Holder, name: String, accounts: Vec<AccountId>) -> Self {
        Self {
            division: policy.division.clone(),
            version: policy.version,
            promised: Some(policy.promised),
            department: policy.department.clone(),
            body: ClaimBody {
                holder,
                name,
                found,
                adding: None,
                consent: None,
                decided: Vec::new(),
                objections: Vec::new(),
                recovery: None,
            },
            accounts,
        }
    }
}

impl Platform {
    /// A claim that is ready to be written: matched, then told.
    pub(crate) fn claim_begun(
        &self,
        begun: Begun,
        told: impl FnOnce(&Case) -> Vec<Notice>,
    ) -> Result<NewClaim, StoreError> {
        let Begun { division, version, promised, department, body, accounts } = begun;
        let city = self.city();
        let away = |why: &str| StoreError::Unavailable(why.to_owned());
        let definition = city.kind(KIND).ok_or_else(|| away("there is no such kind of case"))?;
        let definition = Definition {
            promised: promised.filter(|_| definition.statutory.is_none()).unwrap_or(definition.promised),
            basis: Some(body.found.basis.clone()),
            ..definition
        };
        let office = city.office(self.zone_of_time()).ok_or_else(|| away("there is no calendar"))?;
        let at = self.now();
        let number = CaseNumber::new(&division, office.day(at), definition.code, rand::random());
        let system = || Actor { role: Role::System, account: None };
        let first = Happening {
            at,
            actor: system(),
            action: "open".to_owned(),
            from: None,
            to: definition.initial.to_string(),
            reason: Some(why(&body.found)),
            basis: Some(body.found.basis.clone()),
            remark: None,
        };
        let first = Event::seal(&number, None, first);
        let title = body.found.title.clone();
        let plugin = body.adding.as_ref().map(|adding| adding.plugin.as_str());
        let token = token(&body.found.policy, version, plugin, &body.holder);
        let case = Case {
            division: division.clone(),
            number: number.clone(),
            title: title.clone(),
            message: None,
            subject: Subject::Matter { title, department, item: None },
            state: definition.initial.to_string(),
            clocks: Clocks::begin(office, &definition, at).map_err(|_| away("the calendar ends"))?,
            definition,
            application: application(&body, version),
            revision: 1,
            submitted: at,
            priority: 0,
            parent: None,
            assigned: None,
            // Its holder is signed in: nobody follows it by a secret.
            secret: FollowSecret::new(rand::random()).hash(),
            account: accounts.first().cloned(),
        };
        let pushed = case.happening("push", system(), at, None, None);
        let pushed = Event::seal(&number, Some(&first), pushed.map_err(|_| away("a claim can't be pushed"))?);
        let moved = case.after(office, &pushed).map_err(|_| away("the calendar ends"))?;
        let notices = told(&moved);
        let push = Step { notices, ..Step::new(moved, pushed) };
        let claim = Claim { division, number, policy: body.found.policy.clone(), version, body };
        Ok(NewClaim { new: NewCase { case, first, token, record: None, notices: Vec::new() }, push, claim })
    }

    /// By what staff find a claim again; before it is written, so that none is without.
    pub(crate) async fn claim_marked(&self, new: &NewClaim) -> Result<(), StoreError> {
        let body = &new.claim.body;
        let code = match &body.holder {
            Holder::Person(number) => Mark::identity_number(number),
            Holder::Enterprise(code) => Mark::credit_code(code),
        };
        let marks = [code, Mark::name(&body.name)].into_iter().flatten().collect();
        self.store().case_mark_add(new.claim.division.clone(), new.claim.number.clone(), marks).await
    }

    /// Claims a policy for oneself, or for the enterprise that one acts for, where it matches: the case that is there
    /// already, where one was told of it before. A policy that the district doesn't publish may be a plugin's.
    pub async fn claim_begin(&self, asker: &Asker, visit: &Visit, policy: &Slug) -> Result<CaseNumber, ClaimError> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let (holder, name) = holder_of(person).ok_or(Denied::Forbidden)?;
        self.district(&visit.division).ok_or(Denied::NotFound)?;
        let today = self.today();
        let accounts = vec![person.account.id.clone()];
        let editions = self.policies(&visit.division);
        let Some(edition) = editions.iter().find(|edition| edition.policy.id == *policy) else {
            let begun = self.plugin_claim(asker, visit, policy, (holder, name), accounts).await?;
            let new = self.claim_begun(begun, |_| Vec::new())?;
            return Box::pin(self.claim_opened(new)).await;
        };
        let given = &edition.policy;
        if !given.is_open(today) {
            return Err(ClaimError::Refused(refusal(
                "这项政策现在不能申领。",
                "This policy can't be claimed now.",
                None,
            )));
        }
        let of = if matches!(holder, Holder::Person(_)) { Of::Person } else { Of::Enterprise };
        let facts = self.facts_known(&given.division, &holder).await?;
        let found = given.matched(&facts, today, &self.policy_names());
        if found.verdict == Verdict::NotMet || !of.served_by(given) {
            return Err(ClaimError::Refused(refusal(
                "按现有信息，您不符合这项政策的条件。",
                "By what is known you do not meet the conditions of this policy.",
                Some((
                    "请查看每项条件的依据；信息有误的，可向来源部门申请更正。",
                    "See what each condition rests on; a register that is wrong can be corrected.",
                )),
            )));
        }
        let new = self.claim_begun(Begun::of(given, found, holder, name, accounts), |_| Vec::new())?;
        Box::pin(self.claim_opened(new)).await
    }

    /// A claim to a policy that a plugin of the district adds, where it says that whoever asks may have it.
    async fn plugin_claim(
        &self,
        asker: &Asker,
        visit: &Visit,
        policy: &Slug,
        (holder, name): (Holder, String),
        accounts: Vec<AccountId>,
    ) -> Result<Begun, ClaimError> {
        let added = self.plugin_policies(visit, asker).await;
        let found = added.into_iter().find(|found| found.policy == *policy && found.verdict != Verdict::NotMet);
        let found = found.ok_or(Denied::NotFound)?;
        let plugin = found.added_by.clone().ok_or(Denied::NotFound)?;
        let city = self.city();
        let plugins = city.tenant(&visit.division).map(|tenant| tenant.plugins.as_slice()).unwrap_or_default();
        let active = plugins.iter().find(|active| active.id() == plugin).ok_or(Denied::NotFound)?;
        let adding = Adding { plugin, package: active.activation.package.hex() };
        Ok(Begun {
            division: visit.division.clone(),
            version: 0,
            promised: None,
            department: active.title(),
            body: ClaimBody {
                holder,
                name,
                found,
                adding: Some(adding),
                consent: None,
                decided: Vec::new(),
                objections: Vec::new(),
                recovery: None,
            },
            accounts,
        })
    }

    /// Writes a claim that begins by its holder's own wish; the case that is there where there is one.
    pub(crate) async fn claim_opened(&self, new: NewClaim) -> Result<CaseNumber, ClaimError> {
        let (division, number) = (new.claim.division.clone(), new.claim.number.clone());
        self.claim_marked(&new).await?;
        self.transition_marked(&division, &number, 2).await?;
        match Box::pin(self.store().claim_open(division.clone(), new)).await? {
            Opened::New => {
                self.transition_told(&division, &number, 2);
                Ok(number)
            }
            Opened::Before(before) => Ok(before),
        }
    }

    /// The accounts of a holder: the person's own, or of whoever holds the enterprise's mandate now; with what each is
    /// called.
    pub(crate) async fn holder_accounts(&self, holder: &Holder) -> Result<Vec<(AccountId, String)>, StoreError> {
        let Some(city) = self.city_division() else { return Ok(Vec::new()) };
        let now = self.now();
        let mut accounts = Vec::new();
        match holder {
            Holder::Person(number) => {
                let found = self.store().account_find_identity(&city, number).await?;
                accounts.extend(found.into_iter().map(|account| (account.id, account.profile.name)));
            }
            Holder::Enterprise(code) => {
                for account in self.store().mandate_holders(&city, code).await? {
                    let mandates = self.store().mandate_list(&city, &account).await?;
                    let held = mandates.into_iter().find(|one| one.credit_code == *code && one.holds(now));
                    accounts.extend(held.map(|mandate| (account, mandate.enterprise)));
                }
            }
        }
        Ok(accounts)
    }
}

/// What the case's own page shows of a claim: policy, version, amount as it was found.
fn application(body: &ClaimBody, version: u32) -> Application {
    let mut application = Application { values: Vec::new(), labels: Vec::new(), options: Vec::new() };
    let mut give = |name: &str, label: Text, value: Value| {
        application.labels.push((name.to_owned(), label));
        application.values.push(FieldValue { name: name.to_owned(), value });
    };
    give("policy", Text::new("政策", "Policy"), Value::Text(body.found.title.zh.clone()));
    if version > 0 {
        give("version", Text::new("政策版本", "Version of the policy"), Value::Text(version.to_string()));
    }
    if let Some(Adding { plugin, .. }) = &body.adding {
        give("added-by", Text::new("由本区县插件提供", "Added by the district's plugin"), Value::Text(plugin.clone()));
    }
    if let Some(amount) = body.found.amount {
        give("amount", Text::new("匹配金额", "Amount that was found"), Value::Money(amount));
    }
    application
}
