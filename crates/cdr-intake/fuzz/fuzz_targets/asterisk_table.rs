//! `cargo +nightly fuzz run asterisk_table`, in `crates/cdr-intake`.

#![no_main]

include!("../bodies/load.rs");
include!("../bodies/asterisk_table.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
