//! Tests of the public interface.

#![expect(clippy::unwrap_used, reason = "these are tests, though their helpers are not marked as such")]

mod fuzzed;
mod pretty;
mod reading;
mod reads_back;
mod refused;
mod value;
mod vectors;
mod writing;
