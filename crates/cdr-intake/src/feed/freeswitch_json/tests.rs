use std::fmt::Write;

use data_encoding::BASE64;
use proptest::prelude::*;

use super::FreeswitchJson;
use crate::testing::{Sink, fixture, in_berlin};
use crate::{FeedSettings, FileEnd, FileSample, LoadOptions, load};

const UUID: &str = "9f2f4a8e-6a2c-4b2f-9a51-0d4b1c6b7a11";
const OTHER: &str = "1c6b7a11-6a2c-4b2f-9a51-0d4b9f2f4a8e";

/// The least that makes a leg: its variables and its caller profile.
fn object(variables: &str, profile: &str) -> String {
    format!("{{\"core-uuid\":\"x\",\"variables\":{{{variables}}},\"callflow\":[{{\"caller_profile\":{{{profile}}}}}]}}")
}

fn leg() -> String {
    let variables = format!(
        "\"direction\":\"inbound\",\"uuid\":\"{UUID}\",\"sip_full_from\":\"%22Ada%22%20%3Csip%3A1000@x%3E\",\
         \"start_uepoch\":\"1795255200123456\",\"answer_uepoch\":\"1795255205000000\",\"end_uepoch\":\"1795255265500000\",\
         \"billusec\":\"60500000\",\"hangup_cause\":\"NORMAL_CLEARING\",\"accountcode\":\"west%201\""
    )
    .replace('@', "%40");
    object(&variables, "\"caller_id_name\":\"Ada\",\"caller_id_number\":\"1000\",\"destination_number\":\"4930\"")
}

/// As FreeSWITCH encodes: its percent signs too, or as it did before, only those that are no part of an escape.
fn url_encoded(text: &str, with_escapes: bool) -> String {
    let mut encoded = "cdr=".to_owned();
    for (at, byte) in text.bytes().enumerate() {
        let is_escape = || {
            let digits = text.as_bytes().get(at + 1..at + 3);
            digits.is_some_and(|digits| digits.iter().all(|byte| b"0123456789ABCDEF".contains(byte)))
        };
        let is_safe = (b' '..=b'~').contains(&byte) && !b" \"#%&+:;<=>?@[\\]^`{|}".contains(&byte);
        if is_safe || (byte == b'%' && !with_escapes && is_escape()) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
    }
    encoded
}

/// The calls of a file, what is in quarantine, and what is said.
fn loaded(file: &str, settings: &FeedSettings) -> (Vec<cdr_mediation::CallDraft>, Vec<String>, Vec<String>) {
    let sink = Sink::default();
    let report = sink.load(&FreeswitchJson, file.as_bytes(), settings).unwrap();
    let kept = sink.kept();
    let bad = kept.quarantine.iter().map(|(position, reason, detail, _)| format!("{position}: {reason}: {detail}"));
    (kept.calls().into_iter().cloned().collect(), bad.collect(), report.warnings)
}

#[test]
fn a_leg_becomes_a_call() {
    let (calls, bad, _) =
        loaded(&String::from_utf8(fixture("freeswitch/cdr.ndjson")).unwrap(), &FeedSettings::default());
    assert!(bad.is_empty(), "{bad:?}");
    let (a, b) = (&calls[0], &calls[1]);
    assert_eq!((a.key.as_str(), a.account.as_deref()), ("8a1c0a52-3c55-4f0a-9d0e-6c1f2b7e0101", Some("west-1")));
    let call = &a.call;
    assert_eq!(call.started_at.to_string(), "2026-11-21T09:00:00.123456Z");
    assert_eq!(call.connected_at.unwrap().to_string(), "2026-11-21T09:00:08.124456Z");
    assert_eq!(call.ended_at.unwrap().to_string(), "2026-11-21T09:00:45.125956Z");
    assert_eq!((call.talk_us, call.success), (Some(37_001_500), true));
    assert_eq!((call.release_cause, call.release_code), (Some(16), Some(200)));
    assert_eq!((call.calling.as_deref(), call.called.as_deref()), (Some("1000"), Some("+493023125000")));
    assert_eq!(call.call_id.as_deref(), Some("a84b4c76e66710@192.0.2.10"));
    let sip = &call.details.sip;
    assert_eq!(sip.calling_name.as_deref(), Some("Ada Example"));
    assert_eq!(sip.from_header.as_deref(), Some("\"Ada Example\" <sip:1000@pbx.invalid>;tag=76341"));
    assert_eq!((sip.peer_ip, sip.peer_port), (Some("192.0.2.10".parse().unwrap()), Some(5062)));
    assert_eq!(
        (a.trunks.join(" "), b.trunks.join(" ")),
        ("internal carrier".to_owned(), "carrier external".to_owned())
    );
    // The legs of a call are records of their own with one group.
    assert_eq!(b.key, "0c7d1f60-91b7-4a35-8b8e-3f4c5d6e0202");
    assert_eq!(call.details.group.as_deref(), Some("src:pbx:8a1c0a52-3c55-4f0a-9d0e-6c1f2b7e0101"));
    assert_eq!(b.call.details.group, call.details.group);
    assert_eq!(b.call.details.sip.out_call_id.as_deref(), Some("5f1e2d3c@192.0.2.1"));
    assert_eq!(b.call.call_id.as_deref(), Some(b.key.as_str()));
    let busy = &calls[2].call;
    assert_eq!((busy.connected_at, busy.talk_us, busy.success), (None, Some(0), false));
    assert_eq!((busy.release_cause, busy.release_code), (Some(17), Some(486)));
    assert_eq!(busy.details.sip.calling_name.as_deref(), Some("Jörg \"J\" Müßter"));
    assert_eq!((calls[3].account.as_deref(), calls[3].call.release_cause), (None, None));
}

