//! Pages of a customer's calls over HTTP: the first beside one far down, and beside the bare query.

use std::time::Instant;

use tollbook_tests::measure::statistics::median;
use tollbook_tests::measure::target::Target;

use crate::bench::Bench;
use crate::program::Store;
use crate::python;
use crate::report::Report;
use crate::rounds::{Sample, Way, in_turn, named};
use crate::run::Run;
use crate::serving::Serving;
use crate::texts::{POSTGRES, SQLITE, Texts};

pub(crate) const IDS: &[&str] = &["S13", "S14"];

const SIZE: u64 = 100;
/// The depth of the page that is far down, in calls, if the customer has so many.
const DEPTH: u64 = 400_000;
/// So many requests are made in a round, and so many queries.
const REQUESTS: usize = 5;
const QUERIES: usize = 200;

pub(crate) fn run(run: &Run, report: &mut Report<'_>) {
    let (bench, texts) = (&run.bench, run.texts());
    let depth = DEPTH.min(texts.customers_calls * 9 / 10);
    let servers = Store::BOTH.map(|store| Serving::start(bench, store, &["worker.threads=0"]));
    let tokens = servers.each_ref().map(|server| server.sign_in(&texts.customer));
    let names = |store: Store| {
        let name = |what: &str| format!("{what}, {}", store.name());
        let deep = format!("page of 100 over HTTP at depth {depth}");
        [name("first page of 100 over HTTP"), name(&deep), name("its bare query")]
    };
    let mut ways = Vec::new();
    for ((store, server), token) in Store::BOTH.into_iter().zip(&servers).zip(&tokens) {
        let [first, deep, bare] = names(store);
        ways.push(Way::new(first, move || pages(server, token, 1)));
        ways.push(Way::new(deep, move || pages(server, token, depth / SIZE + 1)));
        ways.push(Way::new(bare, move || query(bench, texts, store)));
    }
    let ways = in_turn(bench.options.rounds, ways);
    for store in Store::BOTH {
        let [first, deep, bare] = names(store).map(|name| named(&ways, &name));
        let target = Target::AtMost { must: 1.3, aim: 1.1 };
        report.figure("S13", &deep.name, "the first page", (deep.wall / first.wall, "×"), target);
        let target = Target::AtMost { must: 2.0, aim: 0.5 };
        let more = (first.wall - bare.wall) * 1000.0;
        report.figure("S14", &first.name, "less its bare query", (more, "ms"), target);
    }
    report.ways("pages", &ways);
}

/// Reads a page some times; its wall time is the median of theirs.
fn pages(server: &Serving<'_>, token: &str, number: u64) -> Sample {
    let path = format!(
        "/api/rest/customer/v1/cdrs?filter[time_start_gteq]=2026-01-01&filter[time_start_lteq]=2026-03-01\
         &page[size]={SIZE}&page[number]={number}"
    );
    let path = path.replace('[', "%5B").replace(']', "%5D");
    let mut taken = Vec::new();
    let sample = server.measured(REQUESTS as u32, || {
        let started = Instant::now();
        let answer = server.read(&path, token);
        taken.push(started.elapsed().as_secs_f64());
        answer.bytes
    });
    Sample { wall_seconds: median(&taken), ..sample }
}

/// The time of the query of the first page, over a connection that is open; of the same text in a plain table.
fn query(bench: &Bench, texts: &Texts, store: Store) -> Sample {
    let query = texts.query(&texts.of_the_customer()).replace("start, n", "start DESC, n DESC");
    let query = format!("{query} LIMIT {SIZE}");
    let millis = match store {
        Store::Sqlite => bench.ask(&format!("{} {SQLITE} {QUERIES} \"{query}\"", python::run(python::QUERY))),
        Store::Postgres => {
            let statements = format!("{query};\n").repeat(QUERIES);
            let file = bench.folder().join("queries.sql");
            std::fs::write(&file, format!("\\timing on\n\\o /dev/null\n{statements}")).expect("the queries");
            bench.ask(&format!("{} -f queries.sql | grep -o '[0-9.]* ms' | cut -d' ' -f1", bench.psql(POSTGRES)))
        }
    };
    let millis: Vec<f64> = millis.lines().filter_map(|line| line.trim().parse().ok()).collect();
    Sample { wall_seconds: median(&millis) / 1000.0, ..Sample::default() }
}
