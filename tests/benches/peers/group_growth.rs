//! Memory and time of an export on the command line, of all thirty days beside six of them.

use tollbook_tests::measure::target::Target;

use crate::program::Store;
use crate::report::Report;
use crate::rounds::{in_turn, named};
use crate::run::Run;

pub(crate) const IDS: &[&str] = &["S9", "S11"];

/// The end of the first six days, which have about a fifth of the calls.
const SIX_DAYS: &str = "--until 2026-01-07";

pub(crate) fn run(Run { bench, .. }: &Run, report: &mut Report<'_>) {
    let names = |store: Store| [format!("all days, {}", store.name()), format!("six days, {}", store.name())];
    let mut ways = Vec::new();
    for store in Store::BOTH {
        let [all, six] = names(store);
        ways.push(bench.way(all, bench.first_export(store, "zip", ""), 1));
        ways.push(bench.way(six, bench.first_export(store, "zip", SIX_DAYS), 1));
    }
    let tollbook = bench.tollbook(Store::Sqlite);
    let count =
        |window: &str| bench.ask(&format!("{tollbook} calls --count {window}")).parse::<f64>().unwrap_or(f64::NAN);
    let calls = count("") / count(SIX_DAYS);
    let ways = in_turn(bench.options.rounds, ways);
    for store in Store::BOTH {
        let [all, six] = names(store).map(|name| named(&ways, &name));
        let what = format!("peak memory of an export, {}", store.name());
        let target = Target::AtMost { must: 64.0, aim: 32.0 };
        report.figure("S9", what, "", (all.peak_mib, "MiB"), target);
        let what = format!("the same, more than for six days, {}", store.name());
        let target = Target::AtMost { must: 4.0, aim: 4.0 };
        report.figure("S9", what, "", (all.peak_mib - six.peak_mib, "MiB"), target);
        let what = format!("CPU of all days by that of six, as if that were a fifth, {}", store.name());
        let target = Target::AtMost { must: 5.8, aim: 5.2 };
        report.figure("S11", what, "", (all.cpu / six.cpu / calls * 5.0, "×"), target);
    }
    report.ways("growth", &ways);
}
