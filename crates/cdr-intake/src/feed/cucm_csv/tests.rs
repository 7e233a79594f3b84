use cdr_mediation::CallDraft;
use proptest::prelude::*;

use super::CucmCsv;
use crate::testing::{Sink, fixture};
use crate::{FEEDS, FeedSettings, FileSample, Likeness};

const NAMES: [&str; 28] = [
    "cdrRecordType",
    "globalCallID_callManagerId",
    "globalCallID_callId",
    "dateTimeOrigination",
    "origIpAddr",
    "callingPartyNumber",
    "origCause_value",
    "originalCalledPartyNumber",
    "finalCalledPartyNumber",
    "destCause_value",
    "dateTimeConnect",
    "dateTimeDisconnect",
    "pkid",
    "duration",
    "origDeviceName",
    "destDeviceName",
    "globalCallId_ClusterID",
    "authCodeDescription",
    "clientMatterCode",
    "authorizationCodeValue",
    "outpulsedCallingPartyNumber",
    "origIpv4v6Addr",
    "huntPilotDN",
    "wasCallQueued",
    "totalWaitTimeInQueue",
    "origDeviceSessionID",
    "destDeviceSessionID",
    "comment",
];
const PKID: &str = "9f2f4a8e-6a2c-4b2f-9a51-0d4b1c6b7a11";

/// A row, with the values of some columns in place of those of an answered call.
fn row(changes: &[(&str, &str)]) -> Vec<String> {
    let value = |name: &str| match name {
        "cdrRecordType" | "globalCallID_callManagerId" => "1",
        "globalCallID_callId" => "4711",
        "dateTimeOrigination" => "1795255200",
        "dateTimeConnect" => "1795255205",
        "dateTimeDisconnect" => "1795255265",
        "duration" => "60",
        // 192.0.2.188
        "origIpAddr" => "-1140719424",
        "callingPartyNumber" => "1000",
        "originalCalledPartyNumber" | "finalCalledPartyNumber" => "493023125001",
        "origCause_value" => "16",
        "destCause_value" | "wasCallQueued" | "totalWaitTimeInQueue" => "0",
        "pkid" => PKID,
        "origDeviceName" => "SEP00005E005301",
        "destDeviceName" => "carrier-a",
        "globalCallId_ClusterID" => "Site-1",
        _ => "",
    };
    let changed = |name: &str| changes.iter().find(|(known, _)| *known == name).map_or(value(name), |(_, text)| *text);
    NAMES.iter().map(|name| changed(name).to_owned()).collect()
}

fn line<T: AsRef<str>>(cells: &[T]) -> String {
    cells.iter().map(|cell| format!("\"{}\"", cell.as_ref())).collect::<Vec<_>>().join(",") + "\n"
}

/// The heading and the types.
fn head() -> String {
    let types = NAMES.map(|name| if name.contains("Type") { "INTEGER" } else { "VARCHAR(50)" });
    line(&NAMES) + &types.join(",") + "\n"
}

fn loaded(file: &str, extra: &[&str]) -> (Vec<CallDraft>, Vec<String>) {
    let sink = Sink::default();
    let settings =
        FeedSettings { extra: extra.iter().map(|name| (*name).to_owned()).collect(), ..FeedSettings::default() };
    sink.load(&CucmCsv, file.as_bytes(), &settings).unwrap();
    let kept = sink.kept();
    let bad = kept.quarantine.iter().map(|(position, reason, detail, _)| format!("{position}: {reason}: {detail}"));
    (kept.calls().into_iter().cloned().collect(), bad.collect())
}

/// The only call of a file with one row.
fn one(changes: &[(&str, &str)]) -> CallDraft {
    let (mut calls, bad) = loaded(&(head() + &line(&row(changes))), &["comment"]);
    assert_eq!((calls.len(), &bad[..]), (1, &[][..]), "{changes:?}");
    calls.remove(0)
}

#[test]
fn a_row_becomes_a_call() {
    let draft = one(&[("comment", "x")]);
    let (call, details) = (&draft.call, &draft.call.details);
    assert_eq!((draft.key.as_str(), draft.account.as_deref()), (PKID, None));
    assert_eq!(draft.trunks, ["SEP00005E005301", "carrier-a"]);
    assert_eq!(call.started_at.to_string(), "2026-11-21T10:00:00.000000Z");
    assert_eq!(call.connected_at.unwrap().to_string(), "2026-11-21T10:00:05.000000Z");
    assert_eq!(call.ended_at.unwrap().to_string(), "2026-11-21T10:01:05.000000Z");
    assert_eq!(call.billed_at, call.ended_at.unwrap());
    assert_eq!((call.talk_us, call.success, call.release_cause), (Some(60_000_000), true, Some(16)));
    assert_eq!((call.calling.as_deref(), call.called.as_deref()), (Some("1000"), Some("493023125001")));
    assert_eq!((&details.calling_routed, &details.called_routed), (&None, &None));
    assert_eq!(details.sip.peer_ip, Some("192.0.2.188".parse().unwrap()));
    assert_eq!(details.call_uuid.unwrap().to_string(), PKID);
    assert_eq!(details.group.as_deref(), Some("src:pbx:Site-1/1/4711"));
    assert_eq!(details.extra.get("comment").map(String::as_str), Some("x"));
    assert_eq!(details.queue, None);
    assert_eq!(call.assumed.bits(), 2 + 8);
}

