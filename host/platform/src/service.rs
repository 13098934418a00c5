//! Value-added services: their forms, and what becomes of what is submitted (article 29).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use lotus_domain::Slug;
use lotus_domain::case::{Application, CaseNumber, FollowSecret, Subject};
use lotus_domain::chain::Hash;
use lotus_domain::district::District;
use lotus_domain::form::{Field, FieldError, FieldKind, FieldValue, Form, Typed, Value};
use lotus_domain::kind::{Definition, NumberCode};
use lotus_domain::law::Refusal;
use lotus_domain::package::ExtensionPoint;
use lotus_domain::page::{Link, Page};
use lotus_domain::record::CallRecord;
use lotus_domain::service::{Opening, Service, Submitted};
use lotus_domain::text::Text;
use lotus_runtime::{Answer, Ask, Outcome};
use lotus_store::StoreError;

use crate::Visit;
use crate::asker::Asker;
use crate::opening::Beginning;
use crate::plugin::{Active, NotServed, Offered, Part, StandIn};
use crate::start::Platform;
use crate::token::FormToken;

/// A service and its form.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceForm {
    /// The service.
    pub service: Service,
    /// Its form; none where it is begun without one.
    pub form: Part<Option<Form>>,
}

/// What the applicant gets for a case that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The case's number.
    pub number: CaseNumber,
    /// What it is followed with.
    pub secret: FollowSecret,
    /// Its one line.
    pub title: Text,
    /// What the plugin says beside the number; markdown.
    pub message: Option<Text>,
    /// The last day of the promise.
    pub due: Option<jiff::civil::Date>,
    /// The same form was submitted before, and opened this case then.
    pub again: bool,
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq)]
pub enum Submission {
    /// A case was opened.
    Opened(Receipt),
    /// Answered at once.
    Answered {
        /// The service.
        service: Service,
        /// The answer.
        page: Page,
    },
    /// The applicant is better served elsewhere.
    Refers {
        /// The service.
        service: Service,
        /// Why.
        reason: Text,
        /// Where.
        links: Vec<Link>,
    },
    /// Wrong values, each beside its field.
    Invalid {
        /// The service.
        service: Service,
        /// Its form.
        form: Form,
        /// What is wrong.
        errors: Vec<FieldError>,
    },
    /// A reasoned no.
    Refused {
        /// The service.
        service: Service,
        /// Why.
        refusal: Refusal,
    },
    /// The plugin can't answer; nothing was submitted.
    Missing {
        /// The service.
        service: Service,
        /// Its form, where that much was there.
        form: Option<Form>,
        /// What stands in for it.
        stand_in: StandIn,
    },
    /// The form lay open too long, or is not ours: shown again with a new token, nothing lost.
    StaleToken {
        /// The service.
        service: Service,
        /// Its form.
        form: Option<Form>,
    },
}

/// Submissions that are under way, by token: a second click waits for the first.
#[derive(Default)]
pub(crate) struct InFlight {
    tokens: Mutex<HashMap<Hash, Arc<tokio::sync::Mutex<()>>>>,
}

impl InFlight {
    pub(crate) fn of(&self, token: Hash) -> Arc<tokio::sync::Mutex<()>> {
        let Ok(mut tokens) = self.tokens.lock() else { return Arc::default() };
        // Those that nobody holds any more are over.
        tokens.retain(|_, turn| Arc::strong_count(turn) > 1);
        Arc::clone(tokens.entry(token).or_default())
    }
}

/// A service that was found, and whose it is.
struct Found {
    active: Arc<Active>,
    district: Arc<District>,
    service: Service,
}

/// What a plugin decided to open, and what it decided on.
struct Decided {
    number: CaseNumber,
    opening: Opening,
    application: Application,
    record: Option<CallRecord>,
}

impl Platform {
    /// The services of a district.
    pub async fn services(&self, visit: &Visit) -> Offered<Service> {
        self.offered(visit, ExtensionPoint::Services, |active| async move { active.services(self, visit).await }).await
    }

