//! Calls of several legs: each belongs to the window of its first leg, whole.

use cdr_model::{Cdr, Xdr};
use serde_json::{Value, json as value};

use super::world::{BAR, CAFE, KITCHEN, LICENCE, RESELLER, STRANGER, STRANGERS, call, json, porta};
use crate::porta::{Porta, PortaOptions};

/// A leg that is connected at an instant.
fn leg(account: i64, connected: &str, conf_id: &str, incoming: Option<&str>, call_id: &str) -> Cdr {
    let connected = super::world::at(connected);
    let mut leg = call(account, "2015-06-01T00:00:00Z");
    (leg.started_at, leg.connected_at) = (connected.plus_micros(-5_000_000), Some(connected));
    leg.ended_at = Some(connected.plus_micros(300_000_000));
    leg.billed_at = connected.plus_micros(300_000_000);
    leg.call_id = Some(call_id.to_owned());
    leg.details.xdr = Some(Box::new(Xdr {
        conf_id: Some(conf_id.to_owned()),
        incoming_conf_id: incoming.map(str::to_owned),
        ..Xdr::default()
    }));
    leg
}

async fn ask(porta: &Porta, customer: i64, window: &str, tail: &str) -> Value {
    json(porta, &format!("/getCustomerAccountConnectedVoiceCalls/{LICENCE}/{customer}/{window}/{tail}/UTC/true")).await
}

/// The call ids of the legs of each group.
fn groups(answer: &Value) -> Vec<Vec<String>> {
    let calls = answer["ConnectedCallsRecords"]["Voice Calls"].as_array().cloned().unwrap_or_default();
    let legs = |call: &Value| {
        let legs = call["CDRS"].as_array().unwrap();
        legs.iter().map(|leg| leg["CallId"].as_str().unwrap().to_owned()).collect()
    };
    let found: Vec<Vec<String>> = calls.iter().map(legs).collect();
    assert_eq!(answer["TotalCalls"], found.iter().map(Vec::len).sum::<usize>());
    found
}

const ALL: &str = "true/false/true";

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_call_over_midnight_is_whole_in_the_window_of_its_first_leg() {
    let porta = porta(
        vec![
            leg(BAR, "2026-11-16T23:59:00Z", "GRP1", None, "one"),
            leg(KITCHEN, "2026-11-17T00:01:00Z", "GRP2", Some("GRP1"), "two"),
            leg(BAR, "2026-11-17T00:02:00Z", "ALONE", None, "alone"),
        ],
        PortaOptions::default(),
    );
    for (window, expected) in [
        ("2026-11-16/2026-11-17", vec![vec!["one", "two"]]),
        ("2026-11-17/2026-11-18", vec![]),
        ("2026-11-16/2026-11-18", vec![vec!["one", "two"]]),
        ("2026-11-16 23:59:00/2026-11-16 23:59:01", vec![vec!["one", "two"]]),
        ("2026-11-15/2026-11-16", vec![]),
        ("2026-11-17/2026-11-17", vec![]),
    ] {
        assert_eq!(groups(&ask(&porta, CAFE, &window.replace(' ', "%20"), ALL).await), expected, "{window}");
    }
    let answer = ask(&porta, CAFE, "2026-11-16/2026-11-17", ALL).await;
    let legs = &answer["ConnectedCallDataRecords"]["Voice Calls"];
    let each = |member: &str| legs.as_array().unwrap().iter().map(|leg| leg[member].clone()).collect::<Vec<_>>();
    assert_eq!((each("rank"), each("groupid")), (vec![value!(1), value!(2)], vec![value!(1), value!(1)]));
    assert_eq!(each("CallId_1"), ["two", "one"]);
}

