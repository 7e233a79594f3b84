//! `cargo +nightly fuzz run porta_xdr`, in `crates/cdr-intake`.

#![no_main]

include!("../bodies/load.rs");
include!("../bodies/porta_xdr.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