#[test]
fn columns_become_fields() {
    let session = "97173553334349d0a9391305caa12733";
    let none = "0".repeat(32);
    for (changes, found, expected) in [
        (&[("dateTimeConnect", "0"), ("duration", "0")][..], "connected, success, talk", "None false Some(0)"),
        (&[("dateTimeDisconnect", "0")], "ended", "None"),
        // The cause of the side that cleared the call.
        (&[("origCause_value", "0"), ("destCause_value", "17")], "release", "Some(17) None None"),
        (&[("origCause_value", "393216"), ("destCause_value", "393216")], "release", "None None Some(\"call split\")"),
        (&[("origCause_value", "393216")], "connected, success, talk", "Some true Some(60000000)"),
        (&[("origCause_value", "0"), ("destCause_value", "1174405137")], "release", "Some(17) Some(486) None"),
        (&[("origCause_value", "0")], "release", "None None None"),
        (&[("clientMatterCode", "M1"), ("authCodeDescription", "Ada")], "account", "Some(\"M1\") Some(\"M1\")"),
        (&[("authCodeDescription", "Ada")], "account", "Some(\"Ada\") Some(\"Ada\")"),
        (&[("authorizationCodeValue", "1234")], "account", "None None"),
        (&[("finalCalledPartyNumber", "2000")], "called", "Some(\"493023125001\") Some(\"2000\")"),
        (&[("originalCalledPartyNumber", "")], "called", "Some(\"493023125001\") None"),
        (&[("outpulsedCallingPartyNumber", "+49301000")], "calling", "Some(\"1000\") Some(\"+49301000\")"),
        (&[("outpulsedCallingPartyNumber", "1000")], "calling", "Some(\"1000\") None"),
        (&[("origIpv4v6Addr", "2001:db8::7")], "peer", "Some(2001:db8::7)"),
        (&[("origIpv4v6Addr", "198.51.100.9")], "peer", "Some(198.51.100.9)"),
        (&[("origIpAddr", "0")], "peer", "None"),
        (&[("origIpAddr", "117571776")], "peer", "Some(192.0.2.7)"),
        (
            &[("origDeviceSessionID", session), ("destDeviceSessionID", &none)],
            "session",
            &format!("Some(\"{session}\") None"),
        ),
        (
            &[("huntPilotDN", "600"), ("wasCallQueued", "1"), ("totalWaitTimeInQueue", "12")],
            "queue",
            "600 493023125001 Some(12000000)",
        ),
        (&[("huntPilotDN", "600")], "queue", "600 493023125001 None"),
    ] {
        let draft = one(changes);
        let (call, details, sip) = (&draft.call, &draft.call.details, &draft.call.details.sip);
        let text = match found {
            "connected, success, talk" => {
                let connected = if call.connected_at.is_some() { "Some" } else { "None" };
                format!("{connected} {} {:?}", call.success, call.talk_us)
            }
            "ended" => format!("{:?}", call.ended_at),
            "release" => format!("{:?} {:?} {:?}", call.release_cause, call.release_code, sip.release_reason),
            "account" => format!("{:?} {:?}", draft.account, details.account_given),
            "called" => format!("{:?} {:?}", call.called, details.called_routed),
            "calling" => format!("{:?} {:?}", call.calling, details.calling_routed),
            "peer" => format!("{:?}", sip.peer_ip),
            "session" => format!("{:?} {:?}", call.call_id, sip.out_call_id),
            _ => {
                let queue = details.queue.as_ref().unwrap();
                format!("{} {} {:?}", queue.group.as_ref().unwrap(), queue.agent.as_ref().unwrap(), queue.hold_us)
            }
        };
        assert_eq!(text, expected, "{changes:?}");
    }
}

