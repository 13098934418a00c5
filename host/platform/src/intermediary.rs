//! The city's list of intermediaries (article 32): in memory with everybody's standing, in an order that prefers nobody; and
//! what is written into their credit records.
//!
//! Invariant: there is one list, the city's. A list is shown in the order of its visit's seed and no other.

use std::sync::Arc;

use jiff::civil::Date;
use lotus_domain::Slug;
use lotus_domain::access::Deed;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::form::FieldError;
use lotus_domain::intermediary::credit::{CreditEvent, CreditKind, Record, Standing, record};
use lotus_domain::intermediary::steering::Watch;
use lotus_domain::intermediary::{Listing, ServiceType, order};
use lotus_domain::text::Text;
use lotus_store::StoreError;

use crate::asker::{Asker, Denied};
use crate::start::Platform;
use crate::token::to_hex;

/// An intermediary on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What it discloses.
    pub listing: Listing,
    /// Where it stands today.
    pub record: Record,
    /// Its credit record, the newest first.
    pub events: Vec<CreditEvent>,
}

impl Listed {
    /// Why it can't be selected for a service in a district with a delivery in mind on a day; none where it can.
    pub(crate) fn barred(&self, service: &ServiceType, division: &Division, day: Date) -> Option<Text> {
        match self.record.standing {
            Standing::Suspended { until } => {
                Some(Text::new(format!("暂停选取至 {until}"), format!("suspended until {until}")))
            }
            Standing::Exited { .. } => Some(Text::new("已退出名录", "not on the list any more")),
            _ if self.listing.offer(&service.id).is_none() => {
                Some(Text::new("未登记该服务", "does not offer this service"))
            }
            _ if !self.listing.serves(division) => Some(Text::new("不服务本区域", "does not serve this district")),
            _ if !self.listing.is_qualified(service, day) => Some(Text::new("资质已过期", "its qualification is over")),
            _ => None,
        }
    }
}

/// The list in memory.
#[derive(Debug, Default)]
pub(crate) struct Register {
    pub(crate) services: Vec<ServiceType>,
    /// By credit code.
    pub(crate) listed: Vec<Arc<Listed>>,
    /// Finds whoever names one.
    pub(crate) watch: Watch,
}

impl Register {
    pub(crate) async fn load(platform: &Platform, city: &Division, day: Date) -> Result<Arc<Self>, StoreError> {
        let store = platform.store();
        let services = store.intermediary_service_list(city).await?;
        let listings = store.intermediary_list(city).await?;
        let events = store.intermediary_credit_list(city).await?;
        let settings = store.setting_list(city).await?;
        let watch = Watch::new(&listings);
        let mut listed = Vec::with_capacity(listings.len());
        for listing in listings {
            let of = events.iter().filter(|event| event.code == listing.code);
            let mut events: Vec<CreditEvent> = of.cloned().collect();
            let record = record(&events, &settings, day);
            events.sort_by(|a, b| (b.day, &b.id).cmp(&(a.day, &a.id)));
            listed.push(Arc::new(Listed { listing, record, events }));
        }
        Ok(Arc::new(Self { services, listed, watch }))
    }

    pub(crate) fn get(&self, code: &str) -> Option<&Arc<Listed>> {
        self.listed.iter().find(|listed| listed.listing.code == code)
    }

    pub(crate) fn service(&self, id: &Slug) -> Option<&ServiceType> {
        self.services.iter().find(|service| service.id == *id)
    }
}

/// What somebody looks for in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// A service.
    pub service: Option<Slug>,
    /// A standing, by its name.
    pub standing: Option<String>,
    /// A part of a name.
    pub name: String,
}

/// What is to be written into a credit record, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct CreditWish {
    /// Whose.
    pub code: String,
    /// What kind of event.
    pub kind: String,
    /// In words, for everybody.
    pub what: String,
    /// A case's number, or a document with its number.
    pub evidence: String,
}

/// Why a credit record is not changed.
#[derive(Debug, Clone, PartialEq)]
pub enum CreditError {
    /// Not for whoever asks.
    Denied(Denied),
    /// Wrong values, each beside its field.
    Invalid(Vec<FieldError>),
}

impl From<Denied> for CreditError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl Platform {
    /// The catalogue of intermediary services.
    pub fn intermediary_services(&self) -> Vec<ServiceType> {
        self.city().register.services.clone()
    }

    /// The service of the catalogue that an item's guide names.
    pub fn intermediary_service_named(&self, name: &Text) -> Option<Slug> {
        let city = self.city();
        city.register.services.iter().find(|service| service.title.zh == name.zh).map(|service| service.id.clone())
    }

    /// A seed for the order of a visit's lists.
    pub fn order_seed(&self) -> String {
        to_hex(&rand::random::<[u8; 8]>())
    }

    /// Those who serve a district (in the city, all), in the order of this seed.
    pub fn intermediaries(&self, division: &Division, looked: &Looked, seed: &str) -> Vec<Arc<Listed>> {
        let city = self.city();
        let everywhere = city.district(division).is_some_and(|district| district.is_city);
        let wanted = |listed: &&Arc<Listed>| {
            (everywhere || listed.listing.serves(division))
                && looked.service.as_ref().is_none_or(|service| listed.listing.offer(service).is_some())
                && looked.standing.as_ref().is_none_or(|name| listed.record.standing.name() == name)
                && listed.listing.name.contains(looked.name.trim())
        };
        let mut found: Vec<Arc<Listed>> = city.register.listed.iter().filter(wanted).cloned().collect();
        found.sort_by_cached_key(|listed| order(seed, &listed.listing.code).0);
        found
    }

