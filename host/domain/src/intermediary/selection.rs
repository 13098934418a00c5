//! Selections 选取 of an intermediary (article 32): four ways, of which the owner takes one, and the contract that follows.
//!
//! Invariant: the host chooses nobody. Who is selected follows from what the owner chose, from quotes that nobody could see
//! before the closing, or from a draw that anybody can compute again; with fewer than two bidders there is no result.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::draw::{Draw, Drawn, Entrant, Seed};
use crate::Slug;
use crate::account::AccountId;
use crate::case::CaseNumber;
use crate::chain::Hash;
use crate::district::Division;
use crate::law::Fen;
use crate::text::Text;

/// Fewer than so many bidders: no result.
pub const FEWEST: usize = 2;
/// So many are drawn for the owner to choose from, where credit comes first.
pub const SHORT_LIST: usize = 3;
/// So many with the best credit are drawn from; whoever has the same as the last of them too.
pub const LONG_LIST: usize = 10;

/// How somebody is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// 直接选取
    Direct,
    /// 随机抽取
    Draw,
    /// 最低报价
    LowestQuote,
    /// 信用优先
    CreditFirst,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Direct, Self::Draw, Self::LowestQuote, Self::CreditFirst];

    /// For forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Draw => "draw",
            Self::LowestQuote => "lowest-quote",
            Self::CreditFirst => "credit-first",
        }
    }

    /// The way of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Direct => ("直接选取", "Direct: the owner chooses from the list"),
            Self::Draw => ("随机抽取", "Random draw among those who sign up"),
            Self::LowestQuote => ("最低报价", "Lowest quote among those who sign up"),
            Self::CreditFirst => ("信用优先", "Credit first: a drawn short list of those with the best credit"),
        };
        Text::new(zh, en)
    }

    /// Whether intermediaries sign up for it.
    pub const fn has_sign_up(self) -> bool {
        !matches!(self, Self::Direct)
    }
}

/// What an owner needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Which service of the catalogue.
    pub service: Slug,
    /// Its name then.
    pub service_title: Text,
    /// The project, in a line.
    pub title: String,
    /// What is to be done.
    pub details: String,
    /// How somebody is selected.
    pub way: Way,
    /// What it may cost at most.
    pub ceiling: Fen,
    /// Within how many days it is to be delivered.
    pub days: u32,
}

/// A draw of a selection, from its commitment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// From 1.
    pub number: u32,
    /// SHA-256, published before the first sign-up.
    pub commitment: String,
    /// When it was published.
    pub committed: Timestamp,
    /// When sign-up and contributions close.
    pub closes: Timestamp,
    /// The owner's contribution.
    pub owner: String,
    /// Who may be drawn, once it is closed; empty where nothing had to be drawn.
    pub entrants: Vec<Entrant>,
    /// The hash of their list.
    pub list_hash: Option<String>,
    /// For how many places.
    pub places: usize,
    /// The seed, once it is revealed.
    pub seed: Option<String>,
    /// What was drawn.
    pub drawn: Option<Drawn>,
    /// Why it did not count, where another round was ordered.
    pub failed: Option<String>,
}

/// A bidder as they are published with the closing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bidder {
    /// Credit code.
    pub code: String,
    /// Name.
    pub name: String,
    /// The quote, where quotes decide.
    pub quote: Option<Fen>,
    /// Credit points at the closing: fewer are better.
    pub points: i64,
    /// What they contributed to the draw.
    pub contribution: String,
    /// Why they could not be selected at the closing.
    pub excluded: Option<Text>,
}

/// The contract as the owner and the selected intermediary made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// What it costs.
    pub fee: Fen,
    /// When it was made.
    pub signed: Date,
    /// The last day of delivery.
    pub due: Date,
}

/// The owner's rating of a delivery: five grades 满意度, 4 and 5 are bad.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRating {
    /// 1 very satisfied to 5 very dissatisfied; what is said beside stands in the case, sealed.
    pub grade: u8,
    /// When.
    pub day: Date,
}

impl DeliveryRating {
    /// Whether it weighs on the intermediary's credit.
    pub const fn is_bad(&self) -> bool {
        self.grade >= 4
    }
}

/// A selection with all that became of it. Everything here is public; where it is its case says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// The number of its case.
    pub number: CaseNumberText,
    /// Whose it is, as it is shown: an enterprise, or a masked name.
    pub owner: String,
    /// The owner's credit code, where it is an enterprise.
    pub owner_code: Option<String>,
    /// What is needed.
    pub need: Need,
    /// When it was published.
    pub made: Timestamp,
    /// Its draws; empty where the owner chooses directly.
    pub rounds: Vec<Round>,
    /// Who signed up, published with the closing, by credit code.
    pub bidders: Vec<Bidder>,
    /// From whom the owner chooses, in the order in which they were drawn.
    pub short_list: Vec<String>,
    /// Who is selected: code and name.
    pub chosen: Option<(String, String)>,
    /// The contract.
    pub contract: Option<Contract>,
    /// When it was delivered.
    pub delivered: Option<Date>,
    /// That it is late stands in the credit record.
    #[serde(default)]
    pub late: bool,
    /// The owner's rating.
    pub rating: Option<DeliveryRating>,
    /// Why there is no result.
    pub no_result: Option<Text>,
}

