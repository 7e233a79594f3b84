//! `cargo +nightly fuzz run kamailio_acc`, in `crates/cdr-intake`.

#![no_main]

include!("../bodies/load.rs");
include!("../bodies/kamailio_acc.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
