use cdr_mediation::CallDraft;

use super::PortaXdr;
use crate::testing::{Dribble, Sink, fixture};
use crate::{FEEDS, FeedSettings, FileEnd, FileSample, Likeness, LoadOptions, load};

/// The members of a voice call of an account.
const CALL: [(&str, &str); 19] = [
    ("i_xdr", "129580143"),
    ("i_service", "3"),
    ("service", "\"Voice Calls\""),
    ("account_id", "\"493023125001\""),
    ("CLI", "\"493023125001\""),
    ("CLD", "\"493023125014\""),
    ("connect_time", "\"2026-11-21 10:00:05\""),
    ("unix_connect_time", "1795255205"),
    ("disconnect_time", "\"2026-11-21 10:00:49\""),
    ("unix_disconnect_time", "1795255249"),
    ("bill_time", "\"2026-11-21 10:00:51\""),
    ("charged_amount", "0.01900"),
    ("charged_quantity", "60"),
    ("used_quantity", "44"),
    ("disconnect_cause", "16"),
    ("disconnect_reason", "\"Caller hangup\""),
    ("bit_flags", "4"),
    ("call_id", "\"b2YB\""),
    ("h323_conf_id", "\"062BDBD0 7366C3AD 6ED2EA7A 66D2F473\""),
];

/// A call as JSON with other members, of which an empty one is left out.
fn object(changes: &[(&str, &str)]) -> String {
    let changed = |name: &str| changes.iter().find(|(known, _)| *known == name).map(|(_, json)| *json);
    let members = CALL.iter().map(|(name, json)| (*name, changed(name).unwrap_or(json)));
    let added = changes.iter().filter(|(name, _)| CALL.iter().all(|(known, _)| known != name)).copied();
    let members = members.chain(added).filter(|(_, json)| !json.is_empty());
    let members: Vec<String> = members.map(|(name, json)| format!("\"{name}\":{json}")).collect();
    format!("{{{}}}", members.join(","))
}

fn loaded(file: &str, settings: &FeedSettings) -> (Vec<CallDraft>, Vec<String>, Vec<String>) {
    let sink = Sink::default();
    let report = sink.load(&PortaXdr, file.as_bytes(), settings).unwrap();
    let kept = sink.kept();
    let bad = kept.quarantine.iter().map(|(position, reason, detail, _)| format!("{position}: {reason}: {detail}"));
    (kept.calls().into_iter().cloned().collect(), bad.collect(), report.warnings)
}

fn one(changes: &[(&str, &str)]) -> CallDraft {
    let (mut calls, bad, _) = loaded(&(object(changes) + "\n"), &FeedSettings::default());
    assert_eq!((calls.len(), &bad[..]), (1, &[][..]), "{changes:?}");
    calls.remove(0)
}

#[test]
fn an_xdr_becomes_a_call() {
    let draft = one(&[]);
    let (call, details) = (&draft.call, &draft.call.details);
    assert_eq!((draft.key.as_str(), draft.account.as_deref()), ("129580143", Some("493023125001")));
    assert_eq!((draft.service.as_deref(), call.service_id, call.kind.name()), (Some("Voice Calls"), 3, "call"));
    assert_eq!((call.calling.as_deref(), call.called.as_deref()), (Some("493023125001"), Some("493023125014")));
    assert_eq!(call.started_at.to_string(), "2026-11-21T10:00:05.000000Z");
    assert_eq!(call.connected_at, Some(call.started_at));
    assert_eq!(call.ended_at.unwrap().to_string(), "2026-11-21T10:00:49.000000Z");
    assert_eq!(call.billed_at.to_string(), "2026-11-21T10:00:51.000000Z");
    assert_eq!((call.talk_us, call.billed_us), (Some(44_000_000), Some(60_000_000)));
    assert_eq!((call.success, call.release_cause, call.direction.name()), (true, Some(16), "out"));
    assert_eq!(call.price.unwrap().to_string(), "0.01900");
    assert_eq!(details.sip.release_reason.as_deref(), Some("Caller hangup"));
    assert_eq!((call.call_id.as_deref(), details.source_ref.as_deref()), (Some("b2YB"), Some("129580143")));
    let xdr = details.xdr.as_ref().unwrap();
    assert_eq!((xdr.bit_flags, xdr.conf_id.as_deref()), (Some(4), Some("062BDBD0 7366C3AD 6ED2EA7A 66D2F473")));
    assert_eq!(details.group.as_deref(), Some("src:pbx:062BDBD0 7366C3AD 6ED2EA7A 66D2F473"));
    assert_eq!(call.assumed.bits(), 1, "the start");
}

