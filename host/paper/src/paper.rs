//! What a paper says, as types: nothing that the law wants in it can be left out.

use jiff::civil::Date;
use lotus_domain::case::CaseNumber;
use lotus_domain::law::{Fen, LegalBasis};

/// A paper, ready to be set. All its words are Chinese, as official papers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Its number 文书编号; different papers never share one.
    pub number: String,
    /// The office that gives it.
    pub office: Office,
    /// To whom it is given.
    pub to: String,
    /// The day that it is given, in the city's zone.
    pub day: Date,
    /// The case that it belongs to.
    pub case: Option<CaseNumber>,
    /// The item or service that it is about.
    pub matter: String,
    /// What it says.
    pub says: Says,
    /// How whoever holds it finds out that it is genuine.
    pub proof: Option<Proof>,
}

/// The office that gives a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Its full name, e.g. 禹州市市场监督管理局.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// Whom to ask.
    pub telephone: String,
    /// Whom to tell what went wrong.
    pub supervision: String,
}

/// A paper's proof: an address with a code in it, printed as a QR code and in letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Where it is verified, with the code in it.
    pub address: String,
    /// The code alone, for whoever types it.
    pub code: String,
}

/// A thing to put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is missing or wrong.
    pub what: String,
    /// How to put it right.
    pub how: String,
}

/// What a paper says. Articles are of the Administrative Licence Law 行政许可法 unless said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// 受理通知书 (article 32 (5)).
    Accepted {
        /// What was handed in.
        materials: Vec<String>,
        /// The promise, in words, e.g. 5个工作日.
        promise: String,
        /// Its last day.
        due: Option<Date>,
    },
    /// 不予受理通知书 (article 32 (1) and (2)).
    NotAccepted {
        /// Why.
        reason: String,
        /// On what basis.
        basis: LegalBasis,
        /// The organ to turn to, where it is another's to decide.
        turn_to: Option<String>,
    },
    /// 一次性补正告知书 (article 32 (4)): everything at once.
    Correction {
        /// All of it.
        faults: Vec<Fault>,
        /// Until when, where there is an end.
        until: Option<Date>,
    },
    /// 特别程序告知书 (article 45): what stands outside the clock is said in writing, with its time.
    SpecialProcedure {
        /// What is done: hearing, inspection, test …
        procedure: String,
        /// Why.
        reason: String,
        /// How long it takes, in words.
        takes: String,
        /// On what basis.
        basis: LegalBasis,
    },
    /// 延长期限告知书 (article 42): with its reason, and the last day now.
    Extended {
        /// Why.
        reason: String,
        /// By how much, in words.
        by: String,
        /// The last day now.
        due: Option<Date>,
        /// On what basis.
        basis: LegalBasis,
    },
    /// 准予决定书 (article 38).
    Granted {
        /// What is granted.
        result: String,
        /// For how long.
        validity: Option<String>,
        /// On what basis.
        basis: Vec<LegalBasis>,
    },
    /// 不予决定书 (article 38): with reasons and the way to have it looked at again.
    Refused {
        /// Why.
        reason: String,
        /// On what basis.
        basis: Vec<LegalBasis>,
        /// The authority for reconsideration 行政复议机关.
        reconsideration: String,
        /// The court.
        court: String,
    },
    /// One of the five papers of assistance 帮办代办 (article 26 of the city's regulation).
    Assistance(Help),
    /// 收费票据 (article 31 of the city's regulation).
    Receipt(Receipt),
}

/// The five papers of assistance: free, voluntary, and the applicant stays the submitter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Help {
    /// 帮办代办受理单
    Accepted {
        /// Who helps.
        helper: String,
        /// With what.
        scope: Vec<String>,
    },
    /// 帮办代办委托书
    Mandate {
        /// Who helps.
        helper: String,
        /// With what, and nothing else.
        scope: Vec<String>,
        /// The last day.
        until: Date,
    },
    /// 帮办代办中止告知书
    Suspended {
        /// Why.
        reason: String,
        /// What lets it go on.
        resumes: String,
    },
    /// 帮办代办续期委托书
    Renewed {
        /// Who helps.
        helper: String,
        /// With what.
        scope: Vec<String>,
        /// The last day now.
        until: Date,
    },
    /// 帮办代办终结单
    Ended(Ending),
}

/// How assistance ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Who helped.
    pub helper: String,
    /// How it ended.
    pub outcome: String,
}

/// A receipt: what was paid, by whom, how, on what basis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What was paid for.
    pub lines: Vec<Line>,
    /// How: cash, card, e-pay.
    pub means: String,
    /// Who took it.
    pub by: String,
    /// When, in words of the city's zone.
    pub at: String,
}

/// A line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is for.
    pub name: String,
    /// The law that lets it be asked for.
    pub basis: LegalBasis,
    /// For one, in fen.
    pub unit: Fen,
    /// How many.
    pub count: u32,
    /// Together, in fen.
    pub amount: Fen,
}

impl Says {
    /// What the paper is called.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "受理通知书",
            Self::NotAccepted { .. } => "不予受理通知书",
            Self::Correction { .. } => "一次性补正告知书",
            Self::SpecialProcedure { .. } => "特别程序告知书",
            Self::Extended { .. } => "延长办理期限告知书",
            Self::Granted { .. } => "准予行政许可决定书",
            Self::Refused { .. } => "不予行政许可决定书",
            Self::Assistance(Help::Accepted { .. }) => "帮办代办受理单",
            Self::Assistance(Help::Mandate { .. }) => "帮办代办委托书",
            Self::Assistance(Help::Suspended { .. }) => "帮办代办中止告知书",
            Self::Assistance(Help::Renewed { .. }) => "帮办代办续期委托书",
            Self::Assistance(Help::Ended(_)) => "帮办代办终结单",
            Self::Receipt(_) => "政务服务收费票据",
        }
    }

    pub(crate) const fn template(&self) -> &'static str {
        match self {
            Self::Accepted { .. } | Self::NotAccepted { .. } => "acceptance.typ",
            Self::Correction { .. } => "correction.typ",
            Self::SpecialProcedure { .. } => "special_procedure.typ",
            Self::Extended { .. } => "extension.typ",
            Self::Granted { .. } | Self::Refused { .. } => "decision.typ",
            Self::Assistance(_) => "assistance.typ",
            Self::Receipt(_) => "receipt.typ",
        }
    }
}
