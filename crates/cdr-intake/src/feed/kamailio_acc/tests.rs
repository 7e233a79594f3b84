use cdr_mediation::CallDraft;
use cdr_model::Assumed;
use proptest::prelude::*;

use super::KamailioAcc;
use crate::testing::{Sink, certain, fixture, in_berlin};
use crate::{FeedSettings, FileSample, IntakeError};

/// An INVITE, and the BYE of the other side.
const ANSWERED: &str = "INVITE|a|b|call|200|OK|1795255200\nBYE|b|a|call|200|OK|1795255260\n";

/// A call in a few words: start, answer, end, talk in milliseconds, code, numbers.
fn line(draft: &CallDraft) -> String {
    let call = &draft.call;
    let clock = |at: Option<cdr_model::Timestamp>| at.map_or("-".to_owned(), |at| at.to_string()[11..23].to_owned());
    let times = [Some(call.started_at), call.connected_at, call.ended_at].map(clock).join(" ");
    let talk = call.talk_us.map_or("-".to_owned(), |talk| (talk / 1_000).to_string());
    let code = call.release_code.unwrap_or_default();
    let numbers = [&call.calling, &call.called].map(|number| number.as_deref().unwrap_or("-")).join(" ");
    format!("{times} {talk} {code} {numbers}")
}

/// The calls of a file, what is in quarantine, and what is said about the file.
fn loaded(file: &str, settings: &FeedSettings) -> (Vec<String>, Vec<String>, Vec<String>) {
    let sink = Sink::default();
    let report = sink.load(&KamailioAcc, file.as_bytes(), settings).unwrap();
    let kept = sink.kept();
    let bad = kept.quarantine.iter().map(|(position, reason, detail, _)| format!("{position}: {reason}: {detail}"));
    (kept.calls().into_iter().map(line).collect(), bad.collect(), report.warnings)
}

fn with_columns(names: &str) -> FeedSettings {
    FeedSettings { columns: names.split('|').map(str::to_owned).collect(), ..in_berlin() }
}

#[test]
fn the_transactions_of_a_file_become_calls() {
    let file = String::from_utf8(fixture("kamailio/acc_1.log")).unwrap();
    let (calls, bad, warnings) = loaded(&file, &FeedSettings::default());
    assert!(bad.is_empty() && warnings.is_empty(), "{bad:?} {warnings:?}");
    let expected = [
        "10:00:15.000 - 10:00:15.000 0 486 202 5550151",
        "10:00:40.000 - 10:00:40.000 0 408 201 5550152",
        "10:00:00.000 10:00:00.000 10:01:00.000 60000 200 201 5550150",
        "10:01:15.000 - 10:01:15.000 0 487 202 5550154",
        "10:00:50.000 10:00:50.000 10:01:35.000 45000 200 203 5550153",
    ];
    assert_eq!(calls, expected);
}

