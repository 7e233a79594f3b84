//! `cargo +nightly fuzz run read`, in `crates/jsv`.

#![no_main]

include!("../bodies/read.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
