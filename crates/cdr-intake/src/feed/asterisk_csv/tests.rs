use cdr_mediation::CallDraft;
use cdr_model::Assumed;
use proptest::prelude::*;

use super::AsteriskCsv;
use super::EXTRA;
use crate::FeedSettings;
use crate::testing::{Sink, fixture, in_berlin};

fn loaded(file: &[u8], settings: &FeedSettings) -> (Vec<CallDraft>, Vec<(String, String, String)>) {
    let sink = Sink::default();
    sink.load(&AsteriskCsv, file, settings).unwrap();
    let kept = sink.kept();
    let bad =
        kept.quarantine.iter().map(|(position, reason, detail, _)| (position.clone(), reason.clone(), detail.clone()));
    (kept.calls().into_iter().cloned().collect(), bad.collect())
}

fn sample() -> Vec<CallDraft> {
    loaded(&fixture("asterisk/Master.csv"), &in_berlin()).0
}

fn to(called: &str) -> CallDraft {
    let calls: Vec<_> = sample().into_iter().filter(|draft| draft.call.called.as_deref() == Some(called)).collect();
    assert_eq!(calls.len(), 1, "{called}");
    calls.into_iter().next().unwrap()
}

/// A row of 16 to 21 fields, with one of them replaced.
fn row(replaced: usize, text: &str, columns: usize) -> String {
    let mut fields = [
        "acc",
        "555-0101",
        "555-0102",
        "ctx",
        "\"A\" <555-0101>",
        "c",
        "d",
        "Dial",
        "x",
        "2026-11-21 10:00:00",
        "2026-11-21 10:00:05",
        "2026-11-21 10:01:00",
        "60",
        "55",
        "ANSWERED",
        "3",
        "1795251600.1",
        "user",
        "peer",
        "1795251600.0",
        "7",
    ];
    fields[replaced] = text;
    let quoted = fields.iter().take(columns).map(|field| format!("\"{}\"", field.replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(",") + "\n"
}

#[test]
fn the_sample_is_loaded_except_for_its_two_invalid_lines() {
    let sink = Sink::default();
    let file = fixture("asterisk/Master.csv");
    let report = sink.load(&AsteriskCsv, &file, &in_berlin()).unwrap();
    assert_eq!((report.read, report.loaded, report.known, report.quarantined), (64, 61, 1, 2));
    assert_eq!(sink.kept().reasons(), ["quoting-malformed", "time-unreadable"]);
    // The lines after the invalid ones are loaded.
    for called in ["555-0176", "555-0178"] {
        assert!(sink.kept().calls().iter().any(|draft| draft.call.called.as_deref() == Some(called)), "{called}");
    }
    assert_eq!(sink.load(&AsteriskCsv, &file, &in_berlin()).unwrap().loaded, 0);
}

#[test]
fn a_row_becomes_a_call() {
    let draft = to("555-0150");
    assert_eq!(draft.key, "1795215581.4260/4260/2026-11-20 23:59:41");
    assert_eq!(draft.account.as_deref(), Some("west-1"));
    let call = draft.call;
    assert_eq!(call.started_at.to_string(), "2026-11-20T22:59:41.000000Z");
    assert_eq!(call.connected_at.unwrap().to_string(), "2026-11-20T22:59:50.000000Z");
    assert_eq!(call.ended_at.unwrap().to_string(), "2026-11-20T23:00:20.000000Z");
    assert_eq!(call.ended_at, Some(call.billed_at));
    assert_eq!((call.talk_us, call.billed_us, call.success), (Some(30_000_000), None, true));
    assert_eq!(call.calling.as_deref(), Some("555-0101"));
    assert_eq!(call.call_id.as_deref(), Some("1795215581.4260"));
    assert_eq!(call.details.group.as_deref(), Some("src:pbx:1795215581.4260"));
    assert_eq!(call.details.account_given.as_deref(), Some("west-1"));
    assert_eq!(call.details.sip.calling_name.as_deref(), Some("D. O'Mock"));
    assert_eq!(call.details.sip.release_reason.as_deref(), Some("ANSWERED"));
    assert_eq!(call.assumed.bits(), Assumed::BILL.bits() | Assumed::DIRECTION.bits());
    assert!(call.details.extra.is_empty());
}

#[test]
fn an_empty_answer_is_null_with_and_without_quotes() {
    let mut unanswered = 0;
    for draft in sample().iter().filter(|draft| draft.call.details.sip.release_reason.as_deref() != Some("ANSWERED")) {
        assert_eq!((draft.call.connected_at, draft.call.talk_us, draft.call.success), (None, Some(0), false));
        unanswered += 1;
    }
    assert!(unanswered > 10);
    assert_eq!(to("555-0152").call.connected_at, None);
}

#[test]
fn unusual_text_is_stored_unchanged() {
    let named = |called: &str| to(called).call.details.sip.calling_name;
    assert_eq!(named("+493023125020").as_deref(), Some("Jörg Müßter"));
    assert_eq!(named("555-0160").as_deref(), Some("The \"Boss\", Ada"));
    assert_eq!(named("555-0161").as_deref(), Some("Chloé\nSample"));
    assert_eq!(named("555-0162").as_deref(), Some("=HYPERLINK(1)"));
    assert_eq!(named("*98"), None);
    let nobody = sample().into_iter().find(|draft| draft.call.details.sip.calling_name.as_deref() == Some("Nobody"));
    let nobody = nobody.unwrap();
    assert_eq!((nobody.account, nobody.call.calling.as_deref()), (None, Some("555-0198")), "the number of the clid");
}

#[test]
fn rows_that_share_a_uniqueid_are_separate_calls_of_one_group() {
    let queue: Vec<_> = sample()
        .into_iter()
        .filter(|draft| draft.call.details.group.as_deref() == Some("src:pbx:1795248000.4280"))
        .collect();
    let keys: Vec<&str> = queue.iter().map(|draft| draft.key.as_str()).collect();
    assert_eq!(keys.len(), 4);
    assert_eq!(keys[0], "1795248000.4280/4280/2026-11-21 09:00:00");
    assert_eq!(keys[3], "1795248120.4283/4283/2026-11-21 09:02:00");
}

#[test]
fn a_restarted_sequence_gives_new_calls() {
    let file = row(20, "0", 21) + &row(20, "0", 21).replace("10:00:00", "10:00:01");
    let keys: Vec<String> = loaded(file.as_bytes(), &in_berlin()).0.into_iter().map(|draft| draft.key).collect();
    assert_eq!(keys, ["1795251600.1/0/2026-11-21 10:00:00", "1795251600.1/0/2026-11-21 10:00:01"]);
}

#[test]
fn local_times_are_read_in_the_zone_of_the_settings() {
    let twice = to("555-0190").call;
    assert_eq!(twice.started_at.to_string(), "2026-10-25T00:30:00.000000Z", "as its uniqueid states");
    assert!(!twice.assumed.contains(Assumed::LOCAL_TIME));
    let never = to("555-0191").call;
    assert_eq!(never.started_at.to_string(), "2026-03-29T01:30:00.000000Z", "moved forward");
    assert!(never.assumed.contains(Assumed::LOCAL_TIME));
    let utc = loaded(row(0, "acc", 21).as_bytes(), &FeedSettings::default()).0;
    assert_eq!(utc[0].call.started_at.to_string(), "2026-11-21T10:00:00.000000Z");
    assert!(!utc[0].call.assumed.contains(Assumed::LOCAL_TIME));
}

#[test]
fn an_end_before_the_start_is_stored() {
    let call = to("555-0174").call;
    assert!(call.ended_at.unwrap() < call.started_at);
    assert_eq!(call.talk_us, Some(30_000_000));
}

#[test]
fn the_number_of_fields_determines_the_columns() {
    // The number of columns, the account, the key without its digest, and the call ID.
    let cases = [
        (16, "acc", "-/2026-11-21 10:00:00/", None),
        (17, "acc", "1795251600.1/2026-11-21 10:00:00/", Some("1795251600.1")),
        (18, "acc", "1795251600.1/2026-11-21 10:00:00/", Some("1795251600.1")),
        (21, "acc", "1795251600.1/7/2026-11-21 10:00:00", Some("1795251600.1")),
    ];
    for (columns, account, key, call_id) in cases {
        let calls = loaded(row(0, account, columns).as_bytes(), &in_berlin()).0;
        assert!(calls[0].key.starts_with(key), "{columns}: {}", calls[0].key);
        assert_eq!(calls[0].call.call_id.as_deref(), call_id, "{columns}");
    }
    let all = FeedSettings { extra: EXTRA.iter().map(|name| (*name).to_owned()).collect(), ..in_berlin() };
    let (calls, _) = loaded(&fixture("asterisk/Master.csv"), &all);
    let extra = |start: &str, name: &str| {
        let found = calls
            .iter()
            .filter(|draft| draft.key.contains(start))
            .map(|draft| draft.call.details.extra.get(name).cloned());
        found.collect::<Vec<_>>()
    };
    let text = |text: &str| vec![Some(text.to_owned())];
    assert_eq!(extra("2026-11-22 11:01:00", "userfield"), [None]);
    assert_eq!(extra("2026-11-22 11:02:00", "userfield"), text("ticket 17"));
    assert_eq!(extra("2026-11-22 11:03:00", "userfield"), text("ticket 18"));
    assert_eq!(extra("2026-11-22 11:04:00", "sequence"), text("20"));
    assert_eq!(extra("2026-11-22 11:05:00", "sequence"), text("22"));
    assert_eq!(extra("2026-11-22 11:06:00", "userfield"), text("ticket 20"));
    assert_eq!(extra("2026-11-21 08:05:00", "userfield"), text("first line\r\nsecond, \"quoted\" line\n\nlast line"));
    assert_eq!(extra("2026-11-21 08:05:00", "dcontext"), text("from-internal"));
}

#[test]
fn equal_rows_without_a_uniqueid_are_distinguished_by_their_order() {
    let keys: Vec<String> =
        sample().into_iter().map(|draft| draft.key).filter(|key| key.starts_with("-/2026-11-22 11:00:00/")).collect();
    assert_eq!(keys.len(), 2);
    assert!(keys[0].ends_with("/1") && keys[1].ends_with("/2"));
    assert_eq!(keys[0].rsplit_once('/').unwrap().0, keys[1].rsplit_once('/').unwrap().0);
}

#[test]
fn a_very_long_uniqueid_becomes_a_digest() {
    let calls = loaded(row(16, &format!("{}-1.1", "x".repeat(300)), 21).as_bytes(), &in_berlin()).0;
    assert!(calls[0].key.starts_with("sha256:") && calls[0].key.len() == 71);
}

#[test]
fn an_invalid_row_is_reported_with_its_value_and_what_was_expected() {
    let cases = [
        (
            row(9, "21/11/2026 10:00", 21),
            "time-unreadable",
            "start is `21/11/2026 10:00`, expected a time such as 2026-11-21 10:00:00",
        ),
        (row(9, "", 21), "time-unreadable", "start is empty, expected a time such as 2026-11-21 10:00:00"),
        (
            row(10, "2026-02-30 10:00:00", 21),
            "time-unreadable",
            "answer is `2026-02-30 10:00:00`, expected a time such as 2026-11-21 10:00:00",
        ),
        (
            row(11, "2026-11-21 10:00", 21),
            "time-unreadable",
            "end is `2026-11-21 10:00`, expected a time such as 2026-11-21 10:00:00",
        ),
        (row(13, "1m", 21), "billsec-unreadable", "billsec is `1m`, expected seconds, zero or more"),
        (row(13, "-3", 21), "billsec-negative", "billsec is `-3`, expected seconds, zero or more"),
        (
            row(13, "9223372036854775807", 21),
            "billsec-unreadable",
            "billsec is `9223372036854775807`, expected seconds, zero or more",
        ),
        (row(20, "seven", 21), "sequence-unreadable", "sequence is `seven`, expected a whole number"),
        (
            row(9, "1969-12-31 10:00:00", 21),
            "start-out-of-range",
            "its start is 1969-12-31T09:00:00.000000Z, expected a time in the years 1970 to 9999",
        ),
        ("x\n".to_owned(), "columns", "1 field, expected 16 to 21 for Master.csv"),
        (row(0, "acc", 15), "columns", "15 fields, expected 16 to 21 for Master.csv"),
        (row(0, "acc", 21).replace('\n', ",1\n"), "columns", "22 fields, expected 16 to 21 for Master.csv"),
    ];
    for (file, reason, detail) in cases {
        let (calls, bad) = loaded((file.clone() + &row(0, "good", 21)).as_bytes(), &in_berlin());
        assert_eq!(bad, [("file:1".to_owned(), reason.to_owned(), detail.to_owned())], "{file}");
        assert_eq!(calls.len(), 1, "the next line is loaded: {file}");
    }
}

#[test]
fn an_unknown_field_for_extra_is_rejected_before_anything_is_read() {
    let settings = FeedSettings { extra: vec!["src".to_owned()], ..in_berlin() };
    let error = Sink::default().load(&AsteriskCsv, b"", &settings).unwrap_err();
    assert!(
        error.to_string().starts_with("feed `asterisk-csv` has no field `src` for `extra`; it accepts dcontext, clid")
    );
}

proptest! {
    #[test]
    fn garbage_between_rows_loses_none_of_them(
        garbage in proptest::collection::vec(proptest::collection::vec("[^\n]{0,30}|[\",a ]{0,12}", 0..3), 1..20),
    ) {
        let (mut file, mut expected) = (String::new(), Vec::new());
        for (number, lines) in garbage.iter().enumerate() {
            file += &row(16, &format!("1795251600.{number}"), 21);
            expected.push(format!("1795251600.{number}/7/2026-11-21 10:00:00"));
            for line in lines {
                file += line;
                file.push('\n');
            }
        }
        let (calls, _) = loaded(file.as_bytes(), &FeedSettings::default());
        let keys: Vec<String> = calls.into_iter().map(|draft| draft.key).collect();
        prop_assert_eq!(keys, expected);
    }

    #[test]
    fn any_text_in_a_row_is_stored_unchanged(name in "[^\0\"<>]{1,20}", account in "[^\0]{0,20}") {
        let name = name.trim().to_owned();
        prop_assume!(!name.is_empty());
        let file = row(4, &format!("\"{name}\" <555-0101>"), 21);
        let (calls, _) = loaded(file.as_bytes(), &FeedSettings::default());
        prop_assert_eq!(calls[0].call.details.sip.calling_name.as_deref(), Some(name.as_str()));
        let (calls, _) = loaded(row(0, &account, 21).as_bytes(), &FeedSettings::default());
        prop_assert_eq!(calls[0].account.clone().unwrap_or_default(), account);
    }
}
