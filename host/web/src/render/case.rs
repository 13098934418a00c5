//! A case's page, for whoever may see it: where it is, what happened, what was given, what one can do from here.

use askama::Template;
use askama::filters::Safe;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use jiff::tz::TimeZone;
use lotus_domain::applicant::IdentityNumber;
use lotus_domain::assistance::PRIORITISED;
use lotus_domain::case::{Event, FollowSecret, TransitionError};
use lotus_domain::form::Value;
use lotus_domain::kind::{HandsOver, State as CaseState, Transition};
use lotus_domain::paper;
use lotus_domain::text::Text;
use lotus_platform::{Asker, CaseError, CaseView, PLUGIN_NOTE};

use crate::app::App;
use crate::error::Error;
use crate::help::HelpPart;
use crate::language::{Words, escaped};
use crate::portal::paper_title;
use crate::reader::Reader;
use crate::render::frame::{Frame, Part, page_with};
use crate::render::markdown::markdown;
use crate::render::time::urgency;

/// For whom a case is shown, and what their page has that others' don't.
pub(crate) struct CaseParts {
    /// The address of the case in their part of the portal.
    base: String,
    part: Part,
    /// What it is followed with, for whoever came with it.
    secret: Option<String>,
    /// It begins with the confirmation.
    fresh: bool,
    /// Numbers that name people are shown whole: the work needs them.
    whole: bool,
    /// The part of the timeline that was asked for, where it is not the newest.
    earlier: Option<Vec<Event>>,
    /// What there is of assistance.
    help: HelpPart,
    /// It is an answered opinion that whoever looks may make public.
    publishes_opinion: bool,
}

/// Which part of the timeline is asked for: what stands before this event.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Before {
    before: Option<u32>,
}

impl CaseParts {
    /// For whoever follows a case by its secret.
    pub(crate) fn followed(view: &CaseView, secret: &FollowSecret, fresh: bool) -> Self {
        let base = format!("/cases/{}", view.case.number);
        Self {
            base,
            part: Part::Cases,
            secret: Some(secret.shown()),
            fresh,
            whole: false,
            earlier: None,
            help: HelpPart::default(),
            publishes_opinion: false,
        }
    }

    /// For the applicant who is signed in.
    pub(crate) fn mine(view: &CaseView) -> Self {
        let base = format!("/me/cases/{}", view.case.number);
        Self {
            base,
            part: Part::Mine,
            secret: None,
            fresh: false,
            whole: false,
            earlier: None,
            help: HelpPart::default(),
            publishes_opinion: false,
        }
    }

    /// For the staff whose case it is.
    pub(crate) fn staff(view: &CaseView) -> Self {
        let base = format!("/staff/cases/{}", view.case.number);
        Self {
            base,
            part: Part::Staff,
            secret: None,
            fresh: false,
            whole: true,
            earlier: None,
            help: HelpPart::default(),
            publishes_opinion: false,
        }
    }

    /// The same, with what there is of assistance.
    pub(crate) async fn helped(
        self,
        app: &App,
        reader: &Reader,
        asker: &Asker,
        view: &CaseView,
    ) -> Result<Self, Error> {
        let help = HelpPart::of(app, reader, asker, view, !self.whole).await?;
        let publishes_opinion = self.whole && app.platform.publishes_opinion(asker, &view.case);
        Ok(Self { help, publishes_opinion, ..self })
    }

    /// The same, with the part of the timeline that is asked for.
    pub(crate) async fn at(self, app: &App, view: &CaseView, asked: &Before) -> Result<Self, Error> {
        match asked.before {
            Some(before) => Ok(Self { earlier: Some(app.platform.case_earlier(view, before).await?), ..self }),
            None => Ok(self),
        }
    }
}

