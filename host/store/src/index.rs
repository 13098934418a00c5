//! The index of the store: every function, said once, carried out by whichever database is behind it.
//!
//! `read` takes a connection and asks; `write` is one transaction that is durable when its function returns. A write
//! may be run more than once before it is (on a collision, or when its group is undone), so its body only depends on
//! its arguments. `open` and `seal` are a read and a write with the district's keys, for what names people.

mod duties;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use lotus_domain::access::{Held, Role};
use lotus_domain::account::{Account, AccountId, ApiToken, Mandate, Session};
use lotus_domain::activation::Activation;
use lotus_domain::appointment::{Booking, Halls, NotBooked};
use lotus_domain::audit::{Done, Entry};
use lotus_domain::calendar::CalendarYear;
use lotus_domain::case::{Case, CaseNumber, Event};
use lotus_domain::catalog::DistrictItem;
use lotus_domain::chain::Hash;
use lotus_domain::district::{District, Division};
use lotus_domain::draft::Draft;
use lotus_domain::fee::{Closing, FeeDue, Kept, Payment, Taken};
use lotus_domain::law::Fen;
use lotus_domain::licence::{Holder, Licence, Telling};
use lotus_domain::material::{self, FileKey, Material, MaterialId};
use lotus_domain::notice::{ChannelKind, Message, Notice, NoticeKey, Outgoing, Preference, QuietHours, Standing};
use lotus_domain::package::{Digest, Package};
use lotus_domain::publisher::Publisher;
use lotus_domain::record::CallRecord;
use lotus_domain::setting::Dated;
use lotus_domain::storage::{self, Expectation, Quota, ScanPage, StorageRefusal};
use lotus_domain::supervision::{Card, CardState, Level};
use lotus_domain::visit::{Visit, VisitState};
use lotus_domain::warning::Warning;
use lotus_domain::{Slug, mark};

use crate::case::{CaseFile, CaseHead, EventRow, NewCase, Opened, Step};
use crate::notice::{Claim, Failure, Mark, Queue, Receipt, Spread};
use crate::reseal::{Part, SealedRow, SealedTable};
use crate::vault::{Keyring, SealError, Vault, Wrapped};
use crate::{StoreConfig, StoreError, postgres, sqlite};

/// A second factor as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret that codes are made from.
    pub secret: Vec<u8>,
    /// A code of it was given once: it counts.
    pub confirmed: bool,
    /// The time step of the last code that was taken.
    pub last_step: u64,
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondFactor").field("confirmed", &self.confirmed).finish_non_exhaustive()
    }
}

/// The store: cheap to clone, one for each host.
#[derive(Clone)]
pub struct Store {
    database: Database,
    vault: Arc<Vault>,
}

#[derive(Clone)]
enum Database {
    Sqlite(sqlite::Database),
    Postgres(postgres::Database),
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Store").field(&self.kind()).finish()
    }
}

impl Store {
    /// Opens the database, brings its schema up to date, and makes sure that the keyring opens what is sealed in it.
    pub async fn open(config: &StoreConfig, keyring: Keyring) -> Result<Self, StoreError> {
        let database = match config {
            StoreConfig::Sqlite { file, readers } => Database::Sqlite(sqlite::Database::open(file, *readers).await?),
            StoreConfig::Postgres { url, connections } => {
                Database::Postgres(postgres::Database::open(url, *connections).await?)
            }
        };
        let store = Self { database, vault: Arc::new(Vault::new(keyring)) };
        for district in store.district_list().await? {
            store.keys(&district.division).await?;
        }
        Ok(store)
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// What kind of database it is, for people.
    pub const fn kind(&self) -> &'static str {
        match self.database {
            Database::Sqlite(_) => "SQLite",
            Database::Postgres(_) => "PostgreSQL",
        }
    }

    /// Finishes what is being written and closes.
    pub async fn close(&self) {
        match &self.database {
            Database::Sqlite(database) => database.close().await,
            Database::Postgres(database) => database.close().await,
        }
    }
}