    /// One of the list.
    pub fn intermediary(&self, code: &str) -> Option<Arc<Listed>> {
        self.city().register.get(code).cloned()
    }

    /// Brings catalogue and list in; who is there already stays.
    pub async fn intermediaries_seed(
        &self,
        services: Vec<ServiceType>,
        listings: Vec<Listing>,
        events: Vec<CreditEvent>,
    ) -> Result<(), StoreError> {
        let city = self.city_division().ok_or_else(|| StoreError::Unavailable("there is no city".to_owned()))?;
        for listing in &listings {
            let checked = listing.check(&services);
            checked.map_err(|error| StoreError::Unreadable(format!("{}: {error}", listing.name)))?;
        }
        self.store().intermediary_service_put(city.clone(), services).await?;
        self.store().intermediary_seed(city, listings, events).await?;
        self.reload().await
    }

    /// Whether the asker keeps credit records in a district, for what a page offers.
    pub fn keeps_intermediaries(&self, asker: &Asker, division: &Division) -> bool {
        self.may_within(asker, Deed::KeepIntermediaries, division)
    }

    /// Writes into a credit record, with its evidence.
    pub async fn credit_record(&self, asker: &Asker, division: &Division, wish: CreditWish) -> Result<(), CreditError> {
        self.allow_within(asker, Deed::KeepIntermediaries, division, "credit").await?;
        let mut errors = Vec::new();
        let mut wrong = |field: &str, zh: &str, en: &str| {
            errors.push(FieldError { field: field.to_owned(), message: Text::new(zh, en) });
        };
        let length = |text: &str| text.trim().chars().count();
        if self.intermediary(&wish.code).is_none() {
            wrong("code", "名录中没有这个统一社会信用代码。", "Nobody on the list has this credit code.");
        }
        let kind = CreditKind::parse(&wish.kind).filter(|kind| kind.weight().is_some());
        if kind.is_none() {
            wrong("kind", "请选择信用事项。", "Please choose what happened.");
        }
        if !(4..=300).contains(&length(&wish.what)) {
            wrong(
                "what",
                "请用 4 至 300 个字说明，将对外公布。",
                "Please say it in 4 to 300 characters; it is published.",
            );
        }
        let evidence = wish.evidence.trim();
        let is_case = CaseNumber::parse(evidence);
        let is_document = (6..=100).contains(&length(evidence)) && evidence.bytes().any(|b| b.is_ascii_digit());
        if is_case.is_err() && !is_document {
            wrong(
                "evidence",
                "请填写办件编号，或文书名称和文号。",
                "Please give a case's number, or a document with its number.",
            );
        } else if let Ok(number) = is_case
            && self.case_of(&number).await.map_err(Denied::from)?.is_none()
        {
            wrong("evidence", "没有这个办件。", "There is no such case.");
        }
        let (Some(kind), true) = (kind, errors.is_empty()) else { return Err(CreditError::Invalid(errors)) };
        let event = CreditEvent {
            id: to_hex(&rand::random::<[u8; 12]>()),
            code: wish.code.clone(),
            kind,
            day: self.today(),
            division: division.clone(),
            what: wish.what.trim().replace('\0', ""),
            evidence: evidence.replace('\0', ""),
            withdrawn: None,
        };
        let city = self.city_division().ok_or(Denied::NotFound)?;
        let subject = format!("{} {}", wish.code, kind.name());
        self.store().intermediary_credit_add(city, event).await.map_err(Denied::from)?;
        self.note(asker, division, "intermediary-credit", &subject, evidence).await;
        self.reload().await.map_err(Denied::from)?;
        Ok(())
    }

    /// Takes an entry back that was wrong; why is published.
    pub async fn credit_withdraw(
        &self,
        asker: &Asker,
        division: &Division,
        id: &str,
        why: &str,
    ) -> Result<(), CreditError> {
        self.allow_within(asker, Deed::KeepIntermediaries, division, "credit").await?;
        let why: String = why.trim().replace('\0', "").chars().take(300).collect();
        if why.chars().count() < 4 {
            let message = Text::new("请说明撤销的理由，将对外公布。", "Please say why; it is published.");
            return Err(CreditError::Invalid(vec![FieldError { field: "why".to_owned(), message }]));
        }
        let city = self.city_division().ok_or(Denied::NotFound)?;
        let of_here = self.city().register.listed.iter().any(|listed| {
            let here =
                |event: &CreditEvent| event.id == id && event.division == *division && event.kind.weight().is_some();
            listed.events.iter().any(here)
        });
        if !of_here
            || !self.store().intermediary_credit_withdraw(city, id.to_owned(), why).await.map_err(Denied::from)?
        {
            return Err(Denied::NotFound.into());
        }
        self.note(asker, division, "intermediary-credit-withdrawn", id, "done").await;
        self.reload().await.map_err(Denied::from)?;
        Ok(())
    }
}
