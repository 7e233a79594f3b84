//! `cargo +nightly fuzz run freeswitch_json`, in `crates/cdr-intake`.

#![no_main]

include!("../bodies/load.rs");
include!("../bodies/freeswitch_json.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
