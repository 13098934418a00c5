//! Intermediary services 中介服务 (article 32): the city's list, what each one on it discloses, and the catalogue of the
//! services that items ask for.
//!
//! Invariant: the list is the city's, and whoever is on it is there by a registration that somebody verified. Nothing here
//! prefers one: an order is drawn for each visit ([`order`]), a selection is its owner's ([`selection`]), and a page that
//! leads to one alone is found ([`steering`]).

pub mod credit;
pub mod draw;
pub mod filing;
pub mod selection;
pub mod steering;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Slug;
use crate::applicant::CreditCode;
use crate::chain::Hash;
use crate::district::Division;
use crate::law::{Fen, LegalBasis, Period};
use crate::text::Text;

/// The kind of case of a registration, a change, an exit, a re-admission.
pub const REGISTRATION: &str = "intermediary";
/// The kind of case of a selection with its contract.
pub const SELECTION: &str = "selection";

/// A service of the catalogue 中介服务事项: what the law makes an applicant buy from somebody, never from whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceType {
    /// Its id.
    pub id: Slug,
    /// Its name; an item's list of intermediary services has it by its Chinese.
    pub title: Text,
    /// Basic codes of the items that ask for it.
    pub items: Vec<String>,
    /// The qualification that whoever offers it has to hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualification: Option<Text>,
    /// What the law says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<LegalBasis>,
}

/// A qualification 资质.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Qualification {
    /// E.g. 工程造价咨询资质.
    pub name: String,
    /// The certificate's number.
    pub number: String,
    /// Its last day.
    pub until: Date,
}

/// One service as one intermediary offers it: within what time, for what money, on what basis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// Which service of the catalogue.
    pub service: Slug,
    /// Within what time it promises to deliver.
    pub promised: Period,
    /// The fee standard in words.
    pub fee: String,
    /// What the fee stands on: a government's price, or the market's.
    pub fee_basis: String,
    /// The least that it costs, where that can be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Fen>,
}

/// What an intermediary discloses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Unified social credit code, with its check digit.
    pub code: String,
    /// Its whole name.
    pub name: String,
    /// What people call it for short.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub short: Vec<String>,
    /// The host of its web site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Its telephone.
    pub telephone: String,
    /// Where it is.
    pub address: String,
    /// What it is qualified for.
    #[serde(default)]
    pub qualifications: Vec<Qualification>,
    /// What it offers.
    pub offers: Vec<Offer>,
    /// The districts that it serves.
    pub districts: Vec<Division>,
    /// Under what conditions it takes an order.
    pub conditions: String,
    /// How it goes, step by step.
    pub process: Vec<String>,
    /// Since when it is on the list.
    pub listed: Date,
}

/// What is wrong with a listing or a service of the catalogue.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum ListingError {
    /// Its code is none.
    #[error("“{0}” is no unified social credit code")]
    Code(String),
    /// A text is missing or too long.
    #[error("{field} has {min} to {max} characters")]
    Length {
        /// Which.
        field: &'static str,
        /// At least.
        min: usize,
        /// At most.
        max: usize,
    },
    /// It offers nothing, the same twice, or serves nobody.
    #[error("it offers 1 to 20 services, each once, in 1 to 20 districts")]
    Offers,
    /// A service that is not in the catalogue.
    #[error("“{0}” is no service of the catalogue")]
    NoService(String),
}

fn long(field: &'static str, text: &str, min: usize, max: usize) -> Result<(), ListingError> {
    let length = text.trim().chars().count();
    if (min..=max).contains(&length) { Ok(()) } else { Err(ListingError::Length { field, min, max }) }
}

