//! Tests of valid texts, and that texts are never printed.

use std::collections::BTreeSet;

use super::support::{LicenceFixture, text};
use crate::licence::{LicenceText, LicenceTextError};
use crate::testing::{HERE, ip};

const SECRET: &str = "7el-SECRET-licence";

#[test]
fn generated_texts_are_unique_and_need_no_escaping() {
    let generated: BTreeSet<String> = (0..100).map(|_| LicenceText::random().unwrap().reveal().to_owned()).collect();
    assert_eq!(generated.len(), 100);
    for text in generated {
        assert!(text.len() == 64 && text.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c)), "{text}");
        assert_eq!(LicenceText::given(text.clone()).unwrap().reveal(), text);
    }
}

#[test]
fn an_existing_text_has_to_fit_into_a_path() {
    for fine in [
        "12345678",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "{a b.c%+}",
        "\u{e4}\u{f6}\u{fc}\u{df}\u{e4}\u{f6}\u{fc}\u{df}",
    ] {
        assert_eq!(LicenceText::given(fine).unwrap().reveal(), fine);
    }
    assert!(LicenceText::given("\u{e4}".repeat(256)).is_ok(), "characters are counted, not bytes");
    for (text, error, message) in [
        ("", LicenceTextError::Length { characters: 0 }, "a licence has 8 to 256 characters, this one has 0"),
        ("1234567", LicenceTextError::Length { characters: 7 }, "a licence has 8 to 256 characters, this one has 7"),
        (
            &"x".repeat(257),
            LicenceTextError::Length { characters: 257 },
            "a licence has 8 to 256 characters, this one has 257",
        ),
        (
            "SECRET/licence",
            LicenceTextError::NoSegment,
            "a licence must have no `/` and no control characters, such as a tab; this one has some",
        ),
        (
            "SECRET\tlicence",
            LicenceTextError::NoSegment,
            "a licence must have no `/` and no control characters, such as a tab; this one has some",
        ),
        (
            "SECRET\0licence",
            LicenceTextError::NoSegment,
            "a licence must have no `/` and no control characters, such as a tab; this one has some",
        ),
        ("SECRET licence ", LicenceTextError::Blank, "a licence must not start or end with a blank; this one does"),
        (
            "\u{a0}SECRET licence",
            LicenceTextError::Blank,
            "a licence must not start or end with a blank; this one does",
        ),
    ] {
        assert_eq!(LicenceText::given(text).unwrap_err(), error);
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn printed_values_do_not_include_the_text_or_its_digest() {
    let fixture = LicenceFixture::of([("acme", SECRET)]);
    let licence = fixture.authenticator.admit(SECRET, ip(HERE)).unwrap().unwrap();
    let digest = format!("{:?}", licence.digest);
    let taken = fixture.authenticator.rotate("acme", &text(SECRET)).unwrap_err();
    for printed in [
        format!("{:?}", text(SECRET)),
        format!("{licence:?}"),
        format!("{:#?}", fixture.licences),
        format!("{taken} {taken:?}"),
        format!("{:?}", LicenceText::given(format!("{SECRET}/"))),
    ] {
        let bytes = digest.trim_matches(['[', ']']);
        assert!(!printed.contains("SECRET") && !printed.contains(bytes), "{printed}");
    }
    assert_eq!(format!("{licence:?}"), r#"Licence { id: 1, name: "acme", scope: Environment(1), .. }"#);
    assert_eq!(format!("{:?}", text(SECRET)), "LicenceText { .. }");
}
