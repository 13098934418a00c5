//! The list of intermediaries, and selections at once from several sides, on both databases.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

#[macro_use]
mod city;

use city::{Kept, case};
use jiff::Timestamp;
use jiff::civil::date;
use lotus_domain::Slug;
use lotus_domain::account::AccountId;
use lotus_domain::case::{Actor, CaseNumber, Event, Happening};
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::intermediary::credit::{CreditEvent, CreditKind};
use lotus_domain::intermediary::draw::Seed;
use lotus_domain::intermediary::filing::{Filing, FilingKind, PUBLISHED};
use lotus_domain::intermediary::selection::{Bid, CaseNumberText, Need, Selection, Way};
use lotus_domain::intermediary::{Listing, Offer};
use lotus_domain::kind::Role;
use lotus_domain::law::{Fen, Period};
use lotus_domain::text::Text;
use lotus_store::{NewCase, Opened, Step};

fn division() -> Division {
    city::division("411081")
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + second).unwrap()
}

fn listing(code: &str) -> Listing {
    Listing {
        code: code.into(),
        name: "许昌莲衡工程咨询有限公司".into(),
        short: Vec::new(),
        website: None,
        telephone: "0374-2990091".into(),
        address: "许昌市演示大道 1 号".into(),
        qualifications: Vec::new(),
        offers: vec![Offer {
            service: Slug::parse("drawing-review").unwrap(),
            promised: Period::working_days(5),
            fee: "每平方米 2 元".into(),
            fee_basis: "市场调节价".into(),
            from: None,
        }],
        districts: vec![division()],
        conditions: "图纸齐全。".into(),
        process: vec!["审查".into()],
        listed: date(2026, 1, 1),
    }
}

fn opened(random: u64, state: &str) -> NewCase {
    let (mut case, first) = case(random);
    state.clone_into(&mut case.state);
    let token = Hash::of(case.number.as_str().as_bytes());
    NewCase { case, first, token, record: None, notices: Vec::new() }
}

/// A step of a case into a state, whatever its definition says: the store writes what it is given.
fn into(new: &NewCase, to: &str) -> Step {
    let happening = Happening {
        at: at(60),
        actor: Actor { role: Role::System, account: None },
        action: "go".into(),
        from: Some(new.case.state.clone()),
        to: to.into(),
        reason: None,
        basis: None,
        remark: None,
    };
    let event = Event::seal(&new.case.number, Some(&new.first), happening);
    let mut case = new.case.clone();
    to.clone_into(&mut case.state);
    case.revision = event.sequence;
    Step::new(case, event)
}

fn selection(number: &CaseNumber) -> (Selection, Seed) {
    let mut selection = Selection {
        number: CaseNumberText::from(number),
        owner: "演示企业".into(),
        owner_code: None,
        need: Need {
            service: Slug::parse("drawing-review").unwrap(),
            service_title: Text::zh("施工图审查"),
            title: "演示项目".into(),
            details: "审查".into(),
            way: Way::Draw,
            ceiling: Fen(800_000),
            days: 20,
        },
        made: at(0),
        rounds: Vec::new(),
        bidders: Vec::new(),
        short_list: Vec::new(),
        chosen: None,
        contract: None,
        delivered: None,
        late: false,
        rating: None,
        no_result: None,
    };
    let seed = Seed::new([9; 32]);
    selection.commit(&seed, at(0), at(100));
    (selection, seed)
}

