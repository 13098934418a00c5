//! An enterprise's page in a zone (article 29): its services there, the district's policies that it matches, and whatever
//! ends soon. Whoever acts for nobody sees the same of themselves.
//!
//! Invariant: nothing of an enterprise is shown but to whoever acts for it now. A case is the enterprise's where one of its
//! mandate's holders opened it for it: that somebody wrote its code into a form makes no case its own.

use std::collections::BTreeSet;

use jiff::civil::Date;
use lotus_domain::Slug;
use lotus_domain::appointment::BookingState;
use lotus_domain::case::{Case, CaseNumber, Subject};
use lotus_domain::catalog::Served;
use lotus_domain::claim::Claim;
use lotus_domain::mark::Mark;
use lotus_domain::policy::{Match, Verdict};
use lotus_domain::service::Service;
use lotus_domain::text::Text;
use lotus_domain::visit::VisitState;
use lotus_domain::zone::Zone;

use crate::Visit;
use crate::asker::{Asker, Denied};
use crate::claim::until;
use crate::plugin::StandIn;
use crate::start::Platform;

/// Cases and matches that are shown.
const MOST: u32 = 50;
/// Matches that are not met yet and are shown.
const MOST_NEAR: usize = 10;
/// Licences and policies that end within so many days are shown.
const AHEAD: i32 = 90;

/// What ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ends {
    /// The time within which a case is answered.
    Case(CaseNumber),
    /// The time to consent to a claim, or to do what it waits for.
    Claim(CaseNumber),
    /// A licence.
    Licence,
    /// The time within which a policy that is met can be claimed.
    Policy(Slug),
    /// A booked time or a visit.
    Booking,
}

/// Something with a last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastDay {
    /// What.
    pub what: Ends,
    /// What it is called.
    pub title: Text,
    /// The day.
    pub day: Date,
    /// Working days until then, negative where it is over.
    pub left: Option<i32>,
}

/// The page.
#[derive(Debug, Clone, PartialEq)]
pub struct EnterprisePage {
    /// The zone.
    pub zone: Zone,
    /// The enterprise that is acted for; none is oneself.
    pub enterprise: Option<String>,
    /// Cases that began from this zone's services, newest first.
    pub cases: Vec<Case>,
    /// What the zone offers them.
    pub services: Vec<Service>,
    /// The district's policies: those that are met, then those that nearly are or of which something isn't known.
    pub matches: Vec<Match>,
    /// Claims of theirs in the district, newest first.
    pub claims: Vec<(Case, Claim)>,
    /// What ends, the next first.
    pub ends: Vec<LastDay>,
    /// Whose services can't be listed now.
    pub missing: Vec<StandIn>,
}

impl EnterprisePage {
    /// The claim to a policy, where there is one.
    pub fn claim(&self, policy: &Slug) -> Option<&CaseNumber> {
        self.claims.iter().find(|(_, claim)| claim.policy == *policy).map(|(case, _)| &case.number)
    }
}

