//! Bulk loads beside `.import` and `\copy` into tables with as many indexes, and the bytes of the stores.

use std::fs;

use tollbook_tests::measure::target::Target;

use crate::bench::{Bench, CALLS};
use crate::program::Store;
use crate::report::Report;
use crate::rounds::{Way, in_turn};
use crate::run::Run;

pub(crate) const IDS: &[&str] = &["S15", "S16", "STORE"];

/// The part of the calls that is loaded, and the fewest.
const PART: u64 = 10;
const FEWEST: u64 = 10_000;

/// The store with the directory and without calls, and the one that is loaded, of both kinds.
const EMPTY: &str = "directory";
const LOADED: &str = "loaded";
/// The file and the database of the other tools.
const SQLITE: &str = "peers_load.sqlite";
const POSTGRES: &str = "peers_load";
const FEED: &str = "feed.csv";

const LOADS: [&str; 2] = ["tollbook load, SQLite", "tollbook load, PostgreSQL"];
const IMPORT: &str = "sqlite3 .import";
const COPY: &str = "psql \\copy";

/// The columns of each index of the tables that a load fills, with commas between, one index a line. An index of a few
/// records, of one kind only, does not count.
const INDEXES: [&str; 2] = [
    "SELECT group_concat(name) FROM (SELECT l.name AS index_name, i.name AS name FROM sqlite_master t, \
     pragma_index_list(t.name) l, pragma_index_info(l.name) i LEFT JOIN sqlite_master s ON s.name = l.name \
     WHERE t.type = 'table' AND t.name IN ('cdrs', 'intake_keys') AND coalesce(s.sql, '') NOT LIKE '%kind = 5%') \
     GROUP BY index_name",
    "SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid, \
     unnest(x.indkey) WITH ORDINALITY k(attnum, n) JOIN pg_attribute a ON a.attnum = k.attnum \
     WHERE a.attrelid = x.indrelid AND t.relname IN ('cdrs', 'intake_keys') \
     AND coalesce(pg_get_expr(x.indpred, x.indrelid), '') NOT LIKE '%kind = 5%' GROUP BY x.indexrelid",
];

pub(crate) fn run(Run { bench, .. }: &Run, report: &mut Report<'_>) {
    if bench.options.wants("S15") || bench.options.wants("S16") {
        loads(bench, report);
    }
    if bench.options.wants("STORE") {
        sizes(bench, report);
    }
}

fn loads(bench: &Bench, report: &mut Report<'_>) {
    let calls = (bench.options.calls / PART).max(FEWEST);
    let columns = feed(bench, calls);
    let wanted: Vec<Store> = Store::BOTH
        .into_iter()
        .zip(["S15", "S16"])
        .filter(|(_, id)| bench.options.wants(id))
        .map(|(store, _)| store)
        .collect();
    let mut ways = Vec::new();
    for store in wanted.iter().copied() {
        directory(bench, store);
        let table = table(bench, store, &columns);
        let load = format!("{} load --feed native {FEED}", bench.words(store, LOADED));
        let (ours, theirs, copy) = match store {
            Store::Sqlite => {
                (LOADS[0], IMPORT, format!("sqlite3 {SQLITE} '.mode csv' '.import --skip 1 {FEED} calls'"))
            }
            Store::Postgres => {
                let psql = bench.psql(POSTGRES);
                (LOADS[1], COPY, format!("{psql} -c \"\\copy calls FROM {FEED} (FORMAT csv, HEADER true)\""))
            }
        };
        ways.push(Way::new(ours, move || {
            renew(bench, store);
            bench.measured(&load, 1)
        }));
        ways.push(Way::new(theirs, move || {
            renew_table(bench, store, &table);
            bench.measured(&copy, 1)
        }));
    }
    let ways = in_turn(bench.options.rounds, ways);
    if wanted.contains(&Store::Sqlite) {
        report.times("S15", &ways, LOADS[0], IMPORT, Target::AtLeast { must: 1.0, aim: 2.0 });
    }
    if wanted.contains(&Store::Postgres) {
        report.times("S16", &ways, LOADS[1], COPY, Target::AtLeast { must: 0.7, aim: 1.0 });
    }
    report.ways("loads", &ways);
}

