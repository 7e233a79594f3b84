//! Benchmarks of parsing instants: `cargo bench -p cdr-query`.

use cdr_model::{LocalZone, Timestamp, Zone};
use cdr_query::grammar::{Rounding, XsDateTime};
use divan::{Bencher, black_box};

const TEXTS: [&str; 5] = [
    "2026-11-21T10:00:00Z",
    "2026-11-21T10:00:00",
    "2026-11-21T10:00:00.123+02:00",
    "2026-11-21T10:00:00.123456789123456789123456789123+02:00",
    "2026-11-21T10:00:00+0200",
];

fn main() {
    divan::main();
}

#[divan::bench(args = TEXTS)]
fn parse(text: &str) -> bool {
    XsDateTime::parse(black_box(text)).is_ok()
}

#[divan::bench(args = ["UTC", "+02:00", "Europe/Berlin"])]
fn to_timestamp(bencher: Bencher<'_, '_>, zone: &str) {
    let local = zone.parse().map(LocalZone::new).unwrap_or_default();
    if let Ok(time) = XsDateTime::parse("2026-11-21T10:00:00") {
        bencher.bench_local(|| black_box(&time).to_timestamp(black_box(&local), Rounding::Down));
    }
}

#[divan::bench(args = ["UTC", "Europe/Berlin"])]
fn offset_at(bencher: Bencher<'_, '_>, zone: &str) {
    let zone: Zone = zone.parse().unwrap_or_default();
    let at = Timestamp::from_seconds(1_795_255_200);
    bencher.bench_local(|| black_box(&zone).offset_at(black_box(at)));
}
