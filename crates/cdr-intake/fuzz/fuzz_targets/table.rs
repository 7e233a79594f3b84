//! `cargo +nightly fuzz run table`, in `crates/cdr-intake`.

#![no_main]

include!("../bodies/load.rs");
include!("../bodies/table.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
