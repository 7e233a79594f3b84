//! Tests of the documented properties of samples.

mod charges;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::plan::Unit;
use super::{Sample, SampleCall, SampleOptions, Samples, accounts, customers, names};
use cdr_model::{Cdr, CdrField, ConferenceRecord, Direction, Directory, Field, Record, Value};

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

fn options(seed: u64) -> SampleOptions {
    // A Monday.
    SampleOptions { seed, calls: 20_000, days: 7, from: "2026-11-02T00:00:00Z".parse().unwrap(), accounts: 40 }
}

fn calls(options: &SampleOptions) -> Vec<SampleCall> {
    Samples::new(options)
        .filter_map(|sample| match sample {
            Sample::Call(call) => Some(call),
            Sample::Conference(_) | Sample::Charge(_) => None,
        })
        .collect()
}

fn conferences(options: &SampleOptions) -> Vec<ConferenceRecord> {
    Samples::new(options)
        .filter_map(|sample| match sample {
            Sample::Call(_) | Sample::Charge(_) => None,
            Sample::Conference(conference) => Some(conference),
        })
        .collect()
}

#[test]
fn the_same_options_give_the_same_samples() {
    assert!(Samples::new(&options(1)).eq(Samples::new(&options(1))));
}

#[test]
fn other_options_give_other_calls_under_other_keys() {
    let first = calls(&options(1));
    let keys: BTreeSet<&str> = first.iter().map(|call| call.key.as_str()).collect();
    let uuids: BTreeSet<_> = first.iter().map(|call| call.call.details.call_uuid).collect();
    assert_eq!((keys.len(), uuids.len()), (20_000, 20_000));
    for other in [
        options(2),
        SampleOptions { calls: 20_001, ..options(1) },
        SampleOptions { days: 8, ..options(1) },
        SampleOptions { accounts: 41, ..options(1) },
        SampleOptions { from: "2026-11-03T00:00:00Z".parse().unwrap(), ..options(1) },
    ] {
        for call in calls(&other) {
            assert!(!keys.contains(call.key.as_str()) && !uuids.contains(&call.call.details.call_uuid), "{call:?}");
        }
    }
}

#[test]
fn the_requested_number_of_calls_starts_within_the_days() {
    for (calls, days, accounts) in [(0, 1, 1), (1, 1, 0), (7, 0, 3), (500, 1, 5), (20_000, 7, 400), (12_345, 400, 9)] {
        let options = SampleOptions { calls, days, accounts, ..options(9) };
        let end = options.from.plus_micros(i64::from(days.max(1)) * DAY);
        let all = self::calls(&options);
        assert_eq!(all.len() as u64, calls);
        assert!(all.is_sorted_by_key(|call| call.call.started_at));
        assert!(all.iter().all(|call| options.from <= call.call.started_at && call.call.started_at < end));
    }
}

#[test]
fn the_first_day_is_the_utc_day_of_the_instant() {
    let noon = SampleOptions { from: "2026-11-02T12:34:56Z".parse().unwrap(), ..options(1) };
    assert!(Samples::new(&noon).eq(Samples::new(&options(1))));
}

#[test]
fn business_hours_are_busy() {
    let mut hours = BTreeMap::<(bool, i64), u64>::new();
    for call in calls(&options(3)) {
        let start = call.call.started_at;
        *hours.entry((start.day() - options(3).from.day() < 5, start.hour().rem_euclid(24))).or_default() += 1;
    }
    let between = |working, first, last| hours.range((working, first)..=(working, last)).map(|(_, n)| n).sum::<u64>();
    assert!(between(true, 7, 16) > 10 * between(true, 20, 23), "{hours:?}");
    assert!(between(true, 7, 16) > 20 * between(true, 0, 4), "{hours:?}");
    assert!(between(true, 7, 16) / 5 > 3 * between(false, 7, 16) / 2, "{hours:?}");
    assert!((0..24).all(|hour| hours.contains_key(&(true, hour)) && hours.contains_key(&(false, hour))), "{hours:?}");
}