/// Days that follow each other have every call once, however its legs lie.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn every_call_is_in_exactly_one_of_adjacent_days() {
    let mut legs = Vec::new();
    for n in 0..40 {
        let group = format!("G{n}");
        for (at, minutes) in [0, 1, n * 30 % 1_400].into_iter().enumerate() {
            let first = super::world::at("2026-11-15T12:00:00Z").plus_micros(n * 3_700_000_000);
            let connected = first.plus_micros(minutes * 60_000_000).to_string();
            let account = if at == 1 { KITCHEN } else { BAR };
            legs.push(leg(account, &connected, &format!("{group}-{at}"), Some(&group), &format!("{group}.{at}")));
        }
    }
    let porta = porta(legs, PortaOptions::default());
    let mut seen = Vec::new();
    for day in 14..20 {
        let answer = ask(&porta, CAFE, &format!("2026-11-{day}/2026-11-{}", day + 1), ALL).await;
        let found = groups(&answer);
        assert!(found.iter().all(|legs| legs.len() == 3), "{found:?}");
        seen.extend(found.into_iter().map(|legs| legs[0].split('.').next().unwrap().to_owned()));
    }
    let whole = groups(&ask(&porta, CAFE, "2026-11-14/2026-11-20", ALL).await);
    assert_eq!(seen.len(), 40);
    let first = |legs: &Vec<String>| legs[0].split('.').next().unwrap().to_owned();
    assert_eq!(seen, whole.iter().map(first).collect::<Vec<_>>());
}

/// Windows that adjoin, cut anywhere, have together what the whole has: each leg of a call of several legs once, in the
/// same call. Some calls last for days, so later legs are calls of their own.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn each_leg_is_in_exactly_one_of_windows_that_adjoin() {
    let begin = super::world::at("2026-06-10T00:00:00Z");
    // Numbers that look random: the high bits of a linear congruential generator (Knuth, MMIX).
    let mut state = 7_u64;
    let mut below = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((state >> 33) % most).unwrap()
    };
    let at = |minutes: i64| begin.plus_micros(minutes * 60_000_000);
    let mut legs = Vec::new();
    for n in 0..30 {
        let mut minute = below(5 * 1_440);
        for leg_of_it in 0..2 + below(5) {
            let (account, group) = (if below(2) == 0 { BAR } else { KITCHEN }, format!("G{n}"));
            let call_id = format!("{n}.{leg_of_it}");
            legs.push(leg(account, &at(minute).to_string(), &format!("{group}-{leg_of_it}"), Some(&group), &call_id));
            // At once, some hours later, exactly a day later, or more.
            minute += [0, 1, below(600), below(1_440), 1_440, 1_440 + below(900)][usize::try_from(below(6)).unwrap()];
        }
    }
    let porta = porta(legs, PortaOptions::default());
    let over = async |from: i64, until: i64| {
        let window = format!("{}/{}", at(from), at(until)).replace('T', "%20").replace('Z', "");
        let mut calls = groups(&ask(&porta, CAFE, &window, ALL).await);
        calls.sort();
        calls
    };
    let end = 30 * 1_440;
    let whole = over(0, end).await;
    assert!(whole.len() > 20 && whole.iter().flatten().count() > 60, "{whole:?}");
    for most in [7 * 1_440, 1_440, 600] {
        let (mut from, mut seen) = (0, Vec::new());
        while from < end {
            let until = (from + 1 + below(most)).min(end);
            seen.extend(over(from, until).await);
            from = until;
        }
        seen.sort();
        assert_eq!(seen, whole, "windows of up to {most} minutes");
    }
}