#[test]
fn members_become_fields() {
    for (changes, what, expected) in [
        (&[("bit_flags", "8")][..], "direction", "in 1"),
        (&[("bit_flags", "12")], "direction", "forwarded 1"),
        (&[("bit_flags", "")], "direction", "out 9"),
        (&[("bit_flags", "0")], "direction", "out 9"),
        (&[("setup_time", "\"2026-11-21 10:00:00\"")], "start", "2026-11-21T10:00:00.000000Z 0"),
        (&[("bill_time", "")], "start", "2026-11-21T10:00:05.000000Z 3"),
        (&[("used_quantity", "")], "talk", "true Some(44000000) Some(60000000) 17"),
        (&[("failed", "1"), ("used_quantity", ""), ("charged_quantity", "0")], "talk", "false Some(0) Some(0) 1"),
        (&[("failed", "false")], "talk", "true Some(44000000) Some(60000000) 1"),
        (&[("charged_quantity", "\"60\"")], "talk", "true Some(44000000) Some(60000000) 1"),
        (&[("charged_quantity", "0"), ("charged_quantitySpecified", "false")], "talk", "true Some(44000000) None 1"),
        (&[("charged_amount", "0"), ("charged_amountSpecified", "false")], "price", "None"),
        (&[("charged_amount", "null")], "price", "None"),
        (&[("charged_amount", "\"0.01900\"")], "price", "0.01900"),
        // Seconds since 1970 count, and of times of .NET the milliseconds.
        (&[("connect_time", "\"2026-11-21 05:00:05\"")], "start", "2026-11-21T10:00:05.000000Z 1"),
        (&[("unix_connect_time", "")], "start", "2026-11-21T10:00:05.000000Z 1"),
        (&[("connect_time", "\"\\/Date(1795255205250-0000)\\/\"")], "start", "2026-11-21T10:00:05.250000Z 1"),
        (
            &[("connect_time", "\"\\/Date(-62135596800000-0000)\\/\""), ("unix_connect_time", "0")],
            "start",
            "2026-11-21T10:00:49.000000Z 1",
        ),
        (&[("bit_flags", "68")], "recordings", "Some(true)"),
        (
            &[
                ("call_recording_url", "\"https://a.invalid/1\""),
                ("cr_download_links", "[\"https://a.invalid/1\",\"https://a.invalid/2\"]"),
            ],
            "recordings",
            "Some(true) https://a.invalid/1 https://a.invalid/2",
        ),
        (&[("h323_incoming_conf_id", "\"A B\"")], "group", "src:pbx:A B"),
        (&[("h323_conf_id", "")], "group", "src:pbx:b2YB"),
        (&[("xdr_type", "\"customer\"")], "kind", "resale customer/129580143"),
        (&[("xdr_type", "\"account\"")], "kind", "call 129580143"),
        (&[("account_id", ""), ("xdr_type", "")], "kind", "call 129580143"),
        (
            &[("service", "\"Payments\""), ("account_id", ""), ("charged_amount", "-25.00")],
            "kind",
            "payment customer/129580143",
        ),
        (&[("service", "\"Subscriptions\""), ("i_service", "4")], "kind", "subscription 129580143"),
        (
            &[("service", "\"Messaging Service\""), ("i_service", "5"), ("charged_quantity", "2")],
            "charge",
            "usage true None 2 unknown 0",
        ),
    ] {
        let draft = one(changes);
        let (call, details) = (&draft.call, &draft.call.details);
        let text = match what {
            "direction" => format!("{} {}", call.direction.name(), call.assumed.bits()),
            "start" => format!("{} {}", call.started_at, call.assumed.bits()),
            "talk" => format!("{} {:?} {:?} {}", call.success, call.talk_us, call.billed_us, call.assumed.bits()),
            "price" => call.price.map_or("None".to_owned(), |price| price.to_string()),
            "recordings" => {
                let xdr = details.xdr.as_ref().unwrap();
                let urls = xdr.recordings.iter().map(|recording| format!(" {}", recording.url));
                format!("{:?}{}", details.recorded, urls.collect::<String>())
            }
            "group" => details.group.clone().unwrap(),
            "charge" => {
                let quantity = details.xdr.as_ref().unwrap().quantity.unwrap();
                let (kind, direction) = (call.kind.name(), call.direction.name());
                format!("{kind} {} {:?} {quantity} {direction} {}", call.success, call.talk_us, call.assumed.bits())
            }
            _ => format!("{} {}", call.kind.name(), draft.key),
        };
        assert_eq!(text, expected, "{changes:?}");
    }
}

