//! Accounts, roles, sessions, tokens and the audit chain, on both databases.
#![allow(clippy::unwrap_used, reason = "tests can't go on")]

#[macro_use]
mod city;

use city::{Kept, case, division};
use jiff::Timestamp;
use lotus_domain::access::{Deed, Held, Role};
use lotus_domain::account::{Account, AccountId, ApiToken, Mandate, MandateKind, Profile, Session};
use lotus_domain::audit::{Broken, Done};
use lotus_domain::chain::Hash;
use lotus_store::{NewCase, Opened};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + second).unwrap()
}

fn account(id: &str, name: &str) -> Account {
    Account {
        id: AccountId(id.into()),
        provider: "province".into(),
        profile: Profile {
            name: name.into(),
            identity_number: Some("11010519491231002X".into()),
            telephone: Some("13912345678".into()),
        },
        created: at(0),
    }
}

fn session(secret: &str, account: &str) -> Session {
    Session {
        id: Hash::of(secret.as_bytes()),
        account: AccountId(account.into()),
        created: at(0),
        seen: at(0),
        ends: at(3600),
        strong: false,
        acting_for: None,
        agent: "a browser".into(),
    }
}

fn done(action: &str) -> Done {
    Done {
        at: at(1),
        actor: Some("a".into()),
        action: action.into(),
        subject: "\0".into(),
        outcome: "done".into(),
        client: Some("127.0.0.1".into()),
    }
}

