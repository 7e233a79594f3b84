//! Runs the tests of the crate again on PostgreSQL.

use tollbook_tests::{cluster, nested};

use crate::tests::support::{OVER_POSTGRES, SIMULATED};

/// The modules that test only files, or already test PostgreSQL.
const NOT_AGAIN: [&str; 7] = ["backups", "opening", "plans", "schema", "postgres", "types", "address"];

#[test]
fn all_tests_pass_on_postgresql() {
    let Some(server) = cluster::shared() else { return };
    run(server.url(), &[], &[]);
}

#[test]
fn retention_and_loading_pass_in_a_schema() {
    let Some(server) = cluster::shared() else { return };
    run(server.url(), &["retention", "loading"], &[(cluster::IN_SCHEMAS, "1")]);
}

#[test]
fn reading_and_loading_pass_on_a_simulated_citus() {
    let Some(server) = cluster::shared() else { return };
    let modules = [
        "keys",
        "meaning",
        "loading",
        "lines",
        "loads",
        "dialogues",
        "adopting",
        "conflicts",
        "conferences",
        "accounts",
        "directory",
        "retention",
    ];
    run(server.url(), &modules, &[(SIMULATED, "1")]);
}

#[test]
fn all_tests_pass_on_citus() {
    let Some(url) = cluster::citus() else { return };
    run(&url, &[""], &[(cluster::IN_SCHEMAS, "1")]);
}

/// Runs the tests of these modules again with these settings, each test in a database or a schema of its own; without
/// modules, all tests.
fn run(url: &str, modules: &[&str], more: &[(&str, &str)]) {
    let settings = [&[(OVER_POSTGRES, "1"), (cluster::GIVEN, url)], more].concat();
    let alone = more.iter().map(|(name, value)| format!("{name}={value} ")).collect::<String>();
    let alone = format!("{alone}{OVER_POSTGRES}=1 cargo test --release -p cdr-store");
    let modules: Vec<String> = modules.iter().map(|module| format!("tests::{module}")).collect();
    let not_again = NOT_AGAIN.map(|name| format!("{name}::"));
    let without = not_again.iter().flat_map(|name| ["--skip", name]);
    let args: Vec<&str> =
        ["--test-threads=4"].into_iter().chain(modules.iter().map(String::as_str)).chain(without).collect();
    let (ran, wanted) = (nested::run(&settings, &args, &alone), if modules.len() > 1 { 10 } else { 80 });
    assert!(ran > wanted, "{ran} tests ran");
}
