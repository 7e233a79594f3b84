//! What users see over a file, once more over PostgreSQL.

use std::process::{Command, Stdio};

use tollbook_tests::cluster;

use crate::harness::OVER_POSTGRES;

/// The modules whose tests are about calls and exports, wherever they are kept; the others are about files, documents, or
/// other programs.
const AGAIN: [&str; 15] = [
    "crash::",
    "every_feed::",
    "every_format::",
    "journeys::",
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
    run(&[(cluster::GIVEN, server.url())]);
}

#[test]
fn whatever_users_see_over_one_server_they_see_over_citus() {
    let Some(url) = cluster::citus() else { return };
    run(&[(cluster::GIVEN, &url), (cluster::IN_SCHEMAS, "1")]);
}

fn run(settings: &[(&str, &str)]) {
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.env(OVER_POSTGRES, "1").envs(settings.iter().copied()).args(AGAIN);
    for name in NOT_AGAIN {
        again.args(["--skip", name]);
    }
    // What is left out there is said here as well.
    let output = again.stderr(Stdio::inherit()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let ran = said.matches(" ... ok").count();
    assert!(ran > 40, "{ran} tests ran: {said}");
}
