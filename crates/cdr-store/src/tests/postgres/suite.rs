//! The tests of the crate once more, over PostgreSQL.

use std::io::Write;
use std::process::Command;

use tollbook_tests::cluster;

use crate::tests::support::OVER_POSTGRES;

/// What is about files alone, or about PostgreSQL already.
const NOT_AGAIN: [&str; 7] = ["backups", "opening", "plans", "schema", "postgres", "types", "address"];

/// How a nested test begins what it says to whoever runs the tests; the rest is for a failure.
const FOR_ALL: [&str; 2] = ["LEFT OUT", "installing"];

#[test]
fn whatever_holds_for_a_file_holds_for_postgresql() {
    let Some(server) = cluster::shared() else { return };
    run(server.url(), &[]);
}

#[test]
fn whatever_holds_for_a_file_holds_in_a_schema_too() {
    let Some(server) = cluster::shared() else { return };
    run(server.url(), &["retention", "loading"]);
}

#[test]
fn whatever_holds_for_one_server_holds_for_citus() {
    let Some(url) = cluster::citus() else { return };
    run(&url, &[""]);
}

/// Runs the tests of these modules once more in schemas of a database, or all of them in databases of their own.
fn run(url: &str, in_schemas: &[&str]) {
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.env(OVER_POSTGRES, "1").env(cluster::GIVEN, url).arg("--test-threads=4");
    if !in_schemas.is_empty() {
        again.env(cluster::IN_SCHEMAS, "1").args(in_schemas.iter().map(|module| format!("tests::{module}")));
    }
    for name in NOT_AGAIN {
        again.args(["--skip", &format!("{name}::")]);
    }
    let output = again.output().unwrap();
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    for line in told.lines().filter(|line| FOR_ALL.iter().any(|begin| line.starts_with(begin))) {
        // What `eprintln!` writes is shown of tests that fail only; this is not caught.
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    assert!(output.status.success(), "{said}{told}{}", once_more(&said, !in_schemas.is_empty()));
    let (ran, wanted) = (said.matches(" ... ok").count(), if in_schemas.len() > 1 { 10 } else { 80 });
    assert!(ran > wanted, "{ran} tests ran: {said}");
}

/// What runs each of the failed tests alone, a line for each.
fn once_more(said: &str, in_schemas: bool) -> String {
    let place = if in_schemas { format!("{}=1 ", cluster::IN_SCHEMAS) } else { String::new() };
    let failed = said.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    failed.map(|name| format!("{OVER_POSTGRES}=1 {place}cargo test --release -p cdr-store {name}\n")).collect()
}

#[test]
fn of_tests_that_failed_it_is_said_how_each_is_run_alone() {
    let said =
        "test tests::a ... ok\ntest tests::b::c ... FAILED\ntest tests::d ... ignored\n\nfailures:\n    tests::b::c\n";
    for (in_schemas, place) in [(false, ""), (true, "TOLLBOOK_TEST_IN_SCHEMAS=1 ")] {
        let line = format!("TOLLBOOK_TEST_OVER_POSTGRES=1 {place}cargo test --release -p cdr-store tests::b::c\n");
        assert_eq!(once_more(said, in_schemas), line);
    }
}
