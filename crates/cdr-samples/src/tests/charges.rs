//! Tests of the documented properties of charges, and of billing data of calls.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{calls, options};
use crate::{
    Sample, SampleCall, SampleCharge, SampleOptions, Samples, accounts, customers, destinations, products, services,
};
use cdr_model::{Cdr, CdrField, Direction, Directory, Level, Record, RecordKind};

const DAY: i64 = 86_400_000_000;

fn charges(options: &SampleOptions) -> Vec<SampleCharge> {
    Samples::new(options)
        .filter_map(|sample| match sample {
            Sample::Charge(charge) => Some(charge),
            Sample::Call(_) | Sample::Conference(_) => None,
        })
        .collect()
}

#[test]
fn every_day_has_charges_and_the_first_one_has_every_kind() {
    for days in [1, 7, 45] {
        let options = SampleOptions { days, ..options(1) };
        let all = charges(&options);
        let kinds: BTreeSet<RecordKind> = all.iter().map(|it| it.charge.kind).collect();
        assert_eq!(kinds, RecordKind::ALL.into_iter().skip(1).collect(), "{days} days");
        let on: BTreeSet<i64> = all.iter().map(|it| it.charge.started_at.day() - options.from.day()).collect();
        assert_eq!(on, (0..i64::from(days)).collect());
    }
}

#[test]
fn calls_and_charges_are_ordered_by_start() {
    let starts: Vec<_> = Samples::new(&options(2))
        .filter_map(|sample| match sample {
            Sample::Call(call) => Some(call.call.started_at),
            Sample::Charge(charge) => Some(charge.charge.started_at),
            Sample::Conference(_) => None,
        })
        .collect();
    assert!(starts.is_sorted());
    assert!(starts.len() > 20_500);
}

#[test]
fn a_charge_is_on_an_account_or_on_its_customer() {
    let options = options(3);
    let of_account: HashMap<String, &str> = accounts(&options).into_iter().map(|it| (it.code, it.customer)).collect();
    let levels: HashMap<&str, Level> = customers(&options).into_iter().map(|it| (it.name, it.level)).collect();
    let kinds: HashMap<&str, RecordKind> = services(&options).into_iter().map(|it| (it.name, it.kind)).collect();
    let mut on_customers = BTreeSet::new();
    for SampleCharge { key, account, customer, service, charge } in charges(&options) {
        match &account {
            Some(code) => assert_eq!(of_account[code], customer, "{key}"),
            None => drop(on_customers.insert(charge.kind)),
        }
        let price = charge.price.unwrap().hundred_millionths();
        assert!(charge.success && charge.connected_at == Some(charge.started_at) || charge.kind == RecordKind::Resale);
        if charge.kind == RecordKind::Resale {
            assert_eq!((levels[customer], account, kinds[service]), (Level::Reseller, None, RecordKind::Call), "{key}");
            continue;
        }
        assert_eq!(
            (charge.kind, charge.direction, charge.talk_us),
            (kinds[service], Direction::Unknown, None),
            "{key}"
        );
        assert_eq!(price < 0, matches!(charge.kind, RecordKind::Payment | RecordKind::Adjustment), "{key}");
        let lasts = charge.ended_at.unwrap().micros_since(charge.started_at);
        let renewed = matches!(charge.kind, RecordKind::Subscription | RecordKind::DidCharge);
        assert!(if renewed { (DAY..=31 * DAY).contains(&lasts) } else { lasts == 0 }, "{key}");
        assert_eq!(charge.details.xdr.is_some(), renewed || charge.kind == RecordKind::Usage, "{key}");
    }
    let both = [RecordKind::Resale, RecordKind::Subscription, RecordKind::DidCharge];
    assert_eq!(on_customers, both.into_iter().chain([RecordKind::Payment, RecordKind::Adjustment]).collect());
}

#[test]
fn a_reseller_is_charged_for_the_calls_of_its_customers() {
    let options = options(4);
    let under: HashMap<&str, &str> =
        customers(&options).into_iter().filter_map(|it| Some((it.name, it.reseller?))).collect();
    let owner: HashMap<String, &str> = accounts(&options).into_iter().map(|it| (it.code, it.customer)).collect();
    let (mut expected, mut last) = (None::<(String, Cdr, &str)>, 0);
    for sample in Samples::new(&options) {
        match (expected.take(), sample) {
            (Some((key, call, reseller)), Sample::Charge(resale)) => {
                assert_eq!((&resale.key, resale.customer), (&format!("{key}/resale"), reseller));
                let charge = &resale.charge;
                assert!(charge.price.unwrap().hundred_millionths() <= call.price.unwrap().hundred_millionths());
                assert_ne!(charge.details.call_uuid, call.details.call_uuid);
                let shared = |it: &Cdr| {
                    let conf_id = it.details.xdr.as_ref().unwrap().conf_id.clone();
                    (it.call_id.clone(), conf_id, it.started_at, it.talk_us, it.destination_id)
                };
                assert_eq!(shared(charge), shared(&call));
                last += 1;
            }
            (Some((key, ..)), _) => panic!("no reseller is charged for {key}"),
            (None, Sample::Call(SampleCall { key, account, call })) => {
                let reseller = under.get(owner[&account]);
                expected = reseller.filter(|_| call.success && call.price.is_some()).map(|it| (key, call, *it));
            }
            (None, Sample::Charge(charge)) => assert_ne!(charge.charge.kind, RecordKind::Resale),
            (None, Sample::Conference(_)) => {}
        }
    }
    assert!(last > 200, "{last} calls");
}

