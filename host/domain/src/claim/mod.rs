//! Claims without an application 免申即享 (article 30): what a case of the kind `policy-claim` is decided on and paid by.
//!
//! The case knows where the claim is; what stands here beside it is sealed: whose it is, what was found, what they
//! consented to, who decided what, where the money goes. Invariant: a claim keeps the policy's version and the findings
//! that it began with, whatever becomes of the policy.

mod payment;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use payment::{
    Batch, BatchLine, BatchState, COLUMNS, LineOutcome, LineState, MOST_LINES, RECEIPT_COLUMNS, ReceiptError,
    ReceiptLine, read_receipt,
};

use crate::Slug;
use crate::account::AccountId;
use crate::case::CaseNumber;
use crate::chain::Hash;
use crate::district::Division;
use crate::form::FieldError;
use crate::law::{Fen, Refusal};
use crate::licence::Holder;
use crate::policy::{Finding, Match};
use crate::text::Text;

/// The kind of case.
pub const KIND: &str = "policy-claim";
/// Objections to one claim at most.
pub const MOST_OBJECTIONS: usize = 20;
/// Characters of an objection.
pub const OBJECTION: std::ops::RangeInclusive<usize> = 5..=1000;

/// Whose policy it is, where a plugin adds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adding {
    /// The plugin's id.
    pub plugin: String,
    /// Digest of the package that it began with, as hexadecimal.
    pub package: String,
}

/// A claim beside its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Where.
    pub division: Division,
    /// The case.
    pub number: CaseNumber,
    /// Which policy.
    pub policy: Slug,
    /// In which version; 0 is a plugin's own, which has none.
    pub version: u32,
    /// What is sealed.
    pub body: ClaimBody,
}

/// What of a claim is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimBody {
    /// Whose it is.
    pub holder: Holder,
    /// What they are called: of a person the name, of an enterprise its own.
    pub name: String,
    /// What was found when it began: the conditions, the facts that they rest on, the amount.
    pub found: Match,
    /// The plugin whose policy it is; none is the host's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adding: Option<Adding>,
    /// What they consented to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Who decided what; the last counts.
    #[serde(default)]
    pub decided: Vec<Decided>,
    /// Objections during the public notice.
    #[serde(default)]
    pub objections: Vec<Objection>,
    /// What is to be paid back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,
}

/// Where money goes. Sensitive: sealed, shown masked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayTo {
    /// 户名
    pub name: String,
    /// 开户行
    pub bank: String,
    /// 账号: 8 to 32 digits.
    pub account: String,
}

impl std::fmt::Debug for PayTo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PayTo({})", self.masked())
    }
}

impl PayTo {
    /// Reads an account as it was typed; what is wrong stands beside its field.
    pub fn read(name: &str, bank: &str, account: &str) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, zh: &str, en: &str| {
            errors.push(FieldError { field: field.to_owned(), message: Text::new(zh, en) });
        };
        let clean = |text: &str| text.trim().chars().filter(|c| !c.is_control()).collect::<String>();
        let (name, bank) = (clean(name), clean(bank));
        let digits: String = account.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if !(2..=60).contains(&name.chars().count()) {
            wrong("payee", "请填写收款户名（2至60字）。", "Please give the account's name in 2 to 60 characters.");
        }
        if !(2..=60).contains(&bank.chars().count()) {
            wrong("bank", "请填写开户银行（2至60字）。", "Please give the bank in 2 to 60 characters.");
        }
        if !(8..=32).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            wrong("account", "请填写8至32位数字的收款账号。", "Please give the account's number: 8 to 32 digits.");
        }
        if errors.is_empty() { Ok(Self { name, bank, account: digits }) } else { Err(errors) }
    }

    /// The last four digits: enough for its owner to know it again.
    pub fn masked(&self) -> String {
        let tail = self.account.len().saturating_sub(4);
        format!("****{}", self.account.get(tail..).unwrap_or_default())
    }
}

/// A consent 同意, as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: AccountId,
    /// Where the money goes, where it is money.
    pub to: Option<PayTo>,
    /// An automated decision is refused: a person decides (Personal Information Protection Law, article 24).
    pub by_person: bool,
    /// When it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Timestamp>,
}

/// Who decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decider {
    /// The policy's own conditions, by rule.
    Rule,
    /// A plugin, whose call is on record.
    Plugin(String),
    /// A member of staff.
    Person(String),
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Granted, with the amount where it is money.
    Granted(Option<Fen>),
    /// Not, and why.
    Declined(Refusal),
    /// A person must decide, and why.
    ForAPerson(Text),
}

/// A decision with what it was made on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Decider,
    /// What.
    pub decision: Decision,
    /// On which findings; a person's stand in the reason.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

/// An objection 异议 to a claim that is made public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// When.
    pub at: Timestamp,
    /// Whose: nobody but the handler learns it.
    pub by: AccountId,
    /// Why.
    pub words: String,
    /// How it was answered, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<(Timestamp, String)>,
}

/// What is to be paid back 追回.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// Since when.
    pub at: Timestamp,
    /// How much.
    pub amount: Fen,
    /// Why.
    pub reason: String,
    /// When it was paid back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repaid: Option<Timestamp>,
}

impl ClaimBody {
    /// What was decided last.
    pub fn decision(&self) -> Option<&Decision> {
        self.decided.last().map(|decided| &decided.decision)
    }

    /// What is paid: what was decided; before that, what was found.
    pub fn amount(&self) -> Option<Fen> {
        match self.decision() {
            Some(Decision::Granted(amount)) => *amount,
            _ => self.found.amount,
        }
    }

