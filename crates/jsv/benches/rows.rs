//! Benchmarks of writing and reading a thousand rows: `cargo bench -p jsv`.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use jsv::Unquoted;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    id: u64,
    customer: u32,
    caller: String,
    called: String,
    connect_time: Unquoted<String>,
    charged_amount: String,
    note: Option<String>,
    quality: f64,
    answered: bool,
}

fn main() {
    divan::main();
}

fn rows() -> Vec<Row> {
    let row = |id: u32| Row {
        id: id.into(),
        customer: id % 7,
        caller: format!("4930231250{id:02}"),
        called: "Jane, at home".to_owned(),
        connect_time: Unquoted("2015-06-01T10:20:30+01:00".to_owned()),
        charged_amount: "0.01250".to_owned(),
        note: id.is_multiple_of(3).then(|| "queue: \"sales\"".to_owned()),
        quality: f64::from(id) / 8.0,
        answered: id.is_multiple_of(2),
    };
    (0..1000).map(row).collect()
}

#[divan::bench]
fn write(bencher: Bencher<'_, '_>) {
    let rows = rows();
    let mut out = Vec::new();
    let length = jsv::to_string(&rows).map(|text| text.len()).unwrap_or_default();
    bencher.counter(BytesCount::new(length)).bench_local(|| {
        out.clear();
        jsv::to_writer(&mut out, black_box(&rows)).is_ok()
    });
}

#[divan::bench]
fn write_pretty(bencher: Bencher<'_, '_>) {
    let rows = rows();
    let mut out = Vec::new();
    let length = jsv::to_string_pretty(&rows).map(|text| text.len()).unwrap_or_default();
    bencher.counter(BytesCount::new(length)).bench_local(|| {
        out.clear();
        jsv::to_writer_pretty(&mut out, black_box(&rows)).is_ok()
    });
}

#[divan::bench]
fn write_json(bencher: Bencher<'_, '_>) {
    let rows = rows();
    let mut out = Vec::new();
    let length = serde_json::to_string(&rows).map(|text| text.len()).unwrap_or_default();
    bencher.counter(BytesCount::new(length)).bench_local(|| {
        out.clear();
        serde_json::to_writer(&mut out, black_box(&rows)).is_ok()
    });
}

#[divan::bench]
fn read(bencher: Bencher<'_, '_>) {
    let text = jsv::to_string(&rows()).unwrap_or_default();
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| jsv::from_str::<Vec<Row>>(black_box(&text)).map(|rows| rows.len()).ok());
}

#[divan::bench]
fn read_json(bencher: Bencher<'_, '_>) {
    let text = serde_json::to_string(&rows()).unwrap_or_default();
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| serde_json::from_str::<Vec<Row>>(black_box(&text)).map(|rows| rows.len()).ok());
}
