//! Selections of intermediaries (article 32): an owner publishes a need, intermediaries sign up, the owner concludes and
//! rates. Closings, draws and late deliveries are the platform's own to make: see `selection_turn`.
//!
//! Invariant: a selection moves with its case in one transaction, from the revision that was seen. Who signed up and for how
//! much nobody reads before the closing; the seed nobody reads before the draw. The host chooses nobody.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, time};
use lotus_domain::Slug;
use lotus_domain::access::Deed;
use lotus_domain::case::{Actor, CaseNumber, Event, Subject};
use lotus_domain::district::{District, Division};
use lotus_domain::form::{Choice, Field, FieldError, FieldKind, FieldValue, Form, Section, Typed, Value};
use lotus_domain::intermediary::SELECTION;
use lotus_domain::intermediary::credit::CreditEvent;
use lotus_domain::intermediary::draw::{Seed, is_contribution};
use lotus_domain::intermediary::selection::{Bid, CaseNumberText, Kept, Need, Selection, Way};
use lotus_domain::kind::Role;
use lotus_domain::law::{Fen, Refusal};
use lotus_domain::setting::Setting;
use lotus_domain::text::Text;
use lotus_store::{Opened, StoreError};

use crate::asker::{Asker, Denied};
use crate::case::{CaseError, RECENT};
use crate::intermediary::Listed;
use crate::intermediary_filing::{department, no};
use crate::opening::Beginning;
use crate::plugin::NotServed;
use crate::service::{Receipt, application, unavailable};
use crate::start::Platform;
use crate::token::FormToken;

/// Selections of a district that are shown.
const MOST: u32 = 200;
/// Days for which sign-up may be open.
const LONGEST_SIGN_UP: i32 = 60;
/// When sign-up closes on its last day, in the city's zone.
const CLOSES_AT: jiff::civil::Time = time(17, 0, 0, 0);
/// What a need may cost at most, in fen.
const DEAREST: i64 = 10_000_000_000;

/// What became of a need that was to be published.
#[derive(Debug, Clone)]
pub enum NeedPublished {
    /// It is public.
    Opened(Receipt),
    /// Wrong values, each beside its field.
    Invalid(Vec<FieldError>),
    /// The form lay open too long.
    StaleToken,
}

/// Why a selection does not move.
#[derive(Debug, Clone, PartialEq)]
pub enum SelectionError {
    /// Not for whoever asks.
    Denied(Denied),
    /// A reasoned no.
    Refused(Refusal),
    /// Its case does not let it.
    Case(CaseError),
    /// Somebody was faster.
    Changed,
}

impl From<Denied> for SelectionError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<CaseError> for SelectionError {
    fn from(error: CaseError) -> Self {
        Self::Case(error)
    }
}

impl From<StoreError> for SelectionError {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

pub(crate) fn refused(reason: (&str, &str), next: (&str, &str)) -> SelectionError {
    SelectionError::Refused(no(reason, next))
}

/// A selection as somebody sees it.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "what a page offers to whoever looks, each for itself")]
pub struct SelectionView {
    /// It, and where its case is.
    pub kept: Kept,
    /// In which district.
    pub district: Arc<District>,
    /// The state's title.
    pub state: Text,
    /// Whoever looks is its owner.
    pub is_owner: bool,
    /// Whoever looks acts for the selected intermediary.
    pub is_chosen: bool,
    /// Whoever looks may sign up now.
    pub can_sign_up: bool,
    /// Whoever looks may order another round.
    pub supervises: bool,
}

/// What a step of a selection brings beside.
#[derive(Default)]
pub(crate) struct Beside<'a> {
    pub(crate) account: Option<String>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) seed: Option<Seed>,
    pub(crate) credit: Option<CreditEvent>,
}

