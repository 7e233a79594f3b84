use std::io::{self, Cursor, Read, Write};

use cdr_mediation::{Batch, BatchReport, CdrSink, PortError};
use flate2::Compression;
use flate2::write::GzEncoder;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{LoadOptions, load};
use crate::testing::{Dribble, Sink, fixture};
use crate::{FEEDS, Feed, FeedSettings, IntakeError, LoadReport, feed_named};

const ROWS: &str = "started_at,calling\n2026-11-21T10:00:00Z,1\n2026-11-21T10:00:00Z,2\nx,3\n2026-11-21T10:00:00Z,4\n";

fn native() -> &'static dyn Feed {
    feed_named("native").unwrap()
}

fn by_ones(input: impl Read, sink: &Sink) -> (Result<LoadReport, IntakeError>, Vec<u64>) {
    let options = LoadOptions { batch: 2, ..LoadOptions::from_source("pbx") };
    let mut seen = Vec::new();
    let result = load(native(), input, "f.csv", &FeedSettings::default(), &options, sink, &mut |report| {
        assert_eq!(report.read, report.loaded + report.known + report.quarantined);
        seen.push(report.read);
    });
    (result, seen)
}

#[test]
fn a_file_is_loaded_in_batches_and_progress_is_reported() {
    let sink = Sink::default();
    let (report, seen) = by_ones(ROWS.as_bytes(), &sink);
    let report = report.unwrap();
    assert_eq!(seen, [2, 4, 4]);
    assert_eq!(sink.kept().batches, [2, 2]);
    assert_eq!((report.loaded, report.quarantined, report.bytes), (3, 1, ROWS.len() as u64));
    assert_eq!(sink.kept().quarantine[0].0, "f.csv:4");
    assert_eq!(sink.kept().quarantine[0].3, b"x,3");
}

#[test]
fn a_batch_of_long_rows_ends_early() {
    let row = format!("2026-11-21T10:00:00Z,{}\n", "1".repeat(60_000));
    let file = format!("started_at,calling\n{}", row.repeat(200));
    let sink = Sink::default();
    sink.load(native(), file.as_bytes(), &FeedSettings::default()).unwrap();
    assert_eq!(sink.kept().batches, [140, 60]);
}

#[test]
fn a_load_interrupted_by_the_sink_is_completed_by_loading_again() {
    let mut sink = Sink { fails_at_batch: Some(1), ..Sink::default() };
    let (error, seen) = by_ones(ROWS.as_bytes(), &sink);
    let error = error.unwrap_err();
    assert_eq!(
        error.to_string(),
        "f.csv: the load ended early, after 2 records read: 2 loaded, 0 already known, 0 quarantined; \
         load the file again to complete it"
    );
    assert!(matches!(error, IntakeError::Ended { source, .. } if matches!(*source, IntakeError::Sink(_))));
    assert_eq!(seen, [2]);
    sink.fails_at_batch = None;
    let report = by_ones(ROWS.as_bytes(), &sink).0.unwrap();
    assert_eq!((report.loaded, report.known, report.quarantined), (1, 2, 1));
}

/// Fails at its end.
struct Broken<'a>(&'a [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() { Err(io::Error::other("connection lost")) } else { self.0.read(into) }
    }
}

#[test]
fn records_before_an_input_error_are_loaded_and_a_partial_line_is_not() {
    let sink = Sink::default();
    let (error, _) = by_ones(Broken(&ROWS.as_bytes()[..ROWS.len() - 12]), &sink);
    let IntakeError::Ended { report, source, .. } = error.unwrap_err() else { panic!("another error") };
    assert_eq!((report.read, report.loaded, report.quarantined), (3, 2, 1));
    assert_eq!(source.to_string(), "f.csv:5: cannot be read");
    let report = by_ones(ROWS.as_bytes(), &sink).0.unwrap();
    assert_eq!((report.loaded, report.known), (1, 2));
}

#[test]
fn a_sink_that_miscounts_is_an_error() {
    struct Forgetful;
    impl CdrSink for Forgetful {
        fn take(&self, _: &Batch) -> Result<BatchReport, PortError> {
            Ok(BatchReport { loaded: 1, ..BatchReport::default() })
        }
    }
    let (settings, options) = (FeedSettings::default(), LoadOptions::from_source("pbx"));
    let error = load(native(), ROWS.as_bytes(), "f.csv", &settings, &options, &Forgetful, &mut |_| {}).unwrap_err();
    let IntakeError::Ended { source, .. } = error else { panic!("another error") };
    assert_eq!(source.to_string(), "the store reported 1 of 4 records as loaded, known or quarantined");
}

