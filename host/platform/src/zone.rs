//! Zones: what a district's plugins offer an industry, and their pages.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::join_all;
use lotus_domain::Slug;
use lotus_domain::package::ExtensionPoint;
use lotus_domain::page::{Block, Page};
use lotus_domain::service::Service;
use lotus_domain::zone::Zone;
use lotus_runtime::{Answer, Ask, Outcome};

use crate::Visit;
use crate::plugin::{Active, NotServed, Offered, Part, StandIn};
use crate::service::ServiceForm;
use crate::start::Platform;

/// A page of a zone with what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct ZonePage {
    /// The zone.
    pub zone: Zone,
    /// The plugin's page.
    pub page: Part<Page>,
    /// The forms that the page names, by their service.
    pub forms: BTreeMap<Slug, ServiceForm>,
    /// The zone's services.
    pub services: Vec<Service>,
}

impl Platform {
    /// The zones of a district.
    pub async fn zones(&self, visit: &Visit) -> Offered<Zone> {
        self.offered(visit, ExtensionPoint::Zones, |active| async move { active.zones(self, visit).await }).await
    }

    /// What every plugin of a district lists, asked at the same time, each within its own limits.
    pub(crate) async fn offered<T, F>(
        &self,
        visit: &Visit,
        point: ExtensionPoint,
        list: impl Fn(Arc<Active>) -> F,
    ) -> Offered<T>
    where
        T: Clone,
        F: Future<Output = Option<Arc<Vec<T>>>>,
    {
        let mut all = Offered { offered: Vec::new(), missing: Vec::<StandIn>::new() };
        let city = self.city();
        let (Some(tenant), Some(district)) = (city.tenant(&visit.division), city.district(&visit.division)) else {
            return all;
        };
        let plugins: Vec<&Arc<Active>> = tenant.plugins.iter().filter(|active| active.answers(point)).collect();
        let lists = join_all(plugins.iter().map(|active| list(Arc::clone(active)))).await;
        for (active, listed) in plugins.into_iter().zip(lists) {
            match listed {
                Some(listed) => all.offered.extend(listed.iter().cloned()),
                None => all.missing.push(active.stand_in(district)),
            }
        }
        all
    }

    /// A zone and the plugin whose it is.
    async fn zone_find(&self, visit: &Visit, id: &Slug) -> Result<(Arc<Active>, Zone), NotServed> {
        let city = self.city();
        let district = city.district(&visit.division).ok_or(NotServed::NotFound)?;
        let plugins = &city.tenant(&visit.division).ok_or(NotServed::NotFound)?.plugins;
        for active in plugins.iter().filter(|a| a.answers(ExtensionPoint::Zones)) {
            let zones = active.zones(self, visit).await.unwrap_or_default();
            if let Some(zone) = zones.iter().find(|zone| zone.id == *id) {
                return Ok((Arc::clone(active), zone.clone()));
            }
        }
        Err(Active::unknown(plugins, ExtensionPoint::Zones, district))
    }

    /// One page of a zone; none is its first.
    pub async fn zone_page(&self, visit: &Visit, id: &Slug, page: Option<&Slug>) -> Result<ZonePage, NotServed> {
        let district = self.district(&visit.division).ok_or(NotServed::NotFound)?;
        let (active, zone) = self.zone_find(visit, id).await?;
        let ask = Ask::RenderPage { zone: id.clone(), page: page.map(ToString::to_string) };
        let answer = active.call(self, visit, &ask).await.pick(|answer| match answer {
            Answer::Page(page) => Some(page),
            _ => None,
        });
        let page = match answer {
            Outcome::Answer(page) => Part::Shown(page),
            Outcome::NotFound => return Err(NotServed::NotFound),
            Outcome::Refused(refusal) => return Err(NotServed::Refused(refusal)),
            Outcome::Unavailable(_) | Outcome::Failed(_) => Part::Missing(active.stand_in(&district)),
        };
        let services = if active.answers(ExtensionPoint::Services) {
            active.services(self, visit).await.unwrap_or_default()
        } else {
            Arc::default()
        };
        let forms = match &page {
            Part::Shown(page) => self.forms_of(visit, page).await,
            Part::Missing(_) => BTreeMap::new(),
        };
        let services = services.iter().filter(|service| service.zone.as_ref() == Some(id)).cloned().collect();
        Ok(ZonePage { zone, page, forms, services })
    }

    /// The forms that a page names; a form that is not there is left out.
    async fn forms_of(&self, visit: &Visit, page: &Page) -> BTreeMap<Slug, ServiceForm> {
        let named = page.blocks.iter().filter_map(|block| match block {
            Block::Form { service } => Slug::parse(service.as_str()).ok(),
            _ => None,
        });
        let forms = named.map(|id| async move {
            let form = self.service(visit, &id).await.ok()?;
            Some((id, form))
        });
        join_all(forms).await.into_iter().flatten().collect()
    }
}
