//! Fees 收费 (article 31): nothing is asked for unless a law says so, and what is asked for can be followed to the fen.
//!
//! Invariant: a [`Fee`] can't be read from data without its legal basis, and an item with one that says nothing is not
//! published. What a fee is waived by is an emergency alone (article 33); nobody waives one at a counter.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CaseNumber;
use crate::district::Division;
use crate::law::{Fen, LegalBasis};
use crate::text::Text;

/// A fee. It can't exist without its basis (article 31).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// What is paid for, at most 100 characters.
    pub name: Text,
    /// How much, in fen; for one unit where there is one.
    pub amount: Fen,
    /// The unit that it is counted by, e.g. 每证; none where it is flat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Text>,
    /// Whether an emergency may waive it (article 33); nothing else may.
    #[serde(default)]
    pub waivable: bool,
    /// The law that lets the department ask for it.
    pub basis: LegalBasis,
}

/// What is wrong with a fee's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeeError {
    /// It has no name, or one that is too long.
    #[error("a fee has a name of 1 to 100 characters")]
    Name,
    /// It stands on nothing.
    #[error("a fee has a legal basis (article 31): without one the item can't be published")]
    Basis,
    /// It is nothing, or gives money.
    #[error("a fee is more than nothing and at most 100 million yuan")]
    Amount,
    /// A flat fee is asked for once; counted ones 1 to 10,000 times.
    #[error("a flat fee is due once, a fee by the unit 1 to 10,000 times")]
    Count,
}

/// The highest amount, in fen: whatever is more is a mistake.
const HIGHEST: i64 = 10_000_000_000;
/// The most units of one fee.
const MOST_UNITS: u32 = 10_000;

impl Fee {
    /// Checks what the types alone can't.
    pub fn check(&self) -> Result<(), FeeError> {
        if self.name.zh.trim().is_empty() || self.name.longest() > 100 {
            return Err(FeeError::Name);
        }
        if self.basis.title.trim().is_empty() {
            return Err(FeeError::Basis);
        }
        if !(1..=HIGHEST).contains(&self.amount.0) {
            return Err(FeeError::Amount);
        }
        Ok(())
    }

    /// What so many units cost.
    pub fn of(&self, count: u32) -> Result<Fen, FeeError> {
        self.check()?;
        let most = if self.unit.is_some() { MOST_UNITS } else { 1 };
        if !(1..=most).contains(&count) {
            return Err(FeeError::Count);
        }
        let amount = self.amount.0.checked_mul(i64::from(count)).filter(|amount| *amount <= HIGHEST);
        amount.map(Fen).ok_or(FeeError::Amount)
    }
}

/// How something is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Means {
    /// 现金
    Cash,
    /// 银行卡, on the counter's terminal.
    Card,
    /// 电子支付, through a provider.
    EPay,
}

impl Means {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Cash, Self::Card, Self::EPay];

    /// For columns and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Card => "card",
            Self::EPay => "e-pay",
        }
    }

    /// The means of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|means| means.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Cash => ("现金", "Cash"),
            Self::Card => ("银行卡", "Bank card"),
            Self::EPay => ("电子支付", "Electronic payment"),
        };
        Text::new(zh, en)
    }
}

/// Where a fee that is due stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DueState {
    /// 待缴
    Due,
    /// 已缴
    Paid,
    /// 已退
    Refunded,
}

impl DueState {
    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Paid => "paid",
            Self::Refunded => "refunded",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Due, Self::Paid, Self::Refunded].into_iter().find(|state| state.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Due => ("待缴", "Due"),
            Self::Paid => ("已缴", "Paid"),
            Self::Refunded => ("已退", "Refunded"),
        };
        Text::new(zh, en)
    }
}

/// What a fee is asked for and from whom. Names a person: stored sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The fee as it was published when it was asked for.
    pub fee: Fee,
    /// How many units.
    pub count: u32,
    /// The item's name then.
    pub item: Text,
    /// The office that asks.
    pub department: Text,
    /// Who is to pay.
    pub payer: String,
}

/// A fee that is due on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeDue {
    /// Its id: 16 characters of base 32, and the provider's order number after the division.
    pub id: String,
    /// The case.
    pub case: CaseNumber,
    /// What for.
    pub asked: Asked,
    /// Together, in fen.
    pub amount: Fen,
    /// Since when.
    pub at: Timestamp,
    /// Where it stands.
    pub state: DueState,
    /// Its receipt, once it was paid.
    pub receipt: Option<ReceiptKey>,
}

/// What opens a receipt: who has both holds the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptKey {
    /// Its number.
    pub number: String,
    /// What proves it.
    pub code: String,
}