on_both! {
    async fn a_person_keeps_the_account_and_the_profile_follows_the_provider(kept: Kept) {
        let city = division("411000");
        let first = kept.store.account_put(city.clone(), account("one", "李莲花"), "sub-1".into()).await.unwrap();
        let again = kept.store.account_put(city.clone(), account("two", "李荷花"), "sub-1".into()).await.unwrap();
        let other = kept.store.account_put(city.clone(), account("three", "王瓷"), "sub-2".into()).await.unwrap();
        assert_eq!((first.clone(), again), (AccountId("one".into()), AccountId("one".into())));
        assert_eq!(other, AccountId("three".into()));
        let kept_now = kept.store.account_get(&city, &first).await.unwrap().unwrap();
        assert_eq!(kept_now.profile.name, "李荷花");
        let found = kept.store.account_find_identity(&city, "11010519491231002X").await.unwrap();
        assert_eq!(found.len(), 2, "two providers or two names of one person");
        assert!(kept.store.account_find_identity(&city, "110105194912310020").await.unwrap().is_empty());
        let everything = kept.dump_of(&["account"]).await;
        for secret in ["11010519491231002X", "13912345678", "李荷花", "sub-1"] {
            assert!(!everything.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
    }

    async fn mandates_are_what_the_provider_says_now(kept: Kept) {
        let (city, holder) = (division("411000"), AccountId("one".into()));
        let mandate = |code: &str| Mandate {
            enterprise: "莲城瓷业".into(),
            credit_code: code.into(),
            kind: MandateKind::Agent,
            until: Some(at(10)),
        };
        kept.store.mandate_put(city.clone(), holder.clone(), vec![mandate("A"), mandate("B")]).await.unwrap();
        kept.store.mandate_put(city.clone(), holder.clone(), vec![mandate("B")]).await.unwrap();
        assert_eq!(kept.store.mandate_list(&city, &holder).await.unwrap(), [mandate("B")]);
    }

    async fn roles_are_given_for_a_place_and_taken_again(kept: Kept) {
        let clerk = AccountId("clerk".into());
        let role = |code: &str, department: Option<&str>| Held {
            role: Role::Clerk,
            division: division(code),
            department: department.map(Into::into),
            until: Some(at(100)),
        };
        for held in [role("411081", None), role("411082", Some("商务局"))] {
            kept.store.role_give(held.division.clone(), clerk.clone(), held, "admin".into(), at(0)).await.unwrap();
        }
        let all = kept.store.role_list_account(&clerk).await.unwrap();
        assert_eq!(all, [role("411081", None), role("411082", Some("商务局"))]);
        assert_eq!(kept.store.role_list(&division("411081")).await.unwrap(), [(clerk.clone(), role("411081", None))]);
        let take = |department: Option<&str>| {
            kept.store.role_take(division("411082"), clerk.clone(), Role::Clerk, department.map(Into::into))
        };
        assert!(!take(None).await.unwrap(), "not held for the whole district");
        assert!(take(Some("商务局")).await.unwrap());
        assert_eq!(kept.store.role_list_account(&clerk).await.unwrap().len(), 1);
    }

    async fn a_sign_in_never_keeps_the_session_before_it(kept: Kept) {
        let city = division("411000");
        let (first, second) = (session("first", "one"), session("second", "one"));
        kept.store.session_begin(city.clone(), first.clone(), None).await.unwrap();
        kept.store.session_begin(city.clone(), second.clone(), Some(first.id)).await.unwrap();
        assert_eq!(kept.store.session_get(&city, &first.id).await.unwrap(), None);
        kept.store.session_seen(city.clone(), second.id, at(60)).await.unwrap();
        kept.store.session_seen(city.clone(), second.id, at(30)).await.unwrap();
        kept.store.session_act_for(city.clone(), second.id, Some("A".into())).await.unwrap();
        let now = kept.store.session_get(&city, &second.id).await.unwrap().unwrap();
        assert_eq!((now.seen, now.acting_for.as_deref()), (at(60), Some("A")));
        kept.store.session_begin(city.clone(), session("third", "one"), None).await.unwrap();
        assert_eq!(kept.store.session_list(&city, &AccountId("one".into())).await.unwrap().len(), 2);
        assert_eq!(kept.store.session_end_all(city.clone(), AccountId("one".into())).await.unwrap(), 2);
        kept.store.session_begin(city.clone(), session("old", "one"), None).await.unwrap();
        assert_eq!(kept.store.session_sweep(city.clone(), at(3601)).await.unwrap(), 1);
    }

    async fn a_code_is_taken_once_and_a_confirmed_secret_is_not_replaced(kept: Kept) {
        let (city, person) = (division("411000"), AccountId("one".into()));
        let propose = |secret: &[u8]| kept.store.second_factor_propose(city.clone(), person.clone(), secret.to_vec());
        assert!(propose(b"first").await.unwrap());
        assert!(propose(b"second").await.unwrap(), "not confirmed yet");
        let take = |step| kept.store.second_factor_take(city.clone(), person.clone(), step);
        assert!(take(7).await.unwrap());
        assert!(!take(7).await.unwrap(), "the same code again");
        assert!(!take(6).await.unwrap(), "an older one");
        assert!(!propose(b"third").await.unwrap());
        let factor = kept.store.second_factor_get(&city, &person).await.unwrap().unwrap();
        assert_eq!((factor.secret.as_slice(), factor.confirmed, factor.last_step), (b"second".as_slice(), true, 7));
    }

    async fn a_token_is_found_by_its_hash_until_it_is_ended(kept: Kept) {
        let city = division("411000");
        let token = ApiToken {
            id: Hash::of(b"token"),
            division: division("411081"),
            label: "CI".into(),
            deeds: vec![Deed::ChangePlugins],
            ends: at(10),
            made_by: AccountId("one".into()),
            made: at(0),
        };
        kept.store.token_put(city.clone(), token.clone()).await.unwrap();
        assert_eq!(kept.store.token_get(&city, &token.id).await.unwrap(), Some(token.clone()));
        assert_eq!(kept.store.token_list(&city, &division("411082")).await.unwrap(), []);
        assert!(kept.store.token_end(city.clone(), token.id).await.unwrap());
        assert_eq!(kept.store.token_get(&city, &token.id).await.unwrap(), None);
    }

    async fn the_audit_chain_is_whole_however_many_write_at_once_and_tampering_is_found(kept: Kept) {
        let yuzhou = division("411081");
        let mut writers = Vec::new();
        for _ in 0..30 {
            let (store, yuzhou) = (kept.store.clone(), yuzhou.clone());
            writers.push(tokio::spawn(async move { store.audit_append(yuzhou, done("sign-in")).await.unwrap() }));
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let verify = async || {
            let entries = kept.store.audit_list(&yuzhou, 0, 100).await.unwrap();
            assert!(entries.len() >= 29);
            let mut before = None;
            entries.iter().try_for_each(|entry| entry.follows(&yuzhou, before.replace(entry)))
        };
        assert_eq!(verify().await, Ok(()));
        assert_eq!(kept.store.audit_list_newest(&yuzhou, 1).await.unwrap()[0].sequence, 30);
        assert_eq!(kept.store.audit_list(&yuzhou, 28, 100).await.unwrap().len(), 2);
        kept.tamper("UPDATE audit_entry SET actor = 'b' WHERE sequence = 7").await;
        assert_eq!(verify().await, Err(Broken::Altered(7)));
        kept.tamper("DELETE FROM audit_entry WHERE sequence = 7").await;
        assert_eq!(verify().await, Err(Broken::Missing { expected: 7, found: 8 }));
    }

    async fn a_worklist_is_a_departments_and_my_cases_are_mine(kept: Kept) {
        let yuzhou = division("411081");
        for random in 0..6_u64 {
            let (mut case, first) = case(random);
            if random % 2 == 0 {
                case.account = Some(AccountId("one".into()));
            }
            if random == 5 {
                let lotus_domain::case::Subject::Service { department, .. } = &mut case.subject else { panic!() };
                department.zh = "商务局".into();
            }
            let new = NewCase { case, first, token: Hash::of(&random.to_be_bytes()), record: None, notices: Vec::new() };
            assert_eq!(kept.store.case_open(yuzhou.clone(), new).await.unwrap(), Opened::New);
        }
        let worklist = async |department| {
            kept.store.case_list_worklist(&yuzhou, department, None, 100).await.unwrap().len()
        };
        assert_eq!((worklist(None).await, worklist(Some("商务局")).await, worklist(Some("教育局")).await), (6, 1, 0));
        let mine = kept.store.case_list_account(&yuzhou, &AccountId("one".into()), 100).await.unwrap();
        assert_eq!(mine.len(), 3);
        assert!(mine.iter().all(|case| case.account.is_some()));
    }
}