    async fn service_find(&self, visit: &Visit, id: &Slug) -> Result<Found, NotServed> {
        let city = self.city();
        let district = city.district(&visit.division).ok_or(NotServed::NotFound)?;
        let tenant = city.tenant(&visit.division).ok_or(NotServed::NotFound)?;
        for active in tenant.plugins.iter().filter(|active| active.answers(ExtensionPoint::Services)) {
            let services = active.services(self, visit).await.unwrap_or_default();
            if let Some(service) = services.iter().find(|service| service.id == *id) {
                let (active, district) = (Arc::clone(active), Arc::clone(district));
                return Ok(Found { active, district, service: service.clone() });
            }
        }
        Err(Active::unknown(&tenant.plugins, ExtensionPoint::Services, district))
    }

    async fn form_of(&self, visit: &Visit, found: &Found) -> Result<Part<Option<Form>>, NotServed> {
        let ask = Ask::ServiceForm { service: found.service.id.clone() };
        let answer = found.active.call(self, visit, &ask).await.pick(|answer| match answer {
            Answer::Form(form) => Some(form),
            _ => None,
        });
        match answer {
            Outcome::Answer(form) => Ok(Part::Shown(form)),
            Outcome::NotFound => Err(NotServed::NotFound),
            Outcome::Refused(refusal) => Err(NotServed::Refused(refusal)),
            Outcome::Unavailable(_) | Outcome::Failed(_) => Ok(Part::Missing(found.active.stand_in(&found.district))),
        }
    }

    /// A service with its form.
    pub async fn service(&self, visit: &Visit, id: &Slug) -> Result<ServiceForm, NotServed> {
        let found = self.service_find(visit, id).await?;
        let form = self.form_of(visit, &found).await?;
        Ok(ServiceForm { service: found.service, form })
    }

    /// A token for a form that is about to be shown.
    pub fn form_token(&self) -> FormToken {
        FormToken::issue(&self.inner.key, self.now())
    }

    /// Submits what was typed into a service's form. However often the same form is sent, it opens one case.
    pub async fn service_submit(
        &self,
        visit: &Visit,
        id: &Slug,
        token: &FormToken,
        typed: &Typed,
        asker: &Asker,
    ) -> Result<Submission, NotServed> {
        let found = self.service_find(visit, id).await?;
        let turn = self.inner.in_flight.of(token.hash());
        let _turn = turn.lock().await;
        // A form that was sent before is answered as it was then, even when its token is old by now.
        if let Some(receipt) = self.receipt_again(&visit.division, token).await.map_err(|error| unavailable(&error))? {
            return Ok(Submission::Opened(receipt));
        }
        let missing = |form| Submission::Missing {
            service: found.service.clone(),
            form,
            stand_in: found.active.stand_in(&found.district),
        };
        let form = match self.form_of(visit, &found).await? {
            Part::Shown(form) => form,
            Part::Missing(_) => return Ok(missing(None)),
        };
        if !token.holds(&self.inner.key, self.now()) {
            return Ok(Submission::StaleToken { service: found.service, form });
        }
        let invalid = |form: &Option<Form>, errors| match form {
            Some(form) => Submission::Invalid { service: found.service.clone(), form: form.clone(), errors },
            // A plugin that finds fields wrong in a service without a form has no place to say so.
            None => missing(None),
        };
        let values = match form.as_ref().map(|form| form.read(typed)) {
            Some(Ok(values)) => values,
            Some(Err(errors)) => return Ok(invalid(&form, errors)),
            None => Vec::new(),
        };
        let ask = Ask::Check { service: id.clone(), values: values.clone() };
        let checked = found.active.call(self, visit, &ask).await.pick(|answer| match answer {
            Answer::Checked(errors) => Some(errors),
            _ => None,
        });
        match checked {
            Outcome::Answer(errors) if errors.is_empty() => {}
            Outcome::Answer(errors) => return Ok(invalid(&form, errors)),
            Outcome::NotFound => return Err(NotServed::NotFound),
            Outcome::Refused(refusal) => return Ok(Submission::Refused { service: found.service, refusal }),
            Outcome::Unavailable(_) | Outcome::Failed(_) => return Ok(missing(form)),
        }
        let number = self.number(visit);
        let ask = Ask::Submit { service: id.clone(), values: values.clone() };
        let (outcome, record) =
            found.active.decide_for(self, visit, &ask, Some(&number), self.applicant(asker).as_ref()).await;
        let submitted = outcome.pick(|answer| match answer {
            Answer::Submitted(submitted) => Some(submitted),
            _ => None,
        });
        let (answer, service) = match submitted {
            Outcome::Answer(Submitted::OpensCase(opening)) => {
                let application = application(values, form.as_ref());
                let decided = Decided { number, opening, application, record };
                let opened = self.open(visit, &found, token, decided, asker).await;
                return opened.map(Submission::Opened).map_err(|error| unavailable(&error));
            }
            Outcome::Answer(Submitted::Invalid(errors)) => return Ok(invalid(&form, errors)),
            Outcome::Unavailable(_) | Outcome::Failed(_) => return Ok(missing(form)),
            Outcome::NotFound => return Err(NotServed::NotFound),
            Outcome::Answer(other) => (Ok(other), found.service),
            Outcome::Refused(refusal) => (Err(refusal), found.service),
        };
        // It decided something without a case: the record is what remains of it.
        if let Some(record) = record {
            self.inner.recorder.keep(CallRecord { case: None, ..record });
        }
        Ok(match answer {
            Ok(Submitted::Answered(page)) => Submission::Answered { service, page },
            Ok(Submitted::Refers { reason, links }) => Submission::Refers { service, reason, links },
            Ok(Submitted::Refused(refusal)) | Err(refusal) => Submission::Refused { service, refusal },
            Ok(Submitted::OpensCase(_) | Submitted::Invalid(_)) => {
                Submission::Missing { service, form, stand_in: found.active.stand_in(&found.district) }
            }
        })
    }

