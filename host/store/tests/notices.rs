//! The outbox on both databases: one key is told once, a claim is one sender's, an address stands nowhere in the open.
#![allow(clippy::unwrap_used, reason = "tests can't go on")]

#[macro_use]
mod city;

use city::{Kept, case, division};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lotus_domain::Slug;
use lotus_domain::account::AccountId;
use lotus_domain::case::Case;
use lotus_domain::chain::Hash;
use lotus_domain::licence::{Holder, Licence, telling};
use lotus_domain::notice::{ChannelKind, Contact, Notice, NoticeKey, Recipient, Standing, Templates, Value, reference};
use lotus_domain::text::Text;
use lotus_domain::warning::{Audience, Warning};
use lotus_store::{Claim, Mark, NewCase, Receipt, Spread};

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + 60 * minutes).unwrap()
}

fn notice(key: &str, to: Recipient) -> Notice {
    let values = [("title", Value::plain("钧瓷奖补")), ("number", Value::plain("4110810001"))];
    let (division, key) = (division("411081"), NoticeKey::parse(key).unwrap());
    Templates::shipped().unwrap().notice("case-submitted", &values, &division, key, to, at(0), &TimeZone::UTC).unwrap()
}

fn contact() -> Recipient {
    Recipient::Contact(Contact { telephone: Some("13912345678".into()), email: None })
}

fn claim(by: i64, minutes: i64, limit: u32) -> Claim {
    Claim { channel: ChannelKind::Sms, by, now: at(minutes), until: at(minutes + 2), limit }
}

fn mark(key: &str, by: i64, standing: Standing) -> Mark {
    Mark {
        key: NoticeKey::parse(key).unwrap(),
        channel: ChannelKind::Sms,
        by,
        standing,
        next: Some(at(30)),
        said: "HTTP 503".into(),
        at: at(1),
        counts: true,
    }
}

