//! Runs the tests of stores in files again on PostgreSQL. This takes longest, so it has to start first: tests run in
//! the order of their names, and the name of this module is chosen for that.

use tollbook_tests::{cluster, nested};

use crate::harness::OVER_POSTGRES;

/// The modules whose tests apply to calls and exports in any store. The others test files, documents, or other
/// programs.
const AGAIN: [&str; 29] = [
    "conditions::",
    "crash::",
    "directory::",
    "every_feed::",
    "every_format::",
    "journeys::",
    "kept::",
    "licences::",
    "lists::",
    "making::",
    "memory::",
    "mended::",
    "periods::",
    "printable::",
    "quarantine::",
    "same_bytes::",
    "server::changes::",
    "server::dma::",
    "server::intake::",
    "server::many::",
    "server::porta::",
    "server::slow::",
    "server::sources::",
    "server::whereabouts::",
    "server::who::",
    "server::yeti::",
    "upgraded::",
    "watched::",
    "ways_in::an_answer",
];

/// The tests among them that apply to files only: this program does not restore a database.
const NOT_AGAIN: [&str; 1] = ["a_restore_while_serving_is_reflected_in_the_status"];

#[test]
fn all_modules_pass_on_postgresql() {
    let Some(server) = cluster::shared() else { return };
    run("", &[(cluster::GIVEN, server.url())]);
}

#[test]
fn all_modules_pass_on_citus() {
    let Some(url) = cluster::citus() else { return };
    let (given, there, in_schemas) = (cluster::GIVEN, cluster::CITUS, cluster::IN_SCHEMAS);
    run(&format!("{given}=\"${there}\" {in_schemas}=1 "), &[(given, &url), (in_schemas, "1")]);
}

/// Runs them with these settings. `alone` has the variables that a single test needs too.
fn run(alone: &str, settings: &[(&str, &str)]) {
    let settings = [&[(OVER_POSTGRES, "1")], settings].concat();
    let without = NOT_AGAIN.iter().flat_map(|name| ["--skip", name]);
    let args: Vec<&str> = AGAIN.into_iter().chain(without).collect();
    let alone = format!("{alone}{OVER_POSTGRES}=1 cargo test --release -p tollbook --test it");
    let ran = nested::run(&settings, &args, &alone);
    assert!(ran > 40, "{ran} tests ran");
}
