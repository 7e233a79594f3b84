//! One day on the command line: the same day again, and a window whose ends fall inside an hour.

use tollbook_tests::measure::target::Target;

use crate::program::Store;
use crate::report::Report;
use crate::rounds::{in_turn, named};
use crate::run::Run;

pub(crate) const IDS: &[&str] = &["S3", "S4"];

/// A Thursday.
const DAY: &str = "--from 2026-01-15 --until 2026-01-16";
const HALF_PAST: &str = "--from 2026-01-15T00:30:00Z --until 2026-01-16T00:30:00Z";
const CONDITION: &str = "start >= '2026-01-15' AND start < '2026-01-16'";
/// A day takes little more than the start of a process: so often each way runs in a round.
const TIMES: u32 = 5;

const SQLITE_ZIP: &str = "a day, sqlite3 -csv | zip -6";
const COPY_PIGZ: &str = "a day, COPY | pigz -6 -p2";

pub(crate) fn run(run: &Run, report: &mut Report<'_>) {
    let (bench, texts) = (&run.bench, run.texts());
    let names = |store: Store| {
        [format!("a day again, {}", store.name()), format!("a day from half past midnight, {}", store.name())]
    };
    let (sqlite3, copy) = (texts.sqlite3(CONDITION), texts.copy(bench, CONDITION));
    let mut ways = vec![
        bench.way(SQLITE_ZIP, format!("{sqlite3} | zip -q -6 - - > {{out}}"), TIMES),
        bench.way(COPY_PIGZ, format!("{copy} | pigz -6 -p2 > {{out}}"), TIMES),
    ];
    for store in Store::BOTH {
        for (name, window) in names(store).into_iter().zip([DAY, HALF_PAST]) {
            ways.push(bench.way(name, bench.export(store, "zip", window), TIMES));
        }
    }
    let ways = in_turn(bench.options.rounds, ways);
    let of = |store: Store| names(store)[0].clone();
    report.times("S3", &ways, &of(Store::Sqlite), SQLITE_ZIP, Target::AtLeast { must: 40.0, aim: 100.0 });
    report.times("S3", &ways, &of(Store::Postgres), COPY_PIGZ, Target::AtLeast { must: 25.0, aim: 60.0 });
    for store in Store::BOTH {
        let [aligned, inside] = names(store).map(|name| named(&ways, &name).cpu);
        let what = format!("CPU of a window whose ends fall inside an hour, {}", store.name());
        let target = Target::AtMost { must: 20.0, aim: 5.0 };
        report.figure("S4", what, "less that of whole hours", ((inside - aligned) * 1000.0, "ms"), target);
    }
    report.ways("a day", &ways);
}
