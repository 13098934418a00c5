//! Pushing a policy to those who match (article 30): once for each holder and version, in pages, by whatever host has its turn.
//!
//! ```text
//!   who matches (a run's result) ─► a page ─► whose? turned off? ─► claim + case + notice, and the place, in one write
//! ```
//!
//! Invariant: a claim's token is its policy's version and its holder, so a push that runs twice, or on two hosts, tells
//! nobody twice; whoever turned pushes off is told nothing and gets no case.

use lotus_domain::Slug;
use lotus_domain::access::{Deed, Place};
use lotus_domain::account::AccountId;
use lotus_domain::case::Case;
use lotus_domain::claim::token;
use lotus_domain::district::Division;
use lotus_domain::licence::Holder;
use lotus_domain::notice::{Kind, Notice, NoticeKey, Recipient, Value};
use lotus_domain::policy::{Edition, Matched, Verdict, Way, holding};
use lotus_store::{NewClaim, Push, StoreError};

use crate::asker::{Asker, Denied};
use crate::claim::{ClaimError, refusal, until};
use crate::claim_begin::{Begun, why};
use crate::start::Platform;

/// Matches of one write.
const PAGE: u32 = 100;
/// Pages of one turn in each district: then it is another's turn.
const PAGES: u32 = 20;
/// Pushes that are listed.
const MOST: u32 = 50;

/// A policy that can be pushed, and how far it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Pushable {
    /// The version that holds now.
    pub edition: Edition,
    /// Who meets it, as far as was looked.
    pub met: u64,
    /// Everybody was looked at.
    pub is_looked: bool,
    /// The push of this version, where it began.
    pub push: Option<Push>,
}

/// Where in the matches a push is.
fn place(reached: &str) -> Option<(Division, String)> {
    let (place, file) = reached.split_once('/')?;
    Some((Division::parse(place).ok()?, file.to_owned()))
}

/// What a match came to.
enum Told {
    Claim(Box<NewClaim>),
    Again,
    OptedOut,
    Unreached,
    NoLonger,
}

impl Platform {
    /// The direct policies of a district that the asker may push.
    pub async fn policies_to_push(&self, asker: &Asker, division: &Division) -> Result<Vec<Pushable>, Denied> {
        let departments = self.allow_within(asker, Deed::RunClaims, division, "claims").await?;
        let today = self.today();
        let editions = self.store().policy_list(division, today).await?;
        let pushes = self.store().push_list(division, false, MOST).await?;
        let mut all = Vec::new();
        for edition in holding(&editions, today) {
            let policy = &edition.policy;
            let own = departments.as_ref().is_none_or(|known| known.contains(&policy.department.zh));
            if policy.way != Way::Direct || !policy.is_open(today) || !own {
                continue;
            }
            let run = self.store().policy_run_of(division, &policy.id).await?;
            let is_looked = run.is_some_and(|run| run.version == policy.version && run.is_done());
            let met = self.store().policy_match_count(division, &policy.id, policy.version).await?;
            let of = |push: &&Push| push.policy == policy.id && push.version == policy.version;
            let push = pushes.iter().find(of).cloned();
            all.push(Pushable { edition: edition.clone(), met, is_looked, push });
        }
        Ok(all)
    }

    /// Begins to push the version of a direct policy that holds now; nothing happens where it is under way.
    pub async fn push_start(&self, asker: &Asker, division: &Division, policy: &Slug) -> Result<(), ClaimError> {
        let all = self.policies_to_push(asker, division).await?;
        let found = all.into_iter().find(|one| one.edition.policy.id == *policy).ok_or(Denied::NotFound)?;
        let department = Some(found.edition.policy.department.zh.as_str());
        self.allow(asker, Deed::RunClaims, Place { division, department }, policy.as_str()).await?;
        if !found.is_looked {
            return Err(ClaimError::Refused(refusal(
                "正在匹配，尚未完成。",
                "It is still being held against everybody.",
                Some(("匹配完成后再推送。", "Push it once that is done.")),
            )));
        }
        let by = asker.person().ok_or(Denied::SignIn)?.account.id.clone();
        let push = Push {
            policy: policy.clone(),
            version: found.edition.policy.version,
            begun: self.now(),
            by,
            reached: String::new(),
            pushed: 0,
            opted_out: 0,
            unreached: 0,
            again: 0,
            is_done: false,
        };
        let subject = format!("{policy} {}", push.version);
        let begun = self.store().push_begin(division.clone(), push).await?;
        self.note(asker, division, "policy-pushed", &subject, if begun { "begun" } else { "under way" }).await;
        Ok(())
    }

    /// A turn of the job: goes on with every push of every district, and decides what was left undecided.
    pub async fn claims_turn(&self) {
        for district in self.districts() {
            let division = &district.division;
            if let Err(error) = self.pushes_of(division).await {
                tracing::warn!(%error, %division, "a push goes on at its next turn");
            }
            if let Err(error) = self.claims_decide(division).await {
                tracing::warn!(%error, %division, "claims are decided at the next turn");
            }
        }
    }

