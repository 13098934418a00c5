//! Policies by version, what is known of applicants, sealed, and runs through everybody's files, on both databases.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

#[macro_use]
mod city;

use std::collections::BTreeSet;

use city::{Kept, division};
use jiff::Timestamp;
use jiff::civil::date;
use lotus_domain::Slug;
use lotus_domain::account::AccountId;
use lotus_domain::catalog::Served;
use lotus_domain::law::{Fen, LegalBasis, Period};
use lotus_domain::licence::Holder;
use lotus_domain::policy::{
    Benefit, Condition, Edition, Fact, FactName, FactValue, Facts, Matched, Of, Policy, Position, Run, Tally, Way,
    Withdrawal, held_against,
};
use lotus_domain::text::Text;

const TODAY: jiff::civil::Date = date(2026, 4, 27);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + second).unwrap()
}

fn policy(id: &str, version: u32, since: jiff::civil::Date) -> Policy {
    Policy {
        division: division("411081"),
        id: Slug::parse(id).unwrap(),
        version,
        since,
        title: Text::zh("窑炉补助"),
        summary: Text::zh("补助"),
        served: vec![Served::Enterprise],
        benefit: Benefit::Subsidy,
        way: Way::Direct,
        condition: Condition::parse("enterprise.sales >= 100 yuan").unwrap(),
        amount: None,
        months: None,
        at_most: Some(Fen(5)),
        procedure: vec![],
        guide: None,
        opens: None,
        closes: None,
        promised: Period::working_days(10),
        basis: LegalBasis { title: "《办法》".into(), article: None },
        document: None,
        department: Text::zh("商务局"),
        telephone: None,
    }
}

fn edition(policy: Policy) -> Edition {
    Edition { policy, published: at(0), by: Some(AccountId("editor".into())), withdrawn: None }
}

fn enterprise(number: u32) -> Holder {
    Holder::Enterprise(format!("9141108{number:011}"))
}

fn sales() -> FactName {
    FactName::parse("enterprise.sales").unwrap()
}

fn fact(yuan: i64, declared: bool) -> Fact {
    Fact { value: FactValue::Money(Fen(yuan * 100)), source: Text::zh("税务"), as_of: at(0), declared }
}

fn known(yuan: i64) -> Facts {
    let mut facts = Facts::default();
    facts.learn(sales(), fact(yuan, false)).unwrap();
    facts
}

fn begun(id: &str) -> Run {
    Run {
        division: division("411081"),
        policy: Slug::parse(id).unwrap(),
        version: 1,
        position: Some(Position { place: division("411081"), of: Of::Enterprise, after: String::new() }),
        total: 50,
        tally: Tally::default(),
        begun: at(0),
        moved: at(0),
    }
}

