//! Any history of a file gives the records of the file.

use std::collections::BTreeSet;
use std::io::Cursor;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use super::{GrowingFile, Mark, follow};
use crate::testing::{Sink, fixture};
use crate::{FeedSettings, LoadOptions, LoadReport, feed_named};

fn options() -> LoadOptions {
    LoadOptions { batch: 3, trusts_zone: true, ..LoadOptions::from_source("pbx") }
}

/// Reads a file on, and returns the report. The mark passes through its stored form.
fn read_on(feed: &str, file: &[u8], mark: &mut Option<String>, sink: &Sink) -> Option<LoadReport> {
    let before = mark.as_ref().map(|json| serde_json::from_str::<Mark>(json).unwrap());
    let (settings, mut input) = (FeedSettings::default(), Cursor::new(file));
    let feed = feed_named(feed).unwrap();
    let size = file.len() as u64;
    let growing = GrowingFile { feed, name: "f", size, settings: &settings, options: &options() };
    let (report, after) = follow(growing, &mut input, before.as_ref(), sink).ok()?;
    assert!(after.offset <= size);
    *mark = Some(serde_json::to_string(&after).unwrap());
    Some(report)
}

/// What a sink has: the records, and the lines that cannot be read, with their positions.
fn kept(sink: &Sink) -> (BTreeSet<String>, BTreeSet<(String, Vec<u8>)>) {
    let kept = sink.kept();
    let bad = kept.quarantine.iter().map(|(position, _, _, raw)| (position.clone(), raw.clone()));
    (kept.versions.keys().cloned().collect(), bad.collect())
}

/// A row of `Master.csv`; without an identifier if `id` is empty.
fn row(n: u32, id: &str) -> String {
    let field = if n.is_multiple_of(2) { "a" } else { "a \"\"b\"\"\nc" };
    let known = if id.is_empty() { String::new() } else { format!(",\"{id}\",\"{field}\"") };
    format!(
        "\"a\",\"100\",\"{n}\",\"ctx\",\"\"\"Ada\"\" <100>\",\"SIP/a\",\"SIP/b\",\"Dial\",\"x\",\"2026-11-21 11:00:00\",,\
         \"2026-11-21 11:00:10\",10,0,\"NO ANSWER\",\"3\"{known}\n"
    )
}

/// A file of a feed with up to forty records.
fn file() -> impl Strategy<Value = (&'static str, String)> {
    let plain = |row: &u32| row.to_string();
    let asterisk = vec((0u32..6, any::<bool>(), 0u32..12), 1..40).prop_map(|rows| {
        let each = rows.iter().enumerate().map(|(at, (n, has_id, bad))| match (has_id, bad) {
            (_, 0) => "broken\n".to_owned(),
            (true, _) => row(*n, &format!("17952{at:05}.{n}")),
            (false, _) => row(*n, ""),
        });
        ("asterisk-csv", row(98, "1795255200.98") + &row(99, "1795255200.99") + &each.collect::<String>())
    });
    let headed = vec(0u32..100, 1..40).prop_map(move |rows| {
        let heading = "id,started_at,calling,called\n".to_owned();
        let each = rows.iter().enumerate();
        let each = each.map(|(at, n)| format!("{at}-{n},2026-11-21T10:00:00Z,\"5{}\",\"a\nb\"\n", plain(n)));
        ("native", heading + &each.collect::<String>())
    });
    let objects = vec(0u32..100, 1..20).prop_map(|rows| {
        let object = |(at, n): (usize, &u32)| {
            format!("{{\"started_at\": \"2026-11-21T10:00:00Z\", \"id\": \"{at}\", \"called\": \"{n}\"}}\n")
        };
        ("native", rows.iter().enumerate().map(object).collect::<String>())
    });
    prop_oneof![asterisk, headed, objects]
}

/// What happens between two readings of a file: it grows by some bytes, the sink fails at a batch, or the mark is lost.
fn histories() -> impl Strategy<Value = Vec<(usize, u8)>> {
    vec((0usize..700, 0u8..10), 0..40)
}

/// The records of a file that is loaded once.
fn once(feed: &str, file: &[u8]) -> Sink {
    let sink = Sink::default();
    read_on(feed, file, &mut None, &sink).unwrap();
    sink
}

