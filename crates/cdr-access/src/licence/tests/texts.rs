//! What can be a licence, and that it is not shown.

use std::collections::BTreeSet;

use super::support::{Home, text};
use crate::licence::{LicenceText, LicenceTextError};
use crate::testing::{HERE, ip};

const SECRET: &str = "7el-SECRET-licence";

#[test]
fn a_licence_that_is_made_stands_in_a_path_as_it_is_and_is_no_other() {
    let made: BTreeSet<String> = (0..100).map(|_| LicenceText::random().unwrap().reveal().to_owned()).collect();
    assert_eq!(made.len(), 100);
    for text in made {
        assert!(text.len() == 64 && text.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c)), "{text}");
        assert_eq!(LicenceText::brought(text.clone()).unwrap().reveal(), text);
    }
}

#[test]
fn a_licence_that_is_brought_has_to_fit_into_a_path() {
    for fine in [
        "12345678",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "{a b.c%+}",
        "\u{e4}\u{f6}\u{fc}\u{df}\u{e4}\u{f6}\u{fc}\u{df}",
    ] {
        assert_eq!(LicenceText::brought(fine).unwrap().reveal(), fine);
    }
    assert!(LicenceText::brought("\u{e4}".repeat(256)).is_ok(), "characters are counted, not bytes");
    for (text, error, said) in [
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
            "a licence holds no `/` and no control characters, such as a tab; this one does",
        ),
        (
            "SECRET\tlicence",
            LicenceTextError::NoSegment,
            "a licence holds no `/` and no control characters, such as a tab; this one does",
        ),
        (
            "SECRET\0licence",
            LicenceTextError::NoSegment,
            "a licence holds no `/` and no control characters, such as a tab; this one does",
        ),
        ("SECRET licence ", LicenceTextError::Blank, "a licence neither begins nor ends with a blank; this one does"),
        (
            "\u{a0}SECRET licence",
            LicenceTextError::Blank,
            "a licence neither begins nor ends with a blank; this one does",
        ),
    ] {
        assert_eq!(LicenceText::brought(text).unwrap_err(), error);
        assert_eq!(error.to_string(), said);
    }
}

#[test]
fn nothing_that_is_printed_shows_the_text_or_its_digest() {
    let home = Home::of([("acme", SECRET)]);
    let licence = home.authenticator.admit(SECRET, ip(HERE)).unwrap().unwrap();
    let digest = format!("{:?}", licence.digest);
    let taken = home.authenticator.rotate("acme", &text(SECRET)).unwrap_err();
    for printed in [
        format!("{:?}", text(SECRET)),
        format!("{licence:?}"),
        format!("{:#?}", home.licences),
        format!("{taken} {taken:?}"),
        format!("{:?}", LicenceText::brought(format!("{SECRET}/"))),
    ] {
        let bytes = digest.trim_matches(['[', ']']);
        assert!(!printed.contains("SECRET") && !printed.contains(bytes), "{printed}");
    }
    assert_eq!(format!("{licence:?}"), r#"Licence { id: 1, name: "acme", scope: Environment(1), .. }"#);
    assert_eq!(format!("{:?}", text(SECRET)), "LicenceText { .. }");
}
