//! The plugins that ship: each page of each zone and each service's form, in both languages, as citizens get them.

use std::collections::BTreeSet;

use lotus_contract_tests::{Plugin, Stage};
use lotus_domain::Slug;
use lotus_domain::package::ExtensionPoint;
use lotus_domain::page::{Block, Link, LinkTarget, Page};
use lotus_domain::service::Service;
use lotus_domain::text::Language;
use lotus_domain::zone::Zone;
use lotus_runtime::{Answer, Ask, Outcome};

async fn zones(plugin: &Plugin) -> Vec<Zone> {
    match plugin.ask(&Ask::ListZones).await.outcome {
        Outcome::Answer(Answer::Zones(zones)) => zones,
        other => panic!("{other:?}"),
    }
}

async fn services(plugin: &Plugin) -> Vec<Service> {
    match plugin.ask(&Ask::ListServices).await.outcome {
        Outcome::Answer(Answer::Services(services)) => services,
        other => panic!("{other:?}"),
    }
}

fn links(page: &Page) -> Vec<&Link> {
    let cards = |cards: &'_ [lotus_domain::page::Card]| cards.iter().filter_map(|card| card.link.clone()).count();
    page.blocks
        .iter()
        .flat_map(|block| match block {
            Block::Links { links } => links.iter().collect::<Vec<_>>(),
            Block::Cards { cards: all } if cards(all) > 0 => all.iter().filter_map(|card| card.link.as_ref()).collect(),
            _ => Vec::new(),
        })
        .collect()
}

/// Every plugin that ships, in both languages, in a district that it is written for.
async fn shipped() -> Vec<Plugin> {
    let mut plugins = Vec::new();
    for package in lotus_plugins::SHIPPED {
        let plugin = Stage::shared().plugin(package.manifest, package.component).await;
        let here = plugin.manifest.districts.first().map(ToString::to_string).expect("it names its district");
        let plugin = plugin.in_district(&here);
        plugins.extend([Language::Zh, Language::En].map(|language| plugin.clone().in_language(language)));
    }
    assert!(plugins.len() >= 4, "two plugins in two languages");
    plugins
}

#[tokio::test]
async fn every_page_of_every_zone_is_within_bounds_and_leads_somewhere() {
    for plugin in shipped().await.iter().filter(|plugin| plugin.loaded.answers(ExtensionPoint::Zones)) {
        let zones = zones(plugin).await;
        assert!(!zones.is_empty(), "{}", plugin.loaded.id());
        let zone_ids: BTreeSet<&str> = zones.iter().map(|zone| zone.id.as_str()).collect();
        let services = if plugin.loaded.answers(ExtensionPoint::Services) { services(plugin).await } else { vec![] };
        let service_ids: BTreeSet<&str> = services.iter().map(|service| service.id.as_str()).collect();
        for zone in &zones {
            let mut open = vec![String::new()];
            let mut seen = BTreeSet::new();
            while let Some(id) = open.pop() {
                if !seen.insert(id.clone()) {
                    continue;
                }
                let place = format!("{} {} “{id}”", plugin.loaded.id(), zone.id);
                let called = plugin.render(zone.id.as_str(), (!id.is_empty()).then_some(id.as_str())).await;
                let Outcome::Answer(Answer::Page(page)) = called.outcome else {
                    panic!("{place}: {:?}", called.outcome)
                };
                page.check().unwrap_or_else(|error| panic!("{place}: {error}"));
                assert!(!page.blocks.is_empty(), "{place}");
                for link in links(&page) {
                    match &link.target {
                        LinkTarget::Page(page) => open.push(page.clone()),
                        LinkTarget::Service(id) => assert!(service_ids.contains(id.as_str()), "{place}: service {id}"),
                        LinkTarget::Zone(id) => assert!(zone_ids.contains(id.as_str()), "{place}: zone {id}"),
                        _ => {}
                    }
                }
                for block in &page.blocks {
                    if let Block::Form { service } = block {
                        assert!(service_ids.contains(service.as_str()), "{place}: the form of {service}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn every_service_has_a_sound_form_and_a_kind_of_case_that_ends() {
    for plugin in shipped().await.iter().filter(|plugin| plugin.loaded.answers(ExtensionPoint::Services)) {
        let services = services(plugin).await;
        assert!(!services.is_empty(), "{}", plugin.loaded.id());
        for service in services {
            let place = format!("{} {}", plugin.loaded.id(), service.id);
            service.definition().check().unwrap_or_else(|error| panic!("{place}: {error}"));
            let called = plugin.ask(&Ask::ServiceForm { service: service.id.clone() }).await;
            match called.outcome {
                Outcome::Answer(Answer::Form(Some(form))) => {
                    form.check().unwrap_or_else(|error| panic!("{place}: {error}"));
                    assert!(form.fields().count() > 0, "{place}");
                }
                Outcome::Answer(Answer::Form(None)) => {}
                other => panic!("{place}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_a_plugins_own_is_not_found() {
    for plugin in shipped().await {
        assert_eq!(plugin.render("no-such-zone", None).await.outcome, Outcome::NotFound);
        if plugin.loaded.answers(ExtensionPoint::Services) {
            let service = Slug::parse("no-such-service").expect("an id");
            assert_eq!(plugin.ask(&Ask::ServiceForm { service }).await.outcome, Outcome::NotFound);
        }
    }
}
