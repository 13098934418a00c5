//! New versions of policies on their way through everybody's files, in the background; and how many would match a condition
//! that nobody has published yet.
//!
//! Invariant: where a run is stands in the database, and a page moves it only from where it was read: two hosts at the same
//! run, or one that is killed in the middle of a page, count nobody twice and leave nobody out.

use std::time::{Duration, Instant};

use lotus_domain::Slug;
use lotus_domain::district::Division;
use lotus_domain::policy::{
    Condition, Edition, Estimate, FactFile, Matched, Of, Policy, Position, Run, Tally, held_against,
};
use lotus_store::StoreError;

use crate::asker::{Asker, Denied};
use crate::start::Platform;

/// Files of one page of a run.
const PAGE: u32 = 2_000;
/// How long one turn of the job works before others have theirs.
const TURN: Duration = Duration::from_secs(5);
/// Files that a count looks at in a district, at most: of persons, and of enterprises.
const SAMPLE: u32 = 2_000;
/// Everybody who matches is listed so many at a time.
pub const MATCHED_PAGE: u32 = 100;

impl Platform {
    /// The turn of the job: takes open runs on, those that began first, for a while.
    pub(crate) async fn policies_run(&self) {
        let begun = Instant::now();
        while begun.elapsed() < TURN {
            match self.policy_runs_step().await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(%error, "policies can't be matched for now; it goes on where it is");
                    return;
                }
            }
        }
    }

    /// Takes the oldest open run of each district on by a page; whether there was any.
    pub async fn policy_runs_step(&self) -> Result<bool, StoreError> {
        let mut any = false;
        for district in self.districts() {
            let Some(run) = self.store().policy_run_next(&district.division).await? else { continue };
            any = true;
            self.policy_run_step(&run).await?;
        }
        Ok(any)
    }

    /// The newest run of a policy: how far it is and what it has counted.
    pub async fn policy_run(&self, division: &Division, policy: &Slug) -> Result<Option<Run>, StoreError> {
        self.store().policy_run_of(division, policy).await
    }

    /// Who meets a version of a policy, by place and file, after one: for telling them, and for whoever counts.
    pub async fn policy_matched(
        &self,
        division: &Division,
        policy: &Slug,
        version: u32,
        after: Option<(&Division, &str)>,
    ) -> Result<Vec<Matched>, StoreError> {
        self.store().policy_match_list(division, policy, version, after, MATCHED_PAGE).await
    }

    /// How many meet a version of a policy, by what is noted now.
    pub async fn policy_matched_count(
        &self,
        division: &Division,
        policy: &Slug,
        version: u32,
    ) -> Result<u64, StoreError> {
        self.store().policy_match_count(division, policy, version).await
    }

    async fn policy_run_step(&self, run: &Run) -> Result<(), StoreError> {
        let Some(position) = &run.position else { return Ok(()) };
        let edition = self.store().policy_get(&run.division, &run.policy, run.version).await?;
        let now = self.now();
        let step = |to, matched, tally| {
            self.store().policy_run_step(run.division.clone(), run.clone(), to, matched, tally, now)
        };
        // A policy that was withdrawn, or whose next version holds already, is held against nobody.
        let Some(Edition { policy, withdrawn: None, .. }) = edition else {
            step(None, Vec::new(), Tally::default()).await?;
            return Ok(());
        };
        let files = self.store().fact_file_page(&position.place, position.of, &position.after, PAGE).await?;
        let is_last = files.len() < PAGE as usize;
        let after = files.last().map(|file| file.id.clone());
        let today = self.today().max(policy.since);
        // Reckoning a page takes milliseconds of one core: not on the threads that answer.
        let (policy, (matched, tally)) = tokio::task::spawn_blocking(move || {
            let found = held_against(&policy, &files, today, now);
            (policy, found)
        })
        .await
        .map_err(|error| StoreError::Unreadable(error.to_string()))?;
        let to = match after.filter(|_| !is_last) {
            Some(after) => Some(Position { after, ..position.clone() }),
            None => self.policy_run_after(&policy, position),
        };
        step(to, matched, tally).await?;
        Ok(())
    }

    /// Where a run goes on when it is through the files of one kind in one place.
    fn policy_run_after(&self, policy: &Policy, done: &Position) -> Option<Position> {
        let places = self.policy_places(&policy.division);
        let all = places
            .into_iter()
            .flat_map(|place| Of::ALL.into_iter().map(move |of| (place.clone(), of)))
            .filter(|(_, of)| of.served_by(policy));
        let mut rest = all.skip_while(|(place, of)| *place != done.place || *of != done.of).skip(1);
        rest.next().map(|(place, of)| Position { place, of, after: String::new() })
    }

    /// How many would match a condition that isn't published: everybody counted where they are few, else reckoned from the
    /// first files, which are in no order and so a sample.
    pub async fn would_match(
        &self,
        asker: &Asker,
        division: &Division,
        condition: &Condition,
        of: &[Of],
    ) -> Result<Estimate, Denied> {
        self.policy_desk(asker, division).await?;
        let (mut estimate, today) = (Estimate { tally: Tally::default(), total: 0 }, self.today());
        let places = self.policy_places(division);
        // Over several districts the sample is shared, each as it has people.
        let mut counts = Vec::new();
        for place in &places {
            for of in of {
                let count = self.store().fact_file_count(place, *of).await?;
                estimate.total += count;
                counts.push((place, *of, count));
            }
        }
        let most = u64::from(SAMPLE);
        for (place, of, count) in counts {
            let share = if estimate.total <= most { count } else { (count * most).div_ceil(estimate.total) };
            let limit = u32::try_from(share.min(most)).unwrap_or(SAMPLE);
            if limit == 0 {
                continue;
            }
            let files: Vec<FactFile> = self.store().fact_file_page(place, of, "", limit).await?;
            for file in &files {
                estimate.tally.count(condition.verdict(&file.facts, today));
            }
        }
        Ok(estimate)
    }
}
