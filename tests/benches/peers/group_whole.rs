//! All calls on the command line: the first export, the same export again, and all other tools.

use tollbook_tests::measure::target::Target;

use crate::program::Store;
use crate::report::Report;
use crate::rounds::{Way, in_turn};
use crate::run::Run;

pub(crate) const IDS: &[&str] = &["S1", "S5", "S6"];

const FIRST: [&str; 2] = ["tollbook export, SQLite", "tollbook export, PostgreSQL"];
const AGAIN: [&str; 2] = ["tollbook export again, SQLite", "tollbook export again, PostgreSQL"];
const SQLITE_ZIP_6: &str = "sqlite3 -csv | zip -6";
const SQLITE_ZIP_1: &str = "sqlite3 -csv | zip -1";
const PYTHON: &str = "Python csv + zipfile";
const COPY_PIGZ: &str = "COPY | pigz -6 -p2";

pub(crate) fn run(run: &Run, report: &mut Report<'_>) {
    let (bench, texts) = (&run.bench, run.texts());
    let wants = |ids: &[&str]| ids.iter().any(|id| bench.options.wants(id));
    let mut ways: Vec<Way<'_>> = Vec::new();
    let mut add = |ids: &[&str], name: &str, script: String| {
        if wants(ids) {
            ways.push(bench.way(name, script, 1));
        }
    };
    let sqlite3 = texts.sqlite3("");
    let copy = texts.copy(bench, "");
    // The first one removes what was kept, and keeps it for the next.
    add(&["S5"], FIRST[0], bench.first_export(Store::Sqlite, "zip", ""));
    add(&["S1"], AGAIN[0], bench.export(Store::Sqlite, "zip", ""));
    add(&["S5"], SQLITE_ZIP_6, format!("{sqlite3} | zip -q -6 - - > {{out}}"));
    add(&["S5"], SQLITE_ZIP_1, format!("{sqlite3} | zip -q -1 - - > {{out}}"));
    add(&["S5"], PYTHON, format!("{} > {{out}}", texts.python()));
    add(&["S6"], FIRST[1], bench.first_export(Store::Postgres, "zip", ""));
    add(&["S1"], AGAIN[1], bench.export(Store::Postgres, "zip", ""));
    add(&["S1", "S6"], COPY_PIGZ, format!("{copy} | pigz -6 -p2 > {{out}}"));
    if wants(&["S5"]) && wants(&["S6"]) {
        // Without a target, to compare with.
        add(IDS, "tollbook export, SQLite, not compressed", bench.first_export(Store::Sqlite, "plain", ""));
        add(IDS, "tollbook export, PostgreSQL, not compressed", bench.first_export(Store::Postgres, "plain", ""));
        add(IDS, "sqlite3 -csv | cat", format!("{sqlite3} | cat > {{out}}"));
        add(IDS, "COPY | cat", format!("{copy} | cat > {{out}}"));
        add(IDS, "DuckDB csv", texts.duckdb(bench, ""));
        add(IDS, "DuckDB csv.gz", texts.duckdb(bench, ", COMPRESSION gzip"));
    }
    let ways = in_turn(bench.options.rounds, ways);
    if wants(&["S1"]) {
        for again in AGAIN {
            report.times("S1", &ways, again, COPY_PIGZ, Target::AtLeast { must: 50.0, aim: 150.0 });
        }
    }
    if wants(&["S5"]) {
        report.times("S5", &ways, FIRST[0], SQLITE_ZIP_6, Target::AtLeast { must: 4.0, aim: 7.0 });
        report.times("S5", &ways, FIRST[0], SQLITE_ZIP_1, Target::AtLeast { must: 2.0, aim: 3.7 });
        report.times("S5", &ways, FIRST[0], PYTHON, Target::AtLeast { must: 5.0, aim: 9.0 });
    }
    if wants(&["S6"]) {
        report.times("S6", &ways, FIRST[1], COPY_PIGZ, Target::AtLeast { must: 2.5, aim: 4.5 });
    }
    report.ways("all calls", &ways);
}