#[test]
fn any_history_of_a_file_gives_the_records_of_the_file() {
    let config = Config { cases: 600, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() };
    proptest!(config, |((feed, text) in file(), steps in histories())| {
        let file = text.as_bytes();
        let (mut sink, mut mark, mut end) = (Sink::default(), None, 0);
        for (grown, what) in steps {
            end = (end + grown).min(file.len());
            if what == 0 {
                let batches = sink.kept().batches.len();
                sink.fails_at_batch = Some(batches + 1);
            } else if what == 1 {
                mark = None;
            }
            read_on(feed, &file[..end], &mut mark, &sink);
            sink.fails_at_batch = None;
        }
        read_on(feed, file, &mut mark, &sink).unwrap();
        prop_assert_eq!(kept(&sink), kept(&once(feed, file)));
        // Nothing is read twice once all is read.
        let before = sink.kept().batches.len();
        read_on(feed, file, &mut mark, &sink).unwrap();
        prop_assert_eq!(sink.kept().batches.len(), before);
        // A file that is another one now is read from its start, also if it is longer.
        let other = format!("{}{text}{text}", text.lines().next().unwrap().to_owned() + "\n");
        let (mut second, fresh) = (mark.clone(), Sink::default());
        read_on(feed, other.as_bytes(), &mut second, &fresh).unwrap();
        if !other.starts_with(&text) {
            prop_assert_eq!(kept(&fresh), kept(&once(feed, other.as_bytes())));
        }
    });
}

#[test]
fn only_what_is_new_is_read_and_positions_stay_true() {
    let (mut mark, sink) = (None, Sink::default());
    let text = row(1, "1.1") + &row(2, "1.2") + "broken\n" + &row(3, "1.3");
    let whole = row(1, "1.1").len() + row(2, "1.2").len();
    let report = read_on("asterisk-csv", &text.as_bytes()[..whole + 3], &mut mark, &sink).unwrap();
    assert_eq!((report.loaded, report.bytes), (2, whole as u64 + 3));
    let report = read_on("asterisk-csv", text.as_bytes(), &mut mark, &sink).unwrap();
    assert_eq!((report.loaded, report.quarantined), (1, 1));
    let line = row(1, "1.1").lines().next().unwrap().len() + 1;
    // The first line has a field that continues on the next one, so the file is read from its start.
    assert!(line < row(1, "1.1").len() && report.bytes == text.len() as u64, "{report:?}");
    assert_eq!(sink.kept().quarantine[0].0, "f:4");

    let heading = "id,started_at,called\n";
    let rows = |from: u32, to: u32| (from..to).map(|n| format!("{n},2026-11-21T10:00:00Z,{n}\n")).collect::<String>();
    let (mut mark, sink) = (None, Sink::default());
    read_on("native", (heading.to_owned() + &rows(0, 50)).as_bytes(), &mut mark, &sink).unwrap();
    let grown = heading.to_owned() + &rows(0, 52) + "x,y\n";
    let report = read_on("native", grown.as_bytes(), &mut mark, &sink).unwrap();
    assert_eq!((report.loaded, report.known, report.quarantined), (2, 0, 1));
    assert_eq!(report.bytes, (heading.len() + rows(50, 52).len() + 4) as u64, "only the heading is read again");
    assert_eq!(sink.kept().quarantine[0].0, "f:54");
}

#[test]
fn every_feed_is_followed_byte_by_byte_of_its_sample() {
    for (feed, file) in [
        ("asterisk-csv", "asterisk/Master.csv"),
        ("asterisk-table", "asterisk/freepbx.csv"),
        ("asterisk-json", "asterisk/cdr.ndjson"),
        ("asterisk-json", "asterisk/ucm.json"),
        ("freeswitch-csv", "freeswitch/Master.csv"),
        ("freeswitch-json", "freeswitch/cdr.ndjson"),
        ("freeswitch-xml", "freeswitch/cdr.xml"),
        ("kamailio-acc", "kamailio/acc_1.log"),
        ("kamailio-acc", "kamailio/acc.ndjson"),
        ("cucm-csv", "cucm/cdr_Site-1_01_202611211030_7"),
        ("3cx-csv", "3cx/cdr.log"),
        ("porta-xdr", "porta/xdrs.csv"),
        ("porta-xdr", "porta/xdrs.ndjson"),
        ("porta-xdr", "porta/get_xdr_list.json"),
        ("dma-csv", "dma/calls.csv"),
        ("native", "native/calls.csv"),
        ("native", "native/calls.ndjson"),
    ] {
        let file = fixture(file);
        let (mut mark, sink) = (None, Sink::default());
        for end in (0..file.len()).step_by(97).chain([file.len()]) {
            read_on(feed, &file[..end], &mut mark, &sink);
        }
        assert_eq!(kept(&sink), kept(&once(feed, &file)), "{feed}");
        assert!(!sink.kept().keys.is_empty());
    }
}
