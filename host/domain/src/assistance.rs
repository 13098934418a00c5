//! Assistance 帮办代办 (article 26): who is offered which help and why, what a mandate holds, whose turn it is to help,
//! which papers there are.
//!
//! Invariant: what the regulation gives is computed from facts alone; whoever adds to it can't take anything of it away.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::Slug;
use crate::account::AccountId;
use crate::applicant::IdentityNumber;
use crate::case::{Application, Case, Event};
use crate::catalog::Item;
use crate::clock::Office;
use crate::form::{Choice, Field, FieldKind, FieldValue, Form, Section, Value};
use crate::hook::{HelpKind, HelpOffer};
use crate::item_form::Known;
use crate::kind::{Definition, Meaning, State, Transition};
use crate::law::TimeUnit;
use crate::text::Text;

/// The kind of case that assistance is.
pub const KIND: &str = "assistance";
/// The limit that runs while a mandate holds.
const MANDATE: &str = "mandate";
/// The field in which the applicant gives the mandate's last day.
const UNTIL: &str = "until";
/// The age from which somebody is elderly (Law on the Protection of the Rights of the Elderly, article 2).
const ELDERLY: i16 = 60;
/// How an application ranks whose applicant is to be handled first.
pub const CARE_PRIORITY: u8 = 5;
/// What the history of an application calls it when its rank changes.
pub const PRIORITISED: &str = "prioritised";
/// Themes of complex matters, as the regulation names them.
const COMPLEX: [&str; 2] = ["开办企业", "工程建设"];

/// People who are accompanied, acted for and handled first (article 26 (3)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Care {
    /// 老年人: sixty and over.
    Elderly,
    /// 残疾人
    Disabled,
    /// 孕妇
    Pregnant,
    /// 现役军人
    Soldier,
}

impl Care {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Elderly, Self::Disabled, Self::Pregnant, Self::Soldier];

    /// As forms send it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Elderly => "elderly",
            Self::Disabled => "disabled",
            Self::Pregnant => "pregnant",
            Self::Soldier => "soldier",
        }
    }

    /// What it is called.
    pub fn title(self) -> Text {
        match self {
            Self::Elderly => Text::new("老年人", "Elderly"),
            Self::Disabled => Text::new("残疾人", "Disabled"),
            Self::Pregnant => Text::new("孕妇", "Pregnant"),
            Self::Soldier => Text::new("军人", "Soldier"),
        }
    }
}

/// Projects that are helped through their whole course (article 26 (1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Project {
    /// 重点项目
    Key,
    /// 招商引资项目
    Investment,
    /// 创新项目
    Innovation,
    /// 鼓励类项目
    Encouraged,
}

impl Project {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Key, Self::Investment, Self::Innovation, Self::Encouraged];

    /// As forms send it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Investment => "investment",
            Self::Innovation => "innovation",
            Self::Encouraged => "encouraged",
        }
    }

    /// What it is called.
    pub fn title(self) -> Text {
        match self {
            Self::Key => Text::new("重点项目", "Key project"),
            Self::Investment => Text::new("招商引资项目", "Investment-attraction project"),
            Self::Innovation => Text::new("创新项目", "Innovation project"),
            Self::Encouraged => Text::new("鼓励类项目", "Encouraged project"),
        }
    }
}

/// The four ways of article 26.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// (1) The whole course of key, investment-attraction, innovation and encouraged projects.
    Project,
    /// (2) Consultation, guidance, coordination and the whole course of complex matters.
    Complex,
    /// (3) Accompanied, on behalf and first, for the elderly, disabled, pregnant and soldiers.
    Care,
    /// (4) Everybody else.
    Other,
}

/// What is known of whoever may be helped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The birthday, by the identity number.
    pub birthday: Option<Date>,
    /// What they say of themselves; a helper sees the proof before the mandate is accepted.
    pub cares: BTreeSet<Care>,
    /// What the matter belongs to.
    pub project: Option<Project>,
}

impl Facts {
    /// What is known from an identity number.
    pub fn of_number(number: Option<&str>) -> Self {
        let number = number.and_then(|number| IdentityNumber::parse(number).ok());
        Self { birthday: number.and_then(|number| number.birthday()), ..Self::default() }
    }

    /// What was given in an application, or in a form of assistance.
    pub fn of(given: &[FieldValue]) -> Self {
        let chosen = |name: &str| {
            let value = given.iter().find(|given| given.name == name).map(|given| &given.value);
            match value {
                Some(Value::Options(chosen)) => chosen.as_slice(),
                _ => &[],
            }
        };
        let cares = Care::ALL.into_iter().filter(|care| chosen("care").iter().any(|name| name == care.name()));
        let project = Project::ALL.into_iter().find(|of| chosen("project").iter().any(|name| name == of.name()));
        Self { cares: cares.collect(), project, ..Self::of_number(text(given, "identity-number")) }
    }

