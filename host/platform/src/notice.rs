//! Carrying notices: from the outbox over the channels, until each has arrived or can't.
//!
//! ```text
//!   tick ─► each district by itself ─► each channel ─► claim what is due ─► turned off? quiet? where to? ─► send ─► mark
//! ```
//!
//! Districts never wait for each other: each has its own round, its own bound of letters at once, and its turn at the
//! channels of the city, of which only so many are used at the same time. A sender that dies between sending and marking
//! loses its claim; whoever claims next sends under the same reference, and the gateway tells nobody twice.
//!
//! Invariant: nothing is marked as sent that the channel has not taken, and nothing is lost that it has not.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use lotus_channel::{Channel, Letter, Receipts, ReceiptsError, Secret, SendError};
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::notice::{
    Backoff, ChannelKind, Contact, Notice, NoticeError, NoticeKey, Outgoing, Preference, QuietTimes, Recipient,
    Standing, TemplateError, Templates, Value, Verdict, Withheld,
};
use lotus_store::{Claim, Mark, Receipt, StoreError};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::start::{Inner, Platform};

/// How often a host looks whether something is due.
const TICK: Duration = Duration::from_millis(500);
/// Ticks between two looks at licences.
const LICENCE_TICKS: u64 = 120;
/// Ticks between two looks at warnings.
const WARNING_TICKS: u64 = 4;
/// Batches that a district may carry in one round: then it is everybody else's turn.
const BATCHES: u32 = 8;
/// Failures of a channel in one round, after which the rest of the batch waits: no storm against what is down.
const BREAKER: u32 = 5;
/// After the quiet hours letters go out over so long, not all at once; milliseconds.
const MORNING: u64 = 5 * 60 * 1000;

/// How notices are carried.
#[derive(Debug, Clone)]
pub struct NoticeConfig {
    /// What carries them; the portal's inbox needs nothing.
    pub channels: Vec<Arc<dyn Channel>>,
    /// What gateways sign their receipts with.
    pub receipts: Vec<Secret>,
    /// How long to wait after a failure, and how often to try.
    pub backoff: Backoff,
    /// This host looks for what is due by itself; else another one does.
    pub carries: bool,
    /// How long a claim holds: longer than any channel takes.
    pub lease: Duration,
    /// Most letters of one claim.
    pub batch: u32,
    /// Most letters of a district at once.
    pub at_once_each: usize,
    /// Most letters at once.
    pub at_once: usize,
}

impl Default for NoticeConfig {
    fn default() -> Self {
        Self {
            channels: Vec::new(),
            receipts: Vec::new(),
            backoff: Backoff::DEFAULT,
            carries: true,
            lease: Duration::from_mins(2),
            batch: 32,
            at_once_each: 8,
            at_once: 64,
        }
    }
}

/// What the platform holds to carry notices.
pub(crate) struct Notices {
    pub(crate) config: NoticeConfig,
    templates: Templates,
    at_once: Semaphore,
}

impl Notices {
    pub(crate) fn new(config: NoticeConfig) -> Result<Self, TemplateError> {
        Ok(Self { templates: Templates::shipped()?, at_once: Semaphore::new(config.at_once.max(1)), config })
    }
}

/// Adds a wait to a moment.
pub(crate) fn later(now: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// What one round goes by.
struct Round<'a> {
    city: &'a Division,
    quiet: &'a QuietTimes,
    now: Timestamp,
    started: Instant,
}

impl Round<'_> {
    /// Now: what the round was told, and what has passed since.
    fn now(&self) -> Timestamp {
        crate::start::whole_milliseconds(later(self.now, self.started.elapsed()))
    }
}

impl Platform {
    /// Makes a notice from an approved template. Whoever writes the event that causes it writes it in the same
    /// transaction (`notice_insert` in the store); others hand it to [`Platform::notice_put`].
    pub fn notice(
        &self,
        template: &str,
        values: &[(&str, Value)],
        division: &Division,
        key: NoticeKey,
        to: Recipient,
    ) -> Result<Notice, NoticeError> {
        self.notice_at(template, values, division, key, to, self.now())
    }

    /// The same at a moment.
    pub fn notice_at(
        &self,
        template: &str,
        values: &[(&str, Value)],
        division: &Division,
        key: NoticeKey,
        to: Recipient,
        now: Timestamp,
    ) -> Result<Notice, NoticeError> {
        self.inner.notices.templates.notice(template, values, division, key, to, now, self.zone_of_time())
    }

    /// Writes notices of one district; how many are new.
    pub async fn notice_put(&self, division: &Division, notices: Vec<Notice>) -> Result<u32, StoreError> {
        self.store().notice_put(division.clone(), notices).await
    }