#[test]
fn an_xdr_that_cannot_be_read_says_why() {
    let good = object(&[("i_xdr", "7")]);
    for (line, said) in [
        (object(&[("i_xdr", "")]), "field-missing: i_xdr is not given"),
        (
            "[]".to_owned(),
            "not-json: invalid type: sequence, expected an object at line 1 column 0; expected an object such as {\"i_xdr\":…}",
        ),
        (
            object(&[("charged_amount", "1.2e")]),
            "not-json: invalid number at line 1 column 325; expected an object such as {\"i_xdr\":…}",
        ),
        (
            object(&[("charged_amount", "\"x\"")]),
            "amount-unreadable: charged_amount: field `price`: `x` is not a decimal amount such as 0.0190",
        ),
        (object(&[("i_service", "\"x\"")]), "field-unreadable: i_service is `x`, expected a whole number"),
        (object(&[("used_quantity", "-1")]), "billsec-negative: used_quantity is `-1`, expected seconds, zero or more"),
        (
            object(&[("unix_connect_time", "-1")]),
            "time-unreadable: unix_connect_time is `-1`, expected seconds since 1970",
        ),
        (object(&[("CLI", "\"a\\u0000b\"")]), "nul-character: `CLI` contains a NUL character"),
        (object(&[]).replace("\"CLD\"", "\"CLI\""), "field-twice: the object names `CLI` twice"),
        (
            "{\"i_xdr\":1}".to_owned(),
            "time-unreadable: neither connect_time nor disconnect_time nor bill_time is given, expected a time such as \
             2026-11-21 10:00:00",
        ),
    ] {
        let (calls, bad, _) = loaded(&format!("{good}\n{line}\n"), &FeedSettings::default());
        assert_eq!((calls.len(), bad), (1, vec![format!("file:2: {said}")]), "{line}");
    }
}

/// The three forms hold the same records.
#[test]
fn every_form_gives_the_same_records() {
    let read = |file: &[u8]| {
        let sink = Sink::default();
        let report = sink.load(&PortaXdr, file, &FeedSettings::default()).unwrap();
        assert_eq!((report.read, report.loaded, &report.warnings[..]), (6, 6, &[][..]));
        let calls: Vec<CallDraft> = sink.kept().calls().into_iter().cloned().collect();
        calls
    };
    let expected = read(&fixture("porta/xdrs.csv"));
    let kinds: Vec<&str> = expected.iter().map(|draft| draft.call.kind.name()).collect();
    assert_eq!(kinds, ["call", "call", "call", "subscription", "payment", "resale"]);
    let answer = fixture("porta/get_xdr_list.json");
    let lines = fixture("porta/xdrs.ndjson");
    let array = format!("\u{feff} [{}]", String::from_utf8(lines.clone()).unwrap().trim().replace('\n', ","));
    // Several answers, as of pages.
    let pages: Vec<String> = String::from_utf8(lines.clone())
        .unwrap()
        .lines()
        .map(|line| format!("{{\"total\":6,\"xdr_list\":[{line}]}}"))
        .collect();
    for file in [answer, lines, array.into_bytes(), pages.concat().into_bytes(), pages.join("\n").into_bytes()] {
        assert_eq!(read(&file), expected, "{}", String::from_utf8_lossy(&file[..40]));
    }
}

#[test]
fn an_element_of_a_list_affects_no_other_one() {
    let [first, last] = [object(&[("i_xdr", "1")]), object(&[("i_xdr", "2")])];
    let long = format!("{{\"i_xdr\":3,\"history\":\"{}\"}}", "x".repeat(70_000));
    for (bad, said) in [
        (
            "{\"i_xdr\":3}",
            "file:1#2: time-unreadable: neither connect_time nor disconnect_time nor bill_time is given, expected a time such as 2026-11-21 10:00:00",
        ),
        (
            "{\"i_xdr\":}",
            "file:1#2: not-json: expected value at line 1 column 10; expected an object such as {\"i_xdr\":…}",
        ),
        (
            "17",
            "file:1#2: not-json: invalid type: integer `17`, expected an object at line 1 column 2; expected an object such as {\"i_xdr\":…}",
        ),
        (&long, "file:1#2: record-too-long: the record has 70024 bytes; only the first 65536 are read and stored"),
    ] {
        let file = format!("{{\"xdr_list\":[{first},{bad},{last}]}}");
        let (calls, found, _) = loaded(&file, &FeedSettings::default());
        assert_eq!((calls.len(), found), (2, vec![said.to_owned()]), "{bad}");
    }
}