on_both! {
    async fn the_list_follows_a_filing_once_it_is_published_and_only_once(kept: Kept) {
        let city = division();
        let new = opened(1, "submitted");
        let number = new.case.number.clone();
        let code = "91411081DEMA00001Q";
        let filing = Filing {
            kind: FilingKind::Register,
            code: code.into(),
            listing: Some(listing(code)),
            statement: "申请入驻".into(),
        };
        assert_eq!(kept.store.intermediary_file(division(), new.clone(), filing.clone()).await.unwrap(), Opened::New);
        let again = kept.store.intermediary_file(division(), new.clone(), filing).await.unwrap();
        assert_eq!(again, Opened::Before(number.clone()), "the same form is one filing");
        assert!(kept.store.intermediary_list_behind(&division(), 10).await.unwrap().is_empty());
        assert!(kept.store.case_append(division(), into(&new, PUBLISHED)).await.unwrap());
        let behind = kept.store.intermediary_list_behind(&division(), 10).await.unwrap();
        assert_eq!(behind, std::slice::from_ref(&number));
        assert!(kept.store.intermediary_list(&city).await.unwrap().is_empty(), "a host that stopped in between");
        let before = kept.store.generation().await.unwrap();
        let follow = || kept.store.intermediary_follow(division(), number.clone(), city.clone(), date(2026, 3, 9));
        follow().await.unwrap();
        let listed = kept.store.intermediary_list(&city).await.unwrap();
        assert_eq!(listed, [Listing { listed: date(2026, 3, 9), ..listing(code) }]);
        assert!(kept.store.generation().await.unwrap() > before, "every replica hears of it");
        let told = kept.store.generation().await.unwrap();
        follow().await.unwrap();
        assert_eq!(kept.store.generation().await.unwrap(), told);
        assert!(kept.store.intermediary_list_behind(&division(), 10).await.unwrap().is_empty());
    }

    async fn nobody_bids_twice_or_after_the_closing_and_what_is_sealed_comes_back(kept: Kept) {
        let new = opened(2, "published");
        let number = new.case.number.clone();
        let (selection, seed) = selection(&number);
        let owner = AccountId("owner".into());
        let open = kept.store.selection_open(division(), new.clone(), selection, owner, Some(seed.clone())).await;
        assert_eq!(open.unwrap(), Opened::New);
        let bid = |code: &str, second| Bid {
            code: code.into(),
            at: at(second),
            quote: Some(Fen(500_000)),
            contribution: "abc".into(),
        };
        let place = |bid: Bid, again| {
            let account = AccountId("agent".into());
            kept.store.selection_bid(division(), number.clone(), bid, account, again)
        };
        let at_once = (0..8).map(|_| place(bid("91411081DEMA00001Q", 10), false));
        let taken = futures::future::join_all(at_once).await.into_iter().filter(|taken| *taken.as_ref().unwrap()).count();
        assert_eq!(taken, 1, "eight clicks are one bid");
        assert!(!place(bid("91411082DEMA00002A", 100), false).await.unwrap(), "the closing is the closing");
        let bids = kept.store.selection_list_bids(&division(), &number).await.unwrap();
        assert_eq!(bids, [bid("91411081DEMA00001Q", 10)]);
        assert_eq!(kept.store.selection_seed(&division(), &number, 1).await.unwrap(), Some(seed));
        assert_eq!(kept.store.selection_seed(&division(), &number, 2).await.unwrap(), None);

        // Two replicas close it: one does, with the case's step and what it brings.
        let due = kept.store.selection_list_due(&division(), at(101), date(2026, 3, 3), 10).await.unwrap();
        assert_eq!(due.len(), 1);
        let event = CreditEvent {
            id: "x".into(),
            code: "91411081DEMA00001Q".into(),
            kind: CreditKind::LateDelivery,
            day: date(2026, 3, 3),
            division: division(),
            what: "演示".into(),
            evidence: number.as_str().into(),
            withdrawn: None,
        };
        let close = || {
            let credit = Some((division(), event.clone()));
            kept.store.selection_move(division(), due[0].clone(), Some(into(&new, "closed")), None, credit)
        };
        let (one, other) = futures::future::join(close(), close()).await;
        assert_eq!([one.unwrap(), other.unwrap()].into_iter().filter(|done| *done).count(), 1);
        assert_eq!(kept.store.intermediary_credit_list(&division()).await.unwrap(), [event]);
        let found = kept.store.selection_get(&division(), &number).await.unwrap().unwrap();
        assert_eq!((found.state.as_str(), found.account.0.as_str()), ("closed", "owner"));
        assert!(!place(bid("91411082DEMA00002A", 50), false).await.unwrap(), "nor once the list is out");
    }
}