#[test]
fn each_call_is_consistent() {
    for seed in 1..=3 {
        for SampleCall { call, key, .. } in calls(&options(seed)) {
            let talk = call.connected_at.zip(call.ended_at).map(|(connect, end)| end.micros_since(connect));
            assert_eq!(call.success, call.connected_at.is_some(), "{key}");
            assert!(call.connected_at.is_none_or(|connect| call.started_at < connect), "{key}");
            if let Some(end) = call.ended_at {
                assert_eq!(call.talk_us, Some(talk.unwrap_or(0)), "{key}");
                assert!(call.started_at < end && end <= call.billed_at, "{key}");
                assert!(call.release_cause.is_some() && call.release_code.is_some(), "{key}");
            }
            assert_eq!(call.billed_us.is_some(), call.price.is_some(), "{key}");
            assert!(
                call.billed_us.is_none_or(|billed| Some(billed) >= call.talk_us && billed % 1_000_000 == 0),
                "{key}"
            );
            assert_eq!((call.number, call.id, call.account_id, call.customer_id), (0, 0, 0, 0), "{key}");
            let whole_milliseconds = call.started_at.micros() % 1000 == 0;
            let on_a_bound = call.ended_at.is_some_and(|end| end.micros() % HOUR == 0);
            if whole_milliseconds && !on_a_bound && call.release_code != Some(200) {
                assert!(call.ended_at.is_none_or(|end| end.micros() % 1000 == 0), "{key}");
            }
        }
    }
}

#[test]
fn a_price_is_its_rate_times_what_was_billed() {
    for SampleCall { call, key, .. } in calls(&options(2)) {
        let Some(price) = call.price else {
            assert_eq!(call.details.rating, None, "{key}");
            continue;
        };
        let rating = call.details.rating.as_deref().unwrap();
        let exact = |amount: Option<cdr_model::Money>| amount.unwrap().to_string().parse::<f64>().unwrap();
        let billed = call.billed_us.unwrap() / 1_000_000;
        assert_eq!((rating.next_rate, rating.price_no_vat), (rating.initial_rate, Some(price)), "{key}");
        let expected = exact(rating.initial_rate) * billed as f64 / 60.0;
        let decimals = price.to_string().split_once('.').unwrap().1.len() as i32;
        assert!(
            (exact(Some(price)) - expected).abs() <= 0.501 * 10f64.powi(-decimals),
            "{key}: {price} for {expected}"
        );
        let (initial, next) = rating.initial_interval.zip(rating.next_interval).unwrap();
        assert!(
            billed == 0 || billed >= initial.into() && (billed - i64::from(initial)) % i64::from(next) == 0,
            "{key}"
        );
        let prefix = rating.rate_prefix.as_deref().unwrap();
        assert!(
            call.value(CdrField::CalledRouted, &Directory::EMPTY).into_text().unwrap().starts_with(prefix),
            "{key}"
        );
        assert_eq!(prefix.is_empty(), rating.initial_rate.unwrap().hundred_millionths() == 0, "{key}");
    }
}

#[test]
fn signalling_uses_reserved_domains_and_addresses() {
    let all = calls(&options(3));
    for SampleCall { call, key, .. } in &all {
        let sip = &call.details.sip;
        for domain in [&sip.from_domain, &sip.to_domain, &sip.ruri_domain] {
            assert!(domain.as_ref().is_some_and(|domain| domain.ends_with(".example")), "{key}");
        }
        let address = sip.peer_ip.unwrap().to_string();
        let kept_free = ["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"];
        assert!(kept_free.iter().any(|network| address.starts_with(network)), "{key}: {address}");
        assert_eq!(sip.diversion.is_some(), call.direction == Direction::Forwarded, "{key}");
        assert_eq!(sip.privacy.is_some(), call.calling.as_ref().is_some_and(|it| it.contains("anonymous")), "{key}");
    }
    let some = |what: &str, is: &dyn Fn(&Cdr) -> bool| assert!(all.iter().any(|call| is(&call.call)), "no {what}");
    some("IPv6", &|call| call.details.sip.peer_ip.is_some_and(|ip| ip.is_ipv6()));
    some("TLS", &|call| call.details.sip.peer_transport == Some(3));
    some("preferred identity", &|call| call.details.sip.ppi.is_some());
    some("remote party", &|call| call.details.sip.rpid.is_some() && call.details.sip.rpid_privacy.is_some());
    some("recording", &|call| call.details.recorded == Some(true));
    some("number that was changed", &|call| call.details.called_routed.is_some());
    some("number that was not", &|call| call.details.called_routed.is_none());
}

