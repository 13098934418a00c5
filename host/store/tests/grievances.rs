//! Who said what apart from its case, supervisors with their visits, and an evaluation's draw, asked and answered once; on
//! both databases.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

#[macro_use]
mod city;

use std::collections::BTreeMap;

use city::{Kept, case, division};
use jiff::Timestamp;
use jiff::civil::date;
use lotus_domain::account::AccountId;
use lotus_domain::case::CaseNumber;
use lotus_domain::chain::Hash;
use lotus_domain::evaluation::{Ask, Evaluation, Named, Plan, Question, Stage, population_file};
use lotus_domain::grievance::{Channel, Complainant, Grievance, Identity, PublicAnswer, Sort};
use lotus_domain::supervisor::{Found, Supervisor, SupervisorVisit, VisitSort};
use lotus_store::{NewCase, Opened};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + second).unwrap()
}

fn new(random: u64) -> NewCase {
    let (case, first) = case(random);
    NewCase { case, first, token: Hash::of(&random.to_be_bytes()), record: None, notices: Vec::new() }
}

fn citizen() -> AccountId {
    AccountId("citizen".to_owned())
}

fn said(number: &CaseNumber) -> Grievance {
    Grievance {
        number: number.clone(),
        sort: Sort::Complaint,
        identity: Identity::Protected,
        channel: Channel::Portal,
        consent: true,
        complainant: Complainant {
            account: Some(citizen()),
            name: Some("演示市民".to_owned()),
            telephone: Some("19900000001".to_owned()),
            identity_number: None,
            text: "排队两小时无人受理。".to_owned(),
            recorded_by: None,
        },
        filed: at(0),
    }
}

fn evaluation() -> Evaluation {
    Evaluation {
        id: "0123456789ab".to_owned(),
        plan: Plan {
            title: "上半年评估".to_owned(),
            body: "演示评估机构".to_owned(),
            districts: vec![division("411081")],
            kinds: vec!["application".to_owned()],
            item: None,
            from: date(2026, 1, 1),
            to: date(2026, 6, 30),
            size: 1,
            questions: vec![Question { words: "是否方便".to_owned(), ask: Ask::Scale }],
        },
        stage: Stage::Planned,
        seed: "00".repeat(32),
        population: BTreeMap::new(),
        snapshot: None,
        findings: Vec::new(),
        made: at(0),
        drawn: None,
    }
}