    /// How whoever gets it is shown in public: a person by the family name, an enterprise by its name.
    pub fn masked_name(&self) -> String {
        match &self.holder {
            Holder::Enterprise(_) => self.name.clone(),
            Holder::Person(_) => {
                let mut characters = self.name.chars();
                let first: String = characters.next().into_iter().collect();
                first + &"*".repeat(characters.count())
            }
        }
    }

    /// An open objection.
    pub fn open_objection(&self) -> Option<&Objection> {
        self.objections.iter().find(|objection| objection.answer.is_none())
    }
}

/// What makes a push one: a policy's version and whose claim it is. Two hosts that push the same open one case.
pub fn token(policy: &Slug, version: u32, plugin: Option<&str>, holder: &Holder) -> Hash {
    let plugin = plugin.unwrap_or_default();
    Hash::of(format!("lotus claim\0{policy}\0{version}\0{plugin}\0{}", holder.name()).as_bytes())
}

/// What a step of the case makes of what stands beside it, whoever made it and on whichever page.
///
/// `by` is the account that acts, `reason` what they wrote. What is decided by rule or by a plugin, and what an applicant
/// consents to, is brought by whoever makes those steps; here stands what follows from the step alone.
#[must_use]
pub fn after(body: &ClaimBody, action: &str, at: Timestamp, by: Option<&str>, reason: Option<&str>) -> ClaimBody {
    let mut body = body.clone();
    let said = reason.unwrap_or_default().to_owned();
    let person = || Decider::Person(by.unwrap_or_default().to_owned());
    match action {
        "person-grant" => {
            let decision = Decision::Granted(body.amount());
            body.decided.push(Decided { at, by: person(), decision, findings: Vec::new() });
        }
        "person-decline" => {
            let decision = Decision::Declined(Refusal { reason: Text::zh(said), basis: None, next_step: None });
            body.decided.push(Decided { at, by: person(), decision, findings: Vec::new() });
        }
        "revoke" | "revoke-late" => {
            if let Some(consent) = body.consent.as_mut() {
                consent.revoked = consent.revoked.or(Some(at));
            }
        }
        "dismiss" | "uphold" => {
            for objection in body.objections.iter_mut().filter(|objection| objection.answer.is_none()) {
                objection.answer = Some((at, said.clone()));
            }
        }
        "recover" => {
            let amount = body.amount().unwrap_or(Fen(0));
            body.recovery = Some(Recovery { at, amount, reason: said, repaid: None });
        }
        "repaid" => {
            if let Some(recovery) = body.recovery.as_mut() {
                recovery.repaid = Some(at);
            }
        }
        "waive" => body.recovery = None,
        _ => {}
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::LegalBasis;
    use crate::policy::Verdict;

    fn body() -> ClaimBody {
        ClaimBody {
            holder: Holder::Person("11010519491231002X".into()),
            name: "李莲花".into(),
            found: Match {
                policy: Slug("subsidy".into()),
                version: Some(2),
                division: Division::parse("411081").unwrap(),
                title: Text::zh("补贴"),
                verdict: Verdict::Met,
                findings: Vec::new(),
                amount: Some(Fen(300_000)),
                basis: LegalBasis { title: "《办法》".into(), article: None },
                added_by: None,
            },
            adding: None,
            consent: None,
            decided: Vec::new(),
            objections: Vec::new(),
            recovery: None,
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn an_account_is_read_or_each_field_says_what_is_wrong() {
        let read = PayTo::read(" 演示市民 ", "莲城银行", "6222 0000-0000 0001").unwrap();
        assert_eq!((read.account.as_str(), read.masked().as_str()), ("6222000000000001", "****0001"));
        assert!(!format!("{read:?}").contains("6222"));
        let fields: Vec<String> =
            PayTo::read("", "x", "12ab").unwrap_err().into_iter().map(|error| error.field).collect();
        assert_eq!(fields, ["payee", "bank", "account"]);
    }

    #[test]
    fn a_person_is_masked_in_public_and_an_enterprise_is_not() {
        assert_eq!(body().masked_name(), "李**");
        let holder = Holder::Enterprise("91350100M000100Y43".into());
        assert_eq!(ClaimBody { holder, name: "演示企业".into(), ..body() }.masked_name(), "演示企业");
    }

    #[test]
    fn a_push_is_one_for_each_holder_and_version() {
        let policy = Slug("subsidy".into());
        let one = token(&policy, 1, None, &body().holder);
        assert_eq!(one, token(&policy, 1, None, &body().holder));
        assert_ne!(one, token(&policy, 2, None, &body().holder), "another version is another matter");
        assert_ne!(one, token(&policy, 1, Some("a.plugin"), &body().holder));
        assert_ne!(one, token(&policy, 1, None, &Holder::Enterprise("11010519491231002X".into())));
    }

    #[test]
    fn a_persons_decision_counts_over_the_machines_and_a_recovery_is_of_what_was_decided() {
        let refusal = Refusal { reason: Text::zh("不符合"), basis: None, next_step: None };
        let decided =
            Decided { at: at(1), by: Decider::Rule, decision: Decision::Declined(refusal), findings: Vec::new() };
        let declined = ClaimBody { decided: vec![decided], ..body() };
        let granted = after(&declined, "person-grant", at(2), Some("a"), Some("材料属实"));
        assert_eq!(granted.amount(), Some(Fen(300_000)));
        assert!(matches!(granted.decided[1].by, Decider::Person(ref who) if who == "a"));
        let back = after(&granted, "recover", at(3), Some("b"), Some("重复享受"));
        assert_eq!(back.recovery.as_ref().map(|recovery| recovery.amount), Some(Fen(300_000)));
        let repaid = after(&back, "repaid", at(4), None, Some("已退回"));
        assert_eq!(repaid.recovery.and_then(|recovery| recovery.repaid), Some(at(4)));
    }
}
