//! `cargo +nightly fuzz run asterisk_json`, in `crates/cdr-intake`.

#![no_main]

include!("../bodies/load.rs");
include!("../bodies/asterisk_json.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