#[test]
fn releases_are_distributed_as_documented() {
    let all = calls(&options(1));
    let answered = all.iter().filter(|call| call.call.success).count() * 100 / all.len();
    assert!((50..57).contains(&answered), "{answered} %");
    let mut endings = HashMap::<_, usize>::new();
    for call in &all {
        *endings.entry((call.call.release_cause, call.call.release_code)).or_default() += 1;
    }
    for (cause, code) in [
        (16, 200),
        (17, 486),
        (19, 480),
        (16, 487),
        (34, 503),
        (1, 404),
        (21, 603),
        (27, 502),
        (28, 484),
        (41, 500),
        (102, 408),
    ] {
        assert!(endings.remove(&(Some(cause), Some(code))).is_some_and(|calls| calls >= 10), "{cause} and {code}");
    }
    assert_eq!(endings.into_keys().collect::<Vec<_>>(), [(None, None)], "the calls without an end");
    assert!(all.iter().any(|call| call.call.details.sip.release_reason.as_deref() == Some("Busy Here")));
}

#[test]
fn any_20_000_calls_of_a_week_include_every_unusual_call() {
    for seed in [1, 2, 77, u64::MAX] {
        let options = options(seed);
        let all = calls(&options);
        let some = |what: &str, is: &dyn Fn(&Cdr) -> bool| {
            assert!(all.iter().any(|call| is(&call.call)), "seed {seed}: no call {what}");
        };
        some("without length", &|call| call.success && call.talk_us == Some(0) && call.connected_at == call.ended_at);
        some("without an end", &|call| call.success && call.ended_at.is_none() && call.talk_us.is_none());
        some("of more than a day", &|call| call.talk_us > Some(DAY));
        some("across midnight", &|call| {
            call.talk_us < Some(DAY) && call.ended_at.is_some_and(|end| end.day() > call.started_at.day())
        });
        some("that ends on the hour", &|call| call.ended_at.is_some_and(|end| end.micros() % HOUR == 0));
        some("that ends with the day", &|call| call.ended_at.is_some_and(|end| end.micros() % DAY == 0));
        for beside in [-1, 0, 1] {
            for (name, bound) in [("hour", HOUR), ("day", DAY)] {
                let bound = |call: &Cdr| (call.started_at.micros() - beside) % bound == 0;
                some(&format!("at {beside} µs from a bound of the {name}"), &bound);
            }
        }
        some("not rated", &|call| call.price.is_none() && call.ended_at.is_some());
        some("for nothing", &|call| call.price.is_some_and(|price| price.hundred_millionths() == 0));
        for decimals in 4..=6 {
            some(&format!("at a price with {decimals} decimals"), &|call| {
                let price = call.price.map(|price| price.to_string()).unwrap_or_default();
                price.len() > decimals
                    && price.as_bytes()[price.len() - decimals - 1] == b'.'
                    && !price.starts_with("0.0000")
            });
        }
        some("charged by the minute", &|call| call.billed_us > call.talk_us.map(|talk| talk + 1_000_000));
        some("charged by the second", &|call| call.billed_us.is_some_and(|billed| billed % 60_000_000 != 0));
        some("charged by 30 and 6 seconds", &|call| {
            call.details.rating.as_ref().is_some_and(|rating| rating.initial_interval == Some(30))
                && call.billed_us.is_some_and(|billed| billed > 30_000_000 && billed % 60_000_000 != 0)
        });
        some("billed later than its end", &|call| call.ended_at.is_some_and(|end| call.billed_at > end));
        for direction in [Direction::Out, Direction::In, Direction::Forwarded] {
            some(direction.name(), &|call| call.direction == direction);
        }
        for name in names::AWKWARD {
            some(name, &|call| call.details.sip.calling_name.as_deref() == Some(name));
        }
        some("in microseconds", &|call| call.started_at.micros() % 1000 != 0);
        some("without a calling party", &|call| call.calling.is_none());
        for calling in ["+", "0", "00", "anonymous", "sip:"] {
            let begins = |party: &Option<String>| party.as_ref().is_some_and(|party| party.starts_with(calling));
            some(calling, &|call| begins(&call.calling) || begins(&call.called));
        }
        some("to an extension", &|call| call.called.as_ref().is_some_and(|called| called.len() == 3));
        assert!(all.windows(2).any(|pair| pair[0].call.started_at == pair[1].call.started_at), "no equal starts");
        assert!(!conferences(&options).is_empty());
    }
}

