//! Every feed: loading a file twice adds nothing, and every record of any file is accounted for.

use std::fs;

use cdr_intake::FEEDS;

use crate::harness::{Tollbook, fixture, outcome, same};

/// Sample files of a feed.
pub(crate) fn sample(feed: &str) -> Vec<String> {
    match feed {
        "native" => vec![fixture("native/calls.csv")],
        "asterisk-csv" => vec![fixture("asterisk/Master.csv")],
        "asterisk-table" => vec![fixture("asterisk/freepbx.csv")],
        "asterisk-json" => vec![fixture("asterisk/cdr.ndjson")],
        "freeswitch-csv" => vec![fixture("freeswitch/Master.csv")],
        "cucm-csv" => vec![fixture("cucm/cdr_Site-1_01_202611211030_7")],
        "3cx-csv" => vec![fixture("3cx/cdr.log")],
        "porta-xdr" => vec![fixture("porta/xdrs.csv")],
        "freeswitch-json" => vec![fixture("freeswitch/cdr.ndjson")],
        "kamailio-acc" => vec![fixture("kamailio/acc_1.log")],
        "freeswitch-xml" => vec![fixture("freeswitch/cdr.xml")],
        "dma-csv" => vec![fixture("dma/calls.csv"), fixture("dma/conferences.csv")],
        "yeti-csv" => vec![fixture("yeti/export.csv")],
        "yeti-cdr" => vec![fixture("yeti/cdr.csv")],
        "table" => vec![fixture("table/carrier.csv")],
        other => panic!("there is no sample of the feed {other}"),
    }
}

fn load(tollbook: &Tollbook, feed: &str, files: &[String]) -> String {
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let mapping = fixture("table/carrier.toml");
    let by: &[&str] = if feed == "table" { &["--mapping", &mapping] } else { &[] };
    let load = ["load", "--zone", "Europe/Berlin", "--set", "intake.max_bad=100%", "--feed", feed];
    tollbook.ok(&[&load, by, &files[..]].concat())
}

#[test]
fn a_file_loaded_twice_adds_nothing() {
    for feed in FEEDS {
        let tollbook = Tollbook::new();
        load(&tollbook, feed.name(), &sample(feed.name()));
        tollbook.ok(&["export", "--output", "once.zip"]);
        load(&tollbook, feed.name(), &sample(feed.name()));
        tollbook.ok(&["export", "--output", "twice.zip"]);
        let read = |name: &str| fs::read(tollbook.path(name)).unwrap();
        let what = format!("{}: the export, and that of a file loaded twice", feed.name());
        same(&what, &read("once.zip"), &read("twice.zip"));
        assert!(tollbook.count(&[]) > 0, "{}", feed.name());
    }
}

/// By the same settings every line is the record that it was, whatever the feed.
#[test]
fn a_remap_with_the_same_settings_changes_nothing() {
    for feed in FEEDS {
        let tollbook = Tollbook::new();
        load(&tollbook, feed.name(), &sample(feed.name()));
        let before = present(&tollbook);
        let mapping = fixture("table/carrier.toml");
        let by: &[&str] = if feed.name() == "table" { &["--mapping", &mapping] } else { &[] };
        let printed = tollbook.ok(&[&["remap", "--source", feed.name()], by].concat());
        if feed.name() == "kamailio-acc" {
            // A call that was joined from transactions has no line of its own.
            assert!(
                printed.starts_with("0 records mapped again: 0 changed, 0 the same, 0 cannot be mapped"),
                "{printed}"
            );
            assert_eq!(present(&tollbook), before);
            continue;
        }
        let all = format!(
            "{} records mapped again: 0 changed, {} the same, 0 cannot be mapped\n",
            before.len(),
            before.len()
        );
        assert_eq!(printed, all, "{}", feed.name());
        assert_eq!(present(&tollbook), before, "{}", feed.name());
    }
}

/// Whether files of a feed start with a line of column names.
pub(crate) fn has_heading(feed: &str) -> bool {
    ["native", "asterisk-table", "cucm-csv", "porta-xdr", "yeti-csv", "yeti-cdr", "table"].contains(&feed)
}

/// Where the records of a file begin.
pub(crate) fn begins(feed: &str, bytes: &[u8]) -> Vec<usize> {
    let first_line = match feed {
        "asterisk-json" | "freeswitch-json" => "\n{",
        "freeswitch-xml" => "\n<?xml",
        _ => {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
            let (mut begins, mut record) = (Vec::new(), csv::ByteRecord::new());
            while reader.read_byte_record(&mut record).unwrap() {
                let at = record.position().unwrap().byte() as usize;
                // The end of the line before, and empty lines.
                begins.push(at + bytes[at..].iter().take_while(|byte| b"\r\n".contains(byte)).count());
            }
            return begins;
        }
    };
    let text = std::str::from_utf8(bytes).unwrap();
    [0].into_iter().chain(text.match_indices(first_line).map(|(at, _)| at + 1)).collect()
}

