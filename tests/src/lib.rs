//! What the tests of several crates need: PostgreSQL servers and an S3 server of their own, and a loud word about what was
//! left out. And the
//! examples of the documents, so that they are compiled and run.
#![expect(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test says what it left out, and fails where something is wrong"
)]

pub mod cluster;
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
    eprintln!("{said}");
}
