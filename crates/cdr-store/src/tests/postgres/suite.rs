//! The tests of the crate once more, over PostgreSQL.

use tollbook_tests::{cluster, nested};

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
    let mut settings = vec![(OVER_POSTGRES, "1"), (cluster::GIVEN, url)];
    let mut alone = format!("{OVER_POSTGRES}=1 cargo test --release -p cdr-store");
    if !in_schemas.is_empty() {
        settings.push((cluster::IN_SCHEMAS, "1"));
        alone = format!("{}=1 {alone}", cluster::IN_SCHEMAS);
    }
    let modules: Vec<String> = in_schemas.iter().map(|module| format!("tests::{module}")).collect();
    let not_again = NOT_AGAIN.map(|name| format!("{name}::"));
    let without = not_again.iter().flat_map(|name| ["--skip", name]);
    let args: Vec<&str> =
        ["--test-threads=4"].into_iter().chain(modules.iter().map(String::as_str)).chain(without).collect();
    let (ran, wanted) = (nested::run(&settings, &args, &alone), if in_schemas.len() > 1 { 10 } else { 80 });
    assert!(ran > wanted, "{ran} tests ran");
}
