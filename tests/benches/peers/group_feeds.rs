//! Loads of every feed into a store in a file, beside `.import` and `\copy` of a file of Asterisk: what a row of each costs.

use std::fmt::Write as _;
use std::fs;

use crate::bench::Bench;
use crate::program::Store;
use crate::report::Report;
use crate::rounds::{Way, in_turn};
use crate::run::Run;

pub(crate) const IDS: &[&str] = &["FEEDS"];

/// The part of the calls that each file has, and the fewest.
const PART: u64 = 20;
const FEWEST: u64 = 5_000;
const SQLITE: &str = "peers_feeds.sqlite";
const POSTGRES: &str = "peers_feeds";
/// The feed whose file the other tools read.
const COPIED: &str = "asterisk-csv";
const IMPORT: &str = "sqlite3 .import of asterisk-csv, no index";
const COPY: &str = "psql \\copy of asterisk-csv, no index";

/// A file of a feed: the heading of a sample and its first record again and again, each with another identifier.
struct Sample {
    feed: &'static str,
    file: &'static str,
    /// The lines before the first record.
    heading: usize,
    /// The identifier in the record, and that of a number.
    identifier: &'static str,
    numbered: fn(u64) -> String,
}

const fn sample(
    feed: &'static str,
    file: &'static str,
    heading: usize,
    identifier: &'static str,
    numbered: fn(u64) -> String,
) -> Sample {
    Sample { feed, file, heading, identifier, numbered }
}

fn uniqueid(n: u64) -> String {
    format!("1795251600.{n}")
}

fn uuid(n: u64) -> String {
    format!("{n:08x}-128b-4f33-8c5c-7fd0a6a3a450")
}

const SAMPLES: &[Sample] = &[
    sample("native", "native/calls.csv", 1, "00000000-0000-4000-8000-000000000201", uuid),
    sample(COPIED, "asterisk/Master.csv", 0, "1795159105.4180", |n| format!("1795159105.{n}")),
    sample("asterisk-table", "asterisk/freepbx.csv", 1, "1795251600.1", uniqueid),
    sample("asterisk-json", "asterisk/cdr.ndjson", 0, "1795251600.1", uniqueid),
    sample("freeswitch-csv", "freeswitch/Master.csv", 0, "d23f0824-128b-4f33-8c5c-7fd0a6a3a450", uuid),
    sample("freeswitch-json", "freeswitch/cdr.ndjson", 0, "8a1c0a52-3c55-4f0a-9d0e-6c1f2b7e0101", uuid),
    sample("freeswitch-xml", "freeswitch/cdr.xml", 0, "8a1c0a52-3c55-4f0a-9d0e-6c1f2b7e0101", uuid),
    sample("cucm-csv", "cucm/cdr_Site-1_01_202611211030_7", 2, "7a1c6f1b-2f2e-4a44-9d5c-000000000001", uuid),
    sample("3cx-csv", "3cx/cdr.log", 0, "00000175196381E2_549", |n| format!("{n:016X}_549")),
    sample("porta-xdr", "porta/xdrs.csv", 1, "129580143", |n| n.to_string()),
    sample("dma-csv", "dma/calls.csv", 0, "00000000-0000-4000-8000-000000000001", uuid),
    sample("yeti-csv", "yeti/export.csv", 1, "tag-1", |n| format!("tag-{n}")),
    sample("yeti-cdr", "yeti/cdr.csv", 1, "9001", |n| n.to_string()),
    sample("table", "table/carrier.csv", 1, "1001", |n| n.to_string()),
];

pub(crate) fn run(Run { bench, .. }: &Run, report: &mut Report<'_>) {
    let rows = (bench.options.calls / PART).max(FEWEST);
    let mut ways = Vec::new();
    for sample in SAMPLES {
        write(bench, sample, rows);
        let (feed, store) = (sample.feed, format!("feeds-{}", sample.feed));
        let mapping = format!("--mapping '{}'", fixture("table/carrier.toml"));
        let by = if feed == "table" { mapping.as_str() } else { "" };
        let tollbook = bench.words(Store::Sqlite, &store);
        let load = format!("{tollbook} load --feed {feed} --zone Europe/Berlin {by} {feed}.rows");
        ways.push(Way::new(format!("load --feed {feed}, {rows} rows"), move || {
            // The records of the sample of native name a customer.
            bench.ask(&format!("rm -rf {store}; {tollbook} migrate; {tollbook} customer add 'North Bakery'"));
            let measured = bench.measured(&load, 1);
            let loaded = bench.ask(&format!("{tollbook} calls --count"));
            assert_eq!(loaded.trim(), rows.to_string(), "calls of {feed}");
            measured
        }));
    }
    let columns = (1..=21).map(|column| format!("c{column}")).collect::<Vec<_>>();
    let table = format!("DROP TABLE IF EXISTS rows; CREATE TABLE rows ({} text)", columns.join(" text, "));
    let made = table.clone();
    ways.push(Way::new(IMPORT, move || {
        bench.ask(&format!("sqlite3 {SQLITE} '{made}'"));
        bench.measured(&format!("sqlite3 {SQLITE} '.mode csv' '.import {COPIED}.rows rows'"), 1)
    }));
    bench.postgres().create(POSTGRES, "template0");
    let psql = bench.psql(POSTGRES);
    ways.push(Way::new(COPY, move || {
        bench.ask(&format!("{psql} -c '{table}'"));
        bench.measured(&format!("{psql} -c \"\\copy rows FROM {COPIED}.rows (FORMAT csv)\""), 1)
    }));
    let ways = in_turn(bench.options.rounds, ways);
    report.ways("feeds", &ways);
}

fn fixture(name: &str) -> String {
    format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Writes the file of a feed.
fn write(bench: &Bench, sample: &Sample, rows: u64) {
    let bytes = fs::read(fixture(sample.file)).expect("the sample");
    let text: String = bytes.iter().copied().map(char::from).collect();
    let begins: Vec<usize> = [0].into_iter().chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let heading = &text[..begins[sample.heading]];
    let records = &text[begins[sample.heading]..];
    // A document of XML has several lines.
    let end = if sample.feed == "freeswitch-xml" { "</cdr>\n" } else { "\n" };
    let record = &records[..records.find(end).expect("the end of a record") + end.len()];
    assert!(record.contains(sample.identifier), "{} has no {}", sample.file, sample.identifier);
    let mut written = heading.to_owned();
    for row in 0..rows {
        let _ = write!(written, "{}", record.replace(sample.identifier, &(sample.numbered)(row)));
    }
    // As Latin-1, which the sample is read as here: its bytes stay.
    let latin: Vec<u8> = written.chars().map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?')).collect();
    fs::write(bench.folder().join(format!("{}.rows", sample.feed)), latin).expect("the file of a feed");
}