on_both! {
    async fn a_key_is_told_once_and_its_address_stands_nowhere_in_the_open(kept: Kept) {
        let here = division("411081");
        assert_eq!(kept.store.notice_put(here.clone(), vec![notice("k", contact()), notice("k", contact())]).await.unwrap(), 1);
        assert_eq!(kept.store.notice_put(here.clone(), vec![notice("k", contact())]).await.unwrap(), 0);
        let claimed = kept.store.notice_claim(here, claim(1, 0, 10)).await.unwrap();
        assert_eq!(claimed.len(), 1);
        assert_eq!(claimed.first().map(|one| one.to.clone()), Some(contact()));
        let everything = kept.dump_of(&["notice", "notice_delivery"]).await;
        for secret in ["13912345678", "钧瓷奖补"] {
            assert!(!everything.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
    }

    async fn a_claim_is_one_senders_until_its_time_is_over(kept: Kept) {
        let here = division("411081");
        let many = (0..40).map(|number| notice(&format!("k/{number}"), contact())).collect();
        kept.store.notice_put(here.clone(), many).await.unwrap();
        let (one, other) = tokio::join!(
            kept.store.notice_claim(here.clone(), claim(1, 0, 20)),
            kept.store.notice_claim(here.clone(), claim(2, 0, 20))
        );
        let mut keys: Vec<_> = one.unwrap().into_iter().chain(other.unwrap()).map(|letter| letter.key).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 40, "nothing is in two hands");
        assert!(!kept.store.notice_due(&here, ChannelKind::Sms, true, at(1)).await.unwrap());
        assert_eq!(kept.store.notice_claim(here.clone(), claim(3, 3, 100)).await.unwrap().len(), 40, "both died");
        assert!(!kept.store.notice_mark(here.clone(), mark("k/1", 1, Standing::Sent)).await.unwrap(), "too late");
        assert!(kept.store.notice_mark(here.clone(), mark("k/1", 3, Standing::Sent)).await.unwrap());
        assert!(kept.store.notice_mark(here.clone(), mark("k/2", 3, Standing::Waiting)).await.unwrap());
        let again = kept.store.notice_claim(here.clone(), claim(4, 29, 100)).await.unwrap();
        assert_eq!(again.len(), 38, "one is sent and one waits");
        assert!(again.iter().all(|letter| letter.attempt == 3));
        let key = NoticeKey::parse("k/1").unwrap();
        let known = reference(&here, &key, ChannelKind::Sms);
        let receipt = async || {
            let division = division("411081");
            kept.store.notice_receipt(division, known, Standing::Delivered, String::new(), at(9)).await.unwrap()
        };
        assert_eq!((receipt().await, receipt().await), (Receipt::New, Receipt::Before));
    }

    async fn what_is_too_late_is_put_away_even_where_nothing_carries_it(kept: Kept) {
        let here = division("411081");
        kept.store.notice_put(here.clone(), vec![notice("k", contact())]).await.unwrap();
        let week = 8 * 24 * 60;
        assert!(!kept.store.notice_due(&here, ChannelKind::Sms, false, at(5)).await.unwrap());
        assert!(kept.store.notice_due(&here, ChannelKind::Sms, false, at(week)).await.unwrap());
        assert!(kept.store.notice_claim(here.clone(), claim(1, week, 0)).await.unwrap().is_empty());
        assert!(!kept.store.notice_due(&here, ChannelKind::Sms, false, at(week)).await.unwrap());
        let waiting: u64 = kept.store.notice_queue(&here, at(0)).await.unwrap().iter().map(|queue| queue.waiting).sum();
        assert_eq!(waiting, 0);
    }

    async fn a_licence_is_told_of_with_its_notices_or_not_at_all(kept: Kept) {
        let (here, today) = (division("411081"), jiff::civil::date(2026, 3, 2));
        let licence = Licence {
            division: here.clone(),
            id: Slug::parse("l-1").unwrap(),
            kind: Slug::parse("food-licence").unwrap(),
            title: Text::zh("食品经营许可证"),
            number: "JY1".into(),
            holder: Holder::Person("11010519491231002X".into()),
            contact: Contact::default(),
            expires: today.checked_add(jiff::Span::new().days(25)).unwrap(),
        };
        kept.store.licence_put(here.clone(), vec![licence.clone()], today).await.unwrap();
        let due = kept.store.licence_list_due(&here, today, 10).await.unwrap();
        assert_eq!(due.len(), 1);
        let to = Recipient::Account(AccountId("a".into()));
        let told = telling(licence.expires, None, today);
        assert_eq!(told.now, Some(30));
        let tell = async || {
            let notices = vec![notice("licence/l-1/30", to.clone())];
            kept.store.licence_tell(division("411081"), licence.clone(), None, told, notices).await.unwrap()
        };
        assert!(tell().await && !tell().await, "another host was there before");
        assert!(kept.store.licence_list_due(&here, today, 10).await.unwrap().is_empty());
        let later = today.checked_add(jiff::Span::new().days(18)).unwrap();
        assert_eq!(kept.store.licence_list_due(&here, later, 10).await.unwrap().len(), 1);
        assert_eq!(kept.store.inbox_unread(&here, &AccountId("a".into()), at(0)).await.unwrap(), 1);
        let messages = kept.store.inbox_list(&here, &AccountId("a".into()), at(0) + SignedDuration::ZERO, 10).await.unwrap();
        assert_eq!(messages.len(), 1);
        // Renewed: from the first stage again.
        let renewed = Licence { expires: today.checked_add(jiff::Span::new().days(80)).unwrap(), ..licence.clone() };
        kept.store.licence_put(here.clone(), vec![renewed], today).await.unwrap();
        assert_eq!(kept.store.licence_list_due(&here, today, 10).await.unwrap().len(), 1);
        let everything = kept.dump_of(&["licence"]).await;
        assert!(!everything.windows(18).any(|part| part == b"11010519491231002X"));
    }

    async fn a_warning_and_the_receipts_that_it_asks_for_are_written_together_and_each_once(kept: Kept) {
        let (here, holder) = (division("411081"), AccountId("a".into()));
        let warning = Warning {
            division: here.clone(),
            id: Slug::parse("w1").unwrap(),
            audience: Audience::parse("subscribers/flood").unwrap(),
            title: "颍河汛情".into(),
            text: "请确认收到。".into(),
            urgent: false,
            receipt: true,
            by: "an officer".into(),
            at: at(0),
        };
        kept.store.warning_put(here.clone(), warning).await.unwrap();
        let seen = kept.store.warning_list(&here, true, 10).await.unwrap().remove(0);
        assert!(seen.warning.receipt);
        let token = Hash::of(b"w1 a");
        let receipt = |random| {
            let (case, first) = case(random);
            NewCase { case: Case { account: Some(holder.clone()), ..case }, first, token, record: None, notices: Vec::new() }
        };
        let spread = async |seen: Spread, reached: Option<&str>, random| {
            let notices = vec![notice("warning/w1/a", Recipient::Account(AccountId("a".into())))];
            let reached = reached.map(ToOwned::to_owned);
            kept.store.warning_spread(division("411081"), seen, reached, notices, vec![receipt(random)]).await.unwrap()
        };
        assert!(spread(seen.clone(), Some("a"), 1).await);
        let first = kept.store.case_find(&here, &token).await.unwrap();
        assert!(first.is_some());
        assert!(!spread(seen.clone(), Some("a"), 2).await, "another host was there before");
        // The same account again, by another licence of its own.
        assert!(spread(Spread { reached: "a".into(), ..seen }, None, 3).await);
        assert_eq!(kept.store.case_find(&here, &token).await.unwrap(), first);
        assert_eq!(kept.store.case_list_account(&here, &holder, 10).await.unwrap().len(), 1);
        assert_eq!(kept.store.inbox_unread(&here, &holder, at(0)).await.unwrap(), 1);
        assert!(kept.store.warning_list(&here, true, 10).await.unwrap().is_empty(), "all were told");
    }
}
