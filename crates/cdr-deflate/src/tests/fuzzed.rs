//! Runs the body of the fuzz target on stable, with bytes and with rows from proptest.

use proptest::collection::vec;
use proptest::prelude::*;

use super::texts::tables;
use crate as cdr_deflate;

include!("../../fuzz/bodies/pack.rs");

proptest! {
    #[test]
    fn arbitrary_bytes(data in vec(any::<u8>(), 0..2_000)) {
        body(&data);
    }

    #[test]
    fn bytes_of_few_values(data in vec(0u8..4, 0..6_000)) {
        body(&data);
    }

    #[test]
    fn rows(every in any::<u8>(), table in tables()) {
        body(&[&[every], table.as_bytes()].concat());
    }
}
