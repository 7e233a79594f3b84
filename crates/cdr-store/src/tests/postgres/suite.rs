//! The tests of the crate once more, over PostgreSQL.

use std::process::{Command, Stdio};

use tollbook_tests::cluster;

use crate::tests::support::OVER_POSTGRES;

/// What is about files alone, or about PostgreSQL already.
const NOT_AGAIN: [&str; 7] = ["backups", "opening", "plans", "schema", "postgres", "types", "address"];

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
    // What is left out is said there.
    let output = again.stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let said = String::from_utf8_lossy(&output.stdout);
    let (ran, wanted) = (said.matches(" ... ok").count(), if in_schemas.len() > 1 { 10 } else { 80 });
    assert!(ran > wanted, "{ran} tests ran: {said}");
}