on_both! {
    async fn who_said_something_is_found_by_themselves_and_opens_one_case(kept: Kept) {
        let new = new(1);
        let number = new.case.number.clone();
        let here = division("411081");
        let open = |new: &NewCase| kept.store.grievance_open(here.clone(), new.clone(), said(&number));
        assert_eq!(open(&new).await.unwrap(), Opened::New);
        assert_eq!(open(&new).await.unwrap(), Opened::Before(number.clone()), "the same form again");
        assert_eq!(kept.store.grievance_get(&here, &number).await.unwrap(), Some(said(&number)));
        assert!(kept.store.grievance_get(&division("411082"), &number).await.unwrap().is_none(), "another district's");
        assert!(kept.store.grievance_is_of(&here, &number, &citizen()).await.unwrap());
        let other = AccountId("other".to_owned());
        assert!(!kept.store.grievance_is_of(&here, &number, &other).await.unwrap());
        let own = kept.store.grievance_list_owner(&here, &citizen(), 10).await.unwrap();
        assert_eq!(own.iter().map(|case| &case.number).collect::<Vec<_>>(), [&number]);
        assert!(kept.store.grievance_list_owner(&here, &other, 10).await.unwrap().is_empty());
        assert_eq!(kept.store.grievance_count_owner(&here, &citizen(), at(-1)).await.unwrap(), 1);
        assert_eq!(kept.store.grievance_count_owner(&here, &citizen(), at(1)).await.unwrap(), 0);
    }

    async fn a_public_answer_takes_the_place_of_the_one_before(kept: Kept) {
        let (case, _) = case(2);
        let answer = |words: &str, second| PublicAnswer {
            number: case.number.clone(),
            topic: "market".to_owned(),
            question: "何时开门？".to_owned(),
            answer: words.to_owned(),
            department: "市场监督管理局".to_owned(),
            published: at(second),
        };
        let here = division("411081");
        kept.store.public_answer_put(here.clone(), answer("九点。", 1)).await.unwrap();
        kept.store.public_answer_put(here.clone(), answer("八点半。", 2)).await.unwrap();
        let public = kept.store.public_answer_list(&here, 10).await.unwrap();
        assert_eq!(public.iter().map(|said| said.answer.as_str()).collect::<Vec<_>>(), ["八点半。"]);
    }

    async fn supervisors_are_replaced_whole_and_a_visit_is_its_writers(kept: Kept) {
        let here = division("411081");
        let one = |id: &str| Supervisor {
            division: here.clone(),
            id: id.to_owned(),
            represents: "行业协会".to_owned(),
            since: date(2026, 1, 1),
            until: date(2027, 12, 31),
        };
        kept.store.supervisor_put(here.clone(), vec![one("1"), one("2")]).await.unwrap();
        kept.store.supervisor_put(here.clone(), vec![one("3")]).await.unwrap();
        assert_eq!(kept.store.supervisor_list(&here).await.unwrap(), [one("3")]);
        let visit = |findings: &str| SupervisorVisit {
            id: "0123456789ab".to_owned(),
            account: citizen(),
            sort: VisitSort::Unannounced,
            day: date(2026, 3, 2),
            body: Found { place: "二楼窗口".to_owned(), findings: findings.to_owned() },
            made: at(0),
        };
        kept.store.supervisor_visit_put(here.clone(), visit("取号机停用。")).await.unwrap();
        let own = kept.store.supervisor_visit_list(&here, &citizen(), 10).await.unwrap();
        assert_eq!(own, [visit("取号机停用。")]);
        let other = AccountId("other".to_owned());
        assert!(kept.store.supervisor_visit_list(&here, &other, 10).await.unwrap().is_empty());
    }

    async fn a_sample_is_drawn_once_and_a_link_is_good_once(kept: Kept) {
        let city = division("411000");
        let planned = evaluation();
        kept.store.evaluation_put(city.clone(), planned.clone()).await.unwrap();
        assert_eq!(kept.store.evaluation_get(&city, &planned.id).await.unwrap(), Some(planned.clone()));
        let (case, _) = case(3);
        let names: Vec<Named> = ["aa", "bb"]
            .map(|name| Named { stratum: "411081".to_owned(), name: name.to_owned() })
            .into();
        let snapshot = Hash::of(population_file(&names).as_bytes()).to_string();
        let drawn = Evaluation { stage: Stage::Drawn, snapshot: Some(snapshot), drawn: Some(at(1)), ..planned.clone() };
        let token = Hash::of(b"link");
        let sample = vec![(names[0].clone(), case.number.clone(), token)];
        let draw = |drawn: Evaluation| {
            kept.store.evaluation_draw(city.clone(), drawn, names.clone(), sample.clone())
        };
        let (one, two) = tokio::join!(draw(drawn.clone()), draw(drawn.clone()));
        assert_eq!([one.unwrap(), two.unwrap()].iter().filter(|done| **done).count(), 1, "two officers at once");
        assert_eq!(kept.store.evaluation_population(&city, &planned.id).await.unwrap(), names);
        assert_eq!(kept.store.evaluation_get(&city, &planned.id).await.unwrap(), Some(drawn));

        kept.store.evaluation_invited(city.clone(), planned.id.clone(), "aa".to_owned(), at(2)).await.unwrap();
        let known = kept.store.evaluation_of_token(&city, &token).await.unwrap();
        assert_eq!(known, Some((planned.id.clone(), false)));
        assert!(kept.store.evaluation_of_token(&city, &Hash::of(b"another")).await.unwrap().is_none());
        let answers: BTreeMap<usize, String> = [(0, "5".to_owned())].into();
        let answer = |token| kept.store.evaluation_answer(city.clone(), token, answers.clone(), at(3));
        assert!(answer(token).await.unwrap());
        assert!(!answer(token).await.unwrap(), "it was used");
        assert!(!answer(Hash::of(b"another")).await.unwrap(), "nobody's");
        let sample = kept.store.evaluation_sample(&city, &planned.id).await.unwrap();
        assert_eq!((sample.len(), &sample[0].number, &sample[0].answers), (1, &case.number, &Some(answers.clone())));
        assert_eq!((sample[0].invited, sample[0].answered), (Some(at(2)), Some(at(3))));
    }
}