    fn number(&self, visit: &Visit) -> CaseNumber {
        CaseNumber::new(&visit.division, self.today(), NumberCode::SERVICE, rand::random())
    }

    async fn open(
        &self,
        visit: &Visit,
        found: &Found,
        token: &FormToken,
        decided: Decided,
        asker: &Asker,
    ) -> Result<Receipt, StoreError> {
        let Decided { number, opening, application, record } = decided;
        let beginning = Beginning {
            number,
            definition: tightened(found.service.definition(), &opening),
            subject: Subject::Service {
                service: found.service.id.to_string(),
                title: found.service.title.clone(),
                department: found.service.department.clone(),
                package: found.active.activation.package.hex(),
            },
            title: opening.title,
            message: opening.message,
            application,
            record,
            parent: None,
            assigned: None,
            priority: 0,
        };
        self.begin(&visit.division, asker, token, beginning).await
    }
}

pub(crate) fn unavailable(error: &StoreError) -> NotServed {
    tracing::error!(%error, "a submission could not be stored");
    NotServed::Unavailable
}

/// A plugin may promise less time for this case, never more.
fn tightened(definition: Definition, opening: &Opening) -> Definition {
    if opening.promised.is_some_and(|promised| !promised.within(definition.promised)) {
        tracing::warn!(promised = ?opening.promised, "a plugin promised a longer time than its service does; the service's holds");
    }
    definition.tightened(opening.promised)
}

/// The values with what they meant to the person who gave them.
pub(crate) fn application(values: Vec<FieldValue>, form: Option<&Form>) -> Application {
    let fields: Vec<&Field> = form.map(|form| form.fields().collect()).unwrap_or_default();
    let labels = fields.iter().map(|field| (field.name.to_string(), field.label.clone())).collect();
    let mut options = Vec::new();
    for (field, given) in
        fields.iter().filter_map(|field| Some((field, values.iter().find(|given| given.name == field.name.as_str())?)))
    {
        let (FieldKind::ChooseOne(choices) | FieldKind::ChooseMany(choices)) = &field.kind else { continue };
        let Value::Options(chosen) = &given.value else { continue };
        let known = choices.iter().filter(|choice| chosen.contains(&choice.value));
        options.extend(known.map(|choice| (given.name.clone(), choice.value.clone(), choice.label.clone())));
    }
    Application { values, labels, options }
}