#[test]
fn a_row_that_cannot_be_read_says_why() {
    for (changes, said) in [
        (("dateTimeOrigination", "0"), "time-unreadable: dateTimeOrigination is 0, expected seconds since 1970"),
        (("dateTimeOrigination", ""), "time-unreadable: dateTimeOrigination is empty, expected seconds since 1970"),
        (("dateTimeConnect", "x"), "time-unreadable: dateTimeConnect is `x`, expected seconds since 1970"),
        (("duration", ""), "billsec-unreadable: duration is ``, expected seconds, zero or more"),
        (("duration", "-1"), "billsec-negative: duration is `-1`, expected seconds, zero or more"),
        (("cdrRecordType", "2"), "field-unreadable: cdrRecordType is `2`, expected 1, the type of calls"),
        (("pkid", ""), "field-missing: pkid is empty"),
        (("origCause_value", "-1"), "field-unreadable: origCause_value is `-1`, expected a whole number"),
        (("origIpv4v6Addr", "x"), "field-unreadable: origIpv4v6Addr is `x`, expected an IP address"),
        (
            ("origIpAddr", "4294967296"),
            "field-unreadable: origIpAddr is `4294967296`, expected a signed number of 32 bits, whose octets are in reverse order",
        ),
    ] {
        let good = line(&row(&[("pkid", "7c6b7a11-6a2c-4b2f-9a51-0d4b9f2f4a8e")]));
        let (calls, bad) = loaded(&(head() + &line(&row(&[changes])) + &good), &[]);
        assert_eq!((calls.len(), bad), (1, vec![format!("file:3: {said}")]), "{changes:?}");
    }
    let (calls, bad) = loaded(&(head() + "1,2\n" + &line(&row(&[]))), &[]);
    assert_eq!((calls.len(), bad), (1, vec!["file:3: columns: 2 fields, the heading has 28".to_owned()]));
}

/// Releases name the same columns in other cases and orders.
#[test]
fn columns_in_another_order_and_case_give_the_same_record() {
    let expected = one(&[]);
    let reversed = |cells: Vec<String>| cells.into_iter().rev().collect::<Vec<_>>();
    let names: Vec<String> = NAMES.iter().map(|name| name.to_uppercase()).collect();
    let [names, cells] = [names, row(&[])].map(reversed);
    let (calls, bad) = loaded(&(line(&names) + &line(&cells)), &["comment"]);
    assert_eq!((calls, bad), (vec![expected], Vec::new()));
}

#[test]
fn headings_of_files_that_were_put_together_are_skipped() {
    let other = "7c6b7a11-6a2c-4b2f-9a51-0d4b9f2f4a8e";
    // The second file has fewer columns.
    let fewer = |cells: Vec<String>| cells[..20].to_vec();
    let second = line(&fewer(NAMES.map(str::to_owned).to_vec())) + &line(&fewer(row(&[("pkid", other)])));
    let (calls, bad) = loaded(&(head() + &line(&row(&[])) + &second), &[]);
    assert_eq!(calls.iter().map(|draft| draft.key.as_str()).collect::<Vec<_>>(), [PKID, other]);
    assert!(bad.is_empty(), "{bad:?}");
}

#[test]
fn other_files_are_refused() {
    let refusal = |file: &str| Sink::default().load(&CucmCsv, file.as_bytes(), &FeedSettings::default()).unwrap_err();
    let quality = "\"cdrRecordType\",\"globalCallID_callManagerId\",\"globalCallID_callId\",\"nodeId\",\"directoryNum\",\
                   \"callIdentifier\",\"dateTimeStamp\",\"numberPacketsSent\"\n2,1,4711,1,\"1000\",17,1795255265,3000\n";
    for (file, said) in [
        (
            quality,
            "file: these are call management records (cmr_…), which measure the quality of calls: load the files cdr_…; \
             nothing was loaded",
        ),
        (
            "1,2,3\n",
            "file:1: the first line does not name the columns of calls, among them cdrRecordType, globalCallID_callId, \
             dateTimeOrigination and pkid",
        ),
    ] {
        let error = refusal(file);
        assert!(error.is_refusal());
        assert_eq!(error.to_string(), said);
    }
    for file in [quality.to_owned(), head()] {
        let sample = FileSample::of(file.as_bytes(), true);
        for feed in FEEDS {
            assert_eq!(feed.likeness(&sample) == Likeness::Certain, feed.name() == "cucm-csv", "{}", feed.name());
        }
    }
}

#[test]
fn the_sample_file_is_read() {
    let sink = Sink::default();
    let report = sink.load(&CucmCsv, &fixture("cucm/cdr_Site-1_01_202611211030_7"), &FeedSettings::default()).unwrap();
    assert_eq!(report.to_string(), "7 records read: 7 loaded, 0 already known, 0 quarantined");
    let kept = sink.kept();
    let calls = kept.calls();
    let talk: i64 = calls.iter().filter_map(|draft| draft.call.talk_us).sum();
    assert_eq!(talk, (62 + 15 + 8 + 118 + 41 + 300) * 1_000_000);
    let group = |at: usize| calls[at].call.details.group.as_deref().unwrap();
    assert_eq!(group(2), group(4), "the parts of a transferred call");
}

proptest! {
    #[test]
    fn addresses_are_read_as_they_are_written(octets: [u8; 4], text: bool) {
        let number = i32::from_le_bytes(octets).to_string();
        let address = std::net::Ipv4Addr::from(octets);
        let written = address.to_string();
        let draft = one(&if text { [("origIpv4v6Addr", written.as_str())] } else { [("origIpAddr", number.as_str())] });
        let expected = Some(address).filter(|address| !address.is_unspecified()).map(Into::into);
        prop_assert_eq!(draft.call.details.sip.peer_ip, expected);
    }
}