    /// Whether the identity number proves it: nobody has to say that they are old.
    pub fn is_elderly(&self, today: Date) -> bool {
        self.birthday.is_some_and(|birthday| {
            let had = (today.month(), today.day()) >= (birthday.month(), birthday.day());
            today.year() - birthday.year() - i16::from(!had) >= ELDERLY
        })
    }

    /// For whom they are to be cared, proven or said.
    pub fn cares(&self, today: Date) -> BTreeSet<Care> {
        let mut cares = self.cares.clone();
        if self.is_elderly(today) {
            cares.insert(Care::Elderly);
        }
        cares
    }
}

fn text<'a>(given: &'a [FieldValue], name: &str) -> Option<&'a str> {
    given.iter().find(|given| given.name == name).and_then(|given| match &given.value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

/// Help that is offered: free and voluntary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// By which way of the regulation.
    pub way: Way,
    /// In which ways it is done.
    pub kinds: Vec<HelpKind>,
    /// What it is called.
    pub title: Text,
    /// Why it is offered to them.
    pub reason: Text,
    /// The application is handled before others.
    pub first: bool,
    /// The plugin of the district that adds it; none is the regulation's own.
    pub added_by: Option<String>,
}

/// Whether an item is a complex matter 复杂事项: several departments, opening a business, or construction.
pub fn is_complex(item: &Item) -> bool {
    let themes = || item.themes.iter().any(|theme| COMPLEX.contains(&theme.zh.as_str()));
    !item.joint_bodies.is_empty() || themes()
}

/// What the regulation offers to whoever is known so, for an item, on a day: in its order, never nothing.
pub fn offers(facts: &Facts, item: Option<&Item>, today: Date) -> Vec<Offer> {
    use HelpKind::{Accompanied, Guidance, OnBehalf, WholeCourse};
    let own = |way, kinds: &[HelpKind], title: (&str, &str), reason: Text| Offer {
        way,
        kinds: kinds.to_vec(),
        title: Text::new(title.0, title.1),
        reason,
        first: way == Way::Care,
        added_by: None,
    };
    let mut offers = Vec::new();
    if let Some(project) = facts.project {
        let called = project.title();
        let reason = Text::new(
            format!("属于{}。", called.zh),
            format!("It belongs to: {}.", called.en.as_deref().unwrap_or(&called.zh).to_lowercase()),
        );
        offers.push(own(Way::Project, &[WholeCourse], ("全程帮办代办", "Help through the whole course"), reason));
    }
    if let Some(item) = item.filter(|item| is_complex(item)) {
        let reason = if item.joint_bodies.is_empty() {
            Text::new("开办企业、工程建设类事项较为复杂。", "Opening a business and construction are complex matters.")
        } else {
            let departments = item.joint_bodies.len() + 1;
            Text::new(
                format!("此事项由{departments}个部门联合办理，较为复杂。"),
                format!("It is complex: {departments} departments handle it together."),
            )
        };
        let kinds = [Guidance, WholeCourse];
        let title = ("咨询、指导、协调和全程帮办", "Consultation, guidance, coordination, and the whole course");
        offers.push(own(Way::Complex, &kinds, title, reason));
    }
    let cares = facts.cares(today);
    if !cares.is_empty() {
        let titles: Vec<Text> = cares.iter().map(|care| care.title()).collect();
        let zh: Vec<&str> = titles.iter().map(|title| title.zh.as_str()).collect();
        let en: Vec<String> =
            titles.iter().map(|title| title.en.as_deref().unwrap_or_default().to_lowercase()).collect();
        let reason =
            Text::new(format!("申请人属于{}。", zh.join("、")), format!("The applicant is {}.", en.join(", ")));
        let title = ("陪同办、代办、优先办", "Accompanied, on your behalf, and first");
        offers.push(own(Way::Care, &[Accompanied, OnBehalf], title, reason));
    }
    let reason = Text::new("任何人都可以申请。", "Anybody may ask for it.");
    offers.push(own(Way::Other, &[Guidance], ("咨询和指导", "Consultation and guidance"), reason));
    offers
}

/// The regulation's offers, then what the district's plugins add, in their order.
pub fn with_added(own: Vec<Offer>, added: impl IntoIterator<Item = (String, HelpOffer)>) -> Vec<Offer> {
    let added = added.into_iter().map(|(plugin, offer)| Offer {
        way: Way::Other,
        kinds: vec![offer.kind],
        title: offer.title,
        reason: offer.reason,
        // Who comes first on a worklist is not a plugin's to say.
        first: false,
        added_by: Some(plugin),
    });
    own.into_iter().chain(added).collect()
}

