//! Runs the body of the fuzz target on stable, with arbitrary bytes and with texts that are nearly JSV.

use proptest::prelude::*;

use crate::value::untyped;

include!("../../fuzz/bodies/read.rs");

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn arbitrary_bytes(data in prop::collection::vec(any::<u8>(), 0..80)) {
        body(&data);
    }

    #[test]
    fn texts_of_the_alphabet(text in "[\\[\\]{}:,\" \n\tab1é]{0,60}") {
        body(text.as_bytes());
    }

    #[test]
    fn truncated_and_extended_texts(value in untyped(), cut in 0..60_usize, more in "[\\[\\]{}:,\" ]{0,3}") {
        let text = jsv::to_string(&value).unwrap();
        let kept: String = text.chars().take(cut).collect();
        body((kept + &more).as_bytes());
    }
}