/// A record may be posted, and be written to a file because the answer was lost.
#[test]
fn a_record_is_the_same_in_every_encoding() {
    let leg = leg();
    let plain = loaded(&leg, &FeedSettings::default()).0.remove(0);
    let header = plain.call.details.sip.from_header.as_deref();
    assert_eq!((header, plain.account.as_deref()), (Some("\"Ada\" <sip:1000@x>"), Some("west 1")));
    // Values of the caller profile are never encoded.
    let named = loaded(&leg.replace("\"Ada\"", "\"Ada%20\""), &FeedSettings::default()).0.remove(0);
    assert_eq!(named.call.details.sip.calling_name.as_deref(), Some("Ada%20"));
    let decoded =
        leg.replace("%22Ada%22%20%3Csip%3A1000%40x%3E", "\\\"Ada\\\" <sip:1000@x>").replace("west%201", "west 1");
    let base64 = format!("cdr={}", BASE64.encode(leg.as_bytes()));
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(&leg).unwrap()).unwrap();
    for body in [
        url_encoded(&leg, true),
        base64.replace('+', " "),
        base64.trim_end_matches('=').to_owned(),
        format!("cdr={}", BASE64.encode(format!("{leg}\n\0\0").as_bytes())),
        format!("cdr={leg}"),
        format!("{pretty}\n"),
        format!("[{leg}]"),
        decoded.clone(),
        url_encoded(&decoded, true),
        url_encoded(&leg, false),
    ] {
        let (calls, bad, _) = loaded(&body, &FeedSettings::default());
        assert_eq!((calls.len(), bad), (1, vec![]), "{body}");
        assert_eq!(
            (&calls[0].key, &calls[0].digest, &calls[0].call),
            (&plain.key, &plain.digest, &plain.call),
            "{body}"
        );
    }
}

#[test]
fn values_that_were_decoded_with_the_body_are_noted() {
    let (_, _, said) = loaded(&url_encoded(&leg(), false), &FeedSettings::default());
    let expected =
        "file:1: the percent signs of its values are not encoded: set encode-values in json_cdr.conf.xml to false";
    assert_eq!(said, [expected]);
    // A caller's header may then look like another variable, and never replaces one that counts.
    let header = "%22Ada%22%20%3Csip%3A1000%40x%3E";
    let forged = leg().replace(header, "x%22,%22billusec%22%3A%220%22,%22y%22%3A%22");
    let (calls, bad, _) = loaded(&url_encoded(&forged, false), &FeedSettings::default());
    assert_eq!(
        (calls.len(), bad),
        (0, vec!["file:1: field-twice: `billusec` is there twice, with two values".to_owned()])
    );
    let (calls, bad, _) = loaded(&url_encoded(&forged, true), &FeedSettings::default());
    assert_eq!((calls.len(), bad), (1, vec![]));
}

