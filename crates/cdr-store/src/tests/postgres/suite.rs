//! Runs the tests of the crate again on PostgreSQL.

use tollbook_tests::{cluster, nested};

use crate::tests::support::OVER_POSTGRES;

/// The modules that test only files, or already test PostgreSQL.
const NOT_AGAIN: [&str; 7] = ["backups", "opening", "plans", "schema", "postgres", "types", "address"];

#[test]
fn all_tests_pass_on_postgresql() {
    let Some(server) = cluster::shared() else { return };
    run(server.url(), &[]);
}

#[test]
fn retention_and_loading_pass_in_a_schema() {
    let Some(server) = cluster::shared() else { return };
    run(server.url(), &["retention", "loading"]);
}

#[test]
fn all_tests_pass_on_citus() {
    let Some(url) = cluster::citus() else { return };
    run(&url, &[""]);
}

/// Runs the tests of these modules again, each test in a schema of one database; without modules, all tests, each in
/// its own database.
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
