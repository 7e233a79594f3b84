//! What is decided before a row of a file is taken, and what is left for the next load.

use super::{LoadOptions, load};
use crate::testing::{Sink, fixture};
use crate::{FeedSettings, FileEnd, IntakeError, LoadReport, Quoting, Share, feed_named};

fn settings(zone: &str) -> FeedSettings {
    FeedSettings { zone: zone.parse().unwrap(), ..FeedSettings::default() }
}

fn load_with(
    sink: &Sink,
    feed: &str,
    file: &[u8],
    settings: &FeedSettings,
    options: &LoadOptions,
) -> Result<LoadReport, IntakeError> {
    load(feed_named(feed).unwrap(), file, "f.csv", settings, options, sink, &mut |_| {})
}

/// The starts, answers and ends of the calls of a file, their talk times in seconds, and what is said about it.
fn loaded(feed: &str, name: &str, settings: &FeedSettings) -> (Vec<String>, Vec<String>) {
    let sink = Sink::default();
    let file = fixture(&format!("intake/{name}"));
    let report = load_with(&sink, feed, &file, settings, &LoadOptions::from_source("pbx"));
    let report = report.unwrap_or_else(|error| panic!("{name}: {error}"));
    let kept = sink.kept();
    let at = |at: Option<cdr_model::Timestamp>| at.map_or("-".to_owned(), |at| at.to_string()[..19].to_owned());
    let line = |call: &cdr_model::Cdr| {
        let times = [Some(call.started_at), call.connected_at, call.ended_at].map(at);
        format!("{} {}", times.join(" "), call.talk_us.map_or("-".to_owned(), |us| (us / 1_000_000).to_string()))
    };
    let calls = kept.calls().into_iter().map(|draft| line(&draft.call)).collect();
    let bad = kept.quarantine.iter().map(|(position, reason, ..)| format!("{position}: {reason}"));
    (calls, bad.chain(report.warnings).collect())
}

#[test]
fn files_of_asterisk_have_their_calls() {
    let usual = "2026-11-21T10:00:00 2026-11-21T10:00:05 2026-11-21T10:01:05 60";
    let unanswered = "2026-11-21T10:00:00 - 2026-11-21T10:01:05 0";
    let in_zone = |from: &str| format!("2026-11-21T{from}:00:00 - 2026-11-21T{from}:01:05 0");
    let (in_berlin, in_new_york) = (in_zone("09"), in_zone("15"));
    let cases: &[(&str, &str, &[&str], &[&str])] = &[
        ("Master.csv.gz", "UTC", &[usual, usual], &[]),
        ("utf16le.csv", "UTC", &[usual, usual, usual], &[]),
        ("header.csv", "UTC", &[usual], &[]),
        ("bom.csv", "UTC", &[usual], &[]),
        ("newline.csv", "UTC", &[usual, usual], &[]),
        ("latin1.csv", "UTC", &[usual, usual, usual], &[]),
        ("formula.csv", "UTC", &[usual], &[]),
        ("midnight.csv", "UTC", &["2026-11-21T23:59:50 2026-11-21T23:59:55 2026-11-22T00:00:20 25"], &[]),
        ("conflict.csv", "UTC", &[usual], &["f.csv:2: conflict"]),
        ("zero_answer.csv", "UTC", &[unanswered], &[]),
        ("zero_answer.csv", "Europe/Berlin", &[&in_berlin], &[]),
        ("zero_answer.csv", "America/New_York", &[&in_new_york], &[]),
        ("epoch_answer.csv", "UTC", &[unanswered], &[]),
        ("epoch_answer.csv", "Europe/Berlin", &[&in_berlin], &[]),
        ("epoch_answer.csv", "America/New_York", &[&in_new_york], &[]),
        ("wrongzone.csv", "+01:00", &["2026-11-21T09:00:00 2026-11-21T09:00:05 2026-11-21T09:01:05 60"], &[]),
        (
            "overlap.csv",
            "Europe/Berlin",
            &[
                "2026-10-25T00:50:00 2026-10-25T00:50:10 2026-10-25T01:10:10 1200",
                "2026-10-25T01:10:00 2026-10-25T01:10:10 2026-10-25T01:20:10 600",
            ],
            &[],
        ),
        (
            "gap.csv",
            "Europe/Berlin",
            &["2026-03-29T01:30:00 - 2026-03-29T01:30:10 0"],
            &["f.csv:1: start is 2026-03-29 02:30:00, which the clocks of Europe/Berlin skipped: it is read as \
               2026-03-29T01:30:00.000000Z"],
        ),
        (
            "billsec_gt.csv",
            "UTC",
            &["2026-11-21T10:00:00 - 2026-11-21T10:00:00 38"],
            &["f.csv:1: duration is 45 s, and from start to end it is 0 s: both are stored as they are"],
        ),
        (
            "excel.csv",
            "UTC",
            &[usual],
            &[
                "f.csv:1: calling is 4.93023E+11, a number that a spreadsheet has ruined: load the file of the switch itself",
            ],
        ),
        (
            "nul.csv",
            "UTC",
            &["2026-11-21T23:59:50 2026-11-21T23:59:55 2026-11-22T00:00:20 25"],
            &["f.csv:1: nul-character"],
        ),
    ];
    for (name, zone, calls, said) in cases {
        let found = loaded("asterisk-csv", name, &settings(zone));
        assert_eq!(
            (&found.0[..], &found.1[..]),
            (&calls.map_strings()[..], &said.map_strings()[..]),
            "{name} in {zone}"
        );
    }
}

