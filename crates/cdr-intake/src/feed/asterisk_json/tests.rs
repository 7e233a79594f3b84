use proptest::prelude::*;

use super::super::asterisk_table::AsteriskTable;
use super::AsteriskJson;
use crate::testing::{Sink, fixture, in_berlin};
use crate::{FeedSettings, FileEnd, IntakeError, LoadOptions, load};

/// A record as `cdr_custom` writes it.
const CUSTOM: &str = r#"{"clid":"\"Ada\" <201>","src":"201","dst":"555-0150","start":"2026-11-21 10:00:00","answer":"2026-11-21 10:00:05","end":"2026-11-21 10:01:05","duration":65,"billsec":60,"disposition":"ANSWERED","accountcode":"west-1","uniqueid":"1795255200.1","sequence":1}"#;

/// The calls of a file in a few words, and what is in quarantine.
fn loaded(file: &str, settings: &FeedSettings) -> (Vec<String>, Vec<String>) {
    let sink = Sink::default();
    sink.load(&AsteriskJson, file.as_bytes(), settings).unwrap();
    let kept = sink.kept();
    let line = |draft: &cdr_mediation::CallDraft| {
        let call = &draft.call;
        let clock =
            |at: Option<cdr_model::Timestamp>| at.map_or("-".to_owned(), |at| at.to_string()[11..19].to_owned());
        let times = [Some(call.started_at), call.connected_at, call.ended_at].map(clock).join(" ");
        let talk = call.talk_us.unwrap_or_default() / 1_000;
        let names = [&call.calling, &call.called, &draft.account].map(|name| name.as_deref().unwrap_or("-")).join(" ");
        format!("{times} {talk} {names} {}", draft.key)
    };
    let bad = kept.quarantine.iter().map(|(position, reason, detail, _)| format!("{position}: {reason}: {detail}"));
    (kept.calls().into_iter().map(line).collect(), bad.collect())
}

#[test]
fn objects_of_each_program_become_calls() {
    let custom = "10:00:00 10:00:05 10:01:05 60000 201 555-0150 west-1 1795255200.1/1/2026-11-21 10:00:00";
    let event = r#"{"Event":"Cdr","Privilege":"cdr,all","AccountCode":"west-1","Source":"201","Destination":"555-0150",
        "DestinationContext":"out","CallerID":"\"Ada\" <201>","Channel":"PJSIP/201-1","DestinationChannel":"","LastApplication":
        "Dial","LastData":"x","StartTime":"2026-11-21 10:00:00","AnswerTime":"","EndTime":"2026-11-21 10:00:20",
        "Duration":"20","BillableSeconds":"0","Disposition":"NO ANSWER","AMAFlags":"DOCUMENTATION","UniqueID":"1795255200.7",
        "UserField":null}"#;
    let unanswered = "10:00:00 - 10:00:20 0 201 555-0150 west-1 1795255200.7/2026-11-21 10:00:00/";
    // Qualifiers of `cdr_custom`: int64, double, and a form of times with an offset.
    let qualified = CUSTOM
        .replace("\"start\":\"2026-11-21 10:00:00\"", "\"start\":1795255200")
        .replace("\"answer\":\"2026-11-21 10:00:05\"", "\"answer\":1795255205.250000")
        .replace("\"end\":\"2026-11-21 10:01:05\"", "\"end\":\"2026-11-21T11:01:05+0100\"");
    let numbered = "10:00:00 10:00:05 10:01:05 60000 201 555-0150 west-1 1795255200.1/1/1795255200";
    let cases: &[(&str, &[&str])] = &[
        (&qualified, &[numbered]),
        (&qualified.replace("1795255205.250000", "0.000000"), &["10:00:00 - 10:01:05 60000"]),
        (CUSTOM, &[custom]),
        (&format!("{CUSTOM}\n{event}\n"), &[custom, unanswered]),
        (&format!("[{CUSTOM},\n{event}]"), &[custom, unanswered]),
        (&format!("{{\"cdr\":[{CUSTOM}]}}"), &[custom]),
    ];
    for (file, expected) in cases {
        let (calls, bad) = loaded(file, &FeedSettings::default());
        assert_eq!((calls.len(), bad), (expected.len(), vec![]), "{file}");
        for (call, expected) in calls.iter().zip(*expected) {
            assert!(call.starts_with(expected), "{call} {expected}");
        }
    }
}

