//! The export of the layout `yeti-customer` equals, byte for byte, the output of PostgreSQL's COPY of the same rows.

use cdr_export::{Cut, ExportError, ExportFile, ExportSpec, Layout, Package, TimeStyle};
use cdr_model::{Anchor, Cdr, Directory};
use cdr_samples::{Sample, SampleOptions, Samples};
use tollbook_tests::cluster::{Cluster, Options};

use super::{awkward, table};

/// Offsets of whole and half hours, and clock changes at other times than in Europe.
const ZONES: [&str; 5] = ["UTC", "Europe/Kyiv", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe"];

/// Yeti's time formats: the style, and the equivalent expression of PostgreSQL.
const TIME_FORMATS: [(TimeStyle, &str); 3] = [
    (TimeStyle::PgZoned, "{}"),
    (TimeStyle::PgLocal, "{}::timestamp"),
    (TimeStyle::PgLocalSeconds, "date_trunc('second', {}::timestamp)"),
];

#[test]
fn a_yeti_export_equals_postgresqls_copy() {
    let Some(server) = Cluster::start(Options::default()) else { return };
    let calls = calls();
    server.run_in("postgres", &table::filled(&calls));
    for zone in ZONES {
        for (style, times) in TIME_FORMATS {
            let copied = server.copied(zone, &statement(times));
            compare(&format!("{style:?} in {zone}"), &exported(&calls, zone, style), &copied);
        }
    }
}

#[test]
fn hidden_columns_and_an_empty_export_equal_postgresqls_copy() {
    let Some(server) = Cluster::start(Options::default()) else { return };
    server.run_in("postgres", &table::filled(&[]));
    let copied = server.copied("UTC", &statement("{}"));
    assert_eq!(copied.iter().filter(|byte| **byte == b'\n').count(), 1);
    compare("no rows", &exported(&[], "UTC", TimeStyle::PgZoned), &copied);

    let calls: Vec<Cdr> = calls().into_iter().take(50).collect();
    server.run_in("postgres", &format!("DROP TABLE cdr; {}", table::filled(&calls)));
    let copied = server.copied("UTC", &copy(&["time_start", "orig_call_id"], "{}"));
    let (shown, hidden): (Vec<&str>, Vec<&str>) =
        table::COLUMNS.iter().map(|(name, _)| *name).partition(|name| ["time_start", "orig_call_id"].contains(name));
    assert_eq!(shown.len(), 2);
    compare("two columns", &written(&calls, "UTC", layout(TimeStyle::PgZoned).without_columns(&hidden)), &copied);
}

/// Sample calls and awkward ones, newest first, as a customer gets them.
fn calls() -> Vec<Cdr> {
    let options =
        SampleOptions { seed: 7, calls: 4_000, days: 7, from: "2026-10-23T00:00:00Z".parse().unwrap(), accounts: 40 };
    let samples = Samples::new(&options).filter_map(|sample| match sample {
        Sample::Call(sample) => Some(sample.call),
        Sample::Conference(_) | Sample::Charge(_) => None,
    });
    let mut calls: Vec<Cdr> = samples.chain(awkward::calls()).collect();
    for (number, call) in (1..).zip(&mut calls) {
        call.number = number;
    }
    calls.sort_by_key(|call| std::cmp::Reverse((call.started_at, call.number)));
    calls
}

fn layout(style: TimeStyle) -> Layout {
    Layout::named("yeti-customer", &[]).unwrap().with_time_style(style)
}

fn exported(calls: &[Cdr], zone: &str, style: TimeStyle) -> Vec<u8> {
    written(calls, zone, layout(style))
}

fn written(calls: &[Cdr], zone: &str, layout: Layout) -> Vec<u8> {
    let sheet = layout.sheets[0].clone();
    let spec = ExportSpec { layout, format: "csv".to_owned(), package: Package::Plain, zone: zone.to_owned() };
    let mut file = ExportFile::create(Vec::new(), &spec).unwrap();
    let receipt = file.sheet(&sheet, &Directory::EMPTY, Anchor::Start, Cut::Day, |push| {
        calls.iter().cloned().try_for_each(push).map_err(ExportError::from)
    });
    assert_eq!(receipt.unwrap().rows, calls.len() as u64);
    file.finish().unwrap().0
}

/// The statement that copies all columns.
fn statement(times: &str) -> String {
    copy(&table::COLUMNS.map(|(name, _)| name), times)
}

/// The statement that copies these columns, with the times in a format. The newest calls come first; of calls with the
/// same start, the one with the highest id.
fn copy(names: &[&str], times: &str) -> String {
    let column = |name: &&str| {
        let cell = if name.starts_with("time_") { times.replace("{}", name) } else { (*name).to_owned() };
        format!("{cell} AS \"{}\"", label(name))
    };
    let columns: Vec<String> = names.iter().map(column).collect();
    format!(
        "COPY (SELECT {} FROM cdr ORDER BY cdr.time_start DESC, cdr.id DESC) \
         TO STDOUT WITH (FORMAT CSV, HEADER, FORCE_QUOTE *)",
        columns.join(", ")
    )
}

/// The heading of a column in Yeti: capitalised words, without an `_id` at the end.
fn label(name: &str) -> String {
    let words = name.strip_suffix("_id").unwrap_or(name).split('_');
    let words = words.map(|word| word[..1].to_uppercase() + &word[1..]);
    words.collect::<Vec<_>>().join(" ")
}

/// Fails if two files differ, and reports only the first line that differs.
fn compare(what: &str, ours: &[u8], theirs: &[u8]) {
    let lines = |text: &[u8]| text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
    let (left, right) = (lines(ours), lines(theirs));
    let differs = left.iter().zip(&right).position(|(ours, theirs)| ours != theirs);
    if let Some(at) = differs {
        let text = |line: &[u8]| String::from_utf8_lossy(line).into_owned();
        panic!("{what}, line {}:\nours   {}theirs {}", at + 1, text(&left[at]), text(&right[at]));
    }
    assert_eq!(left.len(), right.len(), "{what}: lines");
    assert!(ours == theirs, "{what}");
}