trait Strings {
    fn map_strings(&self) -> Vec<String>;
}

impl Strings for [&str] {
    fn map_strings(&self) -> Vec<String> {
        self.iter().map(|text| (*text).to_owned()).collect()
    }
}

#[test]
fn zero_times_of_a_native_file_are_absent() {
    let call = "2019-05-21T12:25:41 - 2019-05-21T12:26:04 0";
    assert_eq!(
        loaded("native", "zero_connect.csv", &settings("UTC")),
        (vec![call.to_owned(), call.to_owned()], Vec::new())
    );
    let sink = Sink::default();
    let file = "started_at,billed_at,ended_at\n2019-05-21T12:25:41Z,0001-01-01T00:00:00Z,0000-00-00 00:00:00\n";
    sink.load(feed_named("native").unwrap(), file.as_bytes(), &FeedSettings::default()).unwrap();
    let kept = sink.kept();
    let call = &kept.calls()[0].call;
    assert_eq!((call.ended_at, call.billed_at), (None, call.started_at));
}

#[test]
fn quotes_that_are_not_doubled_are_read_if_the_settings_are_tolerant() {
    let tolerant = FeedSettings { quoting: Some(Quoting::Tolerant), ..FeedSettings::default() };
    assert_eq!(loaded("asterisk-csv", "unescaped.csv", &tolerant).0.len(), 2);
    let (calls, said) = loaded("asterisk-csv", "unescaped.csv", &FeedSettings::default());
    assert_eq!((calls.len(), said), (1, vec!["f.csv:1: quoting-malformed".to_owned()]));
    let sink = Sink::default();
    sink.load(feed_named("asterisk-csv").unwrap(), &fixture("intake/unescaped.csv"), &tolerant).unwrap();
    assert_eq!(sink.kept().calls()[0].call.details.sip.calling_name.as_deref(), Some("Ada"));
}