/// A Grandstream UCM sums up the parts of a call, which are the records.
#[test]
fn the_parts_of_a_call_of_a_ucm_are_its_records() {
    let file = String::from_utf8(fixture("asterisk/ucm.json")).unwrap();
    let (calls, bad) = loaded(&file, &in_berlin());
    assert!(bad.is_empty(), "{bad:?}");
    let begins: Vec<String> = calls.iter().map(|call| call.split(' ').take(6).collect::<Vec<_>>().join(" ")).collect();
    let expected = [
        "09:00:00 09:00:05 09:01:05 60000 201 555-0150",
        "09:05:00 09:05:02 09:05:20 18000 202 6500",
        "09:05:20 09:05:20 09:06:00 40000 202 203",
    ];
    assert_eq!(begins, expected);
    let main = r#"{"cdr":"1","main_cdr":{"start":"2026-11-21 10:00:00","dst":"1","billsec":"5"},"sub_cdr_1":null}"#;
    assert_eq!(loaded(main, &FeedSettings::default()).0.len(), 1);
}

#[test]
fn the_same_records_as_a_table_add_nothing() {
    let sink = Sink::default();
    assert_eq!(sink.load(&AsteriskTable, &fixture("asterisk/freepbx.csv"), &in_berlin()).unwrap().loaded, 3);
    let report = sink.load(&AsteriskJson, &fixture("asterisk/cdr.ndjson"), &in_berlin()).unwrap();
    assert_eq!((report.loaded, report.known, report.quarantined), (0, 3, 0));
}

#[test]
fn an_object_that_cannot_be_read_affects_no_other() {
    let good = "10:00:00 10:00:05 10:01:05 60000 201 555-0150 west-1";
    for (object, said) in [
        ("{\"a\":", "file:1: not-json: EOF while parsing a value at line 1 column 5"),
        ("{\"dst\":\"1\",}", "file:1: not-json: trailing comma at line 1 column 12"),
        ("garbage", "file:1: not-json: expected value at line 1 column 1"),
        ("{\"dst\":\"1\"}", "file:1: field-missing: the object lacks `start`, `dst` or `billsec`"),
        ("{\"dst\":\"1\",\"dst\":\"2\"}", "file:1: field-twice: the object names `dst` twice"),
        ("{\"dst\":[]}", "file:1: field-unreadable: dst is `[]`, expected a string, a number, true, false or null"),
        ("{\"dst\":\"\\u0000\"}", "file:1: nul-character: `dst` contains a NUL character"),
        (
            "{\"start\":\"\",\"dst\":\"1\",\"billsec\":1}",
            "file:1: time-unreadable: start is empty, expected a time such as 2026-11-21 10:00:00",
        ),
    ] {
        let (calls, bad) = loaded(&format!("{object}\n{CUSTOM}\n"), &FeedSettings::default());
        assert!(calls.len() == 1 && calls[0].starts_with(good), "{object}: {calls:?}");
        assert_eq!(bad, [said], "{object}");
    }
}

#[test]
fn members_without_a_field_are_stored_if_the_settings_name_them() {
    let extra = ["lastdata", "did"].map(str::to_owned).to_vec();
    let file = CUSTOM.replace("\"src\"", "\"lastdata\":\"a,b\",\"DID\":7,\"other\":1,\"src\"");
    let sink = Sink::default();
    sink.load(&AsteriskJson, file.as_bytes(), &FeedSettings { extra, ..FeedSettings::default() }).unwrap();
    let found = format!("{:?}", sink.kept().calls()[0].call.details.extra);
    assert_eq!(found, "{\"did\": \"7\", \"lastdata\": \"a,b\"}");
}

#[test]
fn a_clock_in_another_zone_is_found() {
    let file = CUSTOM.replace("1795255200.1", "1795251600.1");
    let (sink, options) = (Sink::default(), LoadOptions::from_source("pbx"));
    let settings = FeedSettings::default();
    let refused = load(&AsteriskJson, file.as_bytes(), "file", &settings, &options, &sink, &mut |_| {}).unwrap_err();
    assert!(
        matches!(refused, IntakeError::Refused { .. }) && refused.to_string().contains("--zone +01:00"),
        "{refused}"
    );
}

proptest! {
    /// A file that is cut anywhere is its whole records, and a last one that cannot be read or waits.
    #[test]
    fn a_cut_record_is_never_half_a_call(cut in 1..CUSTOM.len()) {
        let file = format!("{CUSTOM}\n{}", &CUSTOM[..cut]);
        let (calls, bad) = loaded(&file, &FeedSettings::default());
        prop_assert_eq!((calls.len(), bad.len()), (1, 1));
        prop_assert!(bad[0].starts_with("file:2: not-json"), "{}", bad[0]);
        let growing = FeedSettings { end: FileEnd::Growing, ..FeedSettings::default() };
        let (calls, bad) = loaded(&file, &growing);
        prop_assert_eq!((calls.len(), bad.len()), (1, 0));
    }
}