#[test]
fn attempts_share_a_group_and_only_the_last_is_marked_as_last() {
    let mut groups = BTreeMap::<String, Vec<Cdr>>::new();
    for call in calls(&options(4)) {
        groups.entry(call.call.details.group.clone().unwrap()).or_default().push(call.call);
    }
    groups.retain(|_, attempts| attempts.len() > 1);
    let lengths: BTreeSet<usize> = groups.values().map(Vec::len).collect();
    assert_eq!(lengths, [2, 3, 4].into());
    for attempts in groups.values() {
        for (at, attempt) in attempts.iter().enumerate() {
            assert_eq!(attempt.details.attempt, Some(at as u16 + 1));
            assert_eq!(attempt.last_attempt, at + 1 == attempts.len());
            assert!(attempt.last_attempt || !attempt.success);
            assert_eq!((&attempt.called, &attempt.call_id), (&attempts[0].called, &attempts[0].call_id));
        }
        for pair in attempts.windows(2) {
            let pause = pair[1].started_at.micros_since(pair[0].ended_at.unwrap());
            assert!((1_000_000..=9_000_000).contains(&pause), "{pause} µs");
        }
    }
    assert!(groups.values().any(|attempts| attempts.last().unwrap().success));
    assert!(groups.values().any(|attempts| !attempts.last().unwrap().success));
}

#[test]
fn a_conference_is_consistent_with_its_calls() {
    let mut joined = HashMap::<String, Vec<Cdr>>::new();
    let mut conferences = Vec::new();
    for sample in Samples::new(&options(5)) {
        match sample {
            Sample::Call(SampleCall { call, .. }) => {
                let Some(dma) = &call.details.telepresence else { continue };
                assert!(dma.call_type.as_deref().is_some_and(|kind| kind.starts_with("VMR")));
                joined.entry(dma.texts["ref_conf_uuid"].clone()).or_default().push(call);
            }
            Sample::Conference(conference) => {
                // All calls of the conference precede it.
                assert!(joined[&conference.uuid.unwrap().to_string()].len() >= 3);
                conferences.push(conference);
            }
            Sample::Charge(_) => {}
        }
    }
    assert!(conferences.len() > 50);
    assert_eq!(joined.len(), conferences.len());
    for conference in &conferences {
        let calls = &joined[&conference.uuid.unwrap().to_string()];
        let answered = || calls.iter().filter(|call| call.success);
        assert_eq!(Some(conference.started_at), answered().filter_map(|call| call.connected_at).min());
        assert_eq!(conference.ended_at, answered().filter_map(|call| call.ended_at).max());
        assert!((2..=answered().count() as i64).contains(&conference.participants.unwrap()));
        assert!(calls.iter().all(|call| call.called == conference.room));
        assert_eq!(conference.owner.is_none(), conference.kind.as_deref() == Some("LYNC"));
    }
    for kind in ["PCO", "LYNC", "AD-HOC"] {
        assert!(conferences.iter().any(|conference| conference.kind.as_deref() == Some(kind)), "{kind}");
    }
    for class in ["Gold", "Silver", "Bronze"] {
        assert!(conferences.iter().any(|conference| conference.service_class.as_deref() == Some(class)), "{class}");
    }
    let of_calls = |is: &dyn Fn(&Cdr) -> bool| joined.values().flatten().any(is);
    assert!(of_calls(&|call| call.details.telepresence.as_ref().is_some_and(|dma| dma.chair_join_time.is_some())));
    assert!(of_calls(&|call| call.details.telepresence.as_ref().is_some_and(|dma| dma.dialin == Some(false))));
}

#[test]
fn keys_are_unique_also_among_conferences() {
    let keys: BTreeSet<String> = Samples::new(&options(6)).map(|sample| sample.key().into_owned()).collect();
    assert_eq!(keys.len(), Samples::new(&options(6)).count());
}

