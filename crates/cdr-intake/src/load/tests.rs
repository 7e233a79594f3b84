use std::io::{self, Cursor, Read, Write};

use cdr_mediation::{Batch, BatchReport, CdrSink, PortError};
use flate2::Compression;
use flate2::write::GzEncoder;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{LoadOptions, load};
use crate::testing::{Dribble, Sink, certain, fixture, settings_of};
use crate::{FEEDS, Feed, FeedSettings, FileSample, IntakeError, LoadReport, feed_named};

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
        ("asterisk-table", "asterisk/freepbx.csv"),
        ("asterisk-json", "asterisk/cdr.ndjson"),
        ("asterisk-json", "asterisk/ucm.json"),
        ("freeswitch-csv", "freeswitch/Master.csv"),
        ("cucm-csv", "cucm/cdr_Site-1_01_202611211030_7"),
        ("3cx-csv", "3cx/cdr.log"),
        ("porta-xdr", "porta/xdrs.csv"),
        ("porta-xdr", "porta/xdrs.ndjson"),
        ("porta-xdr", "porta/get_xdr_list.json"),
        ("freeswitch-json", "freeswitch/cdr.ndjson"),
        ("freeswitch-xml", "freeswitch/cdr.xml"),
        ("kamailio-acc", "kamailio/acc_1.log"),
        ("kamailio-acc", "kamailio/acc.ndjson"),
        ("dma-csv", "dma/calls.csv"),
        ("dma-csv", "dma/conferences.csv"),
        ("dma-csv", "dma/cdrExport.zip"),
        ("yeti-csv", "yeti/export.csv"),
        ("yeti-cdr", "yeti/cdr.csv"),
        ("table", "table/carrier.csv"),
    ];
    assert!(FEEDS.iter().all(|feed| samples.iter().any(|(name, _)| *name == feed.name())), "a feed without a sample");
    for (feed, name) in samples {
        let (feed, file, sink) = (feed_named(feed).unwrap(), fixture(name), Sink::default());
        let settings = settings_of(feed);
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
const FILES: [(&str, &str); 18] = [
    ("native", "native/calls.csv"),
    ("native", "native/calls.ndjson"),
    ("asterisk-csv", "asterisk/Master.csv"),
    ("asterisk-table", "asterisk/freepbx.csv"),
    ("asterisk-json", "asterisk/cdr.ndjson"),
    ("freeswitch-csv", "freeswitch/Master.csv"),
    ("cucm-csv", "cucm/cdr_Site-1_01_202611211030_7"),
    ("3cx-csv", "3cx/cdr.log"),
    ("porta-xdr", "porta/xdrs.csv"),
    ("porta-xdr", "porta/xdrs.ndjson"),
    ("porta-xdr", "porta/get_xdr_list.json"),
    ("freeswitch-json", "freeswitch/cdr.ndjson"),
    ("freeswitch-xml", "freeswitch/cdr.xml"),
    ("kamailio-acc", "kamailio/acc_1.log"),
    ("dma-csv", "dma/calls.csv"),
    ("yeti-csv", "yeti/export.csv"),
    ("yeti-cdr", "yeti/cdr.csv"),
    ("table", "table/carrier.csv"),
];

/// A file is recognised as one of its own feed alone; one that needs a mapping as none.
#[test]
fn a_file_is_recognised_by_its_own_feed_alone() {
    for (feed, name) in FILES.into_iter().chain([("asterisk-json", "asterisk/ucm.json")]) {
        let expected = if feed_named(feed).unwrap().takes_mapping() { Vec::new() } else { vec![feed] };
        assert_eq!(certain(&FileSample::of(&fixture(name), true)), expected, "{name}");
    }
}

/// Every feed reads what is in a gzip file, also one of several members, and however few bytes are read at once.
#[test]
fn gzip_files_are_unpacked() {
    assert!(FEEDS.iter().all(|feed| FILES.iter().any(|(name, _)| *name == feed.name())), "a file of each feed");
    for (name, path) in FILES {
        let (feed, text) = (feed_named(name).unwrap(), fixture(path));
        let loaded = |file: &[u8], size: usize| {
            let (sink, options) = (Sink::default(), LoadOptions::from_source("pbx"));
            let settings = settings_of(feed);
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
        let error = Sink::default().load(feed, &cut[..cut.len() - 9], &settings_of(feed)).unwrap_err();
        assert!(!error.to_string().contains("NUL"), "{path}: {error}");
    }
}

/// An archive of these files.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A Zstandard frame whose blocks are not compressed (RFC 8878, 3.1.1).
fn framed(text: &[u8]) -> Vec<u8> {
    // No checksum, no size, a window of 1 KiB.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0];
    let blocks: Vec<&[u8]> = if text.is_empty() { vec![&[]] } else { text.chunks(1024).collect() };
    for (at, block) in blocks.iter().enumerate() {
        let is_last = usize::from(at + 1 == blocks.len());
        frame.extend(&(block.len() << 3 | is_last).to_le_bytes()[..3]);
        frame.extend_from_slice(block);
    }
    frame
}

/// A frame without text (RFC 8878, 3.1.2).
fn skippable() -> Vec<u8> {
    [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat()
}

/// A text in UTF-16, with and without a byte order mark.
fn utf16(text: &str, mark: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    format!("{mark}{text}").encode_utf16().flat_map(unit).collect()
}

/// A file is read the same, however it is packed and encoded, and however few bytes are read at once.
#[test]
fn packed_and_encoded_files_are_read_as_the_plain_one() {
    let text = "started_at,calling\n2026-11-21T10:00:00Z,Jörg\n2026-11-21T10:00:01Z,2\n";
    let plain = text.as_bytes();
    let loaded = |file: &[u8], size: usize| {
        let (sink, options) = (Sink::default(), LoadOptions::from_source("pbx"));
        let report =
            load(native(), Dribble(file, size), "file", &FeedSettings::default(), &options, &sink, &mut |_| {})
                .unwrap();
        assert!(report.warnings.is_empty(), "{:?}", report.warnings);
        sink.kept().keys.clone()
    };
    let expected = loaded(plain, 4096);
    assert_eq!(expected.len(), 2);
    let (first, second) = plain.split_at(25);
    for (what, file) in [
        ("a frame", framed(plain)),
        ("frames", [framed(first), skippable(), framed(&[]), framed(second)].concat()),
        ("a frame in gzip", gzipped(&framed(plain))),
        ("ZIP", zipped(plain)),
        ("ZIP in gzip", gzipped(&zipped(plain))),
        ("gzip in ZIP, with a folder", archive(&[("a/", b""), ("a/calls.csv.gz", &gzipped(plain))])),
        ("UTF-16LE", utf16(text, "\u{feff}", u16::to_le_bytes)),
        ("UTF-16BE", utf16(text, "\u{feff}", u16::to_be_bytes)),
        ("UTF-16LE without a mark", utf16(text, "", u16::to_le_bytes)),
        ("UTF-16BE without a mark", utf16(text, "", u16::to_be_bytes)),
        ("UTF-16 in gzip", gzipped(&utf16(text, "\u{feff}", u16::to_le_bytes))),
        ("lines that end in CR", text.replace('\n', "\r").into_bytes()),
        ("lines that end in CR LF", text.replace('\n', "\r\n").into_bytes()),
        ("a UTF-8 mark", format!("\u{feff}{text}").into_bytes()),
    ] {
        for size in [1, 7, 4096] {
            assert_eq!(loaded(&file, size), expected, "{what}, {size} bytes at once");
        }
    }
}

#[test]
fn a_file_is_decoded_by_the_encoding_that_the_settings_name() {
    let text = "started_at,calling\n2026-11-21T10:00:00Z,";
    for (label, name, bytes) in [
        (None, "J\u{f6}rg", &b"J\xf6rg"[..]),
        (Some("windows-1252"), "J\u{f6}rg \u{20ac}", b"J\xf6rg \x80"),
        (Some("koi8-r"), "\u{418}\u{432}\u{430}\u{43d}", b"\xe9\xd7\xc1\xce"),
        (Some("utf-8"), "J\u{f6}rg", "J\u{f6}rg".as_bytes()),
    ] {
        let encoding = label.map(|label| label.parse().unwrap());
        let sink = Sink::default();
        let file = [text.as_bytes(), bytes, b"\n"].concat();
        sink.load(native(), &file, &FeedSettings { encoding, ..FeedSettings::default() }).unwrap();
        assert_eq!(sink.kept().calls()[0].call.calling.as_deref(), Some(name), "{label:?}");
    }
    let error = "latin-seven".parse::<crate::TextEncoding>().unwrap_err().to_string();
    assert!(error.starts_with("`latin-seven` is not an encoding"), "{error}");
}

#[test]
fn damaged_packing_is_an_error_and_loads_nothing() {
    let text = b"started_at\n2026-11-21T10:00:00Z\n";
    let frame = framed(text);
    let mut packed = gzipped(text);
    (0..4).for_each(|_| packed = gzipped(&packed));
    for (what, file, expected) in [
        ("a frame that is cut", frame[..frame.len() - 3].to_vec(), "file: cannot be read"),
        ("a skippable frame that is cut", skippable()[..9].to_vec(), "file: cannot be read"),
        ("no frame", b"\x28\xb5\x2f\xfd".to_vec(), "file: cannot be read"),
        ("packed five times", packed, "file: it is packed more than 4 times; nothing was loaded"),
        ("a ZIP archive that is cut", zipped(text)[..40].to_vec(), "file: not a readable ZIP archive"),
    ] {
        let sink = Sink::default();
        let error = sink.load(native(), &file, &FeedSettings::default()).unwrap_err();
        assert_eq!(error.to_string(), expected, "{what}");
        assert!(sink.kept().keys.is_empty(), "{what}");
    }
}

/// Of a ZIP archive of several files, a feed reads all of them or none.
#[test]
fn zip_archives_of_several_files_are_named() {
    let files: Vec<String> = (0..7).map(|n| format!("{n}.csv")).collect();
    let many: Vec<(&str, &[u8])> = files.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    for feed in FEEDS {
        let Some(help) = feed.unpacking() else { continue };
        for (archive, names) in [
            (archive(&many[..2]), "0.csv, 1.csv"),
            (archive(&many), "0.csv, 1.csv, 2.csv, 3.csv, 4.csv and 2 more"),
            (archive(&[]), "no file"),
        ] {
            let error = Sink::default().load(*feed, &archive, &FeedSettings::default()).unwrap_err();
            assert_eq!(error.to_string(), format!("file: this is a ZIP archive of {names}; {help}"));
            assert!(error.is_refusal());
        }
    }
    assert!(native().unpacking().unwrap().contains("load calls.csv and, with --sheet conferences, conferences.csv"));
}