/// A case number as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseNumberText(pub String);

impl From<&CaseNumber> for CaseNumberText {
    fn from(number: &CaseNumber) -> Self {
        Self(number.as_str().to_owned())
    }
}

/// A bid as it was made; nobody sees it before the closing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bid {
    /// Credit code.
    pub code: String,
    /// When; milliseconds.
    pub at: Timestamp,
    /// The quote, where quotes decide.
    pub quote: Option<Fen>,
    /// The contribution to the draw.
    pub contribution: String,
}

/// What follows from the bidders at the closing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closing {
    /// Too few.
    NoResult(Text),
    /// One has the lowest quote.
    Decided(String),
    /// So many of these are drawn.
    Draws {
        /// In the order of their codes.
        entrants: Vec<Entrant>,
        /// How many.
        places: usize,
    },
}

/// What follows from who signed up.
pub fn closing(way: Way, bidders: &[Bidder]) -> Closing {
    let mut able: Vec<&Bidder> = bidders.iter().filter(|bidder| bidder.excluded.is_none()).collect();
    if able.len() < FEWEST {
        let n = able.len();
        return Closing::NoResult(Text::new(
            format!("有效报名{n}家，不足2家，本次选取没有结果。"),
            format!("{n} valid sign-ups; with fewer than two there is no result."),
        ));
    }
    let mut places = 1;
    match way {
        Way::Direct | Way::Draw => {}
        Way::LowestQuote => {
            let lowest = able.iter().filter_map(|bidder| bidder.quote).min();
            able.retain(|bidder| bidder.quote.is_some() && bidder.quote == lowest);
            if let [one] = able.as_slice() {
                return Closing::Decided(one.code.clone());
            }
        }
        Way::CreditFirst => {
            able.sort_by_key(|bidder| (bidder.points, bidder.code.clone()));
            let last = able.get(LONG_LIST - 1).map(|bidder| bidder.points);
            able.retain(|bidder| last.is_none_or(|last| bidder.points <= last));
            places = SHORT_LIST;
        }
    }
    let entrant = |bidder: &Bidder| Entrant { code: bidder.code.clone(), contribution: bidder.contribution.clone() };
    Closing::Draws { entrants: Draw::canonical(able.into_iter().map(entrant).collect()), places }
}

impl Selection {
    /// The round that counts.
    pub fn round(&self) -> Option<&Round> {
        self.rounds.last()
    }

    fn draw(&self, round: u32) -> Draw<'_> {
        Draw { id: &self.number.0, round }
    }

    /// Begins a round with its commitment.
    pub fn commit(&mut self, seed: &Seed, at: Timestamp, closes: Timestamp) {
        let number = u32::try_from(self.rounds.len()).unwrap_or(u32::MAX).saturating_add(1);
        let commitment = self.draw(number).commitment(seed).to_string();
        self.rounds.push(Round {
            number,
            commitment,
            committed: at,
            closes,
            owner: String::new(),
            entrants: Vec::new(),
            list_hash: None,
            places: 0,
            seed: None,
            drawn: None,
            failed: None,
        });
    }

    /// Publishes who signed up, and what follows: the transition that the case makes now.
    pub fn close(&mut self, bidders: Vec<Bidder>) -> &'static str {
        let closing = closing(self.need.way, &bidders);
        self.bidders = bidders;
        match closing {
            Closing::NoResult(why) => {
                self.no_result = Some(why);
                "fail"
            }
            Closing::Decided(code) => {
                self.choose(&code);
                "decide"
            }
            Closing::Draws { entrants, places } => {
                self.fix(entrants, places);
                "close"
            }
        }
    }

    /// Fixes the entrants of the round.
    pub fn fix(&mut self, entrants: Vec<Entrant>, places: usize) {
        let number = self.number.0.clone();
        if let Some(round) = self.rounds.last_mut() {
            let draw = Draw { id: &number, round: round.number };
            round.list_hash = Some(Hash::of(draw.list(&round.owner, &entrants).as_bytes()).to_string());
            round.entrants = entrants;
            round.places = places;
        }
    }

    /// Reveals the seed of a closed round and draws: the transition that the case makes now; none where the seed is not the
    /// one that was committed to, or nothing is to be drawn.
    pub fn reveal(&mut self, seed: &Seed) -> Option<&'static str> {
        let number = self.number.0.clone();
        let round = self.rounds.last_mut()?;
        let draw = Draw { id: &number, round: round.number };
        let list = Hash::parse(round.list_hash.as_deref()?)?;
        if round.drawn.is_some() || draw.commitment(seed).to_string() != round.commitment {
            return None;
        }
        let drawn = draw.draw(seed, &list, &round.entrants, round.places);
        let winners = drawn.winners.clone();
        round.seed = Some(seed.reveal().to_owned());
        round.drawn = Some(drawn);
        if self.need.way == Way::CreditFirst {
            self.short_list = winners;
            return Some("shorten");
        }
        self.choose(winners.first()?);
        Some("draw")
    }

    fn choose(&mut self, code: &str) {
        let name = self.bidders.iter().find(|bidder| bidder.code == code).map(|bidder| bidder.name.clone());
        self.chosen = Some((code.to_owned(), name.unwrap_or_default()));
    }

    /// The text whose hash is the round's list hash, for whoever checks it.
    pub fn list(&self, round: &Round) -> String {
        self.draw(round.number).list(&round.owner, &round.entrants)
    }

    /// Whether it is late on a day, delivered or not.
    pub fn is_late(&self, day: Date) -> bool {
        self.contract.is_some_and(|contract| self.delivered.unwrap_or(day) > contract.due)
    }

    /// What somebody can't do with it as it is: bid for their own need.
    pub fn is_owned_by(&self, code: &str) -> bool {
        self.owner_code.as_deref() == Some(code)
    }
}