#[test]
fn a_file_that_cannot_be_one_of_the_feed_is_refused_whole() {
    let native = "started_at,calling\n2026-11-21T10:00:00Z,1\n";
    let master = fixture("intake/conflict.csv");
    let custom = fixture("intake/cdr_custom.csv");
    let dma = fixture("dma/calls.csv");
    let bad = "x,y\n".repeat(3);
    let dozens =
        (0..40).map(|n| if n % 3 == 0 { master.clone() } else { b"x\n".to_vec() }).collect::<Vec<_>>().concat();
    let cases: &[(&str, &[u8], &str, &str)] = &[
        ("asterisk-csv", &fixture("intake/wrong-feed.csv"), "UTC", "this looks like CSV with a header of field names"),
        ("asterisk-csv", native.as_bytes(), "UTC", "--feed native; nothing was loaded"),
        ("asterisk-csv", b"{\"started_at\":\"2026-11-21T10:00:00Z\"}\n", "UTC", "--feed native; nothing was loaded"),
        ("asterisk-csv", &custom, "+03:00", "--feed asterisk-table; nothing was loaded"),
        ("asterisk-csv", &dma, "UTC", "--feed dma-csv; nothing was loaded"),
        ("native", &master, "UTC", "--feed asterisk-csv; nothing was loaded"),
        ("native", &dma, "UTC", "--feed dma-csv; nothing was loaded"),
        ("dma-csv", &master, "UTC", "--feed asterisk-csv; nothing was loaded"),
        ("asterisk-table", &master, "UTC", "--feed asterisk-csv; nothing was loaded"),
        ("asterisk-table", native.as_bytes(), "UTC", "--feed native; nothing was loaded"),
        (
            "asterisk-csv",
            &fixture("intake/semicolon.csv"),
            "UTC",
            "its fields are separated by semicolons, and those of the feed asterisk-csv by commas; nothing was loaded",
        ),
        (
            "asterisk-csv",
            bad.as_bytes(),
            "UTC",
            "each of its first 3 records cannot be read by the feed asterisk-csv; f.csv:1: 2 fields, expected 16 to 21 for \
             Master.csv; nothing was loaded",
        ),
        ("asterisk-csv", b"x\n", "UTC", "its only record cannot be read by the feed asterisk-csv"),
        (
            "asterisk-csv",
            &dozens,
            "UTC",
            "26 of its first 54 records cannot be read, more than intake.max_bad (40%); the first one is f.csv:3: 1 field, \
             expected 16 to 21 for Master.csv; nothing was loaded",
        ),
        (
            "asterisk-csv",
            &fixture("intake/wrongzone.csv"),
            "UTC",
            "the uniqueid says that the clock was at +01:00, which is not the zone of this load: --zone +01:00; nothing was \
             loaded",
        ),
    ];
    for (feed, file, zone, expected) in cases {
        let sink = Sink::default();
        let options = LoadOptions { max_bad: "40%".parse().unwrap(), ..LoadOptions::from_source("pbx") };
        let error = load_with(&sink, feed, file, &settings(zone), &options).unwrap_err();
        assert!(error.is_refusal(), "{feed}: {error}");
        let said = error.to_string();
        assert!(said.starts_with("f.csv: ") && said.contains(expected), "{feed}: {said}");
        assert!(sink.kept().keys.is_empty() && sink.kept().quarantine.is_empty(), "{feed}: {said}");
    }
}

#[test]
fn a_single_bad_row_of_the_right_feed_is_quarantined() {
    let row = String::from_utf8(fixture("intake/bom.csv")).unwrap().replace("2026-11-21 10:00:00", "21/11/2026 10:00");
    let sink = Sink::default();
    let options = LoadOptions::from_source("pbx");
    let report = load_with(&sink, "asterisk-csv", row.as_bytes(), &settings("UTC"), &options).unwrap();
    assert_eq!((report.read, report.quarantined), (1, 1));
}

