//! `cargo +nightly fuzz run cucm_csv`, in `crates/cdr-intake`.

#![no_main]

include!("../bodies/load.rs");
include!("../bodies/cucm_csv.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