/// With what one can be helped, and how a form sends it.
const SCOPE: [(&str, &str, &str); 6] = [
    ("consult", "咨询、指导", "Consultation and guidance"),
    ("fill-in", "协助填写申请", "Help with filling in"),
    ("materials", "协助准备材料", "Help with the materials"),
    ("coordinate", "协调有关部门", "Coordination between departments"),
    ("accompany", "陪同到场办理", "Being accompanied"),
    ("deliver", "代交材料、代领结果", "Handing in and collecting on one's behalf"),
];

/// The last day that a mandate may be given for from a day on, where its definition bounds it.
fn latest(definition: &Definition, today: Date) -> Option<Date> {
    let limits = definition.states.iter().filter_map(|state| state.limit.as_ref());
    let within = limits.into_iter().find(|limit| limit.name.as_str() == MANDATE)?.within;
    let amount = i64::from(within.amount);
    let span = match within.unit {
        TimeUnit::Month => jiff::Span::new().try_months(amount),
        TimeUnit::Year => jiff::Span::new().try_years(amount),
        TimeUnit::Day | TimeUnit::WorkingDay => jiff::Span::new().try_days(amount),
        TimeUnit::Hour => jiff::Span::new().try_days(amount / 24),
    };
    today.checked_add(span.ok()?).ok()
}

/// The form in which somebody asks for assistance and gives the mandate, with what is known of them.
pub fn form(known: Known<'_>, number: Option<&str>, definition: &Definition, today: Date) -> Form {
    let field = |name: &str, (zh, en): (&str, &str), kind, required, initial: Option<&str>| Field {
        name: Slug(name.to_owned()),
        label: Text::new(zh, en),
        hint: None,
        required,
        kind,
        initial: initial.map(|text| Value::Text(text.to_owned())),
    };
    let choice = |value: &str, label: Text| Choice { value: value.to_owned(), label };
    let profile = known.profile;
    let line = |max| FieldKind::Line { min: 1, max };
    let said = Care::ALL.into_iter().filter(|care| *care != Care::Elderly);
    let cares = said.map(|care| choice(care.name(), care.title())).collect();
    let projects = Project::ALL.into_iter().map(|of| choice(of.name(), of.title())).collect();
    let scope = SCOPE.into_iter().map(|(name, zh, en)| choice(name, Text::new(zh, en))).collect();
    let number = number.or(profile.and_then(|profile| profile.identity_number.as_deref()));
    let until = field(
        UNTIL,
        ("委托期限（至）", "Mandate until"),
        FieldKind::Date { min: Some(today), max: latest(definition, today) },
        true,
        None,
    );
    let in_three_months = today.checked_add(jiff::Span::new().months(3)).ok();
    let proof = Text::new(
        "受理时帮办员会核对证件；年满60周岁的以身份证号为准，不用勾选。",
        "The helper looks at the proof. Who is sixty or older need not tick anything: the identity number says so.",
    );
    let who = vec![
        field(
            "organisation",
            ("单位名称", "Organisation"),
            line(100),
            false,
            known.acting_for.map(|mandate| mandate.enterprise.as_str()),
        ),
        field("name", ("申请人姓名", "Name"), line(50), true, profile.map(|profile| profile.name.as_str())),
        field("identity-number", ("公民身份号码", "Identity number"), FieldKind::IdentityNumber, true, number),
        field(
            "telephone",
            ("手机号码", "Telephone"),
            FieldKind::Telephone,
            true,
            profile.and_then(|profile| profile.telephone.as_deref()),
        ),
        Field {
            hint: Some(proof),
            ..field("care", ("申请人属于", "The applicant is"), FieldKind::ChooseMany(cares), false, None)
        },
        field("project", ("项目类别", "Kind of project"), FieldKind::ChooseOne(projects), false, None),
    ];
    let details = FieldKind::Area { min: 0, max: 1000 };
    let mandate = vec![
        field("scope", ("委托内容", "What the helper is to do"), FieldKind::ChooseMany(scope), true, None),
        Field { initial: in_three_months.map(Value::Date), ..until },
        field("details", ("需要说明的情况", "What to know"), details, false, None),
        field(
            "mandate",
            (
                "本人自愿委托帮办代办，内容和期限如上；申请仍由本人提交，对材料的真实性负责",
                "I give this mandate of my own free will, for what and as long as is said above; I stay the one who \
                 submits and answer for my materials",
            ),
            FieldKind::Confirm,
            true,
            None,
        ),
    ];
    Form {
        title: Text::new("申请帮办代办", "Ask for assistance"),
        introduction: Some(Text::new(
            "帮办代办自愿、免费，您可以随时收回委托。",
            "Assistance is voluntary and free; you can take the mandate back at any time.",
        )),
        sections: vec![
            Section { title: Text::new("申请人", "Applicant"), fields: who },
            Section { title: Text::new("委托", "Mandate"), fields: mandate },
        ],
        submit: Text::new("确认委托并提交", "Confirm the mandate and submit"),
    }
}

