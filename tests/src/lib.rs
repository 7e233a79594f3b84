//! What the tests of several crates need: PostgreSQL servers and an S3 server of their own, and a loud word about what was
//! left out. And the examples of the documents, so that they are compiled and run.
#![expect(clippy::unwrap_used, reason = "a test fails where something is wrong")]

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

pub mod cluster;
pub mod nested;
pub mod s3;

#[cfg(doctest)]
#[doc = include_str!("../../docs/EMBEDDING.md")]
pub mod embedding {}

/// Says what was left out, and fails where nothing may be: where `TOLLBOOK_TEST_ALL` is set.
///
/// # Panics
/// There.
pub fn left_out(what: &str, help: &str) {
    let said = format!("LEFT OUT: {what}; {help}");
    assert!(std::env::var_os("TOLLBOOK_TEST_ALL").is_none(), "{said}");
    say(said);
}

/// Says something to whoever runs the tests, once a process.
pub fn say(what: String) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    // What `eprintln!` writes is shown of tests that fail only; this is not caught.
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if !said.contains(&what) {
        let _ = writeln!(std::io::stderr(), "{what}");
        said.insert(what);
    }
}