    /// One round of every district at a moment; how many letters were taken by their channels.
    pub async fn notices_send(&self, now: Timestamp) -> Result<u64, StoreError> {
        let Some((city, quiet)) = self.quiet_times().await? else { return Ok(0) };
        let round = Round { city: &city, quiet: &quiet, now, started: Instant::now() };
        let districts = self.districts();
        let rounds = districts.iter().map(|district| self.notices_of(&district.division, &round));
        let taken = futures::future::try_join_all(rounds).await?;
        Ok(taken.into_iter().sum())
    }

    async fn quiet_times(&self) -> Result<Option<(Division, QuietTimes)>, StoreError> {
        let Some(city) = self.city_division() else { return Ok(None) };
        let quiet = QuietTimes::new(self.store().quiet_list(&city).await?);
        Ok(Some((city, quiet)))
    }

    /// A district's round: all its channels side by side.
    async fn notices_of(&self, division: &Division, round: &Round<'_>) -> Result<u64, StoreError> {
        let channels = ChannelKind::CARRIED.map(|kind| self.notices_over(division, kind, round));
        let taken = futures::future::try_join_all(channels).await?;
        Ok(taken.into_iter().sum())
    }

    async fn notices_over(&self, division: &Division, kind: ChannelKind, round: &Round<'_>) -> Result<u64, StoreError> {
        let config = &self.inner.notices.config;
        let carrier = config.channels.iter().find(|channel| channel.kind() == kind);
        let mut taken = 0;
        for _ in 0..BATCHES {
            let now = round.now();
            if !self.store().notice_due(division, kind, carrier.is_some(), now).await? {
                break;
            }
            let claim = Claim {
                channel: kind,
                by: i64::from_be_bytes(rand::random()),
                now,
                until: later(now, config.lease),
                // Without anything to carry it, only what is too late is put away.
                limit: carrier.map_or(0, |_| config.batch),
            };
            let claimed = self.store().notice_claim(division.clone(), claim).await?;
            let Some(carrier) = carrier.filter(|_| !claimed.is_empty()) else { break };
            let is_last = claimed.len() < config.batch as usize;
            let failures = AtomicU32::new(0);
            let results: Vec<Result<bool, StoreError>> = futures::stream::iter(claimed)
                .map(|letter| self.carry(carrier, letter, claim.by, &failures, round))
                .buffer_unordered(config.at_once_each.max(1))
                .collect()
                .await;
            for result in results {
                taken += u64::from(result?);
            }
            if is_last || failures.load(Ordering::Relaxed) >= BREAKER {
                break;
            }
        }
        Ok(taken)
    }

    /// Carries one letter as far as it comes; whether its channel has taken it.
    async fn carry(
        &self,
        carrier: &Arc<dyn Channel>,
        letter: Outgoing,
        by: i64,
        failures: &AtomicU32,
        round: &Round<'_>,
    ) -> Result<bool, StoreError> {
        let backoff = self.inner.notices.config.backoff;
        let wait = |attempt: u32| backoff.after(attempt, rand::random());
        let mark = |standing, said: &str| Mark {
            key: letter.key.clone(),
            channel: letter.channel,
            by,
            standing,
            next: None,
            said: said.to_owned(),
            at: round.now(),
            counts: true,
        };
        let (contact, wanted) = self.reached(round.city, &letter.to).await?;
        let quiet = round.quiet.end(round.now(), self.zone_of_time());
        let marked = match wanted.verdict(letter.kind, letter.channel, letter.urgent, quiet) {
            Verdict::Withhold(why) => mark(Standing::Withheld, why.name()),
            Verdict::Wait(end) => {
                let morning = later(end, Duration::from_millis(rand::random::<u64>() % MORNING));
                Mark { next: Some(morning), counts: false, ..mark(Standing::Waiting, "quiet hours") }
            }
            Verdict::Send => match contact.address(letter.channel) {
                None => mark(Standing::Withheld, Withheld::NoAddress.name()),
                Some(_) if failures.load(Ordering::Relaxed) >= BREAKER => {
                    let next = wait(1).map(|wait| later(round.now(), wait));
                    Mark { next, counts: false, ..mark(Standing::Waiting, "the channel is away") }
                }
                Some(to) => {
                    let sent = self.hand_over_letter(carrier, &letter, to, &wanted).await;
                    match sent {
                        Ok(id) => mark(Standing::Sent, &id),
                        Err(SendError::Refused(said)) => mark(Standing::Undeliverable, &said),
                        Err(SendError::Away(said)) => {
                            failures.fetch_add(1, Ordering::Relaxed);
                            match wait(letter.attempt) {
                                Some(wait) => {
                                    let next = Some(later(round.now(), wait));
                                    Mark { next, ..mark(Standing::Waiting, &said) }
                                }
                                None => mark(Standing::Dead, &said),
                            }
                        }
                    }
                }
            },
        };
        let is_taken = marked.standing == Standing::Sent;
        if matches!(marked.standing, Standing::Dead | Standing::Undeliverable) {
            let (division, channel) = (&letter.division, letter.channel.name());
            tracing::warn!(%division, key = %letter.key, channel, said = marked.said, "a notice can't be delivered");
        }
        self.store().notice_mark(letter.division.clone(), marked).await?;
        Ok(is_taken)
    }

