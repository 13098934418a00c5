//! The index of the store: every function, said once, carried out by whichever database is behind it.
//!
//! `read` takes a connection and asks; `write` is one transaction that is durable when its function returns. A write
//! may be run more than once before it is (on a collision, or when its group is undone), so its body only depends on
//! its arguments. `open` and `seal` are a read and a write with the district's keys, for what names people.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use lotus_domain::Slug;
use lotus_domain::access::{Held, Role};
use lotus_domain::account::{Account, AccountId, ApiToken, Mandate, Session};
use lotus_domain::activation::Activation;
use lotus_domain::appointment::{Booking, Halls, NotBooked};
use lotus_domain::audit::{Done, Entry};
use lotus_domain::calendar::{Calendar, CalendarYear};
use lotus_domain::case::{Case, CaseNumber, Event};
use lotus_domain::catalog::DistrictItem;
use lotus_domain::chain::Hash;
use lotus_domain::claim::{Batch, Claim as PolicyClaim, LineState};
use lotus_domain::district::{District, Division};
use lotus_domain::draft::Draft;
use lotus_domain::evaluation::{Evaluation, Named};
use lotus_domain::grievance::{Grievance, PublicAnswer};
use lotus_domain::fee::{Closing, FeeDue, Kept, Payment, Taken};
use lotus_domain::intermediary as intermediaries;
use lotus_domain::law::Fen;
use lotus_domain::licence::{Holder, Licence, Telling};
use lotus_domain::mark;
use lotus_domain::monitoring::{self, Matter, Month};
use lotus_domain::material::{self, FileKey, Material, MaterialId};
use lotus_domain::notice::{ChannelKind, Message, Notice, NoticeKey, Outgoing, Preference, QuietHours, Standing};
use lotus_domain::policy::{
    Edition, Fact, FactFile, FactName, Facts, Matched, Of, Position, Run, Tally as RunTally, Withdrawal,
};
use lotus_domain::package::{Digest, Package};
use lotus_domain::publisher::Publisher;
use lotus_domain::rating::{self, Rated, Rating};
use lotus_domain::record::CallRecord;
use lotus_domain::setting::Dated;
use lotus_domain::storage::{self, Expectation, Quota, ScanPage, StorageRefusal};
use lotus_domain::supervisor::{Supervisor, SupervisorVisit};
use lotus_domain::supervision::{Card, CardState, Level};
use lotus_domain::tutoring;
use lotus_domain::visit::{Visit, VisitState};
use lotus_domain::warning::Warning;

