//! Runs the body of the fuzz target on stable, with texts from proptest.

use proptest::prelude::*;

use super::generated::{mutated, nearly_valid};
use crate as cdr_query;

include!("../../../fuzz/bodies/xs_date_time.rs");

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn arbitrary_bytes(data in prop::collection::vec(any::<u8>(), 0..80)) {
        body(&data);
    }

    #[test]
    fn arbitrary_texts(text in any::<String>()) {
        body(text.as_bytes());
    }

    #[test]
    fn texts_of_the_alphabet(text in "[-+:.TZ0-9]{0,60}") {
        body(text.as_bytes());
    }

    #[test]
    fn texts_of_the_grammar(text in prop_oneof![nearly_valid(), mutated()]) {
        body(text.as_bytes());
    }
}
