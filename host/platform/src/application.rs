//! Applications for items 事项办理: the form that an item's implementation list makes, and the case that it opens.

use std::sync::Arc;

use lotus_domain::case::Subject;
use lotus_domain::catalog::DistrictItem;
use lotus_domain::form::{FieldError, Form, Typed};
use lotus_domain::item_form::Known;
use lotus_domain::text::Text;

use crate::Visit;
use crate::asker::Asker;
use crate::opening::Beginning;
use crate::plugin::NotServed;
use crate::service::{Receipt, application, unavailable};
use crate::start::Platform;
use crate::token::FormToken;

/// An item with its form.
#[derive(Debug, Clone)]
pub struct ItemForm {
    /// The item, in the version that is published.
    pub item: Arc<DistrictItem>,
    /// Its form, with what is known of whoever looks.
    pub form: Form,
}

/// What became of an application that was sent.
#[derive(Debug, Clone)]
pub enum Applied {
    /// A case was opened.
    Opened(Receipt),
    /// Wrong values, each beside its field.
    Invalid(Vec<FieldError>),
    /// The form lay open too long: shown again with a new token, nothing lost.
    StaleToken,
}

impl Platform {
    /// An item's form.
    pub fn item_form(&self, visit: &Visit, code: &str, asker: &Asker) -> Result<ItemForm, NotServed> {
        let item = self.item(&visit.division, code).ok_or(NotServed::NotFound)?;
        let person = asker.person();
        let known = Known {
            profile: person.map(|person| &person.account.profile),
            acting_for: person.and_then(|person| person.acting_for.as_ref()),
        };
        let form = item.item.form(known);
        Ok(ItemForm { item, form })
    }

    /// Submits an application for an item. However often the same form is sent, it opens one case.
    pub async fn item_submit(
        &self,
        visit: &Visit,
        code: &str,
        token: &FormToken,
        typed: &Typed,
        asker: &Asker,
    ) -> Result<Applied, NotServed> {
        let ItemForm { item, form } = self.item_form(visit, code, asker)?;
        // An item that the city handles for every district is a case of the city.
        let division = &item.division;
        let turn = self.inner.in_flight.of(token.hash());
        let _turn = turn.lock().await;
        if let Some(receipt) = self.receipt_again(division, token).await.map_err(|error| unavailable(&error))? {
            return Ok(Applied::Opened(receipt));
        }
        if !token.holds(&self.inner.key, self.now()) {
            return Ok(Applied::StaleToken);
        }
        let values = match form.read(typed) {
            Ok(values) => values,
            Err(errors) => return Ok(Applied::Invalid(errors)),
        };
        let kind = self.city().kind("application").ok_or(NotServed::Unavailable)?;
        let definition = item.item.definition(kind);
        let given = |name: &str| values.iter().find(|given| given.name == name).map(|given| given.value.typed());
        let who = given("organisation").or_else(|| given("name")).unwrap_or_default();
        let beginning = Beginning {
            number: self.new_number(division, &definition),
            subject: Subject::Item {
                code: item.item.code.clone(),
                version: item.item.version,
                title: item.item.name.clone(),
                department: item.item.department.clone(),
                joint: item.item.joint_bodies.clone(),
            },
            title: Text::zh(format!("{}：{who}", item.item.name.zh)),
            message: None,
            application: application(values, Some(&form)),
            record: None,
            parent: None,
            assigned: None,
            priority: 0,
            definition,
        };
        let opened = self.begin(division, asker, token, beginning).await;
        opened.map(Applied::Opened).map_err(|error| unavailable(&error))
    }
}