/// Writes a native feed, and returns its columns.
fn feed(bench: &Bench, calls: u64) -> Vec<String> {
    let program = bench.program.display();
    bench.ask(&format!("'{program}' generate --calls {calls} --output {FEED}"));
    bench.ask(&format!("head -n 1 {FEED}")).split(',').map(str::to_owned).collect()
}

/// Makes a store that has the directory of the feed, and no calls.
fn directory(bench: &Bench, store: Store) {
    if store == Store::Postgres {
        bench.postgres().create(EMPTY, "template0");
    }
    let program = bench.program.display();
    let empty = bench.words(store, EMPTY);
    bench.ask(&format!("{empty} migrate"));
    for sheet in ["customers", "services", "products", "destinations", "accounts"] {
        bench.ask(&format!("'{program}' generate --sheet {sheet} --output {sheet}.csv --replace"));
        bench.ask(&format!("{empty} load --feed native --sheet {sheet} {sheet}.csv"));
    }
}

/// The store that is loaded, as a new copy of the one with the directory.
fn renew(bench: &Bench, store: Store) {
    match store {
        Store::Sqlite => drop(bench.ask(&format!("rm -rf {LOADED}; cp -r {EMPTY} {LOADED}"))),
        Store::Postgres => bench.postgres().create(LOADED, EMPTY),
    }
}

/// The statements that make the table of the other tool: the columns of the feed as text, and as many indexes as the
/// store has, over columns of the same names where the feed fills them.
fn table(bench: &Bench, store: Store, columns: &[String]) -> String {
    let indexes = match store {
        Store::Sqlite => {
            fs::write(bench.folder().join("indexes.sql"), INDEXES[0]).expect("the query");
            bench.ask(&format!("sqlite3 {EMPTY}/tollbook.db < indexes.sql"))
        }
        Store::Postgres => bench.postgres().ask(EMPTY, INDEXES[1]).join("\n"),
    };
    let declared: Vec<String> = columns.iter().map(|column| format!("\"{column}\" TEXT")).collect();
    let mut statements = format!("CREATE TABLE calls ({});\n", declared.join(", "));
    for (at, index) in indexes.lines().enumerate() {
        let over: Vec<String> = index.split(',').map(|column| format!("\"{}\"", in_feed(column, columns))).collect();
        statements.push_str(&format!("CREATE INDEX calls_{at} ON calls ({});\n", over.join(", ")));
    }
    statements
}

/// The column of the feed in the place of one of the store. Generated records have no natural keys, of which the program
/// makes some from the UUID of the call, and what a store computes is in no feed either.
fn in_feed<'a>(column: &'a str, columns: &[String]) -> &'a str {
    let is_filled = column != "key" && columns.iter().any(|name| name == column);
    if is_filled { column } else { "call_uuid" }
}

fn renew_table(bench: &Bench, store: Store, statements: &str) {
    match store {
        Store::Sqlite => {
            fs::write(bench.folder().join("table.sql"), statements).expect("the statements");
            bench.ask(&format!("rm -f {SQLITE}*; sqlite3 {SQLITE} < table.sql"));
        }
        Store::Postgres => {
            bench.postgres().create(POSTGRES, "template0");
            bench.postgres().run(POSTGRES, statements);
        }
    }
}

fn sizes(bench: &Bench, report: &mut Report<'_>) {
    for store in Store::BOTH {
        bench.tollbook(store);
        let bytes = match store {
            Store::Sqlite => {
                let file = bench.folder().join(CALLS).join("tollbook.db");
                fs::metadata(file).map(|file| file.len()).unwrap_or_default() as f64
            }
            Store::Postgres => {
                let sql = format!("SELECT pg_database_size('{CALLS}') - pg_database_size('template0')");
                bench.postgres().ask("postgres", &sql).concat().parse().unwrap_or(f64::NAN)
            }
        };
        let must = if store == Store::Sqlite { 600.0 } else { 800.0 };
        let what = format!("bytes of store a call, {}", store.name());
        let figure = (bytes / bench.options.calls as f64, "bytes");
        report.figure("STORE", what, "", figure, Target::AtMost { must, aim: 350.0 });
    }
}
