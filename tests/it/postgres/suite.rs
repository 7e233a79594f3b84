//! What users see over a file, once more over PostgreSQL.

use std::process::Command;

use tollbook_tests::cluster;

use crate::harness::OVER_POSTGRES;

/// The modules whose tests are about calls and exports, wherever they are kept; the others are about files, documents,
/// memory, or other programs.
const AGAIN: [&str; 12] = [
    "crash::",
    "every_feed::",
    "every_format::",
    "journeys::",
    "licences::",
    "quarantine::",
    "same_bytes::",
    "server::dma::",
    "server::many::",
    "server::porta::",
    "server::slow::",
    "server::yeti::",
];

#[test]
fn whatever_users_see_over_a_file_they_see_over_postgresql() {
    let Some(server) = cluster::shared() else { return };
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.env(OVER_POSTGRES, "1").env(cluster::GIVEN, server.url()).args(AGAIN);
    let output = again.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let ran = said.matches(" ... ok").count();
    assert!(ran > 30, "{ran} tests ran: {said}");
}