/// The first thousand records are good, and most of those after them are not.
#[test]
fn a_load_with_too_many_bad_records_is_stopped_and_keeps_what_it_loaded() {
    let good: String = (0..1000).map(|n| format!("2026-11-21T10:00:00Z,{n}\n")).collect();
    let file = format!("started_at,key\n{good}{}", "x,y\n".repeat(1001));
    let sink = Sink::default();
    let options = LoadOptions::from_source("pbx");
    let error = load_with(&sink, "native", file.as_bytes(), &settings("UTC"), &options).unwrap_err();
    assert!(error.is_refusal());
    assert_eq!(
        error.to_string(),
        "f.csv: 2001 records read: 1000 loaded, 0 already known, 1001 quarantined; 1001 of its records cannot be read, \
         more than intake.max_bad (50%)"
    );
    assert_eq!(sink.kept().keys.len(), 1000);
    let all = LoadOptions { max_bad: Share::ALL, ..options };
    assert!(load_with(&Sink::default(), "native", file.as_bytes(), &settings("UTC"), &all).is_ok());
}

#[test]
fn a_zone_that_the_identifiers_contradict_is_taken_if_it_is_trusted() {
    let options = LoadOptions { trusts_zone: true, ..LoadOptions::from_source("pbx") };
    let sink = Sink::default();
    let report =
        load_with(&sink, "asterisk-csv", &fixture("intake/wrongzone.csv"), &settings("UTC"), &options).unwrap();
    let said =
        "f.csv: the uniqueid says that the clock was at +01:00, which is not the zone of this load: --zone +01:00";
    assert_eq!((report.loaded, report.warnings), (1, vec![said.to_owned()]));
}

/// A growing file is cut at every byte of its last record, and loaded again once it is whole.
#[test]
fn an_unfinished_record_at_the_end_of_a_growing_file_waits() {
    let growing = FeedSettings { end: FileEnd::Growing, ..FeedSettings::default() };
    let first = String::from_utf8(fixture("intake/bom.csv")).unwrap();
    let rest = String::from_utf8(fixture("intake/newline.csv")).unwrap();
    let second = rest.rsplit_once("\"acc\"").unwrap().0.to_owned();
    assert!(second.contains("Ada\nLove"));
    let second = second.replace("1795255200.1", "1795255201.2");
    let native = ("native", "started_at,key\n2026-11-21T10:00:00Z,a\n", "2026-11-21T10:00:01Z,b\n");
    let lines =
        ("native", "{\"started_at\":\"2026-11-21T10:00:00Z\"}\n", "{\"started_at\":\"2026-11-21T10:00:01Z\"}\r\n");
    for (feed, before, last) in [("asterisk-csv", first.as_str(), second.as_str()), native, lines] {
        let options = LoadOptions::from_source("pbx");
        for cut in 0..last.len() {
            let sink = Sink::default();
            let part = format!("{before}{}", &last[..cut]);
            let report = load_with(&sink, feed, part.as_bytes(), &growing, &options).unwrap();
            assert_eq!((report.loaded, report.quarantined), (1, 0), "{part}");
            let said = report.warnings.iter().filter(|warning| warning.contains("waits for the next load")).count();
            assert_eq!(said, usize::from(cut > 0), "{:?} for {part}", report.warnings);
            let report = load_with(&sink, feed, format!("{before}{last}").as_bytes(), &growing, &options).unwrap();
            assert_eq!((report.loaded, report.known, report.quarantined), (1, 1, 0), "{part}");
            assert!(report.warnings.is_empty());
        }
        let sink = Sink::default();
        let all = format!("{before}{}", last.trim_end());
        let complete = FeedSettings::default();
        assert_eq!(load_with(&sink, feed, all.as_bytes(), &complete, &options).unwrap().loaded, 2, "{all}");
    }
    let cut = fixture("intake/cut-21-columns.csv");
    let sink = Sink::default();
    let report = load_with(&sink, "asterisk-csv", &cut, &growing, &LoadOptions::from_source("pbx")).unwrap();
    assert_eq!((report.loaded, report.quarantined), (1, 0));
    assert_eq!(
        report.warnings,
        ["f.csv:2: the last line has no line end and waits for the next load; --final loads it as it is"]
    );
}
