//! The index, second part: what stands beside the case engine: policies, intermediaries, claims, grievances, supervisors,
//! evaluations, monitoring, ratings.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lotus_domain::account::AccountId;
use lotus_domain::audit::Done;
use lotus_domain::calendar::Calendar;
use lotus_domain::case::{Case, CaseNumber};
use lotus_domain::chain::Hash;
use lotus_domain::claim::{Batch, Claim as PolicyClaim, LineState};
use lotus_domain::district::Division;
use lotus_domain::evaluation::{Evaluation, Named};
use lotus_domain::grievance::{Grievance, PublicAnswer};
use lotus_domain::intermediary as intermediaries;
use lotus_domain::licence::Holder;
use lotus_domain::material;
use lotus_domain::monitoring::{self, Matter, Month};
use lotus_domain::policy::{
    Edition, Fact, FactFile, FactName, Facts, Matched, Of, Position, Run, Tally as RunTally, Withdrawal,
};
use lotus_domain::rating::{self, Rated, Rating};
use lotus_domain::supervisor::{Supervisor, SupervisorVisit};
use lotus_domain::{Slug, mark, tutoring};

use super::{Database, Store};
use crate::case::{NewCase, Opened, Step};
use crate::claim::{NewClaim, Push};
use crate::convenience::Answered;
use crate::evaluation::Sampled;
use crate::monitoring::{Anomaly, BulletinKept, Slice, Tallied};
use crate::rating::{Called, Device, NewRating, PublicRating, Rate, Served};
use crate::vault::SealError;
use crate::{StoreError, postgres, sqlite};

index! {
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
    pub write bulletin::bulletin_publish(division: Division, bulletin: BulletinKept, done: Done) -> bool;
    /// A bulletin as it was published.
    pub read bulletin::bulletin_get(division: &Division, month: Month) -> Option<BulletinKept>;
    /// The months of which there are bulletins, newest first, with their hashes.
    pub read bulletin::bulletin_list(division: &Division, limit: u32) -> Vec<(Month, Hash)>;
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