/// A payment that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Which fee.
    pub due: String,
    /// How.
    pub means: Means,
    /// The provider, or `counter`.
    pub provider: String,
    /// The provider's own number of it, or the counter's: never the same twice.
    pub reference: String,
    /// How much came, in fen.
    pub amount: Fen,
    /// When.
    pub at: Timestamp,
    /// The day that it counts for, in the city's zone.
    pub day: Date,
    /// Who took it; none where nobody did.
    pub by: Option<String>,
}

/// A payment as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// It.
    pub payment: Payment,
    /// It came when nothing was due any more, and is to be given back.
    pub is_surplus: bool,
    /// Given back on this day.
    pub refunded: Option<Date>,
}

/// How taking a payment ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Paid; the receipt's number.
    Paid(String),
    /// This very payment was taken before; the receipt's number, where it has one.
    Before(Option<String>),
    /// Something else paid before: kept, to be given back.
    Surplus,
    /// It is not what is due: nothing was taken.
    WrongAmount(Fen),
    /// There is no such fee.
    NotDue,
}

/// A receipt 票据.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its number: division 6, year 4, sequence 8; without a gap within a district's year.
    pub number: String,
    /// What proves it: 8 characters of base 32.
    pub code: String,
    /// What was paid.
    pub due: FeeDue,
    /// How.
    pub payment: Payment,
}

impl Receipt {
    /// The number of a district's `sequence`-th receipt of a year.
    pub fn numbered(division: &Division, year: i16, sequence: u64) -> String {
        let division: String = division.as_str().chars().take(6).collect();
        format!("{division}{year:04}{sequence:08}")
    }

    /// Whether a text has a receipt number's shape.
    pub fn is_number(text: &str) -> bool {
        text.len() == 18 && text.bytes().all(|b| b.is_ascii_digit())
    }
}

/// A line of a provider's statement 对账单.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementLine {
    /// Our number of the order, which begins with the division.
    pub order: String,
    /// The provider's number.
    pub reference: String,
    /// How much, in fen; negative where it was given back.
    pub amount: Fen,
}

/// Where our books and the provider's statement differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "difference")]
pub enum Difference {
    /// The provider has it, we don't: a call-back never came.
    OnlyTheirs {
        /// The provider's number.
        reference: String,
        /// In fen.
        amount: Fen,
    },
    /// We have it, the provider doesn't.
    OnlyOurs {
        /// The provider's number as we have it.
        reference: String,
        /// In fen.
        amount: Fen,
    },
    /// Both have it, with other amounts.
    Amount {
        /// The provider's number.
        reference: String,
        /// Ours, in fen.
        ours: Fen,
        /// Theirs, in fen.
        theirs: Fen,
    },
    /// It came when nothing was due: to be given back.
    Surplus {
        /// The provider's number.
        reference: String,
        /// In fen.
        amount: Fen,
    },
}

/// Compares a day's books with the provider's statement.
pub fn reconcile(ours: &[Kept], theirs: &[StatementLine]) -> Vec<Difference> {
    let mut found = Vec::new();
    for kept in ours {
        let Payment { reference, amount, .. } = &kept.payment;
        match theirs.iter().find(|line| line.amount.0 >= 0 && line.reference == *reference) {
            None => found.push(Difference::OnlyOurs { reference: reference.clone(), amount: *amount }),
            Some(line) if line.amount != *amount => {
                found.push(Difference::Amount { reference: reference.clone(), ours: *amount, theirs: line.amount });
            }
            Some(_) => {}
        }
        if kept.is_surplus && kept.refunded.is_none() {
            found.push(Difference::Surplus { reference: reference.clone(), amount: *amount });
        }
    }
    let known = |line: &&StatementLine| !ours.iter().any(|kept| kept.payment.reference == line.reference);
    let only = theirs.iter().filter(|line| line.amount.0 >= 0).filter(known);
    found.extend(only.map(|line| Difference::OnlyTheirs { reference: line.reference.clone(), amount: line.amount }));
    found
}

/// A day's closing 日结: what came in by which means, what went back, and what does not agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The day.
    pub day: Date,
    /// Means, number of payments, sum in fen.
    pub taken: Vec<(Means, u32, Fen)>,
    /// Number and sum, in fen, of what was given back on this day.
    pub refunded: (u32, Fen),
    /// Where the provider's statement was compared.
    pub provider: Option<String>,
    /// What does not agree; empty where all does.
    pub differences: Vec<Difference>,
}