    async fn pushes_of(&self, division: &Division) -> Result<(), StoreError> {
        for mut push in self.store().push_list(division, true, MOST).await? {
            let edition = self.store().policy_get(division, &push.policy, push.version).await?;
            let Some(edition) = edition else { continue };
            for _ in 0..PAGES {
                match self.push_page(division, &push, &edition).await? {
                    Some(moved) if !moved.is_done => push = moved,
                    // Done, or another host was quicker: it goes on with the rest.
                    _ => break,
                }
            }
        }
        Ok(())
    }

    /// One page; the push as it is then, none where another host was quicker.
    async fn push_page(&self, division: &Division, push: &Push, edition: &Edition) -> Result<Option<Push>, StoreError> {
        let after = place(&push.reached);
        let after = after.as_ref().map(|(place, file)| (place, file.as_str()));
        let matched = self.store().policy_match_list(division, &push.policy, push.version, after, PAGE).await?;
        let is_last = matched.len() < PAGE as usize || edition.withdrawn.is_some();
        let mut to = push.clone();
        if let Some(last) = matched.last() {
            to.reached = format!("{}/{}", last.place, last.file);
        }
        let mut opens: Vec<NewClaim> = Vec::new();
        // What was withdrawn since is told to nobody.
        for one in matched.iter().filter(|_| edition.withdrawn.is_none()) {
            match self.told(division, edition, one).await? {
                Told::Claim(new) if opens.iter().any(|before| before.new.token == new.new.token) => to.again += 1,
                Told::Claim(new) => opens.push(*new),
                Told::Again => to.again += 1,
                Told::OptedOut => to.opted_out += 1,
                Told::Unreached => to.unreached += 1,
                Told::NoLonger => {}
            }
        }
        to.is_done = is_last;
        for new in &opens {
            self.claim_marked(new).await?;
            self.transition_marked(division, &new.claim.number, 2).await?;
        }
        let begun: Vec<_> = opens.iter().map(|new| new.claim.number.clone()).collect();
        let moved = self.store().push_move(division.clone(), push.clone(), to.clone(), opens).await?;
        for number in begun.iter().filter(|_| moved) {
            self.transition_told(division, number, 2);
        }
        Ok(moved.then_some(to))
    }

    /// What somebody who matches is told.
    async fn told(&self, division: &Division, edition: &Edition, one: &Matched) -> Result<Told, StoreError> {
        let Some(file) = self.store().fact_file_find(&one.place, &one.file).await? else { return Ok(Told::NoLonger) };
        let policy = &edition.policy;
        let holder = file.holder;
        let token = token(&policy.id, policy.version, None, &holder);
        if self.store().case_find(division, &token).await?.is_some() {
            return Ok(Told::Again);
        }
        let facts = self.facts_known(division, &holder).await?;
        let found = policy.matched(&facts, self.today(), &self.policy_names());
        if found.verdict != Verdict::Met {
            return Ok(Told::NoLonger);
        }
        let accounts = self.holder_accounts(&holder).await?;
        let Some((_, name)) = accounts.first().cloned() else { return Ok(Told::Unreached) };
        let mut willing = Vec::new();
        for (account, _) in accounts {
            if self.wants_policies(&account).await? {
                willing.push(account);
            }
        }
        if willing.is_empty() {
            return Ok(Told::OptedOut);
        }
        let begun = Begun::of(policy, found.clone(), holder.clone(), name, willing.clone());
        let new = self.claim_begun(begun, |case| {
            willing.iter().filter_map(|account| self.push_notice(case, &holder, account, &found)).collect()
        })?;
        Ok(Told::Claim(Box::new(new)))
    }

    /// Whether somebody has not turned policies off.
    async fn wants_policies(&self, account: &AccountId) -> Result<bool, StoreError> {
        let Some(city) = self.city_division() else { return Ok(false) };
        Ok(!self.store().preference_get(&city, account).await?.off.contains(&Kind::Policy))
    }

    /// The notice of a push, with the reasons for it.
    fn push_notice(
        &self,
        case: &Case,
        holder: &Holder,
        account: &AccountId,
        found: &lotus_domain::policy::Match,
    ) -> Option<Notice> {
        let version = found.version.unwrap_or(0);
        // Of the token so much that no two holders share it; it names nobody.
        let token = token(&found.policy, version, None, holder).to_string();
        let key = format!("push/{}/{version}/{}/{account}", found.policy, token.get(..16).unwrap_or_default());
        let values = [
            ("policy", Value::Text(found.title.clone())),
            ("why", Value::Text(why(found))),
            ("day", Value::Day(until(case)?)),
        ];
        let to = Recipient::Account(account.clone());
        let made = NoticeKey::parse(key).and_then(|key| self.notice("policy-push", &values, &case.division, key, to));
        let made = made.inspect_err(|error| tracing::error!(%error, number = %case.number, "a push can't be told"));
        made.ok().map(|notice| notice.about(&case.number))
    }
}