/// With what the applicant wants help, in Chinese, as papers say it.
pub fn scope(application: &Application) -> Vec<String> {
    let of = application.options.iter().filter(|(field, _, _)| field == "scope");
    of.map(|(_, _, label)| label.zh.clone()).collect()
}

fn until(application: &Application) -> Option<Date> {
    application.values.iter().find(|given| given.name == UNTIL).and_then(|given| match given.value {
        Value::Date(day) => Some(day),
        _ => None,
    })
}

/// The last day of a mandate that is given now: the applicant's own; renewed, as long again as it was first given for.
pub fn given_until(case: &Case, office: Office<'_>, means: Option<Meaning>, at: Timestamp) -> Option<Date> {
    let until = until(&case.application)?;
    if means != Some(Meaning::Renewed) {
        return Some(until);
    }
    let length = until.since(office.day(case.submitted)).ok()?;
    office.day(at).checked_add(length).ok()
}

/// The last day of a limit that begins now, where the definition lets the applicant give one.
pub(crate) fn limit_until(
    case: &Case,
    office: Office<'_>,
    step: Option<&Transition>,
    into: &State,
    at: Timestamp,
) -> Option<Date> {
    let limit = into.limit.as_ref().filter(|limit| limit.given)?;
    let runs = case.clocks.step.as_ref().is_some_and(|clock| clock.name == limit.name);
    if runs { None } else { given_until(case, office, step.and_then(|step| step.means), at) }
}

/// Whether a mandate holds now.
pub fn holds(case: &Case) -> bool {
    let runs = case.clocks.step.as_ref().is_some_and(|clock| clock.name.as_str() == MANDATE);
    case.definition.id.as_str() == KIND && case.is_open() && runs
}

/// Whose turn it is: whoever has the fewest open cases, of those the first by account.
pub fn next_helper<'a>(helpers: &'a [AccountId], open: &[(AccountId, u64)]) -> Option<&'a AccountId> {
    let has = |helper: &AccountId| open.iter().find(|(account, _)| account == helper).map_or(0, |(_, count)| *count);
    helpers.iter().min_by_key(|helper| (has(helper), helper.0.as_str()))
}

/// The five papers 文书 of assistance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaperKind {
    /// 帮办代办受理单
    Acceptance,
    /// 帮办代办委托书
    Mandate,
    /// 帮办代办中止告知书
    Suspension,
    /// 帮办代办续期委托书
    Renewal,
    /// 帮办代办终结单
    Ending,
}

impl PaperKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Acceptance, Self::Mandate, Self::Suspension, Self::Renewal, Self::Ending];

    /// For addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Acceptance => "acceptance",
            Self::Mandate => "mandate",
            Self::Suspension => "suspension",
            Self::Renewal => "renewal",
            Self::Ending => "ending",
        }
    }

    /// What it is called.
    pub fn title(self) -> Text {
        match self {
            Self::Acceptance => Text::new("帮办代办受理单", "Acceptance of assistance"),
            Self::Mandate => Text::new("帮办代办委托书", "Mandate"),
            Self::Suspension => Text::new("帮办代办中止告知书", "Notice of suspension"),
            Self::Renewal => Text::new("帮办代办续期委托书", "Renewed mandate"),
            Self::Ending => Text::new("帮办代办终结单", "Ending of assistance"),
        }
    }
}

/// The papers of a case of assistance, each with the place of the event that it is about, in order.
pub fn papers(case: &Case, events: &[Event]) -> Vec<(PaperKind, u32)> {
    if case.definition.id.as_str() != KIND {
        return Vec::new();
    }
    let mut papers = Vec::new();
    for event in events {
        let means = case.definition.transition(&event.happening.action).and_then(|step| step.means);
        let given: &[PaperKind] = match means {
            Some(Meaning::Accepted) => &[PaperKind::Acceptance, PaperKind::Mandate],
            Some(Meaning::Suspended) => &[PaperKind::Suspension],
            Some(Meaning::Renewed) => &[PaperKind::Renewal],
            Some(Meaning::Ended) => &[PaperKind::Ending],
            // What was never taken up does not end.
            Some(Meaning::Withdrawn) if !papers.is_empty() => &[PaperKind::Ending],
            _ => &[],
        };
        papers.extend(given.iter().map(|kind| (*kind, event.sequence)));
    }
    papers
}

#[cfg(test)]
mod tests;
