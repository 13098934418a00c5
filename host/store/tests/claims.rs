//! Claims beside their cases, pushes from two hosts at once, payment files and their lines; on both databases.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

#[macro_use]
mod city;

use city::{Kept, division};
use jiff::Timestamp;
use jiff::civil::date;
use lotus_domain::Slug;
use lotus_domain::account::AccountId;
use lotus_domain::case::{Actor, CaseNumber, Event, Happening};
use lotus_domain::chain::Hash;
use lotus_domain::claim::{Batch, BatchLine, Claim, ClaimBody, KIND, LineState, PayTo, token};
use lotus_domain::kind::{Role, shipped};
use lotus_domain::law::{Fen, LegalBasis};
use lotus_domain::licence::Holder;
use lotus_domain::policy::{Match, Verdict};
use lotus_domain::text::Text;
use lotus_store::{NewCase, NewClaim, Opened, Push, Step, Store};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + second).unwrap()
}

fn policy() -> Slug {
    Slug::parse("grain-growers").unwrap()
}

fn holder(name: u32) -> Holder {
    Holder::Person(format!("4110001961010100{name:02}"))
}

fn body(name: u32) -> ClaimBody {
    ClaimBody {
        holder: holder(name),
        name: "演示市民".to_owned(),
        found: Match {
            policy: policy(),
            version: Some(1),
            division: division("411081"),
            title: Text::zh("种粮大户补贴"),
            verdict: Verdict::Met,
            findings: Vec::new(),
            amount: Some(Fen(372_000)),
            basis: LegalBasis { title: "《办法》".to_owned(), article: None },
            added_by: None,
        },
        adding: None,
        consent: None,
        decided: Vec::new(),
        objections: Vec::new(),
        recovery: None,
    }
}

/// The step of a case by which it comes into a state.
fn step(case: &lotus_domain::case::Case, before: &Event, action: &str, to: &str) -> Step {
    let happening = Happening {
        at: at(1),
        actor: Actor { role: Role::System, account: None },
        action: action.to_owned(),
        from: Some(case.state.clone()),
        to: to.to_owned(),
        reason: None,
        basis: None,
        remark: None,
    };
    let event = Event::seal(&case.number, Some(before), happening);
    let moved = lotus_domain::case::Case { state: to.to_owned(), revision: event.sequence, ..case.clone() };
    Step::new(moved, event)
}

fn claim(name: u32, random: u64) -> NewClaim {
    let definition = shipped(KIND).unwrap().clone();
    let (mut case, _) = city::case(random);
    case.number = CaseNumber::new(&division("411081"), date(2026, 3, 1), definition.code, random);
    case.state = definition.initial.to_string();
    case.definition = definition;
    let first = Happening {
        at: at(0),
        actor: Actor { role: Role::System, account: None },
        action: "open".to_owned(),
        from: None,
        to: case.state.clone(),
        reason: None,
        basis: None,
        remark: None,
    };
    let first = Event::seal(&case.number, None, first);
    let push = step(&case, &first, "push", "pushed");
    let claim = Claim {
        division: division("411081"),
        number: case.number.clone(),
        policy: policy(),
        version: 1,
        body: body(name),
    };
    let token = token(&policy(), 1, None, &holder(name));
    NewClaim { new: NewCase { case, first, token, record: None, notices: Vec::new() }, push, claim }
}

fn push() -> Push {
    Push {
        policy: policy(),
        version: 1,
        begun: at(0),
        by: AccountId("head".to_owned()),
        reached: String::new(),
        pushed: 0,
        opted_out: 0,
        unreached: 0,
        again: 0,
        is_done: false,
    }
}

async fn claims(store: &Store, name: u32) -> Vec<Claim> {
    let found = store.claim_list_holder(&division("411081"), &holder(name), 10).await.unwrap();
    found.into_iter().map(|(_, claim)| claim).collect()
}

/// A claim that is to be paid.
async fn payable(store: &Store, name: u32, random: u64) -> (lotus_domain::case::Case, Event) {
    let new = claim(name, random);
    store.claim_open(division("411081"), new.clone()).await.unwrap();
    let to = step(&new.push.case, &new.push.event, "notice-over", "payable");
    assert!(store.case_append(division("411081"), to.clone()).await.unwrap());
    (to.case, to.event)
}

fn batch(id: &str, numbers: &[&CaseNumber]) -> Batch {
    let to = PayTo { name: "演示市民".into(), bank: "莲城银行".into(), account: "6222000000000001".into() };
    let lines: Vec<BatchLine> = (1_u32..)
        .zip(numbers)
        .map(|(line, number)| BatchLine {
            line,
            number: number.to_string(),
            policy: "种粮大户补贴".into(),
            to: to.clone(),
            amount: Fen(372_000),
            state: LineState::Open,
            said: String::new(),
        })
        .collect();
    let hash = Hash::of(&Batch::file(id, &lines));
    Batch { id: id.to_owned(), department: None, made: at(2), by: AccountId("head".into()), lines, hash }
}

