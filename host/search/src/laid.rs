//! Entries of what the city has: what of an item, a zone or a service is looked for.

use lotus_domain::catalog::{Channel, DistrictItem};
use lotus_domain::district::Division;
use lotus_domain::grievance::PublicAnswer;
use lotus_domain::policy::Policy;
use lotus_domain::service::{Service, ServiceField};
use lotus_domain::text::Text;
use lotus_domain::zone::Zone;

use crate::entry::{Entry, Target};

impl Entry {
    /// An item and the questions of its guide.
    pub fn of_item(item: &DistrictItem) -> Vec<Self> {
        let DistrictItem { division, item } = item;
        let online = item.channels.iter().any(|channel| matches!(channel, Channel::Online | Channel::OnlinePartly));
        let materials = item.materials.iter().map(|material| material.name.clone());
        let body = materials.chain(item.conditions.clone()).chain(item.joint_bodies.clone());
        let itself = Self {
            division: division.clone(),
            target: Target::Item(item.code.clone()),
            title: item.name.clone(),
            names: std::iter::once(item.result.name.clone()).chain(item.themes.clone()).collect(),
            summary: item.summary.clone(),
            department: Some(item.department.clone()),
            body: body.collect(),
            served: item.served.clone(),
            online,
        };
        let questions = item.questions.iter().map(|question| Self {
            division: division.clone(),
            target: Target::ItemQuestion(item.code.clone()),
            title: question.question.clone(),
            names: Vec::new(),
            summary: question.answer.clone(),
            department: Some(item.department.clone()),
            body: vec![item.name.clone()],
            served: item.served.clone(),
            online: false,
        });
        std::iter::once(itself).chain(questions).collect()
    }

    /// A policy that holds.
    pub fn of_policy(policy: &Policy) -> Self {
        let document = policy.document.as_deref().map(Text::zh);
        Self {
            division: policy.division.clone(),
            target: Target::Policy(policy.id.to_string()),
            title: policy.title.clone(),
            names: vec![policy.benefit.title()],
            summary: policy.summary.clone(),
            department: Some(policy.department.clone()),
            body: policy.procedure.iter().chain(&policy.guide).cloned().chain(document).collect(),
            served: policy.served.clone(),
            online: true,
        }
    }

    /// A question that was answered for everybody.
    pub fn of_answer(division: &Division, answer: &PublicAnswer) -> Self {
        Self {
            division: division.clone(),
            // The case's number is not for everybody.
            target: Target::Answered(answer.published.as_millisecond().to_string()),
            title: Text::zh(answer.question.as_str()),
            names: Vec::new(),
            summary: Text::zh(answer.answer.as_str()),
            department: Some(Text::zh(answer.department.as_str())),
            body: vec![Text::zh(answer.topic.as_str())],
            served: Vec::new(),
            online: false,
        }
    }

    /// A zone of a district.
    pub fn of_zone(division: &Division, zone: &Zone) -> Self {
        Self {
            division: division.clone(),
            target: Target::Zone(zone.id.to_string()),
            title: zone.title.clone(),
            names: Vec::new(),
            summary: zone.summary.clone(),
            department: None,
            body: Vec::new(),
            served: zone.served.clone(),
            online: true,
        }
    }

    /// A value-added service of a district.
    pub fn of_service(division: &Division, service: &Service) -> Self {
        let field = match &service.field {
            ServiceField::Policy => Text::new("政策服务", "Policy"),
            ServiceField::Talent => Text::new("人才服务", "Talent"),
            ServiceField::Finance => Text::new("金融服务", "Finance"),
            ServiceField::Law => Text::new("法律服务", "Law"),
            ServiceField::ScienceAndTechnology => Text::new("科技服务", "Science and technology"),
            ServiceField::Other(field) => field.clone(),
        };
        Self {
            division: division.clone(),
            target: Target::Service(service.id.to_string()),
            title: service.title.clone(),
            names: Vec::new(),
            summary: service.summary.clone(),
            department: Some(service.department.clone()),
            body: vec![field],
            served: service.served.clone(),
            online: true,
        }
    }
}
