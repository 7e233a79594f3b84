//! The month of one account as `csv.gz`, for the first time.

use tollbook_tests::measure::target::Target;

use crate::program::Store;
use crate::report::Report;
use crate::rounds::in_turn;
use crate::run::Run;

pub(crate) const IDS: &[&str] = &["S7"];

const TIMES: u32 = 2;

pub(crate) fn run(run: &Run, report: &mut Report<'_>) {
    let (bench, texts) = (&run.bench, run.texts());
    let (account, customer) = &texts.account;
    let only = format!("--account \"{account}\" --customer \"{customer}\"");
    let [sqlite, postgres] = Store::BOTH.map(|store| format!("an account's month, {}", store.name()));
    let (sqlite3, copy) = ("sqlite3 … WHERE account | gzip -6", "COPY … WHERE account | gzip -6");
    let condition = texts.of_the_account();
    let ways = in_turn(
        bench.options.rounds,
        vec![
            bench.way(&sqlite, bench.first_export(Store::Sqlite, "gzip", &only), TIMES),
            bench.way(sqlite3, format!("{} | gzip -6 > {{out}}", texts.sqlite3(&condition)), TIMES),
            bench.way(&postgres, bench.first_export(Store::Postgres, "gzip", &only), TIMES),
            bench.way(copy, format!("{} | gzip -6 > {{out}}", texts.copy(bench, &condition)), TIMES),
        ],
    );
    let target = Target::AtLeast { must: 2.5, aim: 5.0 };
    report.times("S7", &ways, &sqlite, sqlite3, target);
    report.times("S7", &ways, &postgres, copy, target);
    report.ways("an account", &ways);
}