    async fn hand_over_letter(
        &self,
        carrier: &Arc<dyn Channel>,
        letter: &Outgoing,
        to: String,
        wanted: &Preference,
    ) -> Result<String, SendError> {
        let _turn = self.inner.notices.at_once.acquire().await;
        let letter = Letter {
            reference: format!("{}-{}", letter.division, letter.reference),
            to,
            title: letter.title.in_language(wanted.language).to_owned(),
            body: letter.body.in_language(wanted.language).to_owned(),
            language: wanted.language.tag(),
        };
        carrier.send(&letter).await
    }

    /// Where somebody is reached, and what they want to be told.
    async fn reached(&self, city: &Division, to: &Recipient) -> Result<(Contact, Preference), StoreError> {
        let account = match to {
            Recipient::Contact(contact) => return Ok((contact.clone(), Preference::default())),
            Recipient::Account(account) => account,
        };
        let wanted = self.store().preference_get(city, account).await?;
        let telephone = self.store().account_get(city, account).await?.and_then(|account| account.profile.telephone);
        Ok((Contact { telephone, email: wanted.email.clone() }, wanted))
    }

    /// Takes a gateway's receipts; how many said something new. Whatever comes again changes nothing.
    pub async fn notice_receipts(&self, signature: &str, timestamp: &str, body: &[u8]) -> Result<u64, ReceiptsProblem> {
        let now = self.now();
        let Receipts(receipts) = Receipts::read(&self.inner.notices.config.receipts, signature, timestamp, body, now)?;
        let mut new = 0;
        for receipt in receipts {
            let Some((division, reference)) = self.referred(&receipt.reference) else { continue };
            let became = if receipt.is_delivered { Standing::Delivered } else { Standing::Undeliverable };
            let noted = self.store().notice_receipt(division, reference, became, receipt.said, now).await?;
            new += u64::from(noted == Receipt::New);
        }
        Ok(new)
    }

    /// The district and the hash of a reference of ours.
    fn referred(&self, reference: &str) -> Option<(Division, Hash)> {
        let (division, hash) = reference.split_once('-')?;
        let division = Division::parse(division).ok()?;
        self.district(&division)?;
        Some((division, Hash::from_bytes(&crate::token::from_hex(hash)?)?))
    }
}

/// Why receipts are not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptsProblem {
    /// They are not the gateway's, or not to be understood.
    #[error(transparent)]
    Receipts(#[from] ReceiptsError),
    /// The database is away: to be sent again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Carries notices as long as the platform is there: each district in rounds of its own.
pub(crate) async fn run(inner: Weak<Inner>) {
    let mut rounds = JoinSet::new();
    let mut busy = HashMap::new();
    for tick in 1_u64.. {
        tokio::time::sleep(TICK).await;
        while let Some(done) = rounds.try_join_next_with_id() {
            busy.remove(&match done {
                Ok((id, ())) => id,
                Err(error) => error.id(),
            });
        }
        let Some(inner) = inner.upgrade() else { return };
        let platform = Platform { inner };
        if !platform.inner.notices.config.carries {
            return;
        }
        for district in platform.districts() {
            if busy.values().any(|division| *division == district.division) {
                continue;
            }
            let (platform, division) = (platform.clone(), district.division.clone());
            let round = rounds.spawn(async move {
                if let Err(error) = platform.background_round(&division, tick).await {
                    tracing::warn!(%error, %division, "notices wait: the database is away");
                }
            });
            busy.insert(round.id(), district.division.clone());
        }
    }
}

impl Platform {
    /// What a district has to do at a tick.
    async fn background_round(&self, division: &Division, tick: u64) -> Result<(), StoreError> {
        let now = self.now();
        if tick % LICENCE_TICKS == 1 {
            self.licences_of(division, now).await?;
        }
        if tick % WARNING_TICKS == 1 {
            self.warnings_of(division, now).await?;
        }
        let Some((city, quiet)) = self.quiet_times().await? else { return Ok(()) };
        let round = Round { city: &city, quiet: &quiet, now, started: Instant::now() };
        self.notices_of(division, &round).await?;
        Ok(())
    }
}