impl Listing {
    /// Checks every bound, and that each offer is in the catalogue.
    pub fn check(&self, catalogue: &[ServiceType]) -> Result<(), ListingError> {
        let canonical = CreditCode::parse(&self.code).is_ok_and(|code| code.as_str() == self.code);
        if !canonical {
            return Err(ListingError::Code(self.code.clone()));
        }
        long("the name", &self.name, 4, 100)?;
        long("the address", &self.address, 4, 200)?;
        long("the telephone", &self.telephone, 7, 30)?;
        long("the conditions", &self.conditions, 2, 1000)?;
        self.process.iter().try_for_each(|step| long("a step", step, 2, 200))?;
        self.short.iter().try_for_each(|short| long("a short name", short, 4, 50))?;
        self.website.iter().try_for_each(|host| long("the web site", host, 4, 100))?;
        for offer in &self.offers {
            long("a fee", &offer.fee, 2, 300)?;
            long("a fee's basis", &offer.fee_basis, 2, 300)?;
            if !catalogue.iter().any(|service| service.id == offer.service) {
                return Err(ListingError::NoService(offer.service.to_string()));
            }
        }
        for held in &self.qualifications {
            long("a qualification", &held.name, 2, 100)?;
            long("a certificate's number", &held.number, 2, 60)?;
        }
        let mut services: Vec<_> = self.offers.iter().map(|offer| &offer.service).collect();
        services.sort();
        services.dedup();
        let counts = |count: usize| (1..=20).contains(&count);
        let whole = services.len() == self.offers.len() && counts(services.len()) && counts(self.districts.len());
        if whole && self.process.len() <= 20 && self.short.len() <= 5 && self.qualifications.len() <= 20 {
            Ok(())
        } else {
            Err(ListingError::Offers)
        }
    }

    /// Whether it works in a district.
    pub fn serves(&self, division: &Division) -> bool {
        self.districts.contains(division)
    }

    /// What it offers of a service.
    pub fn offer(&self, service: &Slug) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.service == *service)
    }

    /// Whether it may do this on a day: where the catalogue wants a qualification, one must still be valid then.
    pub fn is_qualified(&self, service: &ServiceType, day: Date) -> bool {
        service.qualification.is_none() || self.qualifications.iter().any(|held| held.until >= day)
    }
}

/// Where somebody stands in a list that prefers nobody: the list is sorted by this, the seed is drawn for each visit and
/// said on the page. SHA-256 of `seed`, a space and the credit code.
pub fn order(seed: &str, code: &str) -> Hash {
    Hash::of(format!("{seed} {code}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_place_in_a_list_goes_to_everybody_about_as_often() {
        let codes: Vec<String> = (0..5).map(|n| format!("91411081MA{n:08}")).collect();
        let mut first: BTreeMap<&str, u32> = BTreeMap::new();
        for visit in 0..5_000 {
            let seed = format!("{visit:016x}");
            let best = codes.iter().min_by_key(|code| order(&seed, code).0).unwrap();
            *first.entry(best).or_default() += 1;
        }
        assert!(first.values().all(|times| (850..1150).contains(times)), "{first:?}");
    }

    #[test]
    fn a_listing_with_a_mistyped_code_or_an_unknown_service_is_refused() {
        let catalogue = [ServiceType {
            id: Slug::parse("drawing-review").unwrap(),
            title: Text::zh("施工图审查"),
            items: vec!["XC01002".into()],
            qualification: Some(Text::zh("施工图审查机构资格")),
            basis: None,
        }];
        let good = super::steering::tests::listing("91411081DEMA00001Q", "许昌甲乙工程咨询有限公司");
        assert_eq!(good.check(&catalogue), Ok(()));
        let mistyped = Listing { code: "91411081DEMA00001R".into(), ..good.clone() };
        assert!(matches!(mistyped.check(&catalogue), Err(ListingError::Code(_))));
        let mut unknown = good.clone();
        unknown.offers[0].service = Slug::parse("magic").unwrap();
        assert_eq!(unknown.check(&catalogue), Err(ListingError::NoService("magic".into())));
        let day = good.qualifications[0].until;
        assert!(good.is_qualified(&catalogue[0], day));
        assert!(!good.is_qualified(&catalogue[0], day.tomorrow().unwrap()), "a certificate ends with its last day");
    }
}