/// The form in which a need is published.
fn need_form(services: Vec<Choice>, service: Option<String>, from: Date, until: Date, initial: Date) -> Form {
    let field = |name: &str, (zh, en): (&str, &str), hint: Option<Text>, kind, required, initial| {
        let name = Slug::parse(name).ok()?;
        Some(Field { name, label: Text::new(zh, en), hint, required, kind, initial })
    };
    let ways = Way::ALL.into_iter().map(|way| Choice { value: way.name().to_owned(), label: way.title() }).collect();
    let contribution = Text::new(
        "可不填。1 至 64 个字母或数字，截止后公开，参与计算抽取结果，使任何人都无法预先安排。",
        "May be left out. 1 to 64 letters and digits, public with the closing; it goes into the draw, so that nobody can \
         arrange it beforehand.",
    );
    let closes = Text::new(
        "当日 17:00 截止；直接选取的不需要报名。",
        "At 17:00 of the day; not used where you choose directly.",
    );
    let fields = [
        field(
            "service",
            ("中介服务事项", "Service"),
            None,
            FieldKind::ChooseOne(services),
            true,
            service.map(|s| Value::Options(vec![s])),
        ),
        field("title", ("项目名称", "Project"), None, FieldKind::Line { min: 4, max: 100 }, true, None),
        field(
            "details",
            ("服务内容和要求", "What is to be done"),
            None,
            FieldKind::Area { min: 4, max: 2000 },
            true,
            None,
        ),
        field("way", ("选取方式", "How somebody is selected"), None, FieldKind::ChooseOne(ways), true, None),
        field(
            "ceiling",
            ("最高限价（元）", "Ceiling (yuan)"),
            None,
            FieldKind::Money { min: Fen(100), max: Fen(DEAREST) },
            true,
            None,
        ),
        field(
            "days",
            ("服务期限（日）", "To be delivered within (days)"),
            None,
            FieldKind::Integer { min: 1, max: 730 },
            true,
            None,
        ),
        field(
            "closes",
            ("报名截止日", "Sign-up closes on"),
            Some(closes),
            FieldKind::Date { min: Some(from), max: Some(until) },
            true,
            Some(Value::Date(initial)),
        ),
        field(
            "contribution",
            ("业主随机数", "The owner's contribution"),
            Some(contribution),
            FieldKind::Line { min: 1, max: 64 },
            false,
            None,
        ),
    ];
    Form {
        title: Text::new("发布中介服务需求", "Publish a need for an intermediary service"),
        introduction: Some(Text::new(
            "由您自主选取，任何部门不得指定。需求、报名、抽取过程和结果向社会公开，请勿填写个人信息。",
            "You select; no department may name anybody. Need, sign-ups, draw and result are public: please write nothing personal.",
        )),
        sections: vec![Section {
            title: Text::new("需求", "The need"),
            fields: fields.into_iter().flatten().collect(),
        }],
        submit: Text::new("发布", "Publish"),
    }
}

impl Platform {
    /// The form in which a need is published.
    pub async fn need_form(&self, asker: &Asker, service: Option<&Slug>) -> Result<Form, NotServed> {
        if asker.person().is_none() {
            let next = ("请登录后发布。", "Please sign in.");
            return Err(NotServed::Refused(no(("请先登录。", "Please sign in first."), next)));
        }
        let days = self.setting(Setting::IntermediarySignUpDays).await.map_err(|error| unavailable(&error))?;
        let after =
            |days: i64| self.today().saturating_add(jiff::Span::new().days(days.clamp(1, LONGEST_SIGN_UP.into())));
        let choice = |service: &lotus_domain::intermediary::ServiceType| Choice {
            value: service.id.to_string(),
            label: service.title.clone(),
        };
        let services = self.city().register.services.iter().map(choice).collect();
        let chosen = service.map(ToString::to_string);
        Ok(need_form(services, chosen, after(1), after(LONGEST_SIGN_UP.into()), after(days)))
    }

    /// Publishes a need. However often the same form is sent, it is one selection.
    pub async fn need_publish(
        &self,
        asker: &Asker,
        division: &Division,
        token: &FormToken,
        typed: &Typed,
    ) -> Result<NeedPublished, NotServed> {
        let form = self.need_form(asker, None).await?;
        let turn = self.inner.in_flight.of(token.hash());
        let _turn = turn.lock().await;
        if let Some(receipt) = self.receipt_again(division, token).await.map_err(|error| unavailable(&error))? {
            return Ok(NeedPublished::Opened(receipt));
        }
        if !token.holds(&self.inner.key, self.now()) {
            return Ok(NeedPublished::StaleToken);
        }
        let values = match form.read(typed) {
            Ok(values) => values,
            Err(errors) => return Ok(NeedPublished::Invalid(errors)),
        };
        let given = |name: &str| values.iter().find(|given| given.name == name).map(|given| given.value.typed());
        let contribution = given("contribution").unwrap_or_default();
        if !is_contribution(&contribution) {
            let message = Text::new("请只用字母和数字。", "Letters and digits only, please.");
            return Ok(NeedPublished::Invalid(vec![FieldError { field: "contribution".to_owned(), message }]));
        }
        let begun = self.publish(asker, division, token, (&values, contribution), &form).await;
        begun.map(NeedPublished::Opened).map_err(|error| unavailable(&error))
    }

