//! What can be found, and where its page is.

use lotus_domain::catalog::Served;
use lotus_domain::district::Division;
use lotus_domain::text::Text;

/// What kind of thing answers a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// 事项
    Item,
    /// 增值服务
    Service,
    /// 专区
    Zone,
    /// 政策
    Policy,
    /// A question and its answer 问答.
    Question,
}

impl Kind {
    /// Every kind, in the order in which pages name them.
    pub const ALL: [Self; 5] = [Self::Item, Self::Service, Self::Zone, Self::Policy, Self::Question];

    /// Its name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Service => "service",
            Self::Zone => "zone",
            Self::Policy => "policy",
            Self::Question => "question",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What one comes for goes before what explains it.
    pub(crate) const fn weight(self) -> f32 {
        match self {
            Self::Item | Self::Zone => 1.0,
            Self::Service => 0.98,
            Self::Policy => 0.95,
            Self::Question => 0.7,
        }
    }
}

/// Where it is in its district.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// An item's guide, by its implementation code.
    Item(String),
    /// A value-added service, by its id.
    Service(String),
    /// A zone, by its id.
    Zone(String),
    /// A policy, by its id.
    Policy(String),
    /// A question of an item's guide, by the item's code.
    ItemQuestion(String),
    /// A question that was asked and answered for everybody, by its id.
    Answered(String),
}

impl Target {
    /// What kind of thing is there.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Item(_) => Kind::Item,
            Self::Service(_) => Kind::Service,
            Self::Zone(_) => Kind::Zone,
            Self::Policy(_) => Kind::Policy,
            Self::ItemQuestion(_) | Self::Answered(_) => Kind::Question,
        }
    }

    /// Its code or id.
    pub fn id(&self) -> &str {
        match self {
            Self::Item(id)
            | Self::Service(id)
            | Self::Zone(id)
            | Self::Policy(id)
            | Self::ItemQuestion(id)
            | Self::Answered(id) => id,
        }
    }
}

/// Something that can be found in one district.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Whose portal it stands in.
    pub division: Division,
    /// Where.
    pub target: Target,
    /// What it is called.
    pub title: Text,
    /// Other names: its result, its code.
    pub names: Vec<Text>,
    /// One or two sentences.
    pub summary: Text,
    /// Who answers for it.
    pub department: Option<Text>,
    /// Whatever else stands on its page and may be looked for.
    pub body: Vec<Text>,
    /// Whom it serves; empty is everybody.
    pub served: Vec<Served>,
    /// It can be done online.
    pub online: bool,
}

impl Entry {
    /// The same words in another place are the same document.
    pub(crate) fn same_words(&self) -> (Kind, &Text, &Text, Option<&Text>, Vec<&Text>) {
        (self.target.kind(), &self.title, &self.summary, self.department.as_ref(), self.body.iter().collect())
    }
}