/// What was tried and did not come about.
#[derive(Default)]
pub(crate) struct Tried {
    action: String,
    reason: String,
    conflict: bool,
    /// A plugin advises against it: whoever knows better may say so.
    advised: bool,
    /// The words beside the action's own field.
    field: Option<String>,
    /// The words above the page, with their basis and next step.
    notice: Option<(String, String, Option<String>)>,
}

impl Tried {
    /// What a page says of an action that did not come about; what no page can say goes on as an error.
    pub(crate) fn of(words: Words, action: &str, reason: &str, error: CaseError) -> Result<Self, Error> {
        let tried = Self { action: action.to_owned(), reason: reason.to_owned(), ..Self::default() };
        match error {
            CaseError::Changed { .. } => {
                let notice = Some((words.t("case-changed"), words.t("case-changed-detail"), None));
                Ok(Self { notice, conflict: true, ..tried })
            }
            CaseError::NotPossible(TransitionError::NeedsReason(_)) => {
                Ok(Self { field: Some(words.t("case-needs-reason")), ..tried })
            }
            CaseError::Held(refusal) => {
                let law = refusal.basis.as_ref().map(|basis| words.basis(basis));
                let next = refusal.next_step.as_ref().map(|next| words.text(next)).unwrap_or_default();
                let said = format!("{}{next}", words.text(&refusal.reason));
                Ok(Self { notice: Some((words.t("case-held"), said, law)), ..tried })
            }
            CaseError::Advised(held) => {
                let said = held.iter().map(|held| {
                    let (plugin, reason) = (words.text(&held.plugin), words.text(&held.refusal.reason));
                    format!("{plugin}{}{reason}", words.t("colon"))
                });
                let notice = Some((words.t("case-advised"), said.collect::<Vec<_>>().join(" "), None));
                Ok(Self { notice, advised: true, ..tried })
            }
            other => Err(other.into()),
        }
    }

    /// HTTP's status of the page that says it.
    pub(crate) fn status(&self) -> StatusCode {
        if self.conflict { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY }
    }
}

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage<'a> {
    f: Frame,
    view: &'a CaseView,
    zone: &'a TimeZone,
    service: &'a Text,
    department: &'a Text,
    state: Option<&'a CaseState>,
    message: Option<Safe<String>>,
    parts: &'a CaseParts,
    tried: Tried,
    /// To whom it can be handed over.
    departments: Vec<Text>,
    /// It can be made public as it is.
    publishes_opinion: bool,
}

