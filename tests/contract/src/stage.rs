//! A sandbox, a guest in it, and the terms on which a test calls it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use lotus_domain::Slug;
use lotus_domain::activation::Grant;
use lotus_domain::applicant::Applicant;
use lotus_domain::district::Division;
use lotus_domain::form::Value;
use lotus_domain::package::{Capability, Limits, Manifest};
use lotus_domain::page::{Block, Page};
use lotus_domain::text::Language;
use lotus_runtime::{Answer, Ask, Called, Loaded, Outcome, Ports, Runtime, RuntimeConfig, Terms};
use tempfile::TempDir;

use crate::City;

/// The moment at which every call of a test happens, and its date in the city.
pub fn noon() -> (Timestamp, Date) {
    (Timestamp::from_second(1_777_348_800).expect("a moment"), date(2026, 4, 28))
}

/// A sandbox with a cache of its own.
pub struct Stage {
    /// The sandbox.
    pub runtime: Runtime,
    cache: Arc<TempDir>,
}

impl Stage {
    /// The one that the tests of a process share: each guest is compiled once.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Stage> = OnceLock::new();
        SHARED.get_or_init(|| Self::with_instances(100))
    }

    /// A sandbox of its own with so many instances at the same time.
    pub fn with_instances(instances: u32) -> Self {
        let cache = Arc::new(tempfile::tempdir().expect("a temporary directory"));
        Self::start(cache, instances)
    }

    fn start(cache: Arc<TempDir>, instances: u32) -> Self {
        let config = RuntimeConfig { instances, ..RuntimeConfig::new(cache.path()) };
        Self { runtime: Runtime::start(&config).expect("the sandbox starts"), cache }
    }

    /// Another host on the same cache: what a restart finds.
    pub fn again(&self) -> Self {
        Self::start(Arc::clone(&self.cache), 100)
    }

    /// Removes every compiled component.
    pub fn forget_compiled(&self) {
        for file in std::fs::read_dir(self.cache.path()).expect("the cache is there") {
            std::fs::remove_file(file.expect("an entry").path()).expect("a file that is ours");
        }
    }

    /// Files in the cache.
    pub fn compiled(&self) -> usize {
        std::fs::read_dir(self.cache.path()).expect("the cache is there").count()
    }

    /// A guest of `tests/guests`, ready to be called with all that it asks for.
    pub async fn guest(&self, name: &str) -> Plugin {
        let guest = lotus_artifacts::guest(name);
        self.plugin(guest.manifest, guest.component).await
    }

    /// Any plugin, ready to be called with all that it asks for.
    pub async fn plugin(&self, manifest: &str, component: &[u8]) -> Plugin {
        let manifest = Manifest::parse(manifest).expect("the manifest is sound");
        let loaded = self.runtime.load(&manifest, component).await.expect("the component fits its manifest");
        let (at, today) = noon();
        let terms = Terms {
            division: Division::parse("411081").expect("a division"),
            language: Language::Zh,
            at,
            today,
            grant: Arc::new(Grant::requested(&manifest)),
            settings: Arc::new(manifest.defaults()),
            ports: City::new(),
            applicant: None,
            record: false,
        };
        Plugin { runtime: self.runtime.clone(), loaded, manifest, terms }
    }
}

/// A plugin that is loaded, with the terms on which it is called.
#[derive(Clone)]
pub struct Plugin {
    /// Its sandbox.
    pub runtime: Runtime,
    /// What is called.
    pub loaded: Loaded,
    /// What it says of itself.
    pub manifest: Manifest,
    /// How it is called.
    pub terms: Terms,
}

impl Plugin {
    /// In another district.
    pub fn in_district(mut self, division: &str) -> Self {
        self.terms.division = Division::parse(division).expect("a division");
        self
    }

    /// In another language.
    pub fn in_language(mut self, language: Language) -> Self {
        self.terms.language = language;
        self
    }

    /// With other places to ask.
    pub fn asking(mut self, ports: Arc<dyn Ports>) -> Self {
        self.terms.ports = ports;
        self
    }

    /// With these capabilities and no other.
    pub fn granted(mut self, capabilities: &[Capability]) -> Self {
        Arc::make_mut(&mut self.terms.grant).capabilities = capabilities.to_vec();
        self
    }

    /// With other limits.
    pub fn limited(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut Arc::make_mut(&mut self.terms.grant).limits);
        self
    }

    /// With a setting of the district.
    pub fn set(mut self, name: &str, value: Value) -> Self {
        let settings: &mut BTreeMap<String, Value> = Arc::make_mut(&mut self.terms.settings);
        settings.insert(name.to_owned(), value);
        self
    }

    /// With somebody who applies.
    pub fn applied_by(mut self, applicant: Applicant) -> Self {
        self.terms.applicant = Some(Arc::new(applicant));
        self
    }

    /// With its calls recorded.
    pub fn recorded(mut self) -> Self {
        self.terms.record = true;
        self
    }

    /// Asks it.
    pub async fn ask(&self, ask: &Ask) -> Called<Answer> {
        self.runtime.call(&self.loaded, ask, &self.terms).await
    }

    /// Asks for a page of a zone.
    pub async fn render(&self, zone: &str, page: Option<&str>) -> Called<Answer> {
        let zone = Slug::parse(zone).expect("a zone's id");
        self.ask(&Ask::RenderPage { zone, page: page.map(ToOwned::to_owned) }).await
    }

    /// The words of a page that must come.
    pub async fn words(&self, zone: &str, page: Option<&str>) -> String {
        let called = self.render(zone, page).await;
        first_words(&called).unwrap_or_else(|| panic!("{zone} gave {:?}", called.outcome))
    }
}

/// The first markdown of a page, where the call gave one.
pub fn first_words(called: &Called<Answer>) -> Option<String> {
    let Outcome::Answer(Answer::Page(Page { blocks, .. })) = &called.outcome else { return None };
    blocks.iter().find_map(|block| match block {
        Block::Markdown { text } => Some(text.zh.clone()),
        _ => None,
    })
}
