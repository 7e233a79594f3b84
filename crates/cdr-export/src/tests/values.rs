//! JSON values of another kind than the layout prints.

use super::forging::{export, refusal, two_calls, with_text};
use super::spec;
use crate::Package;

#[test]
fn json_values_of_another_kind_are_refused() {
    let (bytes, receipt) = export(&spec("native", "ndjson", Package::Plain), &two_calls(), &[]);
    let text = String::from_utf8(bytes).unwrap();
    for (from, to, expected) in [
        (
            r#""price":"499.00""#,
            r#""price":499.00"#,
            "column `price` in row 1 of calls.ndjson holds a number, where the layout has a text",
        ),
        (
            r#""price":"499.00""#,
            r#""price":499.000000000000000000009"#,
            "column `price` in row 1 of calls.ndjson holds a number, where the layout has a text",
        ),
        (
            r#""success":false"#,
            r#""success":"false""#,
            "column `success` in row 1 of calls.ndjson holds a text, where the layout has a boolean",
        ),
        (
            r#""talk":61000000"#,
            r#""talk":"61000000""#,
            "column `talk` in row 1 of calls.ndjson holds a text, where the layout has a number",
        ),
        (
            r#""talk":61000000"#,
            r#""talk":61000000.0"#,
            "column `talk` in row 1 of calls.ndjson holds a number that is not a whole one in plain digits",
        ),
        (
            r#""talk":61000000"#,
            r#""talk":61e6"#,
            "column `talk` in row 1 of calls.ndjson holds a number that is not a whole one in plain digits",
        ),
        (
            r#""called":null"#,
            r#""called":{"x":"+49"}"#,
            "column `called` in row 1 of calls.ndjson holds an object, where the layout has a text",
        ),
        (
            r#""called":null"#,
            r#""called":["+49"]"#,
            "column `called` in row 1 of calls.ndjson holds an array, where the layout has a text",
        ),
        (
            r#""called":null"#,
            r#""called":"\ud800""#,
            "column `called` in row 1 of calls.ndjson holds a text with a wrong escape",
        ),
        (
            r#""called":null"#,
            r#""called":null,"called":null"#,
            "row 1 of calls.ndjson does not have the columns of the layout",
        ),
        (r#""called":null,"#, "", "row 1 of calls.ndjson does not have the columns of the layout"),
        ("}\n", "}{}\n", "row 1 of calls.ndjson is not a JSON object"),
        ("}\n", "\n", "row 1 of calls.ndjson is not a JSON object"),
        ("{", "[", "row 1 of calls.ndjson is not a JSON object"),
        ("{", "\n{", "row 1 of calls.ndjson is not a JSON object"),
    ] {
        assert!(text.contains(from), "{from}: {text}");
        let forged = text.replacen(from, to, 1);
        assert_eq!(refusal(forged.as_bytes(), &with_text(&receipt, &forged)).unwrap(), [expected], "{to}");
    }
}