/// A leg more than 24 hours after the first one begins a call, whatever window is asked.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_leg_that_comes_after_a_day_begins_a_call_of_its_own() {
    let leg = |connected: &str, call_id: &str| leg(BAR, connected, call_id, Some("M"), call_id);
    let porta = porta(
        vec![
            leg("2026-06-12T01:00:00Z", "one"),
            leg("2026-06-13T01:00:00Z", "two"),
            leg("2026-06-13T03:00:00Z", "three"),
            leg("2026-06-14T02:59:59Z", "four"),
            leg("2026-06-20T00:00:00Z", "alone"),
        ],
        PortaOptions::default(),
    );
    let (first, second) = (["one", "two"], ["three", "four"]);
    for (window, expected) in [
        ("2026-06-12/2026-06-13", vec![first]),
        ("2026-06-13/2026-06-14", vec![second]),
        ("2026-06-12/2026-06-14", vec![first, second]),
        ("2026-06-12 01:00:00/2026-06-12 02:00:00", vec![first]),
        ("2026-06-13 03:00:00/2026-06-13 04:00:00", vec![second]),
        ("2026-06-13 01:00:00/2026-06-13 02:00:00", vec![]),
        ("2026-06-14/2026-06-30", vec![]),
    ] {
        assert_eq!(groups(&ask(&porta, CAFE, &window.replace(' ', "%20"), ALL).await), expected, "{window}");
    }
}

/// Legs of other customers count if the licence sees them; what another payer is charged for a leg is not a leg.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn legs_on_accounts_that_the_licence_does_not_see_are_not_there() {
    let of = |customer_id, leg: Cdr| Cdr { customer_id, ..leg };
    let resale = Cdr {
        kind: cdr_model::RecordKind::Resale,
        account_id: -RESELLER,
        ..of(RESELLER, leg(BAR, "2026-11-16T10:00:00Z", "A", None, "one"))
    };
    let records = vec![
        leg(BAR, "2026-11-16T10:00:00Z", "A", None, "one"),
        of(STRANGER, leg(STRANGERS, "2026-11-16T10:01:00Z", "B", Some("A"), "strange")),
        resale,
    ];
    let window = "2026-11-16/2026-11-17";
    let alone = porta(records.clone(), PortaOptions::default());
    for customer in [CAFE, RESELLER] {
        assert_eq!(groups(&ask(&alone, customer, window, ALL).await), Vec::<Vec<String>>::new());
    }
    let other = of(RESELLER, leg(41, "2026-11-17T00:00:30Z", "C", Some("A"), "other"));
    let with = porta(records.into_iter().chain([other]).collect(), PortaOptions::default());
    assert_eq!(groups(&ask(&with, CAFE, window, ALL).await), [["one", "other"]]);
}

/// A filter by direction holds for each leg.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn only_outgoing_legs_are_grouped_if_only_these_are_wanted() {
    let incoming =
        Cdr { direction: cdr_model::Direction::In, ..leg(BAR, "2026-11-16T10:01:00Z", "B", Some("A"), "two") };
    let legs = vec![leg(BAR, "2026-11-16T10:00:00Z", "A", None, "one"), incoming];
    let porta = porta(legs, PortaOptions::default());
    assert_eq!(groups(&ask(&porta, CAFE, "2026-11-16/2026-11-17", ALL).await).len(), 1);
    assert_eq!(groups(&ask(&porta, CAFE, "2026-11-16/2026-11-17", "true/true/true").await).len(), 0);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn many_calls_are_looked_up_in_parts() {
    let first = super::world::at("2026-11-16T00:00:00Z");
    let legs = (0..1_300).flat_map(|n| {
        let at = |seconds: i64| first.plus_micros((n * 60 + seconds) * 1_000_000).to_string();
        [
            leg(BAR, &at(0), &format!("A{n}"), None, &format!("{n}.one")),
            leg(BAR, &at(90), &format!("B{n}"), Some(&format!("A{n}")), &format!("{n}.two")),
        ]
    });
    let porta = porta(legs.collect(), PortaOptions::default());
    let found = groups(&ask(&porta, CAFE, "2026-11-16/2026-11-17", ALL).await);
    let expected: Vec<[String; 2]> = (0..1_300).map(|n| [format!("{n}.one"), format!("{n}.two")]).collect();
    assert_eq!(found, expected);
}