use crate::case::{CaseFile, CaseHead, EventRow, NewCase, Opened, Step};
use crate::claim::{NewClaim, Push};
use crate::convenience::Answered;
use crate::monitoring::{Anomaly, BulletinKept, Slice, Tallied};
use crate::evaluation::Sampled;
use crate::notice::{Claim, Failure, Mark, Queue, Receipt, Spread};
use crate::rating::{Called, Device, NewRating, PublicRating, Rate, Served};
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

    /// Publishes versions of a district's policies, each where it is the next of its policy, or is there already as it is
    /// given; the ids of those that were not. Publishing again ends a withdrawal.
    pub write policy::policy_publish(division: Division, editions: Vec<Edition>) -> Vec<Slug>;
    /// Withdraws a policy; whether it was there and not withdrawn.
    pub write policy::policy_withdraw(division: Division, id: Slug, withdrawal: Withdrawal) -> bool;
    /// One version of a policy, whatever became of it.
    pub read policy::policy_get(division: &Division, id: &Slug, version: u32) -> Option<Edition>;
    /// The versions of a policy, the newest first, before one.
    pub read policy::policy_history(
        division: &Division, id: &Slug, before: Option<u32>, limit: u32
    ) -> Vec<Edition>;
    /// Of each policy of a district the version that holds on a day, and those that are to hold later.
    pub read policy::policy_list(division: &Division, today: Date) -> Vec<Edition>;
    /// Begins runs of versions through everybody's files; one that is there goes on as it is.
    pub write policy::policy_run_begin(division: Division, runs: Vec<Run>) -> ();
    /// The run of a district that began first of those that are not done.
    pub read policy::policy_run_next(division: &Division) -> Option<Run>;
    /// The newest run of a policy.
    pub read policy::policy_run_of(division: &Division, policy: &Slug) -> Option<Run>;
    /// Takes a run on by a page, where it still is where it was read; whether it was. At its end whoever no longer meets
    /// the policy is forgotten.
    pub write policy::policy_run_step(
        division: Division, seen: Run, to: Option<Position>, matched: Vec<Matched>, tally: RunTally, now: Timestamp
    ) -> bool;
    /// What a file meets of a district's policies, in place of what it met before.
    pub write policy::policy_match_set(
        division: Division, place: Division, file: String, met: Vec<(Slug, Matched)>
    ) -> ();
    /// Who meets a version of a policy, by place and file, after one.
    pub read policy::policy_match_list(
        division: &Division, policy: &Slug, version: u32, after: Option<(&Division, &str)>, limit: u32
    ) -> Vec<Matched>;
    /// How many meet a version of a policy.
    pub read policy::policy_match_count(division: &Division, policy: &Slug, version: u32) -> u64;

    /// What a district has on file of an applicant.
    pub open fact_file::fact_file_get(division: &Division, holder: &Holder) -> Option<FactFile>;
    /// A file by its id.
    pub open fact_file::fact_file_find(division: &Division, id: &str) -> Option<FactFile>;
    /// Learns facts of an applicant, in place of what was known under their names; the file as it is then.
    pub seal fact_file::fact_file_learn(
        division: Division, holder: Holder, learnt: Vec<(FactName, Fact)>, now: Timestamp
    ) -> FactFile;
    /// Forgets a fact that an applicant said of themselves; the file as it is then, none where they had not.
    pub seal fact_file::fact_file_forget(
        division: Division, holder: Holder, name: FactName, now: Timestamp
    ) -> Option<FactFile>;
    /// Keeps files whole, in place of what was there.
    pub seal fact_file::fact_file_put(division: Division, files: Vec<(Holder, Facts)>, now: Timestamp) -> ();
    /// Files of persons or of enterprises, after one, in an order that is none: the first of them are a sample.
    pub open fact_file::fact_file_page(division: &Division, of: Of, after: &str, limit: u32) -> Vec<FactFile>;
    /// How many files a district has of persons, or of enterprises.
    pub read fact_file::fact_file_count(division: &Division, of: Of) -> u64;

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

    /// The catalogue of intermediary services, by id.
    pub read intermediary::intermediary_service_list(division: &Division) -> Vec<intermediaries::ServiceType>;
    /// Adds services to the catalogue, or replaces those that are there.
    pub write intermediary::intermediary_service_put(
        division: Division, services: Vec<intermediaries::ServiceType>
    ) -> ();
    /// The city's list of intermediaries, by code.
    pub read intermediary::intermediary_list(division: &Division) -> Vec<intermediaries::Listing>;
    /// Adds intermediaries that are not on the list, with their credit record.
    pub write intermediary::intermediary_seed(
        division: Division, listings: Vec<intermediaries::Listing>, events: Vec<intermediaries::credit::CreditEvent>
    ) -> ();
    /// Every entry of their credit records.
    pub read intermediary::intermediary_credit_list(division: &Division) -> Vec<intermediaries::credit::CreditEvent>;
    /// Adds an entry; whether it was new.
    pub write intermediary::intermediary_credit_add(
        division: Division, event: intermediaries::credit::CreditEvent
    ) -> bool;
    /// Takes an entry back; whether it held.
    pub write intermediary::intermediary_credit_withdraw(division: Division, id: String, why: String) -> bool;
    /// Opens the case of a filing with what is filed.
    pub seal intermediary::intermediary_file(
        division: Division, new: NewCase, filing: intermediaries::filing::Filing
    ) -> Opened;
    /// What was filed in a district, the newest first, with the state of its case.
    pub read intermediary::intermediary_list_filings(
        division: &Division, limit: u32
    ) -> Vec<(CaseNumber, String, intermediaries::filing::Filing)>;
    /// Filings whose case has moved without the list following, so many.
    pub read intermediary::intermediary_list_behind(division: &Division, limit: u32) -> Vec<CaseNumber>;
    /// Lets the city's list follow a filing's case.
    pub write intermediary::intermediary_follow(
        division: Division, number: CaseNumber, city: Division, day: Date
    ) -> ();

    /// Opens the case of a selection with the selection and the seed that it is committed to.
    pub seal selection::selection_open(
        division: Division, new: NewCase, selection: intermediaries::selection::Selection, owner: AccountId,
        seed: Option<intermediaries::draw::Seed>
    ) -> Opened;
    /// A selection, and where its case is.
    pub read selection::selection_get(
        division: &Division, number: &CaseNumber
    ) -> Option<intermediaries::selection::Kept>;
    /// A district's selections, the newest first.
    pub read selection::selection_list(division: &Division, limit: u32) -> Vec<intermediaries::selection::Kept>;
    /// Selections that the platform has to move: sign-up is over, a draw is due, a delivery is late.
    pub read selection::selection_list_due(
        division: &Division, now: Timestamp, day: Date, limit: u32
    ) -> Vec<intermediaries::selection::Kept>;
    /// Moves a selection on from the revision that was seen, with its case's step, another seed, and what it brings into a
    /// credit record; whether nobody was faster.
    pub seal selection::selection_move(
        division: Division, new: intermediaries::selection::Kept, step: Option<Step>,
        seed: Option<intermediaries::draw::Seed>, credit: Option<(Division, intermediaries::credit::CreditEvent)>
    ) -> bool;
    /// Takes a bid, or another contribution of a bidder in another round, while sign-up is open; whether it was taken.
    pub seal selection::selection_bid(
        division: Division, number: CaseNumber, bid: intermediaries::selection::Bid, account: AccountId, again: bool
    ) -> bool;
    /// The bids of a selection, by code: not to be shown before the closing.
    pub open selection::selection_list_bids(
        division: &Division, number: &CaseNumber
    ) -> Vec<intermediaries::selection::Bid>;
    /// The seed of a selection's round: not to be shown before it is drawn.
    pub open selection::selection_seed(
        division: &Division, number: &CaseNumber, round: u32
    ) -> Option<intermediaries::draw::Seed>;

    /// A booking or an order with the case that answers for it.
    pub read convenience::convenience_get(division: &Division, id: &str) -> Option<Answered>;
    /// Bookings and orders that have changed without their case being told, so many.
    pub read convenience::convenience_list_behind(division: &Division, limit: u32) -> Vec<Answered>;
    /// Notes that a case was told of so many changes.
    pub write convenience::convenience_told(division: Division, number: CaseNumber, changes: i64) -> ();
    /// Lets a booking or an order follow its case into a state.
    pub write convenience::convenience_follow(division: Division, number: CaseNumber, state: String) -> ();

    /// Opens a case of assistance and gives it to whose turn it is, with a step of the application beside it. The case that
    /// is there already where the form was sent before, or the application has open assistance.
    pub seal assistance::assistance_open(
        division: Division, new: NewCase, helpers: Vec<AccountId>, beside: Option<Step>
    ) -> Opened;

    /// Gives open cases of a kind that nobody has, or nobody of these, to whose turn it is; which to whom.
    pub write assistance::assistance_assign(
        division: Division, code: lotus_domain::kind::NumberCode, helpers: Vec<AccountId>
    ) -> Vec<(CaseNumber, AccountId)>;

    /// Opens a claim and tells its holder, once for each policy's version and holder.
    pub seal claim::claim_open(division: Division, new: NewClaim) -> Opened;
    /// What stands beside a claim's case.
    pub open claim::claim_get(division: &Division, number: &CaseNumber) -> Option<PolicyClaim>;
    /// The newest claims of a holder, newest first.
    pub open claim::claim_list_holder(division: &Division, holder: &Holder, limit: u32) -> Vec<(Case, PolicyClaim)>;
    /// Claims in a state, those of a department alone where one is named, the longest there first.
    pub open claim::claim_list_state(
        division: &Division, state: &str, department: Option<&str>, limit: u32
    ) -> Vec<(Case, PolicyClaim)>;
    /// Makes a payment file: its claims move into it, all of them or none.
    pub seal claim::batch_make(division: Division, batch: Batch, steps: Vec<Step>) -> ();
    /// A payment file with its lines.
    pub open claim::batch_get(division: &Division, id: &str) -> Option<Batch>;
    /// The newest payment files, newest first.
    pub open claim::batch_list(division: &Division, limit: u32) -> Vec<Batch>;
    /// Answers a line that is still open, with the step of its claim; whether it was open.
    pub seal claim::batch_answer(
        division: Division, id: String, line: u32, state: LineState, said: String, step: Step
    ) -> bool;
    /// Begins to push a version of a policy; whether no push of it was under way.
    pub write claim::push_begin(division: Division, push: Push) -> bool;
    /// The newest pushes of a district; only those that are not done where that is asked for.
    pub read claim::push_list(division: &Division, is_open: bool, limit: u32) -> Vec<Push>;
    /// Opens the claims of the next ones and moves on, if the push still is where it was seen; whether it was.
    pub seal claim::push_move(division: Division, seen: Push, to: Push, opens: Vec<NewClaim>) -> bool;

    /// Opens a grievance's case, with who said it beside it; the case that is there where the form was sent before.
    pub seal grievance::grievance_open(division: Division, new: NewCase, said: Grievance) -> Opened;
    /// Who said what, of a grievance.
    pub open grievance::grievance_get(division: &Division, number: &CaseNumber) -> Option<Grievance>;
    /// Whether a grievance is this account's.
    pub open grievance::grievance_is_of(division: &Division, number: &CaseNumber, account: &AccountId) -> bool;
    /// The cases of somebody's grievances, newest first.
    pub open grievance::grievance_list_owner(division: &Division, account: &AccountId, limit: u32) -> Vec<Case>;
    /// How many grievances somebody has filed since.
    pub open grievance::grievance_count_owner(division: &Division, account: &AccountId, since: Timestamp) -> u64;
    /// Keeps a district's invited supervisors in place of those before.
    pub write supervisor::supervisor_put(division: Division, supervisors: Vec<Supervisor>) -> ();
    /// A district's invited supervisors.
    pub read supervisor::supervisor_list(division: &Division) -> Vec<Supervisor>;
    /// Keeps a supervisor's visit.
    pub seal supervisor::supervisor_visit_put(division: Division, visit: SupervisorVisit) -> ();
    /// A supervisor's visits, the latest first.
    pub open supervisor::supervisor_visit_list(
        division: &Division, account: &AccountId, limit: u32
    ) -> Vec<SupervisorVisit>;
    /// Keeps an evaluation, in place of how it stood before.
    pub write evaluation::evaluation_put(division: Division, evaluation: Evaluation) -> ();
    /// An evaluation.
    pub read evaluation::evaluation_get(division: &Division, id: &str) -> Option<Evaluation>;
    /// Evaluations, newest first.
    pub read evaluation::evaluation_list(division: &Division, limit: u32) -> Vec<Evaluation>;
    /// Keeps a population and its sample, once; whether the evaluation was still only planned.
    pub seal evaluation::evaluation_draw(
        division: Division, drawn: Evaluation, population: Vec<Named>, sample: Vec<(Named, CaseNumber, Hash)>
    ) -> bool;
    /// The published names of what a sample was drawn from, in order.
    pub read evaluation::evaluation_population(division: &Division, id: &str) -> Vec<Named>;
    /// Who was drawn, and what they answered.
    pub open evaluation::evaluation_sample(division: &Division, id: &str) -> Vec<Sampled>;
    /// Notes that somebody of a sample was asked.
    pub write evaluation::evaluation_invited(division: Division, id: String, name: String, at: Timestamp) -> ();
    /// Whose link this is: the evaluation, and whether it was used.
    pub read evaluation::evaluation_of_token(division: &Division, token: &Hash) -> Option<(String, bool)>;
    /// Keeps what was answered, once, while the evaluation asks; whether it was kept.
    pub seal evaluation::evaluation_answer(
        division: Division, token: Hash, answers: std::collections::BTreeMap<usize, String>, at: Timestamp
    ) -> bool;
    /// Cases of a district that were submitted in a time and are over or answered, after a number, by number.
    pub open evaluation::case_list_ended(
        division: &Division, submitted: (Timestamp, Timestamp), after: Option<&CaseNumber>, limit: u32
    ) -> Vec<Case>;
    /// Makes an answer public, in place of the same case's before.
    pub write grievance::public_answer_put(division: Division, said: PublicAnswer) -> ();
    /// Public answers, newest first.
    pub read grievance::public_answer_list(division: &Division, limit: u32) -> Vec<PublicAnswer>;

    /// Begins a tutoring session; whether there was none of this draft, and none with its code.
    pub write tutoring::tutoring_begin(division: Division, new: tutoring::Session) -> bool;
    /// The newest session of a draft, open or over.
    pub read tutoring::tutoring_of(
        division: &Division, holder: &material::Holder, subject: &str
    ) -> Option<tutoring::Session>;
    /// A session.
    pub read tutoring::tutoring_get(division: &Division, id: &str) -> Option<tutoring::Session>;
    /// Lets a helper into the open session of a code, which is good for one.
    pub write tutoring::tutoring_join(
        division: Division, code: Hash, helper: AccountId, now: Timestamp
    ) -> Option<tutoring::Session>;
    /// Keeps what was said, in its place, if the session is open then; whether it was.
    pub seal tutoring::tutoring_say(division: Division, id: String, said: tutoring::Remark) -> bool;
    /// What was said in a session, in order.
    pub open tutoring::tutoring_said(division: &Division, id: &str) -> Vec<tutoring::Remark>;
    /// Ends a session; whether it was not ended.
    pub write tutoring::tutoring_end(division: Division, id: String, at: Timestamp) -> bool;
    /// Sessions that ran out and were not ended yet.
    pub read tutoring::tutoring_list_over(division: &Division, now: Timestamp, limit: u32) -> Vec<tutoring::Session>;
    /// Removes sessions that ended before, with what was said; how many.
    pub write tutoring::tutoring_sweep(division: Division, before: Timestamp) -> u64;

    /// Adds what happened in so many cases since they were last looked at to the tallies, once; how far it came.
    pub write monitoring::tally_fold(
        division: Division, calendar: Arc<Calendar>, zone: TimeZone, limit: u32
    ) -> Tallied;
    /// Whether something has happened in a district that is not in the tallies yet.
    pub read monitoring::tally_is_behind(division: &Division) -> bool;
    /// What was attached to a district's cases between two moments, by department.
    pub read monitoring::tally_count_materials(
        division: &Division, from: Timestamp, to: Timestamp
    ) -> BTreeMap<Matter, monitoring::Tally>;
    /// Keeps what was counted of a month's materials, in place of what was kept before.
    pub write monitoring::tally_put_materials(
        division: Division, month: Month, tallies: BTreeMap<Matter, monitoring::Tally>
    ) -> ();
    /// Forgets what was counted of events, so that all of them are counted again.
    pub write monitoring::tally_forget(division: Division) -> ();
    /// Keeps how guides are found to be in a month, in place of what was kept before.
    pub write monitoring::tally_put_guides(
        division: Division, month: Month, tallies: BTreeMap<Matter, monitoring::Tally>
    ) -> ();
    /// Keeps months of a demonstration, in place of those that were kept before.
    pub write monitoring::tally_put_demonstration(
        division: Division, months: BTreeMap<Month, BTreeMap<Matter, monitoring::Tally>>
    ) -> ();
    /// Whether a division has a demonstration's months.
    pub read monitoring::tally_is_demonstration(division: &Division) -> bool;
    /// A district's months as a whole, both ends included: applications and services.
    pub read monitoring::tally_list_months(division: &Division, from: Month, to: Month) -> BTreeMap<Month, monitoring::Tally>;
    /// What a district's month is made of, by item and department.
    pub read monitoring::tally_list_matters(division: &Division, month: Month) -> BTreeMap<Matter, monitoring::Tally>;
    /// A part of a district's tallies by item, department and period.
    pub read monitoring::tally_list_series(
        division: &Division, slice: &Slice
    ) -> BTreeMap<Matter, BTreeMap<String, monitoring::Tally>>;
    /// Keeps a find with the case that it opens, both or neither; whether it is new: of one matter one is open.
    pub seal monitoring::anomaly_open(division: Division, anomaly: Anomaly, new: NewCase) -> bool;
    /// A district's finds, newest first: those open, found or ended since.
    pub read monitoring::anomaly_list(
        division: &Division, since: Timestamp, ended_since: Date, limit: u32
    ) -> Vec<Anomaly>;
    /// A find.
    pub read monitoring::anomaly_get(division: &Division, id: &str) -> Option<Anomaly>;
    /// Notes that a find's case has ended; whether it had not.
    pub write monitoring::anomaly_end(division: Division, id: String, day: Date) -> bool;
    /// Publishes a bulletin once, with its entry in the audit chain; whether it was not there.
    pub write monitoring::bulletin_publish(division: Division, bulletin: BulletinKept, done: Done) -> bool;
    /// A bulletin as it was published.
    pub read monitoring::bulletin_get(division: &Division, month: Month) -> Option<BulletinKept>;
    /// The months of which there are bulletins, newest first, with their hashes.
    pub read monitoring::bulletin_list(division: &Division, limit: u32) -> Vec<(Month, Hash)>;
    /// How far something that is done period by period has come.
    pub read monitoring::monitoring_mark_get(division: &Division, name: &str) -> Option<String>;
    /// Notes how far it has come.
    pub write monitoring::monitoring_mark_put(division: Division, name: String, reached: String) -> ();

    /// Keeps a rating, once; what is locked at once counts, and is put right where it is bad, in the same transaction.
    pub seal rating::rating_put(division: Division, new: NewRating) -> Rate;
    /// Takes over ratings that are locked, e.g. of a system before this one; how many are new.
    pub seal rating::rating_import(division: Division, ratings: Vec<Rating>) -> u64;
    /// The rating of something.
    pub open rating::rating_of(division: &Division, rated: &Rated) -> Option<Rating>;
    /// The ratings of several things, of those that are rated.
    pub open rating::rating_list_of(division: &Division, rated: &[Rated]) -> Vec<Rating>;
    /// A rating.
    pub open rating::rating_get(division: &Division, id: &str) -> Option<Rating>;
    /// The rating that a case puts right.
    pub open rating::rating_put_right_by(division: &Division, number: &CaseNumber) -> Option<Rating>;
    /// Whether a rating is this rater's.
    pub open rating::rating_is_of(division: &Division, id: &str, rater: &str) -> bool;
    /// What somebody has given, newest first.
    pub open rating::rating_list_rater(division: &Division, account: &AccountId, limit: u32) -> Vec<Rating>;
    /// Ratings that can't be corrected any more and are not locked yet.
    pub open rating::rating_list_due(division: &Division, now: Timestamp, limit: u32) -> Vec<Rating>;
    /// Locks a rating as it was read: it counts, and is put right where it is bad; whether it was still so.
    pub seal rating::rating_lock(division: Division, of: Rating, rectification: Option<NewCase>) -> bool;
    /// Ratings that are locked and stand, newest first; of a department where one is named.
    pub open rating::rating_list_department(
        division: &Division, department: Option<&str>, limit: u32
    ) -> Vec<Rating>;
    /// Ratings that wait for a look, the oldest first.
    pub open rating::rating_list_held(division: &Division, limit: u32) -> Vec<Rating>;
    /// Ratings whose text waits for a look, the oldest first.
    pub open rating::rating_list_texts(division: &Division, limit: u32) -> Vec<Rating>;
    /// Ratings whose rectification is in a state, the oldest first; of a department where one is named.
    pub open rating::rating_list_rectified(
        division: &Division, state: &str, department: Option<&str>, limit: u32
    ) -> Vec<Rating>;
    /// Lets a rating that was held count, or puts it away, as it says now; whether it was still held.
    pub seal rating::rating_check(division: Division, of: Rating, rectification: Option<NewCase>) -> bool;
    /// Publishes a text that was held, or keeps it inside; whether it was still held.
    pub write rating::rating_text_decide(division: Division, id: String, text: Option<String>) -> bool;
    /// What everybody reads of ratings, newest first; of a department or an item where one is named.
    pub read rating_public::rating_list_public(
        division: &Division, department: Option<&str>, code: Option<&str>, limit: u32
    ) -> Vec<PublicRating>;
    /// What counts of ratings from a month to another, by department and item.
    pub read rating_public::rating_count_list(
        division: &Division, from: &str, until: &str, limit: u32
    ) -> Vec<rating::Cell>;
    /// The accounts of those whom a rectification is about.
    pub read rating::rating_people(division: &Division, number: &CaseNumber) -> Vec<String>;

    /// Keeps who called whom to a counter.
    pub write rating_place::visit_served_put(
        division: Division, visit: String, counter: Slug, by: String, at: Timestamp
    ) -> ();
    /// A visit that was served.
    pub read rating_place::visit_served_get(division: &Division, visit: &str) -> Option<Served>;
    /// Who was served at a counter last, since a moment.
    pub read rating_place::visit_served_last(division: &Division, counter: &Slug, since: Timestamp) -> Option<Served>;
    /// Keeps that somebody called.
    pub seal rating_place::rating_call_put(division: Division, call: Called, telephone: mark::Mark) -> ();
    /// A call.
    pub read rating_place::rating_call_get(division: &Division, id: &str) -> Option<Called>;
    /// The newest calls from a number, since a moment.
    pub open rating_place::rating_call_list(
        division: &Division, telephone: &mark::Mark, since: Timestamp, limit: u32
    ) -> Vec<Called>;
    /// Keeps a tablet with the hash of its code.
    pub write rating_place::rating_device_put(division: Division, new: Device, secret: Hash) -> ();
    /// The tablet of a code, where it is in use.
    pub read rating_place::rating_device_of(division: &Division, secret: &Hash) -> Option<Device>;
    /// A district's tablets, newest first.
    pub read rating_place::rating_device_list(division: &Division, limit: u32) -> Vec<Device>;
    /// Takes a tablet out of use; whether it was in use.
    pub write rating_place::rating_device_end(division: Division, id: String, at: Timestamp) -> bool;
}
