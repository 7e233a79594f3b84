//! Shared test support: temporary PostgreSQL servers, an S3 server, messages about skipped tests, and what the benchmark
//! against other tools counts with. It also includes the examples of the documents, so that they are compiled and run.
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

pub mod cluster;
pub mod measure;
pub mod nested;
pub mod s3;

#[cfg(doctest)]
#[doc = include_str!("../../docs/EMBEDDING.md")]
pub mod embedding {}

/// Reports a skipped test. With `TOLLBOOK_TEST_ALL` set, no test may be skipped.
///
/// # Panics
/// If `TOLLBOOK_TEST_ALL` is set.
pub fn left_out(what: &str, help: &str) {
    let message = format!("LEFT OUT: {what}; {help}");
    assert!(std::env::var_os("TOLLBOOK_TEST_ALL").is_none(), "{message}");
    say(message);
}

/// Prints a message to standard error, once per process.
pub fn say(what: String) {
    static PRINTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    // The test harness captures `eprintln!` and shows it only for failed tests. It does not capture this.
    let mut printed = PRINTED.lock().unwrap_or_else(PoisonError::into_inner);
    if !printed.contains(&what) {
        let _ = writeln!(std::io::stderr(), "{what}");
        printed.insert(what);
    }
}