#[test]
fn every_form_of_a_transaction_is_read() {
    let core = "method|from_tag|to_tag|callid|sip_code|sip_reason|time";
    let cdr = format!("{core}|src_user|dst_user|duration|ms_duration|setuptime|created");
    for (what, columns, file, expected) in [
        ("the core", "", ANSWERED, "10:00:00.000 10:00:00.000 10:01:00.000 60000 200 - -"),
        (
            "local times",
            "",
            "INVITE|a|b|c|200|OK|2026-11-21 11:00:00\nBYE|a|b|c|200|OK|2026-11-21 11:01:00\n",
            "10:00:00.000 10:00:00.000 10:01:00.000 60000 200 - -",
        ),
        (
            "time_mode 1",
            &format!("{core}|time_attr|time_exten|setup"),
            "INVITE|a|b|c|200|OK|1795255200|1795255200|250000|1795255195\nBYE|a|b|c|200|OK|1795255260|1795255260|1500|\n",
            "09:59:55.000 10:00:00.250 10:01:00.001 59751 200 - -",
        ),
        (
            "time_mode 2",
            &format!("{core}|time_attr"),
            "INVITE|a|b|c|200|OK|1795255200|1795255200.250000\nBYE|a|b|c|200|OK|1795255260|1795255260.750000\n",
            "10:00:00.250 10:00:00.250 10:01:00.750 60500 200 - -",
        ),
        (
            "a whole call of OpenSIPS",
            &cdr,
            "INVITE|a|b|c|200|OK|2026-11-21 11:00:05|201|202|61|60400|5|2026-11-21 11:00:00\n",
            "10:00:00.000 10:00:05.000 10:01:05.400 60400 200 201 202",
        ),
        (
            "a failed call of OpenSIPS",
            &cdr,
            "INVITE|a||c|404|Not Found|2026-11-21 11:00:05|201|202||||\n",
            "10:00:05.000 - 10:00:05.000 0 404 201 202",
        ),
        (
            "objects",
            "",
            "{\"time\":1795255200.25,\"method\":\"INVITE\",\"from_tag\":\"a\",\"to_tag\":\"b\",\"callid\":\"c\",\"sip_code\":\"200\",\
             \"sip_reason\":\"OK\",\"caller\":\"201\",\"callee\":null}\n{\"timestamp\":\"1795255201\",\"method\":\"BYE\",\
             \"from_tag\":\"a\",\"to_tag\":\"b\",\"call_id\":\"c\",\"code\":200,\"reason\":\"OK\"}\n",
            "10:00:00.250 10:00:00.250 10:00:01.000 750 200 201 -",
        ),
    ] {
        let settings = if columns.is_empty() { in_berlin() } else { with_columns(columns) };
        let (calls, bad, _) = loaded(file, &settings);
        assert_eq!((calls, bad), (vec![expected.to_owned()], vec![]), "{what}");
    }
}

#[test]
fn a_call_has_the_fields_of_its_invite() {
    let file = String::from_utf8(fixture("kamailio/acc_1.log")).unwrap();
    let sink = Sink::default();
    let extra = vec!["src_ip".to_owned()];
    sink.load(&KamailioAcc, file.as_bytes(), &FeedSettings { extra, ..FeedSettings::default() }).unwrap();
    let kept = sink.kept();
    let calls = kept.calls();
    let draft = calls.iter().find(|draft| draft.key == "7d1e0c44-1@192.0.2.10/9b1f7c01/as5d20a1").unwrap();
    let call = &draft.call;
    assert_eq!(call.call_id.as_deref(), Some("7d1e0c44-1@192.0.2.10"));
    assert_eq!(call.details.group.as_deref(), Some("src:pbx:7d1e0c44-1@192.0.2.10"));
    assert_eq!(call.details.called_routed.as_deref(), Some("4912345550150"));
    assert_eq!(call.details.sip.from_domain.as_deref(), Some("pbx.example"));
    assert_eq!(call.details.sip.ruri_domain.as_deref(), Some("gw.example"));
    assert_eq!(call.details.sip.peer_ip.unwrap().to_string(), "192.0.2.10");
    assert_eq!(call.details.extra["src_ip"], "192.0.2.10");
    assert!(call.success && call.assumed.contains(Assumed::START) && call.assumed.contains(Assumed::DIRECTION));
    let busy = calls.iter().find(|draft| draft.call.release_code == Some(486)).unwrap();
    assert!(!busy.call.success && busy.call.assumed.contains(Assumed::START));
    assert_eq!(busy.call.details.sip.release_reason.as_deref(), Some("Busy Here"));
}

#[test]
fn the_same_transactions_as_rows_and_as_objects_are_one() {
    let sink = Sink::default();
    let settings = FeedSettings::default();
    assert_eq!(sink.load(&KamailioAcc, &fixture("kamailio/acc.ndjson"), &settings).unwrap().loaded, 3);
    let report = sink.load(&KamailioAcc, &fixture("kamailio/acc_1.log"), &settings).unwrap();
    assert_eq!((report.loaded, report.known, report.quarantined), (4, 3, 0));
}

#[test]
fn what_is_no_part_of_a_call_is_left_out_and_told() {
    let file = format!(
        "INVITE|a||call|407|Proxy Authentication Required|1795255199\n{ANSWERED}CANCEL|a||other|200|OK|1795255200\n\
         MESSAGE|a|b|third|202|Accepted|1795255200\nBYE|a|b|call|401|Unauthorized|1795255250\n"
    );
    let (calls, bad, warnings) = loaded(&file, &FeedSettings::default());
    assert_eq!((calls.len(), bad.len()), (1, 0));
    let said = "file:1: a INVITE with the reply 407 is no part of a call and is left out (and 3 more such rows)";
    assert_eq!(warnings, [said]);
}