#[test]
fn times_are_exact_or_else_local() {
    let exact = "\"start_uepoch\":\"1795255200123456\",\"answer_uepoch\":\"1795255205000000\",\"end_uepoch\":\"1795255265500000\"";
    let stamps = "\"start_stamp\":\"2026-11-21 11:00:00\",\"answer_stamp\":\"2026-11-21 11:00:05\",\"end_stamp\":\"\"";
    for (times, expected) in [
        (exact.to_owned(), "10:00:00.123456 10:00:05.000000 10:01:05.500000"),
        (
            exact.replace("uepoch", "epoch").replace("000000", "").replace("500000", "").replace("123456", ""),
            "10:00:00.000000 10:00:05.000000 10:01:05.000000",
        ),
        (stamps.to_owned(), "10:00:00.000000 10:00:05.000000 -"),
        (format!("{stamps},{exact}"), "10:00:00.123456 10:00:05.000000 10:01:05.500000"),
        (exact.replace("1795255205000000", "0"), "10:00:00.123456 - 10:01:05.500000"),
        (
            format!("\"answer_stamp\":\"1970-01-01 01:00:00\",{}", stamps.replace("answer_stamp", "x")),
            "10:00:00.000000 - -",
        ),
    ] {
        let file = object(&format!("\"uuid\":\"{UUID}\",\"billsec\":\"60\",{times}"), "");
        let (calls, bad, _) = loaded(&file, &in_berlin());
        assert!(bad.is_empty(), "{bad:?}");
        let call = &calls[0].call;
        let clock =
            |at: Option<cdr_model::Timestamp>| at.map_or("-".to_owned(), |at| at.to_string()[11..26].to_owned());
        let found = [Some(call.started_at), call.connected_at, call.ended_at].map(clock).join(" ");
        assert_eq!(found, expected, "{times}");
        assert_eq!(call.talk_us, Some(60_000_000));
    }
}

#[test]
fn the_leg_that_called_the_others_is_the_group() {
    let (low, high) = (OTHER, UUID);
    for (direction, variables, profile, expected) in [
        ("inbound", format!("\"bridge_uuid\":\"{low}\""), String::new(), high),
        ("outbound", format!("\"originator\":\"{low}\",\"bridge_uuid\":\"{high}\""), String::new(), low),
        ("outbound", format!("\"originating_leg_uuid\":\"{low}\""), String::new(), low),
        ("outbound", format!("\"bridge_uuid\":\"{low}\""), String::new(), low),
        ("outbound", format!("\"signal_bond\":\"{high}\""), String::new(), high),
        (
            "outbound",
            "\"x\":\"1\"".to_owned(),
            format!("\"originator\":{{\"originator_caller_profiles\":[{{\"uuid\":\"{low}\"}}]}}"),
            low,
        ),
    ] {
        let variables = format!(
            "\"uuid\":\"{high}\",\"direction\":\"{direction}\",\"start_epoch\":\"9\",\"billsec\":\"0\",{variables}"
        );
        let (calls, bad, _) = loaded(&object(&variables, &profile), &FeedSettings::default());
        assert!(bad.is_empty(), "{bad:?}");
        let group = calls[0].call.details.group.clone().unwrap();
        assert_eq!(group, format!("src:pbx:{expected}"), "{variables} {profile}");
    }
}

#[test]
fn older_objects_repeat_the_callflow() {
    let variables = format!("\"uuid\":\"{UUID}\",\"start_epoch\":\"1795255200\",\"billsec\":\"0\"");
    let flow = |number: u8| format!("\"callflow\":{{\"caller_profile\":{{\"caller_id_number\":\"{number}\"}}}}");
    let file = format!("{{\"variables\":{{{variables}}},{},{}}}", flow(1), flow(2));
    assert_eq!(loaded(&file, &FeedSettings::default()).0[0].call.calling.as_deref(), Some("1"));
}

#[test]
fn other_variables_are_stored_if_the_settings_name_them() {
    let extra = ["last_app", "context", "network_addr", "none"].map(str::to_owned).to_vec();
    let settings = FeedSettings { extra, ..FeedSettings::default() };
    let (calls, ..) = loaded(&String::from_utf8(fixture("freeswitch/cdr.ndjson")).unwrap(), &settings);
    let found = format!("{:?}", calls[0].call.details.extra);
    assert_eq!(found, "{\"context\": \"default\", \"last_app\": \"bridge\", \"network_addr\": \"192.0.2.10\"}");
}