    async fn publish(
        &self,
        asker: &Asker,
        division: &Division,
        token: &FormToken,
        (values, contribution): (&[FieldValue], String),
        form: &Form,
    ) -> Result<Receipt, StoreError> {
        let missing = |what: &str| StoreError::Unavailable(format!("there is no {what}"));
        let definition = self.city().kind(SELECTION).ok_or_else(|| missing("kind of case for it"))?;
        let person = asker.person().ok_or_else(|| missing("owner"))?;
        let closes = values.iter().find_map(|given| match given.value {
            Value::Date(day) if given.name == "closes" => Some(day),
            _ => None,
        });
        let need = self.need_of(values).ok_or_else(|| missing("such need"))?;
        let number = self.new_number(division, &definition);
        let owner =
            person.acting_for.as_ref().map_or_else(|| person.account.profile.masked_name(), |m| m.enterprise.clone());
        let mut selection = Selection {
            number: CaseNumberText::from(&number),
            owner,
            owner_code: person.acting_for.as_ref().map(|mandate| mandate.credit_code.clone()),
            made: self.now(),
            rounds: Vec::new(),
            bidders: Vec::new(),
            short_list: Vec::new(),
            chosen: None,
            contract: None,
            delivered: None,
            late: false,
            rating: None,
            no_result: None,
            need,
        };
        let seed = selection.need.way.has_sign_up().then(|| Seed::new(rand::random()));
        if let Some(seed) = &seed {
            let closes = self.closing_moment(closes.unwrap_or_else(|| self.today()))?;
            selection.commit(seed, selection.made, closes);
            if let Some(round) = selection.rounds.last_mut() {
                round.owner = contribution;
            }
        }
        let beginning = Beginning {
            number: number.clone(),
            title: Text::zh(format!("{}：{}", definition.title.zh, selection.need.title)),
            subject: Subject::Matter { title: definition.title.clone(), department: department(), item: None },
            message: None,
            application: application(values.to_vec(), Some(form)),
            record: None,
            parent: None,
            assigned: None,
            priority: 0,
            definition,
        };
        let prepared = self.prepare(division, asker, token, beginning).await?;
        // The chain has the commitment before anybody can see the need, let alone sign up.
        self.note_commitment(asker, division, &selection).await;
        let account = person.account.id.clone();
        let opened =
            self.store().selection_open(division.clone(), prepared.new.clone(), selection, account, seed).await?;
        if matches!(opened, Opened::Before(_)) {
            self.note(asker, division, "draw-not-opened", number.as_str(), "sent before").await;
        }
        self.begun(division, token, prepared, opened).await
    }

    pub(crate) async fn note_commitment(&self, asker: &Asker, division: &Division, selection: &Selection) {
        if let Some(round) = selection.round() {
            let subject = format!("{} {}", selection.number.0, round.number);
            self.note(asker, division, "draw-committed", &subject, &round.commitment).await;
        }
    }