index! {
    /// The tenants, in their order.
    pub read district::district_list() -> Vec<District>;
    /// Adds tenants, or replaces those that are there.
    pub write district::district_put(districts: Vec<District>) -> ();

    /// A district's data keys, wrapped.
    pub(crate) read key::key_list(division: &Division) -> Vec<Wrapped>;
    /// Adds data keys to a district.
    pub(crate) write key::key_add(division: Division, keys: Vec<Wrapped>) -> ();
    /// Keeps data keys under another wrapping.
    pub(crate) write key::key_rewrap(division: Division, keys: Vec<Wrapped>) -> ();

    /// Rows of a table with sealed columns, after a row, by key.
    pub(crate) read reseal::reseal_page(
        division: &Division, table: &'static SealedTable, after: Option<&[Part]>, limit: u32
    ) -> Vec<SealedRow>;
    /// Seals rows with the newest key where they are still what was read; how many values.
    pub(crate) seal reseal::reseal_rows(
        division: Division, table: &'static SealedTable, rows: Vec<SealedRow>
    ) -> u64;
    /// Takes a district to seal it anew, or keeps it; whether it is one's own now.
    pub(crate) write reseal::reseal_hold(division: Division, key: u32, holder: String, now: i64, until: i64) -> bool;
    /// Notes that nothing is sealed with a key before this one.
    pub(crate) write reseal::reseal_done(division: Division, key: u32) -> ();

    /// The published years of a city.
    pub read calendar::calendar_list(division: &Division) -> Vec<CalendarYear>;
    /// Adds years, or replaces those that are there.
    pub write calendar::calendar_put(division: Division, years: Vec<CalendarYear>) -> ();

    /// The newest version of each item of a district, by code.
    pub read catalog::item_list(division: &Division) -> Vec<DistrictItem>;
    /// One version of an item.
    pub read catalog::item_version(division: &Division, code: &str, version: u32) -> Option<DistrictItem>;
    /// Publishes items of a district; a version that is there stays as it is.
    pub write catalog::item_publish(division: Division, items: Vec<DistrictItem>) -> ();

    /// A package with its component.
    pub read package::package_get(digest: &Digest) -> Option<Package>;
    /// Keeps a package; one that is there stays as it is.
    pub write package::package_put(package: Package) -> ();
    /// The packages of a plugin, newest first: digest, version, since when they are here.
    pub read package::package_list(plugin: &str) -> Vec<(Digest, String, Timestamp)>;
    /// The statements about a package, each with when this city got it, oldest first.
    pub read publisher::statement_list(digest: &Digest) -> Vec<(Timestamp, Vec<u8>)>;
    /// Keeps a statement; one that is there stays as it is, with its date.
    pub write publisher::statement_put(digest: Digest, received: Timestamp, envelope: Vec<u8>) -> ();
    /// Whose plugins a city believes, keys that were revoked with them.
    pub read publisher::publisher_list(division: &Division) -> Vec<Publisher>;
    /// Adds a publisher's key, or changes what is said of it.
    pub write publisher::publisher_put(division: Division, publisher: Publisher) -> ();

    /// What serves in which district, everywhere.
    pub read activation::activation_list() -> Vec<Activation>;
    /// Makes a package serve in its district, in place of whatever the same plugin had there.
    pub write activation::activation_put(activation: Activation) -> ();
    /// Takes a plugin out of service in a district; whether it was there.
    pub write activation::activation_remove(division: Division, plugin: String) -> bool;
    /// Grows with every change of activations, districts or items.
    pub read activation::generation() -> i64;

    /// A value of a plugin's space.
    pub open storage::storage_get(division: &Division, plugin: &str, key: &str) -> Option<storage::Entry>;
    /// Writes a value within a quota of bytes; its new version.
    pub seal storage::storage_set(
        division: Division, plugin: String, key: String, value: Vec<u8>, expect: Expectation, quota: u64
    ) -> Result<u64, StorageRefusal>;
    /// Removes a key; whether it was there.
    pub seal storage::storage_remove(
        division: Division, plugin: String, key: String, expect: Expectation
    ) -> Result<bool, StorageRefusal>;
    /// Entries whose key begins with a prefix, in bytewise order, after a key.
    pub open storage::storage_scan(
        division: &Division, plugin: &str, prefix: &str, after: Option<&str>, limit: u32
    ) -> ScanPage;
    /// How much a plugin's space holds.
    pub read storage::storage_usage(division: &Division, plugin: &str, quota: u64) -> Quota;

    /// Opens a case with its first event, once for each form token.
    pub seal case::case_open(division: Division, new: NewCase) -> Opened;
    /// The case that a form's token opened, if it did.
    pub read case::case_find(division: &Division, token: &Hash) -> Option<CaseNumber>;
    /// A case with its history.
    pub open case::case_get(division: &Division, number: &CaseNumber) -> Option<CaseFile>;
    /// A case with its first event and its last ones, however many there are between.
    pub open case::case_recent(division: &Division, number: &CaseNumber, last: u32) -> Option<CaseFile>;
    /// The newest events of a case before one, in order.
    pub open case::event_list_before(division: &Division, number: &CaseNumber, before: u32, limit: u32) -> Vec<Event>;

    /// Cases after a number, as far as their histories decide: to verify them.
    pub read history::case_head_page(division: &Division, after: &str, limit: u32) -> Vec<CaseHead>;
    /// The same of one case.
    pub read history::case_head(division: &Division, number: &str) -> Option<CaseHead>;
    /// Events after a case's number and a place in it, whether their case is there or not; one that can't be read says so.
    pub open history::event_page(division: &Division, number: &str, after: i64, limit: u32) -> Vec<EventRow>;
    /// The hash of an event.
    pub read history::event_hash(division: &Division, number: &CaseNumber, sequence: u32) -> Option<Hash>;
    /// Cards after one, by case, level, ground and moment: to verify their evidence.
    pub open history::card_page(division: &Division, after: Option<&Card>, limit: u32) -> Vec<Card>;
    /// How many entries were ever added to the audit chain of a division.
    pub read history::audit_count(division: &Division) -> u64;
    /// Adds a step to a case that is still at the revision before it; whether it was.
    pub seal case::case_append(division: Division, step: Step) -> bool;
    /// Takes over cases with their whole history, e.g. from a system before this one; those that are there stay.
    pub seal case::case_import(division: Division, files: Vec<CaseFile>) -> ();

    /// Open cases of a department by what is due first, after a case; of every department where none is named.
    pub open case::case_list_worklist(
        division: &Division, department: Option<&str>, after: Option<&CaseNumber>, limit: u32
    ) -> Vec<Case>;
    /// Open cases that are assigned to somebody, by what is due first.
    pub open case::case_list_assigned(division: &Division, account: &AccountId, limit: u32) -> Vec<Case>;
    /// How many open cases each of a district's people is assigned.
    pub read case::case_count_assigned(division: &Division) -> Vec<(AccountId, u64)>;
    /// The cases that belong to a case.
    pub open case::case_list_parts(division: &Division, parent: &CaseNumber) -> Vec<Case>;
    /// Cases after a case, by number, with their histories: to verify them.
    pub open case::case_page(division: &Division, after: Option<&CaseNumber>, limit: u32) -> Vec<CaseFile>;
    /// Gives a case a priority or somebody who does it; nothing of its history changes.
    pub seal case::case_assign(
        division: Division, number: CaseNumber, assigned: Option<AccountId>, priority: u8
    ) -> bool;
    /// The newest cases of an account in a district, newest first.
    pub open case::case_list_account(division: &Division, account: &AccountId, limit: u32) -> Vec<Case>;

    /// Cases at which supervision has something to see by now, the longest waiting first.
    pub read supervision::case_list_watched(division: &Division, now: Timestamp, limit: u32) -> Vec<CaseNumber>;
    /// Gives cards to a case that is still at this revision and notes when to look again; whether it was.
    pub seal supervision::case_supervise(
        division: Division, number: CaseNumber, revision: u32, cards: Vec<Card>, next: Option<Timestamp>
    ) -> bool;
    /// Gives cards, each once; how many are new.
    pub seal supervision::card_put(division: Division, cards: Vec<Card>) -> u64;
    /// Open cards of a district, or of a department of it, newest first.
    pub open supervision::card_list(division: &Division, department: Option<&str>, limit: u32) -> Vec<Card>;
    /// The cards of a case.
    pub open supervision::card_list_case(division: &Division, number: &CaseNumber) -> Vec<Card>;
    /// How many cards there are of each level and state since a moment.
    pub read supervision::card_count(division: &Division, since: Timestamp) -> Vec<(Level, CardState, u64)>;
    /// Answers a card that is still open; whether it was.
    pub seal supervision::card_answer(division: Division, card: Card) -> bool;

    /// A city's own definitions of kinds, newest last: when from, and the file.
    pub read kind::kind_list(division: &Division) -> Vec<(Timestamp, String)>;
    /// Keeps a definition from a moment on.
    pub write kind::kind_put(division: Division, id: String, since: Timestamp, body: String) -> ();

    /// Keeps marks of a case, by which it is found beside those of what was typed.
    pub seal case_mark::case_mark_add(division: Division, number: CaseNumber, marks: BTreeSet<mark::Mark>) -> ();
    /// The newest cases with one of these marks or of one of these accounts, newest first.
    pub open case_mark::case_list_marked(
        division: &Division,
        marks: &[mark::Mark],
        accounts: &[AccountId],
        departments: Option<&BTreeSet<String>>,
        limit: u32
    ) -> Vec<Case>;
    /// The accounts of people with one of these marks.
    pub open case_mark::account_list_marked(city: &Division, marks: &[mark::Mark]) -> Vec<AccountId>;

    /// Keeps what a provider says of a person; the id of the account.
    pub seal account::account_put(city: Division, account: Account, subject: String) -> AccountId;
    /// An account.
    pub open account::account_get(city: &Division, id: &AccountId) -> Option<Account>;
    /// The accounts of a person, by identity number.
    pub open account::account_find_identity(city: &Division, number: &str) -> Vec<Account>;
    /// Replaces a person's mandates.
    pub seal account::mandate_put(city: Division, account: AccountId, mandates: Vec<Mandate>) -> ();
    /// A person's mandates.
    pub open account::mandate_list(city: &Division, account: &AccountId) -> Vec<Mandate>;

    /// Every role of an account, in whatever district.
    pub read role::role_list_account(account: &AccountId) -> Vec<Held>;
    /// Every role that is held in a district.
    pub read role::role_list(division: &Division) -> Vec<(AccountId, Held)>;
    /// Gives a role.
    pub write role::role_give(division: Division, account: AccountId, held: Held, by: String, at: Timestamp) -> ();
    /// Takes a role; whether it was held.
    pub write role::role_take(
        division: Division, account: AccountId, role: Role, department: Option<String>
    ) -> bool;

    /// Begins a session, in place of another.
    pub write session::session_begin(city: Division, new: Session, before: Option<Hash>) -> ();
    /// A session, by the hash of its secret.
    pub read session::session_get(city: &Division, id: &Hash) -> Option<Session>;
    /// An account's sessions, the last used first.
    pub read session::session_list(city: &Division, account: &AccountId) -> Vec<Session>;
    /// Notes that a session was used.
    pub write session::session_seen(city: Division, id: Hash, at: Timestamp) -> ();
    /// Says for which enterprise a session acts.
    pub write session::session_act_for(city: Division, id: Hash, credit_code: Option<String>) -> ();
    /// Ends a session; whether it was there.
    pub write session::session_end(city: Division, id: Hash) -> bool;
    /// Ends all sessions of an account; how many.
    pub write session::session_end_all(city: Division, account: AccountId) -> u64;
    /// Removes sessions that are over; how many.
    pub write session::session_sweep(city: Division, now: Timestamp) -> u64;

    /// Keeps a token for a machine.
    pub write token::token_put(city: Division, token: ApiToken) -> ();
    /// A token, by the hash of its secret.
    pub read token::token_get(city: &Division, id: &Hash) -> Option<ApiToken>;
    /// The tokens that act in a district, newest first.
    pub read token::token_list(city: &Division, acts_in: &Division) -> Vec<ApiToken>;
    /// Ends a token; whether it was there.
    pub write token::token_end(city: Division, id: Hash) -> bool;

    /// A person's second factor.
    pub open second_factor::second_factor_get(city: &Division, account: &AccountId) -> Option<SecondFactor>;
    /// Keeps a new secret unless one is confirmed; whether it was kept.
    pub seal second_factor::second_factor_propose(city: Division, account: AccountId, secret: Vec<u8>) -> bool;
    /// Takes a code of a time step; whether it is newer than all that were taken.
    pub write second_factor::second_factor_take(city: Division, account: AccountId, step: u64) -> bool;

    /// Writes notices; how many are new. Whoever writes an event calls `notice_insert` inside its own transaction.
    pub seal notice::notice_put(division: Division, notices: Vec<Notice>) -> u32;
    /// Whether something is to be done for a channel in a district.
    pub read notice::notice_due(division: &Division, channel: ChannelKind, is_carried: bool, now: Timestamp) -> bool;
    /// Takes what is due of a channel for a time; puts away what is too late.
    pub seal notice::notice_claim(division: Division, claim: Claim) -> Vec<Outgoing>;
    /// Notes how a try ended, if the claim still holds; whether it did.
    pub write notice::notice_mark(division: Division, mark: Mark) -> bool;
    /// Notes what a gateway says became of something, once.
    pub write notice::notice_receipt(
        division: Division, reference: Hash, became: Standing, said: String, at: Timestamp
    ) -> Receipt;
    /// What waits and what failed since a moment, by channel.
    pub read notice::notice_queue(division: &Division, since: Timestamp) -> Vec<Queue>;
    /// The newest of what could not be delivered.
    pub read notice::notice_failures(division: &Division, limit: u32) -> Vec<Failure>;
    /// Tries again what failed, until a moment; whether it had failed.
    pub write notice::notice_retry(
        division: Division, key: NoticeKey, channel: ChannelKind, now: Timestamp, until: Timestamp
    ) -> bool;
    /// What a case's parties were told, newest first.
    pub open notice::notice_list_case(division: &Division, case: &CaseNumber, limit: u32) -> Vec<Message>;
    /// An account's messages of a district, newest first.
    pub open notice::inbox_list(division: &Division, account: &AccountId, now: Timestamp, limit: u32) -> Vec<Message>;
    /// How many of them are not read yet.
    pub read notice::inbox_unread(division: &Division, account: &AccountId, now: Timestamp) -> u64;
    /// Notes that one of them was read, or all; how many were not read before.
    pub write notice::inbox_read(division: Division, account: AccountId, key: Option<NoticeKey>, at: Timestamp) -> u64;

    /// What somebody wants to be told.
    pub open preference::preference_get(city: &Division, account: &AccountId) -> Preference;
    /// Keeps what somebody wants to be told.
    pub seal preference::preference_put(city: Division, account: AccountId, wanted: Preference) -> ();
    /// The topics that an account subscribed to in a district.
    pub read preference::subscription_list(division: &Division, account: &AccountId) -> Vec<String>;
    /// Replaces them.
    pub write preference::subscription_put(division: Division, account: AccountId, topics: Vec<String>) -> ();
    /// Who subscribed to a topic, in order, after an account.
    pub read preference::subscriber_list(division: &Division, topic: &str, after: &str, limit: u32) -> Vec<AccountId>;
    /// The city's quiet hours, each from a day on.
    pub read preference::quiet_list(city: &Division) -> Vec<QuietHours>;
    /// Adds quiet hours, or replaces those that hold from the same day.
    pub write preference::quiet_put(city: Division, hours: QuietHours) -> ();

    /// Keeps licences; one with another last day than before is told of from the first stage again.
    pub seal licence::licence_put(division: Division, licences: Vec<Licence>, today: Date) -> ();
    /// The licences of a holder, the next to expire first.
    pub open licence::licence_list_holder(division: &Division, holder: &Holder) -> Vec<Licence>;
    /// Licences whose next reminder is due on a day, each with the smallest stage that was told.
    pub open licence::licence_list_due(division: &Division, today: Date, limit: u32) -> Vec<(Licence, Option<u32>)>;
    /// Licences of a kind that are not over on a day, in order, after an id.
    pub open licence::licence_list_kind(
        division: &Division, kind: &str, today: Date, after: &str, limit: u32
    ) -> Vec<Licence>;
    /// Which kinds of licences there are in a district.
    pub read licence::licence_kinds(division: &Division) -> Vec<String>;
    /// Tells a licence's holder and notes it, if it still is as the sweep saw it; whether it was.
    pub seal licence::licence_tell(
        division: Division, seen: Licence, told: Option<u32>, due: Telling, notices: Vec<Notice>
    ) -> bool;
    /// Accounts that hold, or held, a mandate of an enterprise.
    pub read licence::mandate_holders(city: &Division, credit_code: &str) -> Vec<AccountId>;

    /// Keeps a warning that is to be spread.
    pub write warning::warning_put(division: Division, warning: Warning) -> ();
    /// The newest warnings of a district; only those that are still being spread where that is asked for.
    pub read warning::warning_list(division: &Division, is_open: bool, limit: u32) -> Vec<Spread>;
    /// Tells the next recipients and moves on (none left: it is done), if it still is where it was; whether it was.
    pub seal warning::warning_spread(
        division: Division, seen: Spread, reached: Option<String>, notices: Vec<Notice>, opens: Vec<NewCase>
    ) -> bool;

    /// Asks for a fee.
    pub seal fee::fee_ask(division: Division, due: FeeDue) -> ();
    /// A fee that was asked for.
    pub open fee::fee_get(division: &Division, id: &str) -> Option<FeeDue>;
    /// The fees of a case, in the order in which they were asked for.
    pub open fee::fee_list_case(division: &Division, number: &CaseNumber) -> Vec<FeeDue>;
    /// Takes a payment once; its receipt gets the code.
    pub write fee::fee_take(division: Division, payment: Payment, code: String) -> Taken;
    /// The payments of a fee.
    pub read fee::fee_payment_list(division: &Division, due: &str) -> Vec<Kept>;
    /// The payments of a day.
    pub read fee::fee_payment_list_day(division: &Division, day: &str) -> Vec<Kept>;
    /// Number and sum of what was given back on a day.
    pub read fee::fee_refunded(division: &Division, day: &str) -> (u32, Fen);
    /// Notes that a payment was given back; whether it was not before.
    pub write fee::fee_refund(division: Division, payment: Payment, day: String, by: Option<String>) -> bool;
    /// A receipt.
    pub open fee::receipt_get(division: &Division, number: &str) -> Option<lotus_domain::fee::Receipt>;
    /// Closes a day; whether it was still open.
    pub write fee::fee_close(division: Division, closing: Closing, at: Timestamp, by: Option<String>) -> bool;
    /// A day's closing.
    pub read fee::fee_closing_get(division: &Division, day: &str) -> Option<Closing>;

    /// Adds to the audit chain of a division; its place.
    pub write audit::audit_append(division: Division, done: Done) -> u64;
    /// Entries of the audit chain after a place, in order.
    pub read audit::audit_list(division: &Division, after: u64, limit: u32) -> Vec<Entry>;
    /// The newest entries of the audit chain, newest first.
    pub read audit::audit_list_newest(division: &Division, limit: u32) -> Vec<Entry>;

    /// Keeps a record of a call.
    pub seal record::record_append(division: Division, record: CallRecord) -> ();
    /// The newest records of calls that went wrong, newest first.
    pub open record::record_list_failures(division: &Division, limit: u32) -> Vec<CallRecord>;
    /// The newest records of a plugin in a district, newest first.
    pub open record::record_list_plugin(division: &Division, plugin: &str, limit: u32) -> Vec<CallRecord>;
    /// One record.
    pub open record::record_get(division: &Division, id: i64) -> Option<CallRecord>;
    /// The records of the calls that decided about a case, oldest first.
    pub open record::record_list_case(division: &Division, number: &CaseNumber) -> Vec<CallRecord>;

    /// A city's dated settings.
    pub read setting::setting_list(division: &Division) -> Vec<Dated>;
    /// Adds a setting, or replaces the one of the same day.
    pub write setting::setting_put(division: Division, dated: Dated) -> ();

    /// Keeps a material whose file is there, with the file's key.
    pub seal material::material_put(division: Division, material: Material, key: FileKey) -> ();
    /// A material and its file's key.
    pub open material::material_get(division: &Division, id: &MaterialId) -> Option<(Material, FileKey)>;
    /// Whether a material is known: a file that is not is nobody's.
    pub read material::material_is_known(division: &Division, id: &MaterialId) -> bool;
    /// A drawer, newest first; only materials of one name where one is given.
    pub open material::material_list(
        division: &Division, holder: &material::Holder, name: Option<&str>, limit: u32
    ) -> Vec<Material>;
    /// Takes a material out of its drawer; whether it was there. Cases keep it.
    pub write material::material_take_out(division: Division, holder: material::Holder, id: MaterialId) -> bool;
    /// Removes what belongs to nobody any more; whose files are to be removed.
    pub write material::material_sweep(division: Division, before: Timestamp) -> Vec<MaterialId>;
    /// Attaches a material to a case, once; whether it was not there before.
    pub write material::material_attach(
        division: Division, number: CaseNumber, drawer: Division, id: MaterialId, by: Option<String>, at: Timestamp
    ) -> bool;
    /// The materials of a case with the division of their drawers, in their order.
    pub read material::material_list_case(division: &Division, number: &CaseNumber) -> Vec<(Division, MaterialId)>;

    /// Keeps a draft in place of the one before, unless that is newer.
    pub seal draft::draft_put(division: Division, draft: Draft) -> ();
    /// A draft.
    pub open draft::draft_get(division: &Division, holder: &material::Holder, subject: &str) -> Option<Draft>;
    /// Somebody's drafts in a district, newest first.
    pub open draft::draft_list(division: &Division, holder: &material::Holder) -> Vec<Draft>;
    /// Removes a draft; whether it was there.
    pub write draft::draft_remove(division: Division, holder: material::Holder, subject: String) -> bool;
    /// Removes drafts that were saved before; how many.
    pub write draft::draft_sweep(division: Division, before: Timestamp) -> u64;

    /// A district's counters and townships.
    pub read appointment::halls_get(division: &Division) -> Option<Halls>;
    /// Keeps a district's counters and townships in place of those before.
    pub write appointment::halls_put(halls: Halls) -> ();
    /// Books a place of a slot that begins then and has so many, unless all are taken or there is an open booking; the
    /// case that answers for it begins with it.
    pub seal appointment::booking_book(
        division: Division, new: Booking, capacity: u16, begins: Timestamp, answers: Option<NewCase>
    ) -> Result<(), NotBooked>;
    /// How many places of which slots are taken, from a day to another.
    pub read appointment::booking_taken(division: &Division, from: Date, to: Date) -> Vec<(Slug, Date, Time, u16)>;
    /// Somebody's bookings, the latest first.
    pub read appointment::booking_list_account(division: &Division, account: &AccountId, limit: u32) -> Vec<Booking>;
    /// The bookings of a day, by counter and time.
    pub read appointment::booking_list_day(division: &Division, day: Date) -> Vec<Booking>;
    /// Cancels somebody's open booking; whether it was one.
    pub write appointment::booking_cancel(division: Division, account: AccountId, id: String) -> bool;
    /// Gives whoever booked and came a waiting number; none where there is no such open booking on the day.
    pub write appointment::booking_arrive(division: Division, id: String, day: Date) -> Option<u32>;
    /// Gives somebody who came without a booking a waiting number.
    pub write appointment::booking_walk_in(division: Division, new: Booking, begins: Timestamp) -> u32;
    /// Calls the next waiting number of a counter.
    pub write appointment::booking_call(division: Division, counter: Slug, day: Date) -> Option<Booking>;
    /// Marks bookings of slots that began before, to which nobody came; how many.
    pub write appointment::booking_miss(division: Division, before: Timestamp) -> u64;
    /// When the slots began that somebody missed since.
    pub read appointment::booking_missed(
        division: &Division, account: &AccountId, since: Timestamp
    ) -> Vec<Timestamp>;

    /// Keeps an order for a home visit; the case that answers for it begins with it.
    pub seal visit::visit_put(division: Division, new: Visit, answers: Option<NewCase>) -> ();
    /// Takes what was ordered for a day into its round; which orders.
    pub write visit::visit_plan(division: Division, day: Date) -> Vec<String>;
    /// The orders of a day that were not cancelled.
    pub open visit::visit_list_day(division: &Division, day: Date) -> Vec<Visit>;
    /// Somebody's orders, the latest first.
    pub open visit::visit_list_account(division: &Division, account: &AccountId, limit: u32) -> Vec<Visit>;
    /// Moves an open order on, only its owner's where one is named; whether it was open.
    pub write visit::visit_move(division: Division, id: String, account: Option<AccountId>, to: VisitState) -> bool;

}
