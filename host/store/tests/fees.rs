//! Fees on both databases: a payment is taken once whoever brings it however often, receipts have no gap, districts are
//! apart, and who pays can't be read from the database.
#![allow(clippy::unwrap_used, reason = "tests can't go on")]

#[macro_use]
mod city;

use city::{Kept, case, division};
use jiff::Timestamp;
use jiff::civil::date;
use lotus_domain::fee::{Asked, Closing, DueState, Fee, FeeDue, Means, Payment, Receipt, Taken};
use lotus_domain::law::{Fen, LegalBasis};
use lotus_domain::text::Text;

fn due(id: &str) -> FeeDue {
    let basis = LegalBasis {
        title: "《中华人民共和国居民身份证法》".to_owned(),
        article: Some("第二十一条".to_owned()),
    };
    let fee = Fee { name: Text::zh("工本费"), amount: Fen(2_000), unit: None, waivable: true, basis };
    FeeDue {
        id: id.to_owned(),
        case: case(1).0.number,
        amount: Fen(2_000),
        asked: Asked {
            fee,
            count: 1,
            item: Text::zh("居民身份证"),
            department: Text::zh("公安局"),
            payer: "李莲花".to_owned(),
        },
        at: Timestamp::from_second(1_772_000_000).unwrap(),
        state: DueState::Due,
        receipt: None,
    }
}

fn payment(due: &str, reference: &str, means: Means) -> Payment {
    Payment {
        due: due.to_owned(),
        means,
        provider: if means == Means::EPay { "bank" } else { "counter" }.to_owned(),
        reference: reference.to_owned(),
        amount: Fen(2_000),
        at: Timestamp::from_second(1_772_000_100).unwrap(),
        day: date(2026, 2, 25),
        by: None,
    }
}

fn code() -> String {
    "ABCD1234".to_owned()
}

on_both! {
    async fn the_same_payment_from_many_at_once_is_taken_once(kept: Kept) {
        let yuzhou = division("411081");
        kept.store.fee_ask(yuzhou.clone(), due("A")).await.unwrap();
        let takers: Vec<_> = (0..50).map(|_| {
            let (store, yuzhou) = (kept.store.clone(), yuzhou.clone());
            tokio::spawn(async move { store.fee_take(yuzhou, payment("A", "r1", Means::EPay), code()).await.unwrap() })
        }).collect();
        let mut paid = 0;
        for taker in takers {
            match taker.await.unwrap() {
                Taken::Paid(_) => paid += 1,
                Taken::Before(receipt) => assert!(receipt.is_some()),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(paid, 1);
        assert_eq!(kept.store.fee_payment_list(&yuzhou, "A").await.unwrap().len(), 1);
    }

    async fn two_who_pay_the_same_fee_at_once_are_one_payment_and_one_surplus(kept: Kept) {
        let yuzhou = division("411081");
        kept.store.fee_ask(yuzhou.clone(), due("A")).await.unwrap();
        let one = kept.store.fee_take(yuzhou.clone(), payment("A", "r1", Means::EPay), code());
        let other = kept.store.fee_take(yuzhou.clone(), payment("A", "r2", Means::EPay), code());
        let (one, other) = tokio::join!(one, other);
        let taken = [one.unwrap(), other.unwrap()];
        assert_eq!(taken.iter().filter(|taken| matches!(taken, Taken::Paid(_))).count(), 1, "{taken:?}");
        assert_eq!(taken.iter().filter(|taken| matches!(taken, Taken::Surplus)).count(), 1, "{taken:?}");
        let cash = kept.store.fee_take(yuzhou.clone(), payment("A", "c1", Means::Cash), code()).await.unwrap();
        assert_eq!(cash, Taken::NotDue, "nobody takes cash for what is paid");
        let refunded = async |reference: &str| {
            let payment = payment("A", reference, Means::EPay);
            kept.store.fee_refund(yuzhou.clone(), payment, "2026-02-26".to_owned(), None).await.unwrap()
        };
        let payments = kept.store.fee_payment_list(&yuzhou, "A").await.unwrap();
        let surplus = payments.iter().find(|kept| kept.is_surplus).unwrap().payment.reference.clone();
        assert!(refunded(&surplus).await && !refunded(&surplus).await, "once");
        assert_eq!(kept.store.fee_get(&yuzhou, "A").await.unwrap().unwrap().state, DueState::Paid);
        let first = payments.iter().find(|kept| !kept.is_surplus).unwrap().payment.reference.clone();
        assert!(refunded(&first).await);
        assert_eq!(kept.store.fee_get(&yuzhou, "A").await.unwrap().unwrap().state, DueState::Refunded);
        assert_eq!(kept.store.fee_refunded(&yuzhou, "2026-02-26").await.unwrap(), (2, Fen(4_000)));
    }

    async fn receipts_are_numbered_without_a_gap_in_each_district(kept: Kept) {
        let mut numbers = Vec::new();
        for (at, of) in ["411081", "411081", "411082", "411081"].into_iter().enumerate() {
            let id = format!("F{at}");
            kept.store.fee_ask(division(of), due(&id)).await.unwrap();
            let less = Payment { amount: Fen(1), ..payment(&id, "less", Means::Cash) };
            let refused = kept.store.fee_take(division(of), less, code()).await.unwrap();
            assert_eq!(refused, Taken::WrongAmount(Fen(2_000)), "a number is not used up by what is refused");
            match kept.store.fee_take(division(of), payment(&id, &id, Means::Cash), code()).await.unwrap() {
                Taken::Paid(number) => numbers.push(number),
                other => panic!("{other:?}"),
            }
        }
        let expected = ["411081202600000001", "411081202600000002", "411082202600000001", "411081202600000003"];
        assert_eq!(numbers, expected);
        assert!(numbers.iter().all(|number| Receipt::is_number(number)));
        let receipt = kept.store.receipt_get(&division("411081"), expected[3]).await.unwrap().unwrap();
        assert_eq!((receipt.code.as_str(), receipt.due.asked.payer.as_str()), ("ABCD1234", "李莲花"));
        assert!(kept.store.receipt_get(&division("411082"), expected[3]).await.unwrap().is_none());
        assert!(kept.store.fee_get(&division("411082"), "F0").await.unwrap().is_none());
        assert_eq!(kept.store.fee_list_case(&division("411081"), &due("x").case).await.unwrap().len(), 3);
    }

    async fn a_closed_day_stays_as_it_was_closed(kept: Kept) {
        let yuzhou = division("411081");
        kept.store.fee_ask(yuzhou.clone(), due("A")).await.unwrap();
        kept.store.fee_take(yuzhou.clone(), payment("A", "r1", Means::Card), code()).await.unwrap();
        let day = date(2026, 2, 25);
        let payments = kept.store.fee_payment_list_day(&yuzhou, "2026-02-25").await.unwrap();
        let closing = Closing::of(day, &payments, (0, Fen(0)), None);
        let at = Timestamp::from_second(1_772_100_000).unwrap();
        assert!(kept.store.fee_close(yuzhou.clone(), closing.clone(), at, None).await.unwrap());
        let other = Closing { refunded: (9, Fen(9)), ..closing.clone() };
        assert!(!kept.store.fee_close(yuzhou.clone(), other, at, None).await.unwrap());
        assert_eq!(kept.store.fee_closing_get(&yuzhou, "2026-02-25").await.unwrap(), Some(closing));
    }
}
