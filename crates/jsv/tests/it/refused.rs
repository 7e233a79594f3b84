//! Tests of refused texts, and of the positions in errors.

use std::collections::BTreeMap;

use jsv::{Deserializer, Error, from_slice, from_str};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::value::Any;

#[derive(Deserialize, Debug)]
struct Row {
    #[serde(rename = "Id")]
    #[expect(dead_code, reason = "it is only read")]
    id: i32,
    #[expect(dead_code, reason = "it is only read")]
    b: Option<bool>,
}

#[derive(Deserialize, Debug)]
enum Kind {
    Plain,
}

fn message<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> String {
    from_str::<T>(text).unwrap_err().to_string()
}

#[test]
fn errors_report_position_expected_and_found_text() {
    for (text, expect) in [
        ("{Id:5.0}", "line 1, column 5: expected a whole number of 32 bits, found `5.0`"),
        ("{\n\tb: yes,\n}", "line 2, column 5: expected `True` or `False`, found `yes`"),
        ("{é:é,Id:x}", "line 1, column 9: expected a whole number of 32 bits, found `x`"),
        ("{Id:[1\n2]}", "line 1, column 5: expected a whole number of 32 bits, found `[1\\n2]`"),
        ("{Id: x ,b:1}", "line 1, column 6: expected a whole number of 32 bits, found `x`"),
        ("{Id:\" x\"}", "line 1, column 5: expected a whole number of 32 bits, found `x`"),
        ("{Id: ,b:1}", "line 1, column 6: expected a whole number of 32 bits, found nothing"),
        ("{Id:1}{Id:2}", "line 1, column 7: expected nothing more, found `{Id:2}`"),
        ("{Id:1", "line 1, column 1: this `{` is never closed"),
        ("{Id:1,x:[1,{y:}", "line 1, column 9: this `[` is never closed"),
        ("{Id:\"1}", "line 1, column 5: this quote is never closed"),
        ("{Id:\"1\"\"", "line 1, column 5: this quote is never closed"),
        ("{Id:\"1\"2}", "line 1, column 8: expected `,` or `}`, found `2}`"),
        ("{Id}", "line 1, column 4: expected `:` after a name, found `}`"),
        ("{Id:1,}", "line 1, column 7: expected `:` after a name, found `}`"),
        ("Id:1", "line 1, column 1: expected `{`, found `Id:1`"),
        ("", "line 1, column 1: expected `{`, found the end"),
        ("{}", "line 1, column 1: missing field `Id`"),
        ("{Id:}", "line 1, column 1: missing field `Id`"),
        ("{Id:1,id:2}", "line 1, column 1: duplicate field `Id`"),
    ] {
        assert_eq!(message::<Row>(text), expect, "{text}");
    }
    let long = "x".repeat(1000);
    let expect = format!("line 1, column 1: expected a whole number of 8 bits, found `{}…`", "x".repeat(32));
    assert_eq!(message::<i8>(&long), expect);
    assert_eq!(message::<Kind>("a\nb"), "line 1, column 1: unknown variant `a\\nb`, expected `Plain`");
    assert_eq!(message::<Vec<u8>>("[1"), "line 1, column 1: this `[` is never closed");
    assert_eq!(
        message::<Vec<u8>>("[1,]"),
        "line 1, column 4: expected a whole number from 0, of 8 bits, found nothing"
    );
    assert_eq!(message::<Vec<String>>("\"a\"b"), "line 1, column 4: expected `,`, found `b`");
    assert_eq!(message::<(u8, u8)>("[1,2,3]"), "line 1, column 6: expected the end of the list, found `3]`");
    assert_eq!(
        message::<BTreeMap<String, char>>("{a:bc}"),
        "line 1, column 4: invalid value: string \"bc\", expected a character"
    );
}

#[test]
fn positions_count_bytes_lines_and_characters() {
    let error = from_str::<Vec<u8>>("[\n\té,1]").unwrap_err();
    let position = error.position().unwrap();
    assert_eq!((position.offset, position.line, position.column), (3, 2, 2));
    let error = from_slice::<&str>(b"a\n\xC3\xA9\xFF").unwrap_err();
    let position = error.position().unwrap();
    assert!(matches!(error, Error::NotUtf8 { .. }));
    assert_eq!((position.offset, position.line, position.column), (4, 2, 2));
}

#[test]
fn deep_nesting_is_refused() {
    for open in ["[", "{a:", "[{a:", "{a:[", "[\n", "{\na:"] {
        let deep = open.repeat(100_000);
        assert!(matches!(from_str::<Any>(&deep), Err(Error::TooDeep { limit: 128, .. })), "{open}");
    }
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(from_str::<Any>(&nested(128)).is_ok());
    assert_eq!(message::<Any>(&nested(129)), "line 1, column 129: nested more than 128 deep");
    let mut shallow = Deserializer::from_str("[[]]").depth_limit(1);
    assert!(matches!(Any::deserialize(&mut shallow), Err(Error::TooDeep { limit: 1, .. })));
}

#[test]
fn infinitely_nested_types_are_refused() {
    #[derive(Deserialize, Debug)]
    struct Lists(#[expect(dead_code, reason = "it is only read")] Vec<Lists>);
    #[derive(Deserialize, Debug, PartialEq, Eq, PartialOrd, Ord)]
    struct Options(Option<Box<Options>>);

    // A list may be written without brackets, and an option has none.
    assert!(matches!(from_str::<Lists>("a"), Err(Error::TooDeep { .. })));
    assert!(matches!(from_str::<Lists>("[a]"), Err(Error::TooDeep { .. })));
    assert!(matches!(from_str::<Options>("a"), Err(Error::TooDeep { .. })));
    assert!(from_str::<BTreeMap<Options, u8>>("{a:1}").is_err());
}