    /// When sign-up closes on a day.
    fn closing_moment(&self, day: Date) -> Result<Timestamp, StoreError> {
        let at = self.zone_of_time().to_timestamp(day.to_datetime(CLOSES_AT));
        at.map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// When a round's sign-up closes that is ordered now.
    pub(crate) async fn next_closing(&self) -> Result<Timestamp, StoreError> {
        let days = self.setting(Setting::IntermediarySignUpDays).await?;
        self.closing_moment(self.today().saturating_add(jiff::Span::new().days(days.clamp(1, LONGEST_SIGN_UP.into()))))
    }

    fn need_of(&self, values: &[FieldValue]) -> Option<Need> {
        let given = |name: &str| values.iter().find(|given| given.name == name).map(|given| &given.value);
        let text = |name: &str| given(name).map(Value::typed).unwrap_or_default().trim().to_owned();
        let service = Slug::parse(text("service")).ok()?;
        Some(Need {
            service_title: self.city().register.service(&service)?.title.clone(),
            service,
            title: text("title"),
            details: text("details"),
            way: Way::parse(&text("way"))?,
            ceiling: match given("ceiling")? {
                Value::Money(fen) => *fen,
                _ => return None,
            },
            days: text("days").parse().ok()?,
        })
    }

    /// A district's selections, the newest first.
    pub async fn selections(&self, division: &Division) -> Result<Vec<Kept>, StoreError> {
        self.store().selection_list(division, MOST).await
    }

    pub(crate) async fn selection_find(&self, number: &CaseNumber) -> Result<Option<Kept>, StoreError> {
        let prefix = number.as_str().get(..6).unwrap_or_default();
        for district in self.districts().iter().filter(|d| d.division.as_str().starts_with(prefix)) {
            if let Some(kept) = self.store().selection_get(&district.division, number).await? {
                return Ok(Some(kept));
            }
        }
        Ok(None)
    }

    /// A selection, for everybody.
    pub async fn selection(&self, asker: &Asker, number: &CaseNumber) -> Result<SelectionView, SelectionError> {
        let kept = self.selection_find(number).await?.ok_or(Denied::NotFound)?;
        let district = self.district(&kept.division).ok_or(Denied::NotFound)?;
        let person = asker.person();
        let code = person.and_then(|person| person.acting_for.as_ref()).map(|mandate| mandate.credit_code.as_str());
        let definition = self.city().kind(SELECTION);
        let state = definition.and_then(|definition| Some(definition.state(&kept.state)?.title.clone()));
        let open = kept.state == "published" && kept.selection.round().is_some_and(|round| self.now() < round.closes);
        Ok(SelectionView {
            is_owner: person.is_some_and(|person| person.account.id == kept.account),
            is_chosen: code.is_some() && kept.selection.chosen.as_ref().map(|(code, _)| code.as_str()) == code,
            can_sign_up: open
                && code.is_some_and(|code| !kept.selection.is_owned_by(code) && self.intermediary(code).is_some()),
            supervises: kept.state == "closed" && self.may_within(asker, Deed::SuperviseDraws, &kept.division),
            state: state.unwrap_or_else(|| Text::zh(kept.state.clone())),
            district,
            kept,
        })
    }

    /// Those whom an owner may choose from now: of a direct selection everybody who can, in the order of the seed; else the
    /// drawn short list.
    pub fn selection_candidates(&self, kept: &Kept, seed: &str) -> Vec<Arc<Listed>> {
        let city = self.city();
        let selection = &kept.selection;
        match (selection.need.way, kept.state.as_str()) {
            (Way::Direct, "published") => {
                let Some(service) = city.register.service(&selection.need.service) else { return Vec::new() };
                let mut all: Vec<Arc<Listed>> = city.register.listed.clone();
                all.retain(|one| {
                    one.barred(service, &kept.division, self.today()).is_none()
                        && !selection.is_owned_by(&one.listing.code)
                });
                all.sort_by_cached_key(|one| lotus_domain::intermediary::order(seed, &one.listing.code).0);
                all
            }
            (_, "choosing") => {
                let of = |code: &String| city.register.get(code).filter(|one| one.record.standing.is_selectable());
                selection.short_list.iter().filter_map(of).cloned().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Moves a selection on, and its case with it.
    pub(crate) async fn selection_act(
        &self,
        kept: Kept,
        action: &str,
        beside: Beside<'_>,
    ) -> Result<(), SelectionError> {
        let Beside { account, reason, seed, credit } = beside;
        let number = CaseNumber::parse(&kept.selection.number.0).map_err(|_| Denied::NotFound)?;
        let division = kept.division.clone();
        let file = self.store().case_recent(&division, &number, RECENT).await?.ok_or(CaseError::NotFound)?;
        let view = self.view(file, &[Role::System])?;
        let actor = Actor { role: Role::System, account };
        let happening = view.case.happening(action, actor, self.now(), reason.map(Text::zh), None);
        let happening = happening.map_err(CaseError::NotPossible)?;
        let transition = view.case.definition.transition(action).cloned();
        let event = Event::seal(&number, view.events.last(), happening);
        let step = self.step(&view, transition.as_ref(), event, None, None).await?;
        let sequence = step.event.sequence;
        let city = self.city_division().ok_or(Denied::NotFound)?;
        let credit = credit.map(|event| (city, event));
        let weighs = credit.is_some();
        self.transition_marked(&division, &number, sequence).await?;
        match self.store().selection_move(division.clone(), kept, Some(step), seed, credit).await {
            Ok(true) => {}
            Ok(false) | Err(StoreError::Unavailable(_)) => return Err(SelectionError::Changed),
            Err(error) => return Err(error.into()),
        }
        self.transition_told(&division, &number, sequence);
        if weighs {
            self.reload().await?;
        }
        Ok(())
    }

    /// Signs up for a selection, for the intermediary that is acted for.
    pub async fn selection_sign_up(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        quote: &str,
        contribution: &str,
    ) -> Result<(), SelectionError> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let mandate = person.acting_for.clone().ok_or_else(|| {
            refused(
                (
                    "只有中介机构的法定代表人或授权经办人可以报名。",
                    "Only a representative or agent of an intermediary signs up.",
                ),
                ("请在“我的”页面选择代表的机构。", "Please choose for whom you act on your page."),
            )
        })?;
        let kept = self.selection_find(number).await?.ok_or(Denied::NotFound)?;
        let selection = &kept.selection;
        let round = selection.round().filter(|_| kept.state == "published" && selection.need.way.has_sign_up());
        let round = round.filter(|round| self.now() < round.closes).ok_or_else(closed)?;
        let day = self.date_of(round.closes);
        let register = Arc::clone(&self.city().register);
        let barred = match (register.get(&mandate.credit_code), register.service(&selection.need.service)) {
            (Some(_), _) if selection.is_owned_by(&mandate.credit_code) => {
                Some(Text::new("不能报名自己发布的需求", "one can't sign up for one's own need"))
            }
            (Some(listed), Some(service)) => listed.barred(service, &kept.division, day),
            _ => Some(Text::new("不在中介机构名录中", "not on the list of intermediaries")),
        };
        if let Some(why) = barred {
            let en = why.en.clone().unwrap_or_default();
            let reason = (format!("不能报名：{}。", why.zh), format!("No sign-up: {en}."));
            return Err(refused((&reason.0, &reason.1), ("有疑问请联系大厅。", "Please ask the hall.")));
        }
        let quote = match selection.need.way {
            Way::LowestQuote => {
                let quote = Fen::parse_yuan(quote).ok().filter(|quote| quote.0 > 0 && *quote <= selection.need.ceiling);
                Some(quote.ok_or_else(|| {
                    refused(
                        ("报价应大于零、不超过最高限价。", "A quote is more than nothing and not above the ceiling."),
                        ("请返回修改。", "Please go back and change it."),
                    )
                })?)
            }
            _ => None,
        };
        let contribution = contribution.trim().to_owned();
        if !is_contribution(&contribution) {
            let next = ("请返回修改。", "Please go back and change it.");
            return Err(refused(
                ("随机数只用字母和数字，不超过 64 个。", "Letters and digits only, at most 64."),
                next,
            ));
        }
        let bids = self.store().selection_list_bids(&kept.division, number).await?;
        let before = bids.into_iter().find(|bid| bid.code == mandate.credit_code);
        let later = round.number > 1;
        let taken = match &before {
            // Another round is for those who signed up for the first, who may contribute anew, once.
            Some(bid) => !later || bid.at >= round.committed,
            None => later,
        };
        let signed = ("已经报名，不能重复报名或更改。", "Signed up already; a bid can't be changed.");
        let next = ("请等待截止后公布。", "Please wait for the closing.");
        if taken {
            return Err(refused(signed, next));
        }
        let quote = before.as_ref().map_or(quote, |bid| bid.quote);
        let bid = Bid { code: mandate.credit_code.clone(), at: self.now(), quote, contribution };
        let account = person.account.id.clone();
        let again = before.is_some();
        if !self.store().selection_bid(kept.division.clone(), number.clone(), bid, account, again).await? {
            return Err(refused(signed, next));
        }
        self.note(asker, &kept.division, "selection-signed-up", number.as_str(), &mandate.credit_code).await;
        Ok(())
    }

    /// Its owner's selection.
    pub(crate) async fn owned(&self, asker: &Asker, number: &CaseNumber) -> Result<Kept, SelectionError> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let kept = self.selection_find(number).await?.ok_or(Denied::NotFound)?;
        if kept.account != person.account.id {
            return Err(Denied::Forbidden.into());
        }
        Ok(kept)
    }

    /// The owner chooses: of everybody who can, or of the short list.
    pub async fn selection_choose(&self, asker: &Asker, number: &CaseNumber, code: &str) -> Result<(), SelectionError> {
        let mut kept = self.owned(asker, number).await?;
        let candidates = self.selection_candidates(&kept, "");
        let chosen = candidates.iter().find(|one| one.listing.code == code).ok_or_else(|| {
            refused(
                ("所选机构不在可选范围内。", "This intermediary can't be chosen here."),
                ("请从页面列出的机构中选择。", "Please choose one of those on the page."),
            )
        })?;
        kept.selection.chosen = Some((chosen.listing.code.clone(), chosen.listing.name.clone()));
        self.selection_act(kept, "choose", Beside { account: asker.name(), ..Beside::default() }).await
    }
}

fn closed() -> SelectionError {
    refused(("报名已截止。", "Sign-up is closed."), ("请看其他需求。", "Please look at other needs."))
}