#[test]
fn every_call_is_on_an_account_and_every_account_has_a_customer() {
    let options = options(1);
    let customers = customers(&options);
    let names: BTreeSet<&str> = customers.iter().map(|customer| customer.name).collect();
    assert_eq!(names.len(), customers.len());
    for (at, customer) in customers.iter().enumerate() {
        let before = |name| customers[..at].iter().any(|above| above.name == name);
        assert!(customer.reseller.is_none_or(before), "{customer:?}");
    }
    let currencies: BTreeSet<&str> = customers.iter().map(|customer| customer.currency).collect();
    assert_eq!(currencies, ["EUR", "GBP", "USD"].into());
    assert!(customers.iter().any(|customer| customer.reseller.is_some()));

    let accounts = accounts(&options);
    assert!(accounts.iter().all(|account| names.contains(account.customer)));
    let uuids: BTreeSet<_> = accounts.iter().map(|account| account.uuid).collect();
    assert_eq!(uuids.len(), 40);
    assert!(accounts.iter().all(|account| account.balance < account.max_balance));
    let mut shares: BTreeMap<&str, u64> = accounts.iter().map(|account| (account.code.as_str(), 0)).collect();
    assert_eq!(shares.len(), 40);
    let all = calls(&options);
    all.iter().for_each(|call| *shares.get_mut(call.account.as_str()).unwrap() += 1);
    assert!(shares.values().all(|calls| *calls > 0));
    assert_eq!(shares.values().max(), shares.get(accounts[0].code.as_str()));
}

#[test]
fn numbers_and_domains_are_fictitious() {
    let fictitious = |party: &str| {
        let digits = party.trim_start_matches('+').trim_start_matches('0');
        let blocks = ["2079460", "1632960", "7700900", "20255501", "31255501", "41555501", "3023125", "4066969"];
        let more = ["6990009", "8999998", "2091", "25550"];
        blocks.iter().chain(&more).any(|block| {
            ["44", "1", "49", "353", "61", ""]
                .iter()
                .any(|country| digits.strip_prefix(country).unwrap_or("").starts_with(block))
        })
    };
    for SampleCall { call, .. } in calls(&options(8)) {
        for party in [&call.details.calling_routed, &call.details.called_routed].into_iter().flatten() {
            assert!(fictitious(party), "{party}");
        }
        for party in [&call.calling, &call.called].into_iter().flatten() {
            let ours =
                party.ends_with(".example") || party.contains("anonymous") || call.details.telepresence.is_some();
            assert!(ours || party.len() == 3 || fictitious(party), "{party}");
        }
        assert!(call.call_id.is_some_and(|id| id.ends_with(".example")));
    }
}

#[test]
fn few_calls_are_pending_regardless_of_the_total() {
    let mut samples = Samples::new(&SampleOptions { calls: 3_000_000, days: 1, ..options(1) });
    // The night and the first minutes of the busy hours.
    let (mut most, mut planned) = (0, 0);
    for _ in 0..400_000 {
        samples.next();
        most = most.max(samples.waiting.len());
        planned = planned.max(samples.units.capacity() * size_of::<Unit>());
    }
    assert!(most < 20_000, "{most} pending calls");
    assert!(planned < 8_000_000, "{planned} bytes of units");
    assert_eq!(size_of::<Unit>(), 8);
}

#[test]
fn a_row_has_a_realistic_width() {
    let directory = Directory::default();
    let width = |value: Value<'_>| match value {
        Value::Null => 0,
        Value::Text(text) => text.len(),
        Value::Integer(n) | Value::Duration(n) => n.to_string().len(),
        Value::Boolean(_) => 5,
        Value::Time(time) => time.to_string().len(),
        Value::Money(amount) => amount.to_string().len(),
        Value::Uuid(_) => 36,
    };
    let all = calls(&options(1));
    let row = |call: &SampleCall| {
        let fields = CdrField::ALL.iter().map(|field| width(call.call.value(*field, &directory)));
        call.account.len() + fields.sum::<usize>()
    };
    let average = all.iter().map(row).sum::<usize>() / all.len();
    assert!((540..=600).contains(&average), "{average} bytes without separators");
}