/// Whose page of a selection it is, and where: what the store keys it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// In which district.
    pub division: Division,
    /// Whose.
    pub account: AccountId,
    /// Changes so far: a write takes the revision that it saw.
    pub revision: i64,
    /// Where its case is.
    pub state: String,
    /// It.
    pub selection: Selection,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bidder(n: u32, quote: Option<i64>, points: i64) -> Bidder {
        Bidder {
            code: format!("91411081MA{n:08}"),
            name: format!("机构{n}"),
            quote: quote.map(Fen),
            points,
            contribution: String::new(),
            excluded: None,
        }
    }

    #[test]
    fn with_fewer_than_two_there_is_no_result_in_any_way() {
        let excluded = Bidder { excluded: Some(Text::zh("暂停选取")), ..bidder(2, Some(1), 0) };
        for way in [Way::Draw, Way::LowestQuote, Way::CreditFirst] {
            assert!(matches!(closing(way, &[]), Closing::NoResult(_)));
            assert!(
                matches!(closing(way, &[bidder(1, Some(1), 0), excluded.clone()]), Closing::NoResult(_)),
                "{way:?}"
            );
        }
    }

    #[test]
    fn the_lowest_quote_wins_and_equal_ones_are_drawn() {
        let bidders = [bidder(1, Some(300), 0), bidder(2, Some(200), 9), bidder(3, Some(250), 0)];
        assert_eq!(closing(Way::LowestQuote, &bidders), Closing::Decided(bidders[1].code.clone()));
        let tied = [bidder(1, Some(200), 0), bidder(2, Some(200), 9), bidder(3, Some(250), 0)];
        let Closing::Draws { entrants, places } = closing(Way::LowestQuote, &tied) else { panic!() };
        assert_eq!((entrants.len(), places), (2, 1));
    }

    #[test]
    fn where_credit_comes_first_the_long_list_has_the_best_and_whoever_equals_the_last_of_them() {
        let bidders: Vec<Bidder> = (0..14).map(|n| bidder(n, None, if n < 12 { 1 } else { 5 })).collect();
        let Closing::Draws { entrants, places } = closing(Way::CreditFirst, &bidders) else { panic!() };
        assert_eq!((entrants.len(), places), (12, SHORT_LIST));
        assert!(entrants.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn another_seed_than_the_committed_one_draws_nothing() {
        let at = Timestamp::UNIX_EPOCH;
        let mut selection = Selection {
            number: CaseNumberText("4110812026030343ABCDEFGHJ".into()),
            owner: "演示".into(),
            owner_code: None,
            need: Need {
                service: Slug("drawing-review".into()),
                service_title: Text::zh("施工图审查"),
                title: "演示项目".into(),
                details: "审查".into(),
                way: Way::Draw,
                ceiling: Fen(1),
                days: 10,
            },
            made: at,
            rounds: Vec::new(),
            bidders: Vec::new(),
            short_list: Vec::new(),
            chosen: None,
            contract: None,
            delivered: None,
            late: false,
            rating: None,
            no_result: None,
        };
        let seed = Seed::new([3; 32]);
        selection.commit(&seed, at, at);
        assert_eq!(selection.close(vec![bidder(1, None, 0), bidder(2, None, 0), bidder(3, None, 0)]), "close");
        let before = selection.clone();
        assert_eq!(selection.reveal(&Seed::new([4; 32])), None);
        assert_eq!(selection, before);
        assert_eq!(selection.reveal(&seed), Some("draw"));
        assert!(selection.chosen.is_some());
        assert_eq!(selection.reveal(&seed), None, "once");
    }
}