#[test]
fn every_sample_loads_the_same_with_reads_of_any_size_and_adds_nothing_the_second_time() {
    let samples = [
        ("native", "native/calls.csv"),
        ("native", "native/calls.ndjson"),
        ("asterisk-csv", "asterisk/Master.csv"),
        ("dma-csv", "dma/calls.csv"),
        ("dma-csv", "dma/conferences.csv"),
        ("dma-csv", "dma/cdrExport.zip"),
    ];
    assert!(FEEDS.iter().all(|feed| samples.iter().any(|(name, _)| *name == feed.name())), "a feed without a sample");
    let settings = FeedSettings::default();
    for (feed, name) in samples {
        let (feed, file, sink) = (feed_named(feed).unwrap(), fixture(name), Sink::default());
        let first = sink.load(feed, &file, &settings).unwrap();
        assert!(first.loaded > 0, "{name}");
        assert_eq!(first.bytes, file.len() as u64, "{name}");
        for size in [1, 7, 4096] {
            let options = LoadOptions { batch: 3, ..LoadOptions::from_source("pbx") };
            let again = load(feed, Dribble(&file, size), "file", &settings, &options, &sink, &mut |_| {}).unwrap();
            assert_eq!((again.loaded, again.read), (0, first.read), "{name}");
            assert_eq!(again.quarantined, first.quarantined, "{name}");
        }
    }
}

fn gzipped(text: &[u8]) -> Vec<u8> {
    let mut file = GzEncoder::new(Vec::new(), Compression::fast());
    file.write_all(text).unwrap();
    file.finish().unwrap()
}

fn zipped(text: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("calls.csv", SimpleFileOptions::default()).unwrap();
    archive.write_all(text).unwrap();
    archive.finish().unwrap().into_inner()
}

/// The feeds with a file of each.
const FILES: [(&str, &str); 4] = [
    ("native", "native/calls.csv"),
    ("native", "native/calls.ndjson"),
    ("asterisk-csv", "asterisk/Master.csv"),
    ("dma-csv", "dma/calls.csv"),
];

/// Every feed reads what is in a gzip file, also one of several members, and however few bytes are read at once.
#[test]
fn gzip_files_are_unpacked() {
    assert!(FEEDS.iter().all(|feed| FILES.iter().any(|(name, _)| *name == feed.name())), "a file of each feed");
    for (name, path) in FILES {
        let (feed, text) = (feed_named(name).unwrap(), fixture(path));
        let loaded = |file: &[u8], size: usize| {
            let (sink, options) = (Sink::default(), LoadOptions::from_source("pbx"));
            let settings = FeedSettings::default();
            load(feed, Dribble(file, size), "file", &settings, &options, &sink, &mut |_| {}).unwrap();
            sink.kept().keys.clone()
        };
        let plain = loaded(&text, 1 << 16);
        assert!(!plain.is_empty(), "{path}");
        let (half, rest) = text.split_at(text.len() / 2);
        for file in [gzipped(&text), [gzipped(half), gzipped(rest)].concat(), [gzipped(&[]), gzipped(&text)].concat()] {
            for size in [1, 7, 1 << 16] {
                assert_eq!(loaded(&file, size), plain, "{path}, {size} bytes at once");
            }
        }
        let cut = gzipped(&text);
        let error = Sink::default().load(feed, &cut[..cut.len() - 9], &FeedSettings::default()).unwrap_err();
        assert!(!error.to_string().contains("NUL"), "{path}: {error}");
    }
}

/// A feed reads a ZIP archive, or says what it is and what to do.
#[test]
fn zip_archives_are_named() {
    for feed in FEEDS {
        for file in [zipped(b"calls"), zipped(b""), gzipped(&zipped(b"calls")), b"PK\x05\x06".to_vec()] {
            let loaded = Sink::default().load(*feed, &file[..], &FeedSettings::default());
            let Some(help) = feed.unpacking() else { continue };
            let error = loaded.unwrap_err().to_string();
            let words = format!("this is a ZIP archive, which the feed {} does not read; {help}", feed.name());
            assert!(error.ends_with(&words), "{error}");
        }
    }
    assert!(native().unpacking().unwrap().contains("load calls.csv and, with --sheet conferences, conferences.csv"));
}