/// The records of a file in reverse order, byte for byte.
fn reversed(feed: &str, file: &str) -> Vec<u8> {
    let bytes = fs::read(file).unwrap();
    let begins = begins(feed, &bytes);
    let ends = begins.iter().skip(1).copied().chain([bytes.len()]);
    let mut records: Vec<&[u8]> = begins.iter().zip(ends).map(|(begin, end)| &bytes[*begin..end]).collect();
    let heading = if has_heading(feed) { 1 } else { 0 };
    assert!(records.len() > heading + 1, "{file} has too few records to reverse");
    records[heading..].reverse();
    assert!(records.iter().all(|record| record.ends_with(b"\n")), "{file}");
    records.concat()
}

/// The current calls and conferences, sorted, without the columns that depend on the order of arrival.
pub(crate) fn present(tollbook: &Tollbook) -> Vec<String> {
    tollbook.ok(&["export", "--layout", "native", "--format", "csv", "--replace", "--output", "all.zip"]);
    let mut archive = zip::ZipArchive::new(fs::File::open(tollbook.path("all.zip")).unwrap()).unwrap();
    let mut present = Vec::new();
    for at in 0..archive.len() {
        let sheet = archive.by_index(at).unwrap();
        let name = sheet.name().unwrap().into_owned();
        let mut reader = csv::Reader::from_reader(sheet);
        let headings = reader.headers().unwrap().clone();
        let kept = |heading: &str| !["number", "id"].contains(&heading) && !heading.ends_with("_id");
        for record in reader.records() {
            let record = record.unwrap();
            let cells = headings.iter().zip(&record).filter(|(heading, _)| kept(heading));
            present.push(format!("{name} {:?}", cells.map(|(_, cell)| cell).collect::<Vec<_>>()));
        }
    }
    present.sort_unstable();
    present
}

#[test]
fn records_in_another_order_give_the_same_calls() {
    for feed in FEEDS {
        let (forward, backward) = (Tollbook::new(), Tollbook::new());
        let files = sample(feed.name());
        load(&forward, feed.name(), &files);
        for (at, file) in files.iter().enumerate().rev() {
            let name = format!("{at}.csv");
            fs::write(backward.path(&name), reversed(feed.name(), file)).unwrap();
            load(&backward, feed.name(), &[name]);
        }
        let (one, other) = (present(&forward), present(&backward));
        assert!(one.len() > 1, "{}: {one:?}", feed.name());
        assert_eq!(one, other, "{}", feed.name());
    }
}

/// The number before a word in the summary of a load.
fn counted(printed: &str, word: &str) -> usize {
    let before = printed.split_once(&format!(" {word}")).map_or("0", |(before, _)| before);
    let number = before.rsplit(|end: char| !end.is_ascii_digit()).next();
    number.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no number before {word}: {printed}"))
}

#[test]
fn garbage_is_quarantined_line_by_line_and_never_stops_a_load() {
    for feed in FEEDS {
        let (clean, mixed) = (Tollbook::new(), Tollbook::new());
        let file = &sample(feed.name())[..1];
        let expected = load(&clean, feed.name(), file);
        let text = fs::read(&file[0]).unwrap();
        let heading =
            if has_heading(feed.name()) { text.iter().position(|byte| *byte == b'\n').unwrap() + 1 } else { 0 };
        let bytes = (0..50u8).filter(|byte| !b"\r\n".contains(byte));
        let garbage = |first: u8| bytes.clone().flat_map(move |byte| [first, byte, 200, b'"', b',', b'\n']);
        let (before, after): (Vec<u8>, Vec<u8>) = (garbage(b'x').collect(), garbage(b'y').collect());
        let parts = [&text[..heading], &before, &text[heading..], &after];
        fs::write(mixed.path("garbage.csv"), parts.concat()).unwrap();
        let printed = load(&mixed, feed.name(), &["garbage.csv".to_owned()]);
        for (word, more) in [("loaded", 0), ("quarantined", 2 * bytes.clone().count())] {
            let (found, expected) = (counted(&printed, word), counted(&expected, word) + more);
            assert_eq!(found, expected, "{}, {word}: {printed}", feed.name());
        }
        assert!(mixed.count(&[]) > 0, "{}", feed.name());
        assert_eq!(mixed.count(&[]), clean.count(&[]), "{}", feed.name());
        let listed = mixed.ok(&["quarantine", "list"]);
        assert_eq!(
            listed.matches("garbage.csv:").count(),
            counted(&printed, "quarantined"),
            "{}: {listed}",
            feed.name()
        );
    }
}

#[test]
fn a_load_reads_standard_input() {
    let tollbook = Tollbook::new();
    let file = fs::File::open(fixture("native/calls.csv")).unwrap();
    let output = tollbook.command(&["load", "--feed", "native", "-"]).stdin(file).output().unwrap();
    assert!(output.status.success(), "{}", outcome(&output));
    let through_file = Tollbook::new();
    load(&through_file, "native", &sample("native"));
    assert_eq!(tollbook.count(&[]), through_file.count(&[]));
}
