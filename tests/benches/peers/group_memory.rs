//! The peak memory of a server: one live answer of everything, and eight and fifty at once.

use std::thread;

use tollbook_tests::measure::statistics::median;
use tollbook_tests::measure::target::Target;

use crate::bench::Bench;
use crate::program::Store;
use crate::report::Report;
use crate::run::Run;
use crate::serving::Serving;

pub(crate) const IDS: &[&str] = &["S9", "S10"];

/// Memory varies less than time.
const ROUNDS: usize = 3;
/// The days of all calls.
const DAYS: u64 = 30;
/// About so many calls are in each of the answers at once.
const CALLS: u64 = 50_000;

pub(crate) fn run(Run { bench, .. }: &Run, report: &mut Report<'_>) {
    let days = (CALLS * DAYS / bench.options.calls).clamp(1, DAYS);
    let one = Target::AtMost { must: 64.0, aim: 32.0 };
    let eight = Target::AtMost { must: 128.0, aim: 128.0 };
    let fifty = Target::AtMost { must: 256.0, aim: 256.0 };
    for store in Store::BOTH {
        for (id, answers, days, target) in [("S9", 1, DAYS, one), ("S10", 8, days, eight), ("S10", 50, days, fifty)] {
            if bench.options.wants(id) {
                let rounds = bench.options.rounds.min(ROUNDS);
                let peaks: Vec<f64> = (0..rounds).map(|_| peak_mib(bench, store, answers, days)).collect();
                eprintln!("   {answers} at once, {}: {peaks:.0?} MiB", store.name());
                let what =
                    format!("peak memory of a server with {answers} live answers of {days} days, {}", store.name());
                report.figure(
                    id,
                    what.replace("1 live answers", "one live answer"),
                    "",
                    (median(&peaks), "MiB"),
                    target,
                );
            }
        }
    }
}

/// The peak memory of a fresh server, in MiB, that writes a number of answers at once.
fn peak_mib(bench: &Bench, store: Store, answers: usize, days: u64) -> f64 {
    let server = Serving::start(bench, store, &["worker.threads=0", "dma.live=50"]);
    let window = format!("?from-date=2026-01-01T00:00:00Z&to-date=2026-01-{:02}T23:59:59Z", days);
    thread::scope(|scope| {
        for _ in 0..answers {
            scope.spawn(|| server.billing(&window));
        }
    });
    server.peak_kib() as f64 / 1024.0
}
