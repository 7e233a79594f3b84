//! What users see over a file, once more over PostgreSQL. It takes longest, so it begins first, which its name is for: tests run in
//! the order of their names.

use tollbook_tests::{cluster, nested};

use crate::harness::OVER_POSTGRES;

/// The modules whose tests are about calls and exports, wherever they are kept; the others are about files, documents, or
/// other programs.
const AGAIN: [&str; 16] = [
    "crash::",
    "every_feed::",
    "every_format::",
    "journeys::",
    "kept::",
    "licences::",
    "memory::",
    "periods::",
    "printable::",
    "quarantine::",
    "same_bytes::",
    "server::dma::",
    "server::many::",
    "server::porta::",
    "server::slow::",
    "server::yeti::",
];

/// What among them is about files alone: a database is not restored by this program.
const NOT_AGAIN: [&str; 1] = ["a_store_under_restore_is_still_answered_for"];

#[test]
fn whatever_users_see_over_a_file_they_see_over_postgresql() {
    let Some(server) = cluster::shared() else { return };
    run("", &[(cluster::GIVEN, server.url())]);
}

#[test]
fn whatever_users_see_over_one_server_they_see_over_citus() {
    let Some(url) = cluster::citus() else { return };
    let (given, there, in_schemas) = (cluster::GIVEN, cluster::CITUS, cluster::IN_SCHEMAS);
    run(&format!("{given}=\"${there}\" {in_schemas}=1 "), &[(given, &url), (in_schemas, "1")]);
}

/// Runs them with these settings. `alone` are those that one of them alone needs too.
fn run(alone: &str, settings: &[(&str, &str)]) {
    let settings = [&[(OVER_POSTGRES, "1")], settings].concat();
    let without = NOT_AGAIN.iter().flat_map(|name| ["--skip", name]);
    let args: Vec<&str> = AGAIN.into_iter().chain(without).collect();
    let alone = format!("{alone}{OVER_POSTGRES}=1 cargo test --release -p tollbook --test it");
    let ran = nested::run(&settings, &args, &alone);
    assert!(ran > 40, "{ran} tests ran");
}
