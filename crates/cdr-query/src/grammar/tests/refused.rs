//! Texts that are not an `xs:dateTime`, and the error messages for them.

use crate::grammar::{XsDateTime, XsdVersion};

fn check(text: &str, expect: &str) {
    let error = XsDateTime::parse_as(text, XsdVersion::V1_1).expect_err(text);
    assert_eq!(error.to_string(), expect, "{text:?}");
}

const END: &str = r#"expected "." and a fraction, "Z", an offset such as "+02:00", or the end"#;

#[test]
fn invalid_examples_of_the_reference() {
    check("2001-10-26", r#"the text ends at character 11, expected "T" and a time"#);
    check("2001-10-26T21:32", r#"the text ends at character 17, expected ":" and seconds"#);
    check(
        "2001-10-26T25:32:52+02:00",
        "hour 25 at character 12, expected 00 to 23, or 24:00:00 for the end of the day",
    );
    check("01-10-26T21:32", r#"found "-" at character 3, expected a year of four digits or more"#);
}

#[test]
fn years() {
    check("", "the text ends at character 1, expected a year of four digits or more");
    check("-", "the text ends at character 2, expected a year of four digits or more");
    check("--2026-01-01T00:00:00", r#"found "-" at character 2, expected a year of four digits or more"#);
    check("-044-03-15T00:00:00", r#"found "-" at character 5, expected a year of four digits or more"#);
    check("+2026-01-01T00:00:00", r#"found "+" at character 1, expected a year without "+""#);
    let zero = "expected no zero at the start of a year of more than four digits";
    check("02026-01-01T00:00:00", &format!(r#"found "0" at character 1, {zero}"#));
    check("-02026-01-01T00:00:00", &format!(r#"found "0" at character 2, {zero}"#));
    check("00000-01-01T00:00:00", &format!(r#"found "0" at character 1, {zero}"#));
    check("٢٠٢٦-01-01T00:00:00", r#"found "٢" at character 1, expected a year of four digits or more"#);
    check("2026٠-01-01T00:00:00", r#"found "٠" at character 5, expected "-" and a month"#);
    check("2026", r#"the text ends at character 5, expected "-" and a month"#);
    check("1985-102T10:15:30", r#"found "2" at character 8, expected "-" and a day"#);
}

#[test]
fn months_and_days() {
    check("2026-13-01T00:00:00", "month 13 at character 6, expected 01 to 12");
    check("-12026-00-01T00:00:00", "month 00 at character 8, expected 01 to 12");
    check("2026-1-01T00:00:00", r#"found "-" at character 7, expected a month of two digits"#);
    check("2026/01/01T00:00:00", r#"found "/" at character 5, expected "-" and a month"#);
    check("2026-01-00T00:00:00", "day 00 at character 9, expected 01 to 31 in that month");
    check("2026-01-32T00:00:00", "day 32 at character 9, expected 01 to 31 in that month");
    check("2026-04-31T00:00:00", "day 31 at character 9, expected 01 to 30 in that month");
    check("2024-02-30T00:00:00", "day 30 at character 9, expected 01 to 29 in that month");
    check("2026-02-29T00:00:00", "day 29 at character 9, expected 01 to 28 in that month");
    check("2026-01-1T00:00:00", r#"found "T" at character 10, expected a day of two digits"#);
    check("2026-01-", "the text ends at character 9, expected a day of two digits");
}

#[test]
fn times() {
    check("2026-01-01x00:00:00", r#"found "x" at character 11, expected "T" and a time"#);
    check("2026-01-01t00:00:00", r#"found "t" at character 11, expected "T" and a time"#);
    check("2026-01-01Z", r#"found "Z" at character 11, expected "T" and a time"#);
    check("2026-01-01T", "the text ends at character 12, expected an hour of two digits");
    check("2026-01-01T1:00:00", r#"found ":" at character 13, expected an hour of two digits"#);
    check("2026-01-01T100000", r#"found "0" at character 14, expected ":" and minutes"#);
    check("2026-01-01T10:60:00", "minute 60 at character 15, expected 00 to 59");
    check("2026-01-01T10:00:60", "second 60 at character 18, expected 00 to 59");
    check("2016-12-31T23:59:60Z", "second 60 at character 18, expected 00 to 59");
    check("2026-01-01T10:00:5", "the text ends at character 19, expected seconds of two digits");
    check("2026-01-01T10:00:00.", r#"the text ends at character 21, expected a digit after ".""#);
    check("2026-01-01T10:00:00.Z", r#"found "Z" at character 21, expected a digit after ".""#);
    check("2026-01-01T10:00:00,5Z", &format!(r#"found "," at character 20, {END}"#));
    let hour = "hour 24 at character 12, expected 00 to 23, or 24:00:00 for the end of the day";
    for text in ["24:00:01", "24:01:00", "24:00:00.001", "24:00:00.0000000000000000001"] {
        check(&format!("2026-01-01T{text}Z"), hour);
    }
}

#[test]
fn zones() {
    check("2026-01-01T10:00:00z", &format!(r#"found "z" at character 20, {END}"#));
    check("2026-01-01T10:00:00CET", &format!(r#"found "C" at character 20, {END}"#));
    check("2026-01-01T10:00:00Z+", r#"found "+" at character 21, expected the end"#);
    check(
        "2026-01-01T10:00:00.5x",
        r#"found "x" at character 22, expected "Z", an offset such as "+02:00", or the end"#,
    );
    check("2026-01-01T10:00:00+14:01", "offset minute 01 at character 24, expected 00 after offset hour 14");
    check("2026-01-01T10:00:00-14:59", "offset minute 59 at character 24, expected 00 after offset hour 14");
    check("2026-01-01T10:00:00+15:00", "offset hour 15 at character 21, expected 00 to 14");
    check("2026-01-01T10:00:00+02:60", "offset minute 60 at character 24, expected 00 to 59");
    check("2026-01-01T10:00:00+0200", r#"found "0" at character 23, expected ":" and offset minutes"#);
    check("2026-01-01T10:00:00+2:00", r#"found ":" at character 22, expected an offset hour of two digits"#);
    check("2026-01-01T10:00:00+02", r#"the text ends at character 23, expected ":" and offset minutes"#);
    check("2026-01-01T10:00:00+02:00Z", r#"found "Z" at character 26, expected the end"#);
    check("2026-01-01T10:00:00\u{2212}02:00", &format!("found \"\u{2212}\" at character 20, {END}"));
}

#[test]
fn blanks() {
    check(" 2026-01-01T10:00:00Z", "found a blank at character 1, expected a year of four digits or more");
    check("2026-01-01T10:00:00Z ", "found a blank at character 21, expected the end");
    check("2026-01-01 10:00:00", r#"found a blank at character 11, expected "T" and a time"#);
    // The result of decoding an unescaped "+" in a URL.
    check("2026-01-01T10:00:00 02:00", &format!("found a blank at character 20, {END}"));
    check("2026-01-01T10:00:00\t", &format!(r#"found "\t" at character 20, {END}"#));
    check("2026-01-01T10:00:00\n", &format!(r#"found "\n" at character 20, {END}"#));
    check("2026-01-01T10:00:00\0", &format!(r#"found "\0" at character 20, {END}"#));
}
