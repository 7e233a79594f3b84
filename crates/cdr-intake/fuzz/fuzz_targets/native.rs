//! `cargo +nightly fuzz run native`, in `crates/cdr-intake`.

#![no_main]

include!("../bodies/load.rs");
include!("../bodies/native.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