/// The page of a case.
pub(crate) fn case_page(
    app: &App,
    reader: &Reader,
    status: StatusCode,
    view: &CaseView,
    parts: &CaseParts,
    tried: Tried,
) -> Result<Response, Error> {
    let case = &view.case;
    let page = CasePage {
        f: Frame::new(app, reader, reader.words.text(&case.title)).of(app, &view.district).at(parts.part),
        view,
        zone: app.platform.zone_of_time(),
        service: case.subject.title(),
        department: case.subject.answers(),
        state: case.definition.state(&case.state),
        message: case.message.as_ref().map(|message| markdown(reader.words, message)),
        parts,
        tried,
        publishes_opinion: parts.publishes_opinion,
        departments: if parts.whole { app.platform.departments(&case.division) } else { Vec::new() },
    };
    let mut response = page_with(status, &page)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

impl CasePage<'_> {
    /// Where a claim's own page is (article 30); nobody follows one by a secret.
    fn claim_address(&self) -> Option<String> {
        let is_claim = self.view.case.definition.id.as_str() == lotus_domain::claim::KIND;
        let place = if self.parts.whole { "/staff" } else { "/me" };
        (is_claim && self.parts.secret.is_none()).then(|| format!("{place}/claims/{}", self.view.case.number))
    }

    fn urgency(&self) -> &'static str {
        urgency(self.view.left)
    }

    /// What was given, each with its label as it was then. An identity number is shown whole only where the work needs it.
    fn given(&self) -> Vec<(Safe<String>, String)> {
        let w = self.f.w;
        let application = &self.view.case.application;
        let label =
            |name: &str| application.labels.iter().find(|(known, _)| known == name).map(|(_, label)| w.say(label));
        let option = |name: &str, value: &String| {
            let known = application.options.iter().find(|(field, option, _)| field == name && option == value);
            known.map_or_else(|| value.clone(), |(_, _, label)| w.text(label).to_owned())
        };
        let comma = w.t("list-comma");
        let shown = |name: &str, value: &Value| match value {
            Value::Options(chosen) => chosen.iter().map(|value| option(name, value)).collect::<Vec<_>>().join(&comma),
            Value::Text(text) if !self.parts.whole => {
                IdentityNumber::parse(text).map_or_else(|_| text.clone(), |number| number.masked())
            }
            value => w.value(value),
        };
        let values = application.values.iter();
        values
            .map(|given| {
                (label(&given.name).unwrap_or_else(|| Safe(escaped(&given.name))), shown(&given.name, &given.value))
            })
            .collect()
    }

    fn given_title(&self) -> String {
        self.f.w.t(if self.parts.whole { "case-given-by-applicant" } else { "case-given" })
    }

    /// What is shown of the timeline, the newest first: without a gap.
    fn part(&self) -> Vec<&Event> {
        let known = self.parts.earlier.as_ref().unwrap_or(&self.view.events);
        let mut part: Vec<&Event> = Vec::new();
        for event in known.iter().rev() {
            if part.last().is_some_and(|newer| newer.sequence != event.sequence + 1) {
                break;
            }
            part.push(event);
        }
        part
    }

    /// The newest first.
    fn events(&self) -> Vec<&Event> {
        // A plugin's remark without its words is one that is not for whoever looks.
        let shown = |event: &&Event| event.happening.action != PLUGIN_NOTE || event.happening.remark.is_some();
        self.part().into_iter().filter(shown).collect()
    }

    /// The event before which there are more.
    fn older(&self) -> Option<u32> {
        self.part().last().map(|oldest| oldest.sequence).filter(|oldest| *oldest > 1)
    }

    /// What an event is given in writing as, by its wording.
    fn paper(&self, event: &Event) -> Option<&'static str> {
        paper::of(&self.view.case, &event.happening).map(paper_title)
    }

    fn state_title(&self, id: &str) -> Safe<String> {
        let known = self.view.case.definition.state(id).map(|state| &state.title);
        known.map_or_else(|| Safe(escaped(id)), |title| self.f.w.say(title))
    }

    fn action_title(&self, id: &str) -> Safe<String> {
        match self.view.case.definition.transition(id) {
            Some(transition) => self.f.w.say(&transition.title),
            None if id == PLUGIN_NOTE => Safe(escaped(&self.f.w.t("case-plugin-noted"))),
            // What the platform began, nobody submitted.
            None if id == "open" => Safe(escaped(&self.f.w.t("case-begun"))),
            None if id == PRIORITISED => Safe(escaped(&self.f.w.t("case-prioritised"))),
            None => Safe(escaped(&self.f.w.t("case-submitted"))),
        }
    }

    fn remark(&self, text: &Text) -> Safe<String> {
        markdown(self.f.w, text)
    }

    /// Whoever makes it says which department.
    fn chooses(&self, action: &Transition) -> bool {
        let subject = &self.view.case.subject;
        let of_item = matches!(subject, lotus_domain::case::Subject::Item { .. });
        let asks_for_part = action.opens_parts && !of_item && subject.joint().is_empty();
        action.hands_over == Some(HandsOver::Chosen) || asks_for_part
    }

    /// Staff see what stands beside a grievance.
    fn is_grievance(&self) -> bool {
        self.parts.whole && self.view.case.definition.protects_applicant
    }

    /// Whoever looks has an inbox in which they were told of it.
    fn is_mine(&self) -> bool {
        self.parts.part == Part::Mine
    }

    fn is_tried(&self, action: &str) -> bool {
        self.tried.action == action
    }
}
