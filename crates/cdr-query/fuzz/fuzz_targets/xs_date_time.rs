//! `cargo +nightly fuzz run xs_date_time`, in `crates/cdr-query`.

#![no_main]

include!("../bodies/xs_date_time.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
