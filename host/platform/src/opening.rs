//! How every case begins, whatever its kind: number, secret, clocks, first event and who is told, in one transaction.

use lotus_domain::account::AccountId;
use lotus_domain::case::{Actor, Application, Case, CaseNumber, Event, Happening, Subject};
use lotus_domain::clock::Clocks;
use lotus_domain::district::Division;
use lotus_domain::kind::{Definition, Role};
use lotus_domain::record::CallRecord;
use lotus_domain::text::Text;
use lotus_store::{NewCase, Opened, StoreError};

use crate::asker::Asker;
use crate::service::Receipt;
use crate::start::Platform;
use crate::token::FormToken;

/// A case that is to begin.
#[derive(Debug)]
pub(crate) struct Beginning {
    /// Its number.
    pub(crate) number: CaseNumber,
    /// How it runs.
    pub(crate) definition: Definition,
    /// What it is about.
    pub(crate) subject: Subject,
    /// One line on the worklist.
    pub(crate) title: Text,
    /// What the applicant is told beside the number.
    pub(crate) message: Option<Text>,
    /// What was given.
    pub(crate) application: Application,
    /// The call that decided to open it.
    pub(crate) record: Option<CallRecord>,
    /// The case that it belongs to.
    pub(crate) parent: Option<CaseNumber>,
    /// Who does it.
    pub(crate) assigned: Option<AccountId>,
    /// How it ranks.
    pub(crate) priority: u8,
}

/// A case that is ready to be written.
pub(crate) struct Prepared {
    /// It, with all that comes with it.
    pub(crate) new: NewCase,
    /// What its applicant gets.
    pub(crate) receipt: Receipt,
}

impl Platform {
    /// A number for a case of this kind that begins today.
    pub(crate) fn new_number(&self, division: &Division, definition: &Definition) -> CaseNumber {
        CaseNumber::new(division, self.today(), definition.code, rand::random())
    }

    /// A case as it begins, for whoever writes it together with something else.
    pub(crate) fn new_case(
        &self,
        division: &Division,
        asker: &Asker,
        token: &FormToken,
        beginning: Beginning,
    ) -> Result<NewCase, StoreError> {
        let Beginning { number, definition, subject, title, message, application, record, parent, assigned, priority } =
            beginning;
        let at = self.now();
        let clocks = {
            let city = self.city();
            let office = city.office(self.zone_of_time());
            let begun = office.map(|office| Clocks::begin(office, &definition, at));
            // Without a calendar no promise can be kept, so none is made.
            begun.and_then(Result::ok).ok_or_else(|| StoreError::Unavailable("there is no calendar".to_owned()))?
        };
        let secret = token.secret(&self.inner.key);
        let happening = Happening {
            at,
            actor: Actor { role: Role::Applicant, account: asker.name() },
            action: "submit".to_owned(),
            from: None,
            to: definition.initial.to_string(),
            reason: None,
            basis: definition.basis.clone(),
            remark: None,
        };
        let first = Event::seal(&number, None, happening);
        let case = Case {
            division: division.clone(),
            number: number.clone(),
            title,
            message,
            subject,
            state: definition.initial.to_string(),
            definition,
            application,
            revision: 1,
            submitted: at,
            clocks,
            priority,
            parent,
            assigned,
            secret: secret.hash(),
            account: asker.person().map(|person| person.account.id.clone()),
        };
        let notices = self.milestones(&case, None, &first);
        Ok(NewCase { case, first, token: token.hash(), record, notices })
    }

    /// Begins a case. However often the same form is sent, it is one case.
    pub(crate) async fn begin(
        &self,
        division: &Division,
        asker: &Asker,
        token: &FormToken,
        beginning: Beginning,
    ) -> Result<Receipt, StoreError> {
        let prepared = self.prepare(division, asker, token, beginning).await?;
        let opened = self.store().case_open(division.clone(), prepared.new.clone()).await?;
        self.begun(division, token, prepared, opened).await
    }

    /// A case that is ready to be written, with its receipt: its transition is marked, so that it is told even if this host
    /// ends as soon as it is written.
    pub(crate) async fn prepare(
        &self,
        division: &Division,
        asker: &Asker,
        token: &FormToken,
        beginning: Beginning,
    ) -> Result<Prepared, StoreError> {
        let new = self.new_case(division, asker, token, beginning)?;
        let case = &new.case;
        let receipt = Receipt {
            number: case.number.clone(),
            secret: token.secret(&self.inner.key),
            title: case.title.clone(),
            message: case.message.clone(),
            due: case.due(),
            again: false,
        };
        self.mark_enterprise(division, &case.number, asker).await?;
        self.transition_marked(division, &case.number, 1).await?;
        Ok(Prepared { new, receipt })
    }

    /// What follows once a case was written, or was there before.
    pub(crate) async fn begun(
        &self,
        division: &Division,
        token: &FormToken,
        prepared: Prepared,
        opened: Opened,
    ) -> Result<Receipt, StoreError> {
        match opened {
            Opened::New => {
                self.transition_told(division, &prepared.receipt.number, 1);
                Ok(prepared.receipt)
            }
            // Another replica was faster with the same form.
            Opened::Before(_) => self
                .receipt_again(division, token)
                .await?
                .ok_or_else(|| StoreError::Unavailable("the case is being opened; try again".to_owned())),
        }
    }

    /// The receipt of the case that this form opened before, if it did.
    pub(crate) async fn receipt_again(
        &self,
        division: &Division,
        token: &FormToken,
    ) -> Result<Option<Receipt>, StoreError> {
        let Some(number) = self.store().case_find(division, &token.hash()).await? else { return Ok(None) };
        let Some(file) = self.store().case_recent(division, &number, 1).await? else { return Ok(None) };
        let due = file.case.due();
        Ok(Some(Receipt {
            number,
            secret: token.secret(&self.inner.key),
            title: file.case.title,
            message: file.case.message,
            due,
            again: true,
        }))
    }
}
