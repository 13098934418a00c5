//! Materials, drafts and settings, on both databases.
#![allow(clippy::unwrap_used, reason = "tests can't go on")]

#[macro_use]
mod city;

use city::{Kept, division};
use jiff::Timestamp;
use lotus_domain::account::AccountId;
use lotus_domain::case::CaseNumber;
use lotus_domain::chain::Hash;
use lotus_domain::draft::{Draft, DraftBody};
use lotus_domain::material::{Holder, Material, MaterialId, MediaType, Verdict};
use lotus_domain::setting::{Dated, Setting};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + second).unwrap()
}

fn person() -> Holder {
    Holder::Account(AccountId("one".into()))
}

fn browser() -> Holder {
    Holder::Browser(Hash::of(b"a browser"))
}

fn material(id: u128, holder: Holder, name: &str, given: i64) -> Material {
    Material {
        id: MaterialId::new(id),
        holder,
        name: name.to_owned(),
        file: "李莲花身份证.jpg".to_owned(),
        media: MediaType::Jpeg,
        size: 123_456,
        sha256: Hash::of(b"its bytes"),
        verdict: Verdict::Clean,
        purpose: "残疾人证办理".to_owned(),
        given: at(given),
    }
}

fn number() -> CaseNumber {
    CaseNumber::parse(city::case(7).0.number.as_str()).unwrap()
}

fn draft(holder: Holder, words: &str, saved: i64) -> Draft {
    let typed = [("enterprise".to_owned(), vec![words.to_owned()])].into_iter().collect();
    let body = DraftBody { title: None, typed, materials: vec![(division("411000"), MaterialId::new(1))] };
    Draft { holder, subject: "services/studio-award".to_owned(), body, saved: at(saved) }
}

on_both! {
    async fn a_drawer_is_its_holders_alone_and_found_by_the_names_of_its_materials(kept: Kept) {
        let (city, store) = (division("411000"), &kept.store);
        let key = store.file_key();
        let first = material(1, person(), "居民身份证", 0);
        store.material_put(city.clone(), first.clone(), key.clone()).await.unwrap();
        store.material_put(city.clone(), material(2, person(), "户口簿", 1), store.file_key()).await.unwrap();
        store.material_put(city.clone(), material(3, browser(), "居民身份证", 2), store.file_key()).await.unwrap();
        assert_eq!(store.material_get(&city, &first.id).await.unwrap(), Some((first.clone(), key)));
        assert_eq!(store.material_list(&city, &person(), Some("居民身份证"), 9).await.unwrap(), vec![first.clone()]);
        assert_eq!(store.material_list(&city, &person(), None, 9).await.unwrap().len(), 2);
        let everything = kept.dump_of(&["material"]).await;
        for secret in ["李莲花", "居民身份证", "残疾人证办理"] {
            assert!(!everything.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
        assert!(!store.material_take_out(city.clone(), browser(), first.id.clone()).await.unwrap(), "another's");
        assert!(store.material_take_out(city.clone(), person(), first.id.clone()).await.unwrap());
        assert_eq!(store.material_list(&city, &person(), Some("居民身份证"), 9).await.unwrap(), vec![]);
    }

    async fn what_a_case_has_stays_and_what_nobody_has_is_swept(kept: Kept) {
        let (city, district, store) = (division("411000"), division("411081"), &kept.store);
        for (id, holder) in [(1, person()), (2, person()), (3, person())] {
            store.material_put(city.clone(), material(id, holder, "户口簿", 0), store.file_key()).await.unwrap();
        }
        for (id, given) in [(4, 0), (5, 100)] {
            let loose = material(id, browser(), "户口簿", given);
            store.material_put(district.clone(), loose, store.file_key()).await.unwrap();
        }
        let attach = |id: u128| {
            store.material_attach(district.clone(), number(), city.clone(), MaterialId::new(id), None, at(5))
        };
        assert!(attach(1).await.unwrap());
        assert!(!attach(1).await.unwrap(), "once");
        assert!(!attach(99).await.unwrap(), "there is no such material");
        let of_case = store.material_list_case(&district, &number()).await.unwrap();
        assert_eq!(of_case, vec![(city.clone(), MaterialId::new(1))]);
        for id in [1, 2] {
            assert!(store.material_take_out(city.clone(), person(), MaterialId::new(id)).await.unwrap());
        }
        assert_eq!(store.material_sweep(city.clone(), at(50)).await.unwrap(), vec![MaterialId::new(2)]);
        assert_eq!(store.material_sweep(district.clone(), at(50)).await.unwrap(), vec![MaterialId::new(4)]);
        for (place, id, known) in [(&city, 1, true), (&city, 2, false), (&city, 3, true), (&district, 5, true)] {
            assert_eq!(store.material_is_known(place, &MaterialId::new(id)).await.unwrap(), known, "{id}");
        }
    }

    async fn a_draft_is_the_newest_that_was_typed_sealed_and_swept_in_its_time(kept: Kept) {
        let (district, store) = (division("411081"), &kept.store);
        store.draft_put(district.clone(), draft(person(), "莲城钧瓷", 10)).await.unwrap();
        store.draft_put(district.clone(), draft(person(), "莲城钧瓷工坊", 20)).await.unwrap();
        store.draft_put(district.clone(), draft(person(), "late", 15)).await.unwrap();
        store.draft_put(district.clone(), draft(browser(), "another", 5)).await.unwrap();
        let found = store.draft_get(&district, &person(), "services/studio-award").await.unwrap();
        assert_eq!(found, Some(draft(person(), "莲城钧瓷工坊", 20)));
        assert_eq!(store.draft_list(&district, &person()).await.unwrap().len(), 1);
        assert_eq!(store.draft_get(&division("411082"), &person(), "services/studio-award").await.unwrap(), None);
        let everything = kept.dump_of(&["draft"]).await;
        assert!(!everything.windows(6).any(|part| part == "钧瓷".as_bytes()));
        assert_eq!(store.draft_sweep(district.clone(), at(6)).await.unwrap(), 1);
        let subject = "services/studio-award".to_owned();
        assert!(store.draft_remove(district.clone(), person(), subject.clone()).await.unwrap());
        assert!(!store.draft_remove(district.clone(), person(), subject).await.unwrap());
    }

    async fn a_setting_is_kept_with_its_day(kept: Kept) {
        let city = division("411000");
        let set = |since, value| Dated { setting: Setting::DraftDays, since, value };
        for dated in [set(jiff::civil::date(2026, 7, 1), 30), set(jiff::civil::date(2026, 7, 1), 45)] {
            kept.store.setting_put(city.clone(), dated).await.unwrap();
        }
        assert_eq!(kept.store.setting_list(&city).await.unwrap(), vec![set(jiff::civil::date(2026, 7, 1), 45)]);
    }
}