#[test]
fn an_object_that_cannot_be_read_affects_no_other() {
    let least = format!("\"uuid\":\"{OTHER}\",\"start_epoch\":\"9\",\"billsec\":\"1\"");
    for (bad, said) in [
        ("{\"variables\":".to_owned(), "not-json: EOF while parsing a value at line 1 column 13"),
        ("x{".to_owned(), "not-json: expected value at line 1 column 1"),
        ("cdr=%7B".to_owned(), "not-json: EOF while parsing an object at line 1 column 1"),
        ("cdr=e30%FF".to_owned(), "base64-unreadable: invalid symbol at 3"),
        ("{}".to_owned(), "field-missing: `variables` is not given"),
        ("{\"variables\":{},\"variables\":{}}".to_owned(), "field-twice: the object names `variables` twice"),
        (object("\"uuid\":\"7\"", ""), "uuid-unreadable: uuid is `7`, expected the UUID of a channel"),
        (
            object(&least.replace("\"1\"", "\"-1\""), ""),
            "billsec-negative: billsec is `-1`, expected a whole number, zero or more",
        ),
        (
            object(&least.replace("billsec", "x"), ""),
            "billsec-unreadable: billusec, billmsec and billsec are empty, expected how long the parties talked",
        ),
        (
            object(&least.replace("\"9\"", "\"0\""), ""),
            "time-unreadable: start_uepoch, start_epoch and start_stamp are empty or 0, expected the start of the call",
        ),
        (
            object(&least.replace("\"9\"", "\"1.5\""), ""),
            "time-unreadable: start_epoch is `1.5`, expected seconds since 1970",
        ),
        (
            object(&least.replace("\"9\"", "\"9223372036854775807\""), ""),
            "time-unreadable: start_epoch is `9223372036854775807`, expected seconds since 1970",
        ),
        (object(&format!("{least},\"x\":\"%00\""), ""), "nul-character: `x` contains a NUL character"),
        (object(&format!("{least},\"uuid\":\"{UUID}\""), ""), "field-twice: `uuid` is there twice, with two values"),
    ] {
        let (calls, found, _) = loaded(&format!("{bad}\n{}\n", leg()), &FeedSettings::default());
        assert_eq!((calls.len(), found), (1, vec![format!("file:1: {said}")]), "{bad}");
    }
}

/// A server gives the feed one body at a time.
#[test]
fn a_body_that_is_damaged_is_quarantined_whatever_its_length() {
    let long = object(&format!("\"uuid\":\"{UUID}\",\"x\":\"{}\"", "y".repeat(200_000)), "");
    for body in [leg()[..300].to_owned(), long.clone(), url_encoded(&long, true), object(&"y".repeat(2 << 20), "")] {
        let (sink, options) = (Sink::default(), LoadOptions::from_source("pbx"));
        let settings = FeedSettings::default();
        let report = load(&FreeswitchJson, body.as_bytes(), "body", &settings, &options, &sink, &mut |_| {}).unwrap();
        assert_eq!((report.read, report.quarantined), (1, 1), "{} bytes", body.len());
    }
}

#[test]
fn bodies_are_recognised_by_their_first_bytes() {
    for body in
        [leg(), url_encoded(&leg(), true), format!("cdr={}", BASE64.encode(leg().as_bytes())), leg()[..60].to_owned()]
    {
        let sample = FileSample::of(body.as_bytes(), true);
        assert_eq!(crate::testing::certain(&sample), ["freeswitch-json"], "{body}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// A body that is cut anywhere is one record that cannot be read, or waits.
    #[test]
    fn a_cut_body_is_never_half_a_call(place in 0.0..1.0f64, encoding in 0..3usize) {
        let body = [leg(), url_encoded(&leg(), true), format!("cdr={}", BASE64.encode(leg().as_bytes()))][encoding].clone();
        // The last bytes of the encodings may be padding.
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place")]
        let cut = 4 + (place * (body.len() - 9) as f64) as usize;
        let (calls, bad, _) = loaded(&body[..cut], &FeedSettings::default());
        prop_assert_eq!((calls.len(), bad.len()), (0, 1));
        let growing = FeedSettings { end: FileEnd::Growing, ..FeedSettings::default() };
        let (calls, bad, said) = loaded(&body[..cut], &growing);
        prop_assert_eq!((calls.len(), bad.len()), (0, 0));
        prop_assert!(said[0].contains("is not finished and waits"));
    }
}
