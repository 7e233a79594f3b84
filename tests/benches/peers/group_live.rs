//! Live answers of the billing API over HTTP: of everything, of a day, their first byte, and a finished file beside them.

use std::cell::RefCell;

use tollbook_tests::measure::statistics::median;
use tollbook_tests::measure::target::Target;

use crate::program::Store;
use crate::report::Report;
use crate::rounds::{Sample, Way, in_turn, named};
use crate::run::Run;
use crate::serving::Serving;

pub(crate) const IDS: &[&str] = &["S1", "S2", "S3", "S4", "S12"];

const ALL: &str = "from-date=2026-01-01T00:00:00Z&to-date=2026-02-01T00:00:00Z";
const DAY: &str = "from-date=2026-01-15T00:00:00Z&to-date=2026-01-16T00:00:00Z";
const HALF_PAST: &str = "from-date=2026-01-15T00:30:00Z&to-date=2026-01-16T00:30:00Z";
const CONDITION: &str = "start >= '2026-01-15' AND start < '2026-01-16'";
/// So often a short answer is read in a round.
const TIMES: u32 = 10;

const COPY_PIGZ: &str = "COPY | pigz -6 -p2";
const DAY_COPY_PIGZ: &str = "a day, COPY | pigz -6 -p2";
const DAY_SQLITE_ZIP: &str = "a day, sqlite3 -csv | zip -6";

/// The ways over HTTP, in the order in which they are measured.
struct Names {
    all: String,
    file: String,
    day: String,
    half_past: String,
}

pub(crate) fn run(run: &Run, report: &mut Report<'_>) {
    let (bench, texts) = (&run.bench, run.texts());
    let wants = |ids: &[&str]| ids.iter().any(|id| bench.options.wants(id));
    let servers = Store::BOTH.map(|store| Serving::start(bench, store, &["worker.threads=1", "dma.live=50"]));
    let names = Store::BOTH.map(names);
    let first_bytes = Store::BOTH.map(|_| RefCell::new(Vec::new()));
    let mut ways: Vec<Way<'_>> = Vec::new();
    if wants(&["S1"]) {
        ways.push(bench.way(COPY_PIGZ, format!("{} | pigz -6 -p2 > {{out}}", texts.copy(bench, "")), 1));
    }
    if wants(&["S3"]) {
        let (sqlite3, copy) = (texts.sqlite3(CONDITION), texts.copy(bench, CONDITION));
        ways.push(bench.way(DAY_SQLITE_ZIP, format!("{sqlite3} | zip -q -6 - - > {{out}}"), 5));
        ways.push(bench.way(DAY_COPY_PIGZ, format!("{copy} | pigz -6 -p2 > {{out}}"), 5));
    }
    for ((server, names), first_bytes) in servers.iter().zip(&names).zip(&first_bytes) {
        if wants(&["S1", "S2"]) {
            ways.push(Way::new(&names.all, move || server.measured(1, || server.billing(&format!("?{ALL}")).bytes)));
        }
        if wants(&["S2"]) {
            server.generate(ALL);
            ways.push(Way::new(&names.file, move || server.measured(TIMES, || server.billing("/download-cdrs").bytes)));
        }
        if wants(&["S3", "S4", "S12"]) {
            ways.push(Way::new(&names.day, move || a_day(server, first_bytes)));
        }
        if wants(&["S4"]) {
            let half_past = move || server.measured(TIMES, || server.billing(&format!("?{HALF_PAST}")).bytes);
            ways.push(Way::new(&names.half_past, half_past));
        }
    }
    let ways = in_turn(bench.options.rounds, ways);
    for ((store, names), first_bytes) in Store::BOTH.into_iter().zip(&names).zip(first_bytes) {
        if wants(&["S1"]) {
            report.times("S1", &ways, &names.all, COPY_PIGZ, Target::AtLeast { must: 50.0, aim: 150.0 });
        }
        if wants(&["S2"]) {
            let times = named(&ways, &names.all).cpu / named(&ways, &names.file).cpu;
            let target = Target::AtMost { must: 1.5, aim: 1.15 };
            report.figure("S2", &names.all, &names.file, (times, "×"), target);
        }
        if wants(&["S3"]) {
            let (theirs, target) = match store {
                Store::Sqlite => (DAY_SQLITE_ZIP, Target::AtLeast { must: 40.0, aim: 100.0 }),
                Store::Postgres => (DAY_COPY_PIGZ, Target::AtLeast { must: 25.0, aim: 60.0 }),
            };
            report.times("S3", &ways, &names.day, theirs, target);
        }
        if wants(&["S4"]) {
            let extra = named(&ways, &names.half_past).cpu - named(&ways, &names.day).cpu;
            let target = Target::AtMost { must: 20.0, aim: 5.0 };
            report.figure("S4", &names.half_past, "less that of whole hours", (extra * 1000.0, "ms"), target);
        }
        if wants(&["S12"]) {
            let what = format!("first byte of a live answer, {}", store.name());
            let target = Target::AtMost { must: 20.0, aim: 5.0 };
            report.figure("S12", what, "", (median(&first_bytes.into_inner()) * 1000.0, "ms"), target);
        }
    }
    report.ways("over HTTP", &ways);
}

fn names(store: Store) -> Names {
    let over = |what: &str| format!("{what} over HTTP, {}", store.name());
    Names {
        all: over("live answer of all calls"),
        file: over("download of the finished file"),
        day: over("live answer of a day"),
        half_past: over("live answer of a day from half past midnight"),
    }
}

fn a_day(server: &Serving<'_>, first_bytes: &RefCell<Vec<f64>>) -> Sample {
    server.measured(TIMES, || {
        let answer = server.billing(&format!("?{DAY}"));
        first_bytes.borrow_mut().push(answer.first_byte);
        answer.bytes
    })
}