#[test]
fn a_line_that_cannot_be_read_affects_no_other() {
    for (bad, said) in [
        (
            "INVITE|a|b|c|200|OK",
            "columns: 6 fields, expected 7, or 13, or the columns that the settings of the source name",
        ),
        (
            "INVITE|a|b|c|200|O|K|1795255200",
            "columns: 8 fields, expected 7, or 13, or the columns that the settings of the source name",
        ),
        ("INVITE|a|b|c|abc|OK|1795255200", "field-unreadable: sip_code is `abc`, expected a reply code such as 200"),
        ("INVITE|a|b||200|OK|1795255200", "field-missing: the transaction has no `callid`"),
        ("INVITE||b|c|200|OK|1795255200", "field-missing: the transaction has no `from_tag`"),
        ("INVITE|a|b|c|200|OK|", "time-unreadable: time is empty, expected seconds since 1970 or a local time"),
        ("INVITE|a|b|c|200|OK|soon", "time-unreadable: time is `soon`, expected a time such as 2026-11-21 10:00:00"),
        ("|a|b|c|200|OK|1795255200", "field-missing: the transaction has no `method`"),
        ("{\"method\":\"BYE\"", "not-json: EOF while parsing an object at line 1 column 15"),
        ("{\"callid\":\"a\",\"call_id\":\"b\"}", "field-twice: the object names `callid` twice"),
    ] {
        let (calls, quarantine, _) = loaded(&format!("{bad}\n{ANSWERED}"), &FeedSettings::default());
        assert_eq!((calls.len(), quarantine), (1, vec![format!("file:1: {said}")]), "{bad}");
    }
    let settings = with_columns("method|from_tag|to_tag|callid|sip_code|sip_reason|time|setup");
    let refused = Sink::default().load(&KamailioAcc, ANSWERED.as_bytes(), &settings).unwrap_err().to_string();
    assert!(refused.contains("file:1: 7 fields, and the settings of the source name 8"), "{refused}");
}

#[test]
fn columns_that_the_settings_name_include_those_of_a_transaction() {
    let sink = Sink::default();
    let settings = with_columns("method|from_tag|to_tag|sip_code|time");
    let refused = sink.load(&KamailioAcc, ANSWERED.as_bytes(), &settings).unwrap_err();
    assert!(
        matches!(refused, IntakeError::Header { .. }) && refused.to_string().contains("lack `callid`"),
        "{refused}"
    );
}

#[test]
fn its_own_files_are_recognised() {
    for file in [&fixture("kamailio/acc_1.log")[..], &fixture("kamailio/acc.ndjson"), ANSWERED.as_bytes()] {
        assert_eq!(certain(&FileSample::of(file, true)), ["kamailio-acc"]);
    }
}

proptest! {
    /// Any order and repetition of the lines, in any split over files, gives the same calls.
    #[test]
    fn shuffled_split_and_replayed_files_give_the_same_calls(
        order in Just((0..7_usize).collect::<Vec<_>>()).prop_shuffle(),
        again in prop::collection::vec(0..7_usize, 0..7),
        cut in 0..14_usize,
    ) {
        let file = fixture("kamailio/acc_1.log");
        let lines: Vec<&[u8]> = file.split_inclusive(|byte| *byte == b'\n').collect();
        let calls = |sink: &Sink| -> Vec<(String, [u8; 32], String)> {
            let kept = sink.kept();
            let mut calls: Vec<_> = kept.calls().into_iter().map(|one| (one.key.clone(), one.digest, line(one))).collect();
            calls.sort_unstable();
            calls
        };
        let whole = Sink::default();
        whole.load(&KamailioAcc, &file, &FeedSettings::default()).unwrap();
        let other = Sink::default();
        let all: Vec<&[u8]> = order.iter().chain(&again).map(|at| lines[*at]).collect();
        let (first, second) = all.split_at(cut.min(all.len()));
        for part in [first, second] {
            other.load(&KamailioAcc, &part.concat(), &FeedSettings::default()).unwrap();
        }
        prop_assert_eq!(calls(&whole), calls(&other));
    }
}
