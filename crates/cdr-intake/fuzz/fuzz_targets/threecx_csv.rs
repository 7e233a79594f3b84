//! `cargo +nightly fuzz run threecx_csv`, in `crates/cdr-intake`.

#![no_main]

include!("../bodies/load.rs");
include!("../bodies/threecx_csv.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