impl Platform {
    /// What a zone is to whoever asks.
    pub async fn enterprise_page(&self, asker: &Asker, visit: &Visit, zone: &Slug) -> Result<EnterprisePage, Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let zones = self.zones(visit).await.offered;
        let zone = zones.into_iter().find(|one| one.id == *zone).ok_or(Denied::NotFound)?;
        let served = if person.acting_for.is_some() { Served::Enterprise } else { Served::NaturalPerson };
        let offered = self.services(visit).await;
        let of_zone: Vec<Service> =
            offered.offered.into_iter().filter(|service| service.zone.as_ref() == Some(&zone.id)).collect();
        let ids: BTreeSet<&str> = of_zone.iter().map(|service| service.id.as_str()).collect();
        let own = self.cases_for(asker, visit).await?;
        let cases: Vec<Case> = own
            .iter()
            .filter(|case| matches!(&case.subject, Subject::Service { service, .. } if ids.contains(service.as_str())))
            .cloned()
            .collect();
        let mut matches = self.my_policies(visit, asker).await?.matches;
        matches.retain(|found| found.division == visit.division);
        let mut near = 0;
        matches.retain(|found| match found.verdict {
            Verdict::Met => true,
            _ if found.is_near_miss() || found.verdict == Verdict::Unknown => {
                near += 1;
                near <= MOST_NEAR
            }
            _ => false,
        });
        matches.truncate(MOST as usize);
        let mut claims = self.my_claims(asker).await?;
        claims.retain(|(case, _)| case.division == visit.division);
        let ends = self.ends(asker, visit, &own, &claims, &matches).await?;
        let services = of_zone
            .into_iter()
            .filter(|service| service.served.is_empty() || service.served.contains(&served))
            .collect();
        let enterprise = person.acting_for.as_ref().map(|mandate| mandate.enterprise.clone());
        Ok(EnterprisePage { zone, enterprise, cases, services, matches, claims, ends, missing: offered.missing })
    }

    /// The cases in a district that the asker opened as whom they act now, newest first.
    async fn cases_for(&self, asker: &Asker, visit: &Visit) -> Result<Vec<Case>, Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let store = self.store();
        let marked = |code: &str| Mark::credit_code(code).into_iter().collect::<Vec<_>>();
        let Some(mandate) = &person.acting_for else {
            let own = store.case_list_account(&visit.division, &person.account.id, MOST).await?;
            // What one opened for an enterprise is the enterprise's.
            let city = self.city_division().ok_or(Denied::Unavailable)?;
            let mandates = store.mandate_list(&city, &person.account.id).await?;
            let marks: Vec<Mark> = mandates.iter().flat_map(|mandate| marked(&mandate.credit_code)).collect();
            let theirs = store.case_list_marked(&visit.division, &marks, &[], None, MOST).await?;
            let theirs: BTreeSet<CaseNumber> = theirs.into_iter().map(|case| case.number).collect();
            return Ok(own.into_iter().filter(|case| !theirs.contains(&case.number)).collect());
        };
        let city = self.city_division().ok_or(Denied::Unavailable)?;
        let holders = store.mandate_holders(&city, &mandate.credit_code).await?;
        let marks = marked(&mandate.credit_code);
        let found = store.case_list_marked(&visit.division, &marks, &[], None, MOST).await?;
        let is_theirs = |case: &Case| case.account.as_ref().is_some_and(|account| holders.contains(account));
        Ok(found.into_iter().filter(is_theirs).collect())
    }

    /// Whatever ends, the next first.
    async fn ends(
        &self,
        asker: &Asker,
        visit: &Visit,
        own: &[Case],
        claims: &[(Case, Claim)],
        matches: &[Match],
    ) -> Result<Vec<LastDay>, Denied> {
        let today = self.today();
        let last = today.saturating_add(jiff::Span::new().days(AHEAD));
        let city = self.city();
        let left = |day: Date| city.calendar.as_ref().and_then(|calendar| calendar.count_working_days(today, day).ok());
        let mut ends = Vec::new();
        let mut add = |what: Ends, title: &Text, day: Date| {
            ends.push(LastDay { what, title: title.clone(), day, left: left(day) });
        };
        for case in own.iter().filter(|case| case.is_open() && case.definition.id.as_str() != lotus_domain::claim::KIND)
        {
            if let Some(due) = case.clocks.due() {
                add(Ends::Case(case.number.clone()), case.subject.title(), due.day());
            }
        }
        for (case, _) in claims.iter().filter(|(case, _)| matches!(case.state.as_str(), "pushed" | "declined")) {
            if let Some(day) = until(case) {
                add(Ends::Claim(case.number.clone()), case.subject.title(), day);
            }
        }
        for licence in self.my_licences(asker).await?.iter().filter(|licence| licence.expires <= last) {
            if licence.expires >= today {
                add(Ends::Licence, &licence.title, licence.expires);
            }
        }
        for found in matches.iter().filter(|found| found.verdict == Verdict::Met) {
            let claimed = claims.iter().any(|(_, claim)| claim.policy == found.policy);
            let closes = self.policy(&visit.division, found.policy.as_str()).and_then(|edition| edition.policy.closes);
            if let Some(day) = closes.filter(|day| !claimed && *day <= last) {
                add(Ends::Policy(found.policy.clone()), &found.title, day);
            }
        }
        let here = |division: &lotus_domain::district::Division| *division == visit.division;
        for (division, booking) in self.my_bookings(asker).await? {
            if here(&division) && booking.day >= today && booking.state == BookingState::Booked {
                add(Ends::Booking, &Text::new("窗口预约", "A booked time at a counter"), booking.day);
            }
        }
        for (division, order) in self.my_visits(asker).await? {
            let is_open = matches!(order.state, VisitState::Ordered | VisitState::Planned);
            if here(&division) && order.day >= today && is_open {
                add(Ends::Booking, &Text::new("上门服务", "A visit at home"), order.day);
            }
        }
        ends.sort_by_key(|end| end.day);
        Ok(ends)
    }
}