on_both! {
    async fn a_claim_is_one_for_a_version_and_a_holder_and_found_by_its_holder_alone(kept: Kept) {
        let new = claim(1, 1);
        assert_eq!(kept.store.claim_open(division("411081"), new.clone()).await.unwrap(), Opened::New);
        let again = kept.store.claim_open(division("411081"), claim(1, 2)).await.unwrap();
        assert_eq!(again, Opened::Before(new.claim.number.clone()), "whoever comes second finds the first");
        assert_eq!(claims(&kept.store, 1).await, std::slice::from_ref(&new.claim));
        assert!(claims(&kept.store, 2).await.is_empty());
        let file = kept.store.case_get(&division("411081"), &new.claim.number).await.unwrap().unwrap();
        assert_eq!((file.case.state.as_str(), file.events.len()), ("pushed", 2));
        assert!(kept.store.claim_get(&division("411082"), &new.claim.number).await.unwrap().is_none());
    }

    async fn what_stands_beside_a_case_changes_with_its_step_or_not_at_all(kept: Kept) {
        let new = claim(1, 1);
        kept.store.claim_open(division("411081"), new.clone()).await.unwrap();
        let mut changed = new.claim.clone();
        changed.body.name = "另一个名字".to_owned();
        let moved = step(&new.push.case, &new.push.event, "consent", "consented");
        let moved = Step { claim: Some(changed.clone()), ..moved };
        assert!(kept.store.case_append(division("411081"), moved.clone()).await.unwrap());
        let mut late = changed.clone();
        late.body.name = "太晚了".to_owned();
        let late = Step { claim: Some(late), ..moved };
        assert!(!kept.store.case_append(division("411081"), late).await.unwrap(), "it has moved already");
        let store = kept.reopened().await;
        assert_eq!(store.claim_get(&division("411081"), &new.claim.number).await.unwrap(), Some(changed));
    }

    async fn two_hosts_that_push_the_same_tell_everybody_once(kept: Kept) {
        let other = Store::open(&kept.config, city::keyring()).await.unwrap();
        assert!(kept.store.push_begin(division("411081"), push()).await.unwrap());
        assert!(!other.push_begin(division("411081"), push()).await.unwrap(), "it is under way");
        let to = Push { reached: "411081/a".to_owned(), is_done: true, ..push() };
        let opens = |from: u64| (1..=20).map(|name| claim(name, from + u64::from(name))).collect::<Vec<_>>();
        let (one, two) = tokio::join!(
            kept.store.push_move(division("411081"), push(), to.clone(), opens(100)),
            other.push_move(division("411081"), push(), to.clone(), opens(200)),
        );
        let moved = [one, two].into_iter().filter(|moved| matches!(moved, Ok(true))).count();
        assert_eq!(moved, 1);
        for name in 1..=20 {
            assert_eq!(claims(&kept.store, name).await.len(), 1);
        }
        let done = kept.store.push_list(&division("411081"), false, 10).await.unwrap();
        assert_eq!((done[0].pushed, done[0].again, done[0].is_done), (20, 0, true));
        assert!(kept.store.push_list(&division("411081"), true, 10).await.unwrap().is_empty());
        // From the beginning again: nobody is told twice.
        assert!(kept.store.push_begin(division("411081"), push()).await.unwrap());
        assert!(kept.store.push_move(division("411081"), push(), to, opens(300)).await.unwrap());
        let again = kept.store.push_list(&division("411081"), false, 10).await.unwrap();
        assert_eq!((again[0].pushed, again[0].again), (20, 20));
        for name in 1..=20 {
            assert_eq!(claims(&kept.store, name).await.len(), 1);
        }
    }

    async fn a_payment_file_takes_all_its_claims_or_none_and_each_line_is_answered_once(kept: Kept) {
        let (one, one_event) = payable(&kept.store, 1, 1).await;
        let (two, two_event) = payable(&kept.store, 2, 2).await;
        let file = batch("B1", &[&one.number, &two.number]);
        let steps = vec![step(&one, &one_event, "batch", "paying"), step(&two, &two_event, "batch", "paying")];
        kept.store.batch_make(division("411081"), file.clone(), steps.clone()).await.unwrap();
        assert_eq!(kept.store.batch_get(&division("411081"), "B1").await.unwrap(), Some(file));
        let second = batch("B2", &[&one.number]);
        assert!(kept.store.batch_make(division("411081"), second, vec![steps[0].clone()]).await.is_err());
        assert!(kept.store.batch_get(&division("411081"), "B2").await.unwrap().is_none(), "nothing of it is there");

        let paid = step(&steps[0].case, &steps[0].event, "pay", "paid");
        let failed = step(&steps[1].case, &steps[1].event, "pay-failed", "payment-failed");
        let answer = |line, state, said: &str, step: &Step| {
            let (id, said, step) = ("B1".to_owned(), said.to_owned(), step.clone());
            kept.store.batch_answer(division("411081"), id, line, state, said, step)
        };
        assert!(answer(1, LineState::Paid, "", &paid).await.unwrap());
        assert!(!answer(1, LineState::Paid, "", &paid).await.unwrap(), "the same answer again");
        assert!(answer(2, LineState::Failed, "账号不存在", &failed).await.unwrap());
        let known = kept.store.batch_list(&division("411081"), 10).await.unwrap().remove(0);
        assert_eq!(known.lines.iter().map(|line| line.state).collect::<Vec<_>>(), [LineState::Paid, LineState::Failed]);
        assert_eq!(known.lines[1].said, "账号不存在");
        assert_eq!(Hash::of(&Batch::file("B1", &known.lines)), known.hash, "answers change nothing of the file");
        let failed = kept.store.claim_list_state(&division("411081"), "payment-failed", None, 10).await.unwrap();
        assert_eq!(failed[0].1.number, two.number);
        let elsewhere = kept.store.claim_list_state(&division("411081"), "paid", Some("别的部门"), 10).await.unwrap();
        assert!(elsewhere.is_empty(), "of another department");
    }
}