on_both! {
    async fn every_version_stays_and_only_the_next_is_taken(kept: Kept) {
        let (store, here) = (&kept.store, division("411081"));
        let publish = |policy| store.policy_publish(here.clone(), vec![edition(policy)]);
        let kiln = Slug::parse("kiln").unwrap();
        let before = store.generation().await.unwrap();
        assert!(publish(policy("kiln", 1, date(2026, 1, 1))).await.unwrap().is_empty());
        assert!(store.generation().await.unwrap() > before, "replicas notice it");
        assert!(publish(policy("kiln", 1, date(2026, 1, 1))).await.unwrap().is_empty(), "there already, as it is");
        let other = Policy { title: Text::zh("别的"), ..policy("kiln", 1, date(2026, 1, 1)) };
        assert_eq!(publish(other).await.unwrap(), std::slice::from_ref(&kiln), "a version never changes");
        assert_eq!(publish(policy("kiln", 3, date(2026, 1, 1))).await.unwrap(), std::slice::from_ref(&kiln), "none is left out");
        assert_eq!(publish(policy("new", 2, date(2026, 1, 1))).await.unwrap().len(), 1, "the first is the first");
        assert!(publish(policy("new", 1, date(2026, 1, 1))).await.unwrap().is_empty());
        assert!(publish(policy("kiln", 2, date(2026, 7, 1))).await.unwrap().is_empty());
        let listed = store.policy_list(&here, TODAY).await.unwrap();
        let versions: Vec<_> = listed.iter().map(|one| (one.policy.id.as_str(), one.policy.version)).collect();
        assert_eq!(versions, [("kiln", 1), ("kiln", 2), ("new", 1)], "what holds, and what is to hold later");
        let later = store.policy_list(&here, date(2026, 7, 1)).await.unwrap();
        assert_eq!(later.iter().map(|one| one.policy.version).collect::<Vec<_>>(), [2, 1]);
        let history = store.policy_history(&here, &kiln, None, 10).await.unwrap();
        assert_eq!(history.iter().map(|one| one.policy.version).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(history[1], edition(policy("kiln", 1, date(2026, 1, 1))));
        assert_eq!(store.policy_history(&here, &kiln, Some(2), 10).await.unwrap().len(), 1);
        let withdrawal = Withdrawal { at: at(9), by: AccountId("head".into()), reason: "到期".into() };
        assert!(store.policy_withdraw(here.clone(), kiln.clone(), withdrawal.clone()).await.unwrap());
        assert!(!store.policy_withdraw(here.clone(), kiln.clone(), withdrawal.clone()).await.unwrap(), "once");
        let first = store.policy_get(&here, &kiln, 1).await.unwrap().unwrap();
        assert_eq!(first.withdrawn, Some(withdrawal), "whoever claims it can still read it");
        assert!(store.policy_get(&division("411082"), &kiln, 1).await.unwrap().is_none(), "another district's");
        assert!(publish(policy("kiln", 3, date(2026, 8, 1))).await.unwrap().is_empty());
        assert!(store.policy_get(&here, &kiln, 3).await.unwrap().unwrap().withdrawn.is_none());
    }

    async fn facts_are_sealed_found_again_learnt_and_forgotten(kept: Kept) {
        let (store, here, holder) = (&kept.store, division("411081"), enterprise(7));
        assert!(store.fact_file_get(&here, &holder).await.unwrap().is_none());
        store.fact_file_learn(here.clone(), holder.clone(), vec![(sales(), fact(7, true))], at(1)).await.unwrap();
        let founded = FactName::parse("enterprise.founded").unwrap();
        let day = Fact { value: FactValue::Date(date(2015, 1, 1)), ..fact(0, false) };
        let file = store.fact_file_learn(here.clone(), holder.clone(), vec![(founded, day)], at(2)).await.unwrap();
        assert_eq!(file.facts.len(), 2, "what was known stays");
        let found = store.fact_file_get(&here, &holder).await.unwrap().unwrap();
        assert_eq!(found, file);
        assert_eq!(store.fact_file_find(&here, &found.id).await.unwrap(), Some(file));
        assert!(store.fact_file_get(&division("411082"), &holder).await.unwrap().is_none(), "another district's");
        let forget = |name| store.fact_file_forget(here.clone(), holder.clone(), name, at(3));
        assert!(forget(founded).await.unwrap().is_none(), "a register's word is not one's own to take back");
        assert_eq!(forget(sales()).await.unwrap().unwrap().facts.len(), 1);
        let kept_bytes = kept.dump_of(&["fact_file"]).await;
        assert!(!String::from_utf8_lossy(&kept_bytes).contains("9141108"), "it names nobody");
        let born = Holder::Person("411000196101010019".into());
        store.fact_file_put(here.clone(), vec![(born.clone(), Facts::default())], at(4)).await.unwrap();
        let file = store.fact_file_get(&here, &born).await.unwrap().unwrap();
        let birthday = file.facts.get(FactName::parse("person.birth-date").unwrap()).unwrap();
        assert_eq!(birthday.value, FactValue::Date(date(1961, 1, 1)), "it stands in the number");
        assert_eq!(store.fact_file_count(&here, Of::Person).await.unwrap(), 1);
    }

    async fn a_run_counts_everybody_once_however_often_a_page_is_tried(kept: Kept) {
        let (store, here) = (&kept.store, division("411081"));
        let kiln = policy("kiln", 1, date(2026, 1, 1));
        let files: Vec<_> = (0..50).map(|number| (enterprise(number), known(i64::from(number) * 4))).collect();
        store.fact_file_put(here.clone(), files, at(0)).await.unwrap();
        store.policy_run_begin(here.clone(), vec![begun("kiln")]).await.unwrap();
        store.policy_run_begin(here.clone(), vec![begun("kiln")]).await.unwrap();
        let mut seen = BTreeSet::new();
        while let Some(run) = store.policy_run_next(&here).await.unwrap() {
            let position = run.position.clone().unwrap();
            let files = store.fact_file_page(&here, position.of, &position.after, 20).await.unwrap();
            seen.extend(files.iter().map(|file| file.id.clone()));
            let (matched, tally) = held_against(&kiln, &files, TODAY, at(5));
            let to = files.last().filter(|_| files.len() == 20);
            let to = to.map(|last| Position { after: last.id.clone(), ..position });
            let step = |run: &Run| {
                store.policy_run_step(here.clone(), run.clone(), to.clone(), matched.clone(), tally, at(5))
            };
            let (one, two) = tokio::join!(step(&run), step(&run));
            assert_eq!(u8::from(one.unwrap()) + u8::from(two.unwrap()), 1, "two hosts at once: one of them");
        }
        assert_eq!(seen.len(), 50);
        let id = Slug::parse("kiln").unwrap();
        let run = store.policy_run_of(&here, &id).await.unwrap().unwrap();
        assert_eq!((run.tally.seen, run.tally.met, run.is_done()), (50, 25, true));
        assert_eq!(store.policy_match_count(&here, &id, 1).await.unwrap(), 25);
        let mut all: Vec<Matched> = Vec::new();
        loop {
            let after = all.last().map(|last| (last.place.clone(), last.file.clone()));
            let after = after.as_ref().map(|(place, file)| (place, file.as_str()));
            let page = store.policy_match_list(&here, &id, 1, after, 10).await.unwrap();
            if page.is_empty() {
                break;
            }
            all.extend(page);
        }
        assert_eq!(all.iter().map(|one| &one.file).collect::<BTreeSet<_>>().len(), 25);
    }

    async fn who_no_longer_meets_a_new_version_is_forgotten_at_its_end(kept: Kept) {
        let (store, here, id) = (&kept.store, division("411081"), Slug::parse("kiln").unwrap());
        let matched = |file: &str, version| Matched {
            place: division("411081"),
            file: file.to_owned(),
            of: Of::Enterprise,
            version,
            amount: Some(Fen(9)),
            found: at(1),
        };
        let met = |file: &str| vec![(id.clone(), matched(file, 1))];
        for file in ["a", "b"] {
            store.policy_match_set(here.clone(), here.clone(), file.to_owned(), met(file)).await.unwrap();
        }
        assert_eq!(store.policy_match_list(&here, &id, 1, None, 10).await.unwrap(), [matched("a", 1), matched("b", 1)]);
        let second = Run { version: 2, ..begun("kiln") };
        store.policy_run_begin(here.clone(), vec![second.clone()]).await.unwrap();
        let tally = Tally { seen: 2, met: 1, unknown: 0 };
        store.policy_run_step(here.clone(), second, None, vec![matched("b", 2)], tally, at(2)).await.unwrap();
        assert_eq!(store.policy_match_count(&here, &id, 1).await.unwrap(), 0);
        assert_eq!(store.policy_match_list(&here, &id, 2, None, 10).await.unwrap(), [matched("b", 2)]);
        store.policy_match_set(here.clone(), here.clone(), "b".to_owned(), Vec::new()).await.unwrap();
        assert_eq!(store.policy_match_count(&here, &id, 2).await.unwrap(), 0);
    }
}