#[test]
fn legs_of_a_call_share_an_identifier() {
    let form = |id: &str| {
        let parts: Vec<&str> = id.split(' ').collect();
        let hexadecimal = |part: &&str| part.len() == 8 && part.bytes().all(|c| matches!(c, b'0'..=b'9' | b'A'..=b'F'));
        parts.len() == 4 && parts.iter().all(hexadecimal)
    };
    let mut of_calls = HashMap::new();
    let mut groups = BTreeMap::<String, Vec<Cdr>>::new();
    for SampleCall { call, key, .. } in calls(&options(5)) {
        let xdr = call.details.xdr.clone().unwrap();
        let (conf_id, incoming) = (xdr.conf_id.unwrap(), xdr.incoming_conf_id);
        assert!(form(&conf_id) && incoming.as_deref().is_none_or(form), "{key}");
        assert_eq!(incoming.is_some(), call.direction == Direction::Forwarded, "{key}");
        let before = of_calls.insert(conf_id.clone(), call.call_id.clone());
        assert!(before.is_none_or(|before| before == call.call_id), "{key}");
        if call.success {
            groups.entry(incoming.unwrap_or(conf_id)).or_default().push(call);
        }
    }
    let connected: Vec<_> = groups.values().filter(|legs| legs.len() > 1).collect();
    assert!(connected.len() > 20, "{} of {}", connected.len(), groups.len());
    assert!(
        connected.iter().any(|legs| legs[0].direction == Direction::In && legs[1].direction == Direction::Forwarded)
    );
}

#[test]
fn a_minority_of_calls_has_optional_data() {
    let all = calls(&options(6));
    let share = |is: &dyn Fn(&Cdr) -> bool| all.iter().filter(|it| is(&it.call)).count() * 1000 / all.len();
    let rare = |share: usize, what: &str| assert!((1..80).contains(&share), "{share} in a thousand {what}");
    rare(
        share(&|call| call.details.queue.as_ref().is_some_and(|queue| queue.agent.is_some())),
        "were answered by a group",
    );
    rare(share(&|call| call.details.queue.as_ref().is_some_and(|queue| queue.agent.is_none())), "left a group");
    let xdr = |is: fn(&cdr_model::Xdr) -> bool| share(&|call| is(call.details.xdr.as_deref().unwrap()));
    rare(xdr(|xdr| !xdr.recordings.is_empty()), "have a recording");
    rare(xdr(|xdr| xdr.rating_pattern.is_some() && xdr.history.is_some()), "have a history");
    assert!((200..300).contains(&xdr(|xdr| xdr.bit_flags.is_some())));
    for SampleCall { call, key, .. } in &all {
        if let Some(queue) = &call.details.queue {
            let answered = call.connected_at.map(|at| at.micros_since(call.started_at));
            assert_eq!((call.direction, queue.agent.is_some()), (Direction::In, call.success), "{key}");
            assert!(answered.is_none() || queue.hold_us == answered && queue.talk_us == call.talk_us, "{key}");
        }
        let xdr = call.details.xdr.as_deref().unwrap();
        assert!(xdr.recordings.is_empty() || call.details.recorded == Some(true), "{key}");
        let flags = xdr.bit_flags.unwrap_or(call.direction.bit_flags());
        assert_eq!((flags >> 2 & 3) as i16, call.direction.code(), "{key}");
    }
}

#[test]
fn a_rated_call_has_a_destination_that_matches_its_prefix() {
    let options = options(7);
    let prefixes: HashMap<i64, String> = destinations(&options).into_iter().map(|it| (it.id, it.prefix)).collect();
    let mut found = BTreeSet::new();
    for SampleCall { call, key, .. } in calls(&options) {
        let rated = call.details.rating.as_ref().is_some_and(|rating| rating.rate_prefix.as_deref() != Some(""));
        assert_eq!(call.destination_id.is_some(), rated, "{key}");
        if let Some(id) = call.destination_id {
            let routed = call.value(CdrField::CalledRouted, &Directory::EMPTY).into_text().unwrap();
            assert!(routed.trim_start_matches('+').starts_with(&prefixes[&id]), "{key}: {routed}");
            found.insert(id);
        }
    }
    assert_eq!(found.len(), prefixes.len());
    let known: BTreeSet<i64> = products(&options).into_iter().map(|product| product.id).collect();
    let sold: BTreeSet<i64> = accounts(&options).into_iter().map(|account| account.product_id).collect();
    assert_eq!(sold, known);
}
