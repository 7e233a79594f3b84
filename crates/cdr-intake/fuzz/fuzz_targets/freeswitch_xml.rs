//! `cargo +nightly fuzz run freeswitch_xml`, in `crates/cdr-intake`.

#![no_main]

include!("../bodies/load.rs");
include!("../bodies/freeswitch_xml.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
