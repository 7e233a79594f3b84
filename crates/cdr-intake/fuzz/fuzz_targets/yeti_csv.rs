//! `cargo +nightly fuzz run yeti_csv`, in `crates/cdr-intake`.

#![no_main]

include!("../bodies/load.rs");
include!("../bodies/yeti_csv.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