#[test]
fn a_list_that_ends_early_is_told() {
    let call = object(&[]);
    let growing = FeedSettings { end: FileEnd::Growing, ..FeedSettings::default() };
    let cut = format!("{{\"xdr_list\":[{call},{}", &call[..50]);
    let open = format!("{{\"xdr_list\":[{call}");
    for (file, settings, bad, warning) in [
        (
            &cut,
            FeedSettings::default(),
            Some("file:1#2: not-json: the file ends within the record"),
            "the list of records is not closed: the file may be incomplete",
        ),
        (&cut, growing.clone(), None, "the last record is not complete and waits for the next load"),
        (&open, FeedSettings::default(), None, "the list of records is not closed: the file may be incomplete"),
        (&open, growing, None, "the list of records is not closed: the file may be incomplete"),
    ] {
        let (calls, found, warnings) = loaded(file, &settings);
        assert_eq!((calls.len(), found), (1, bad.into_iter().map(str::to_owned).collect()), "{file}");
        assert_eq!(warnings, [format!("file:1: {warning}")], "{file}");
    }
}

/// The length of an answer on one line does not matter, and neither does that of a read.
#[test]
fn a_long_answer_is_read_in_bounded_memory() {
    let calls: Vec<String> = (0..2_000).map(|id| object(&[("i_xdr", &id.to_string())])).collect();
    let file = format!("{{\"total\":2000,\"xdr_list\":[{}]}}", calls.join(","));
    let sink = Sink::default();
    let (settings, options) = (FeedSettings::default(), LoadOptions::from_source("pbx"));
    let report = load(&PortaXdr, Dribble(file.as_bytes(), 7), "file", &settings, &options, &sink, &mut |_| {}).unwrap();
    assert_eq!((report.read, report.loaded), (2_000, 2_000));
}

/// An answer of the PortaCDR web service of this store, which names the list and its times in its own way.
#[test]
fn an_answer_of_the_own_web_service_gives_its_records_back() {
    let path = "/../cdr-dialects/src/porta/samples/known_day/route_18.snap";
    let snapshot = std::fs::read_to_string([env!("CARGO_MANIFEST_DIR"), path].concat()).unwrap();
    let answer = snapshot.lines().find(|line| line.starts_with('{')).unwrap();
    let (calls, bad, _) = loaded(answer, &FeedSettings::default());
    assert_eq!((calls.len(), &bad[..]), (7, &[][..]));
    let given: serde_json::Value = serde_json::from_str(answer).unwrap();
    for (draft, given) in calls.iter().zip(given["XDRSInfo"].as_array().unwrap()) {
        let call = &draft.call;
        let text = |name: &str| given[name].as_str().map(str::to_owned);
        let seconds = |at: cdr_model::Timestamp| at.micros() / 1_000_000;
        assert_eq!(call.details.source_ref, Some(given["i_xdr"].to_string()));
        assert_eq!((&draft.account, &draft.service), (&text("account_id"), &text("service")));
        assert_eq!(call.calling, text("CLI").filter(|text| !text.is_empty()));
        assert_eq!(call.called, text("CLD"));
        assert_eq!(call.connected_at.map(seconds), given["unix_connect_time"].as_i64());
        assert_eq!(call.ended_at.map(seconds), given["unix_disconnect_time"].as_i64());
        assert_eq!(call.price.unwrap().to_string().parse::<f64>().ok(), given["charged_amount"].as_f64());
        let flags = call.details.xdr.as_ref().and_then(|xdr| xdr.bit_flags);
        assert_eq!(flags, given["bit_flags"].as_i64());
    }
}

#[test]
fn its_files_are_recognised() {
    let answer = format!("{{\n  \"xdr_list\" : [\n{}\n]}}\n", object(&[]));
    for file in [object(&[]), answer, format!("[\n{}]", object(&[])), "I_XDR,CLI,connect_time\n".to_owned()] {
        let sample = FileSample::of(file.as_bytes(), true);
        for feed in FEEDS {
            let is_certain = feed.likeness(&sample) == Likeness::Certain;
            assert_eq!(is_certain, feed.name() == "porta-xdr", "{}: {file}", feed.name());
        }
    }
    let error = Sink::default().load(&PortaXdr, b"a,b\n1,2\n", &FeedSettings::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "file:1: the first line does not name the members of xDRs, among them i_xdr and connect_time"
    );
}
