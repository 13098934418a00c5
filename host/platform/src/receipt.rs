//! Receipts of warnings 提示回执 (article 28): where a warning wants an answer, a case begins for each account that is told.
//! Its holder confirms it, its clock runs for the district until then, and it ends by itself where nobody answers.
//!
//! Invariant: one case for a warning and an account, however often and by how many hosts the warning is spread.

use jiff::Timestamp;
use lotus_domain::account::AccountId;
use lotus_domain::case::{Actor, Application, Case, CaseNumber, Event, FollowSecret, Happening, Subject};
use lotus_domain::chain::Hash;
use lotus_domain::clock::Clocks;
use lotus_domain::district::Division;
use lotus_domain::kind::Role;
use lotus_domain::notice::Recipient;
use lotus_domain::text::Text;
use lotus_domain::warning::Warning;
use lotus_store::{NewCase, StoreError};

use crate::start::Platform;

/// Who answers for what nobody has confirmed: the hall, whose people ring up.
fn hall() -> Text {
    Text::new("政务服务中心", "Government service centre")
}

/// What makes the receipt of a warning and an account one.
fn token(warning: &Warning, account: &AccountId) -> Hash {
    Hash::of(format!("lotus receipt\0{}\0{}", warning.id, account.0).as_bytes())
}

impl Platform {
    /// The case by which an account says that a warning has arrived; none where the warning wants no answer, where it has
    /// begun already, and for a contact without an account, which has no page to say it on.
    pub(crate) async fn receipt_of(
        &self,
        division: &Division,
        warning: &Warning,
        to: &Recipient,
        at: Timestamp,
    ) -> Result<Option<NewCase>, StoreError> {
        let Recipient::Account(account) = to else { return Ok(None) };
        if !warning.receipt {
            return Ok(None);
        }
        let token = token(warning, account);
        if self.store().case_find(division, &token).await?.is_some() {
            return Ok(None);
        }
        let city = self.city();
        let definition = city.kind("receipt").ok_or_else(|| away("there is no such kind of case"))?;
        let office = city.office(self.zone_of_time()).ok_or_else(|| away("there is no calendar"))?;
        let clocks = Clocks::begin(office, &definition, at).map_err(|_| away("the calendar ends"))?;
        let number = CaseNumber::new(division, office.day(at), definition.code, rand::random());
        let first = Event::seal(
            &number,
            None,
            Happening {
                at,
                actor: Actor { role: Role::System, account: None },
                action: "open".to_owned(),
                from: None,
                to: definition.initial.to_string(),
                reason: None,
                basis: definition.basis.clone(),
                remark: None,
            },
        );
        let title = Text::new(format!("风险提示：{}", warning.title), format!("Warning: {}", warning.title));
        let case = Case {
            division: division.clone(),
            number,
            title: title.clone(),
            message: Some(Text::zh(&warning.text)),
            subject: Subject::Matter { title, department: hall(), item: None },
            state: definition.initial.to_string(),
            definition,
            application: Application { values: Vec::new(), labels: Vec::new(), options: Vec::new() },
            revision: 1,
            submitted: at,
            clocks,
            priority: 0,
            parent: None,
            assigned: None,
            // Its holder is signed in: nobody follows it by a secret.
            secret: FollowSecret::new(rand::random()).hash(),
            account: Some(account.clone()),
        };
        Ok(Some(NewCase { case, first, token, record: None, notices: Vec::new() }))
    }
}

fn away(why: &str) -> StoreError {
    StoreError::Unavailable(why.to_owned())
}