impl Closing {
    /// Sums up a day.
    pub fn of(day: Date, kept: &[Kept], refunded: (u32, Fen), provider: Option<(&str, &[StatementLine])>) -> Self {
        let sum = |means: Means| {
            let of = kept.iter().filter(|kept| kept.payment.means == means);
            let (count, sum) = of.fold((0, 0), |(count, sum), kept| (count + 1, sum + kept.payment.amount.0));
            (means, count, Fen(sum))
        };
        let electronic = |name: &str| {
            let of = kept.iter().filter(|kept| kept.payment.provider == name).cloned();
            of.collect::<Vec<_>>()
        };
        Self {
            day,
            taken: Means::ALL.into_iter().map(sum).collect(),
            refunded,
            provider: provider.map(|(name, _)| name.to_owned()),
            differences: provider.map(|(name, lines)| reconcile(&electronic(name), lines)).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn fee(text: &str) -> Result<Fee, String> {
        let fee: Fee = toml::from_str(text).map_err(|error| error.to_string())?;
        fee.check().map_err(|error| error.to_string())?;
        Ok(fee)
    }

    #[test]
    fn a_fee_without_a_legal_basis_can_not_be_read_and_the_place_is_said() {
        let error = fee("name = \"工本费\"\namount = 2000").unwrap_err();
        assert!(error.contains("basis") && error.contains("line 1"), "{error}");
        assert!(fee("name = \"工本费\"\namount = 2000\nbasis = { title = \" \" }").unwrap_err().contains("article 31"));
        assert!(fee("name = \"工本费\"\namount = 0\nbasis = { title = \"《法》\" }").is_err());
        assert!(fee("name = \"工本费\"\namount = 2000\nbasis = { title = \"《法》\" }").is_ok());
    }

    #[test]
    fn a_flat_fee_is_due_once_and_a_counted_one_by_its_units() {
        let flat = fee("name = \"费\"\namount = 2000\nbasis = { title = \"《法》\" }").unwrap();
        assert_eq!(flat.of(1), Ok(Fen(2000)));
        assert_eq!(flat.of(2), Err(FeeError::Count));
        let counted = Fee { unit: Some(Text::zh("每证")), ..flat };
        assert_eq!(counted.of(3), Ok(Fen(6000)));
        assert_eq!(counted.of(0), Err(FeeError::Count));
        assert_eq!(Fee { amount: Fen(HIGHEST), ..counted }.of(2), Err(FeeError::Amount));
    }

    fn kept(reference: &str, amount: i64) -> Kept {
        Kept {
            payment: Payment {
                due: "D".to_owned(),
                means: Means::EPay,
                provider: "p".to_owned(),
                reference: reference.to_owned(),
                amount: Fen(amount),
                at: Timestamp::UNIX_EPOCH,
                day: date(2026, 3, 2),
                by: None,
            },
            is_surplus: false,
            refunded: None,
        }
    }

    fn line(reference: &str, amount: i64) -> StatementLine {
        StatementLine { order: "411081-D".to_owned(), reference: reference.to_owned(), amount: Fen(amount) }
    }

    #[test]
    fn what_the_books_and_the_statement_do_not_agree_on_is_listed() {
        let ours = [kept("a", 100), kept("b", 200), kept("c", 300), Kept { is_surplus: true, ..kept("d", 400) }];
        let theirs = [line("a", 100), line("b", 250), line("d", 400), line("e", 500), line("a", -100)];
        let found = reconcile(&ours, &theirs);
        assert_eq!(
            found,
            [
                Difference::Amount { reference: "b".into(), ours: Fen(200), theirs: Fen(250) },
                Difference::OnlyOurs { reference: "c".into(), amount: Fen(300) },
                Difference::Surplus { reference: "d".into(), amount: Fen(400) },
                Difference::OnlyTheirs { reference: "e".into(), amount: Fen(500) },
            ]
        );
    }

    proptest! {
        #[test]
        fn books_that_agree_have_no_differences(amounts in proptest::collection::vec(1_i64..1_000_000, 0..20)) {
            let ours: Vec<Kept> = amounts.iter().enumerate().map(|(at, amount)| kept(&at.to_string(), *amount)).collect();
            let theirs: Vec<StatementLine> =
                amounts.iter().enumerate().rev().map(|(at, amount)| line(&at.to_string(), *amount)).collect();
            prop_assert_eq!(reconcile(&ours, &theirs), []);
            let closing = Closing::of(date(2026, 3, 2), &ours, (0, Fen(0)), Some(("p", &theirs)));
            prop_assert_eq!(closing.taken.iter().map(|(_, _, sum)| sum.0).sum::<i64>(), amounts.iter().sum::<i64>());
        }
    }
}
