//! The domain's words in a reader's language: what stands for each value of its enums.

use lotus_domain::applicant::IdentityNumber;
use lotus_domain::catalog::{Body, Channel, Handling, ItemType, Level, Served};
use lotus_domain::form::Value;
use lotus_domain::kind::Role;
use lotus_domain::law::LegalBasis;
use lotus_domain::package::{Capability, ExtensionPoint};
use lotus_domain::page::Tone;
use lotus_domain::record::Ending;
use lotus_domain::service::ServiceField;
use lotus_domain::text::Text;

use crate::language::Words;

impl Words {
    /// 事项类型
    pub(crate) fn item_type(self, of: &ItemType) -> String {
        self.t(match of {
            ItemType::Licence => "item-type-licence",
            ItemType::Penalty => "item-type-penalty",
            ItemType::Coercion => "item-type-coercion",
            ItemType::Levy => "item-type-levy",
            ItemType::Payment => "item-type-payment",
            ItemType::Inspection => "item-type-inspection",
            ItemType::Confirmation => "item-type-confirmation",
            ItemType::Reward => "item-type-reward",
            ItemType::Adjudication => "item-type-adjudication",
            ItemType::OtherPower => "item-type-other-power",
            ItemType::PublicService => "item-type-public-service",
        })
    }

    /// 行使层级
    pub(crate) fn level(self, of: &Level) -> String {
        self.t(match of {
            Level::Nation => "level-nation",
            Level::Province => "level-province",
            Level::City => "level-city",
            Level::County => "level-county",
            Level::Township => "level-township",
            Level::Village => "level-village",
            Level::ByLevel => "level-by-level",
        })
    }

    /// 主体性质
    pub(crate) fn body(self, of: &Body) -> String {
        self.t(match of {
            Body::StatutoryOrgan => "body-statutory-organ",
            Body::Authorised => "body-authorised",
            Body::Entrusted => "body-entrusted",
            Body::Other => "body-other",
        })
    }

    /// 服务对象
    pub(crate) fn served(self, of: &Served) -> String {
        self.t(match of {
            Served::NaturalPerson => "served-natural-person",
            Served::Enterprise => "served-enterprise",
            Served::PublicInstitution => "served-public-institution",
            Served::SocialOrganisation => "served-social-organisation",
            Served::AdministrativeOrgan => "served-administrative-organ",
            Served::Other => "served-other",
        })
    }

    /// 服务对象, all of them in one line.
    pub(crate) fn all_served(self, all: &[Served]) -> String {
        let names: Vec<String> = all.iter().map(|one| self.served(one)).collect();
        names.join(&self.t("list-comma"))
    }

    /// 办件类型
    pub(crate) fn handling(self, of: &Handling) -> String {
        self.t(match of {
            Handling::OnTheSpot => "handling-on-the-spot",
            Handling::Promised => "handling-promised",
            Handling::Other => "handling-other",
        })
    }

    /// 办理形式
    pub(crate) fn channel(self, of: &Channel) -> String {
        self.t(match of {
            Channel::Online => "channel-online",
            Channel::OnlinePartly => "channel-online-partly",
            Channel::Hall => "channel-hall",
            Channel::Terminal => "channel-terminal",
            Channel::Courier => "channel-courier",
            Channel::HomeVisit => "channel-home-visit",
        })
    }

    /// A service's field; the district's own has its own words.
    pub(crate) fn service_field(self, of: &ServiceField) -> String {
        self.t(match of {
            ServiceField::Policy => "field-policy",
            ServiceField::Talent => "field-talent",
            ServiceField::Finance => "field-finance",
            ServiceField::Law => "field-law",
            ServiceField::ScienceAndTechnology => "field-science-and-technology",
            ServiceField::Other(text) => return self.text(text).to_owned(),
        })
    }

    /// Who acted.
    pub(crate) fn role(self, of: &Role) -> String {
        self.t(match of {
            Role::Applicant => "role-applicant",
            Role::Clerk => "role-clerk",
            Role::Handler => "role-handler",
            Role::DepartmentHead => "role-department-head",
            Role::Helper => "role-helper",
            Role::Desk => "role-desk",
            Role::Supervision => "role-supervision",
            Role::System => "role-system",
        })
    }

    /// How urgent: said in words, because colour is never the only sign.
    pub(crate) fn tone(self, of: &Tone) -> String {
        self.t(match of {
            Tone::Info => "tone-info",
            Tone::Good => "tone-good",
            Tone::Attention => "tone-attention",
            Tone::Urgent => "tone-urgent",
        })
    }

    /// How a call ended.
    pub(crate) fn ending(self, of: &Ending) -> String {
        self.t(match of {
            Ending::Answer => "ending-answer",
            Ending::Refused => "ending-refused",
            Ending::Trap => "ending-trap",
            Ending::TimedOut => "ending-timed-out",
            Ending::OverLimit => "ending-over-limit",
            Ending::Denied => "ending-denied",
            Ending::Incompatible => "ending-incompatible",
        })
    }

    /// What plugins answer; contract names, which operators know.
    pub(crate) fn points(self, all: &[ExtensionPoint]) -> String {
        let names: Vec<&str> = all.iter().map(|point| point.name()).collect();
        names.join(&self.t("list-comma"))
    }

    /// What a plugin may ask; contract names.
    pub(crate) fn capabilities(self, all: &[Capability]) -> String {
        let names: Vec<&str> = all.iter().map(|capability| capability.name()).collect();
        names.join(&self.t("list-comma"))
    }

    /// Where in the law something stands.
    #[expect(clippy::unused_self, reason = "templates ask for it as for every other wording")]
    pub(crate) fn basis(self, basis: &LegalBasis) -> String {
        format!("{}{}", basis.title, basis.article.as_deref().unwrap_or_default())
    }

    /// Texts in one line.
    pub(crate) fn joined(self, texts: &[Text]) -> String {
        let all: Vec<&str> = texts.iter().map(|text| self.text(text)).collect();
        all.join(&self.t("list-comma"))
    }

    /// What an applicant gave. An identity number is never shown whole.
    pub(crate) fn value(self, value: &Value) -> String {
        match value {
            Value::Text(text) => IdentityNumber::parse(text).map_or_else(|_| text.clone(), |number| number.masked()),
            Value::Integer(number) => number.to_string(),
            Value::Decimal(number) => number.clone(),
            Value::Boolean(yes) => self.t(if *yes { "yes" } else { "no" }),
            Value::Date(day) => self.day(day),
            Value::Money(fen) => self.money(fen),
            Value::Options(options) => options.join(&self.t("list-comma")),
        }
    }
}

/// A tone's name in the style sheet.
pub(crate) fn tone_class(of: &Tone) -> &'static str {
    match of {
        Tone::Info => "info",
        Tone::Good => "good",
        Tone::Attention => "attention",
        Tone::Urgent => "urgent",
    }
}
