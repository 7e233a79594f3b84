//! The tests of the crate once more, over PostgreSQL.

use std::process::Command;

use crate::tests::support::OVER_POSTGRES;

/// What is about files alone, or about PostgreSQL already.
const NOT_AGAIN: [&str; 7] = ["backups", "opening", "plans", "schema", "postgres", "types", "address"];

#[test]
fn whatever_holds_for_a_file_holds_for_postgresql() {
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.env(OVER_POSTGRES, "1").arg("--test-threads=4");
    for name in NOT_AGAIN {
        again.args(["--skip", &format!("{name}::")]);
    }
    let output = again.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let said = String::from_utf8_lossy(&output.stdout);
    let ran = said.matches(" ... ok").count();
    assert!(ran > 80, "{ran} tests ran: {said}");
}
