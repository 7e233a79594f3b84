//! Benchmark of generating sample calls: `cargo bench -p cdr-samples`. The target is 500,000 per second on one core.

use cdr_samples::{SampleOptions, Samples};
use divan::counter::ItemsCount;

const CALLS: u64 = 200_000;

fn main() {
    divan::main();
}

#[divan::bench(args = [40, 10_000], sample_count = 10)]
fn a_week(bencher: divan::Bencher<'_, '_>, accounts: u32) {
    // 2026-11-02, a Monday.
    let from = cdr_model::Timestamp::from_seconds(1_793_577_600);
    let options = SampleOptions { seed: 1, calls: CALLS, days: 7, from, accounts };
    bencher.counter(ItemsCount::new(CALLS)).bench(|| Samples::new(&options).map(divan::black_box_drop).count());
}
