//! `cargo +nightly fuzz run pack`, in `crates/cdr-deflate`.

#![no_main]

include!("../bodies/pack.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
