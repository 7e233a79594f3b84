//! Dates, compared with those that Ruby on Rails reads.

use cdr_model::Timestamp;
use proptest::prelude::*;

use super::super::from_wire::read_time;

/// Texts and the instants that `ActiveModel::Type::DateTime` of Rails 6.1 (Ruby 3.1) casts them to.
const RAILS: &str = include_str!("rails.tsv");

#[test]
fn dates_are_the_instants_that_rails_reads() {
    let mut wrong = Vec::new();
    for line in RAILS.lines() {
        let (text, expected) = line.split_once('\t').unwrap();
        let read = read_time(text);
        if read != Some(expected.parse().unwrap()) {
            wrong.push(format!("{text}: {read:?} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_instant_in_every_spelling() {
    for text in [
        "2019/01/01 00:00:00",
        "20190101",
        "2019-1-1",
        "2019-01-01 0:00",
        "1 Jan 2019",
        "Tue, 01 Jan 2019 00:00:00 GMT",
        "Tue Jan 01 2019 02:00:00 GMT+0200",
        "Tue Jan 01 2019 02:00:00 GMT+0200 (Eastern European Standard Time)",
        "20190101T000000Z",
        "2018-12-31 19:00:00 EST",
        "01.01.2019",
        "  1/1/2019, 12:00:00\u{202f}AM ",
        "2019-01-01T01:00+01:00[Europe/Berlin]",
        // A plus that a query string did not encode.
        "Tue Jan 01 2019 02:00:00 GMT 0200 (Eastern European Standard Time)",
        "Tue, 01 Jan 2019 02:00:00 0200",
    ] {
        assert_eq!(read_time(text), Some("2019-01-01T00:00:00Z".parse().unwrap()), "{text}");
    }
}

#[test]
fn what_is_no_date_is_refused() {
    for text in [
        "soon",
        "today",
        "monster",
        "Sunday",
        "10:00",
        "2019",
        "2019-01",
        "Jan 1",
        "1546300800",
        "1512100800",
        "1546300800000",
        // Rails takes what it knows from these, and drops the rest.
        "hello 2019-01-01 world",
        "2019-01-01 foo",
        "2019-01-01 noon",
        "2019-01-01 - 2019-02-01",
        "2019-01-01, 2019-02-01",
        "2019-01-01 00:00:00 XYZ",
        "2019-01-01 00:00:00 Europe/Berlin",
        "2019-01-01 00:00:00[Europe/Berlin]",
        "2019-01-01 00:00:00 GMT -0500",
        "2019-01-01 BC",
        // What stands in parentheses counts, unless a zone stands before it.
        "2019-01-01 09:00:00 (Europe/Berlin)",
        "2019-01-01 09:00:00 (foo)",
        "2019-01-01 09:00:00 (Europe/Berlin time)",
        "2019-01-01 (foo)",
        "2019-01-01 (UTC)",
        "2019-01-01 09:00 (9:00)",
        "2019-01-01 9:00pm (10:30)",
        "2019-01-01 09:00 (0900)",
        "2019-01-01 09:00 (BC)",
        "2019-01-01 09:00 GMT+0100 (BC)",
        "2019-01-01 09:00 (PST) (CET)",
        "2019-01-01 09:00 ()x",
        "2019-01-01 09:00 EST) (",
        // Rails drops a zone after a time of digits only, and an offset of `UT`.
        "20190101T0900EST",
        "20190101T0900 GMT+2",
        "20190101 090007 BST",
        "20190101090007 (EST)",
        "20190101T090000+05:30",
        "2019-01-01 09:00 UT+2",
        // Rails reads no date, or no time, in these.
        "20190101, 9pm -05",
        "20190101, 09:00",
        "20190101, 0900",
        "20190101 at 0900",
        "2019-01-01, 9",
        "2019-01-01 T9",
        "2019/01 9",
        "2019/01;09",
        "9:00 Jan 1, 2019",
        "9h30 2019-01-01",
        "Tue Jan 1 9h 2019",
        "09:00+02:00,2019-01-01",
        "09:00 T1.1.2019",
        "2019-01-01 09:00 GMT+0100 (2019-01-02)",
        "2019-01-01T09:00Z[-5]",
        "2019-01-01 at 9",
        // Rails moves these to the next month.
        "2019-02-30",
        "31 Apr 2019",
        "29.02.2019",
        // Rails reads another day or hour than the text says.
        "2019-032",
        "2019032",
        "2019-W05-1",
        "2019-01-01T10",
        "2019-01-01T10+02:00",
        "'19-01-01T10",
        "12/31/2018",
        "2019-01-01 25:00",
        "2019-01-01 24:00:01",
        "2019-01-01 10:60",
        "2019-01-01 10:00:61",
        "2019-01-01 10:00 +24:00",
        "2019-01-01 10:00 +",
        "1/1/1/1",
        "19'-01-01",
        "1 Jan ' 19",
        "''19-01-01",
        "'19-01-'20",
        "'190101",
        "'19",
        "1 Foo 2019",
        "99999999999999",
        "١ Jan 2019",
    ] {
        assert_eq!(read_time(text), None, "{text}");
    }
}

/// A date in one of the forms that are read.
fn written(at: Timestamp, form: usize) -> String {
    const FORMS: [&str; 20] = [
        "%Y/%m/%d %H:%M:%S",
        "%Y%m%dT%H%M%SZ",
        "%Y%m%d%H%M%S",
        "%Y%m%d %H:%M:%S",
        "%Y-%-m-%-d %-H:%-M:%-S",
        "%d.%m.%Y %H:%M:%S",
        "%-d/%-m/%Y, %-I:%M:%S %p",
        "%-d %b %Y %H:%M:%S",
        "%-d %B %Y at %-I:%M:%S %p",
        "%b %-d, %Y %H:%M:%S",
        "%d-%b-%Y %H:%M:%S",
        "%Y-%b-%d %H:%M:%S",
        "%H:%M:%S %Y-%m-%d",
        "%Hh%Mm%Ss %-d %b %Y",
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %-d %B %Y %H:%M:%S",
        "%a %b %e %H:%M:%S %Y",
        "%a %b %e %H:%M:%S UTC %Y",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y.%m.%d %H:%M:%S",
    ];
    at.to_utc().unwrap().format(FORMS[form % FORMS.len()]).to_string()
}

proptest! {
    #[test]
    fn every_form_reads_as_what_it_was_written_from(seconds in 0_i64..4_102_444_800, form in 0_usize..20) {
        let at = Timestamp::from_seconds(seconds);
        let text = written(at, form);
        prop_assert_eq!(read_time(&text), Some(at), "{}", text);
    }

    #[test]
    fn an_offset_moves_the_instant(seconds in 0_i64..4_102_444_800, minutes in -14_i64 * 60..=14 * 60, form in 0_usize..4) {
        let at = Timestamp::from_seconds(seconds);
        let local = Timestamp::from_seconds(seconds + minutes * 60).to_utc().unwrap();
        let (sign, hours, rest) = (if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60);
        let text = match form {
            0 => format!("{} {sign}{hours:02}{rest:02}", local.format("%a, %d %b %Y %H:%M:%S")),
            1 => format!("{} GMT{sign}{hours:02}{rest:02} (Somewhere)", local.format("%a %b %d %Y %H:%M:%S")),
            2 => format!("{}{sign}{hours:02}:{rest:02}", local.format("%Y/%m/%d %H:%M:%S")),
            _ => format!("{}{sign}{hours:02}{rest:02}", local.format("%Y%m%dT%H%M%S")),
        };
        prop_assert_eq!(read_time(&text), Some(at), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ -~]{0,40}", more in "\\PC{0,40}") {
        let _ = (read_time(&text), read_time(&more));
    }

    #[test]
    fn rubbish_beside_a_date_is_refused(seconds in 0_i64..4_102_444_800, form in 0_usize..20, word in "[b-y]{6,12}") {
        let text = written(Timestamp::from_seconds(seconds), form);
        prop_assert_eq!(read_time(&format!("{text} {word}x1")), None);
        prop_assert_eq!(read_time(&format!("{word}x1 {text}")), None);
    }
}

/// Characters of several bytes wherever a position is counted in bytes.
#[test]
fn characters_of_several_bytes_are_refused() {
    for date in ["", "2019-01-01", "2019-01-01T00", "2019-01-01T00:00", "2019-01-01T00:00:00"] {
        for sign in ["", "+", "-", " "] {
            for character in ['\u{e9}', '\u{20ac}', '\u{1ee64}'] {
                for tail in ["", "0", "00", "000", "0000"] {
                    for text in [format!("{date}{sign}{character}{tail}"), format!("{date}{sign}{tail}{character}")] {
                        assert_eq!(read_time(&text), None, "{text}");
                    }
                }
            }
        }
    }
}

/// A zone in parentheses is the zone without them, and any comment after a zone changes nothing.
#[test]
fn a_zone_in_parentheses_counts() {
    for date in ["2026-11-26", "26 Nov 2026", "Thu, 26 Nov 2026"] {
        for zone in
            ["PST", "CET", "EST", "UTC", "+02:00", "-0530", "UTC+2", "GMT-0330", "Pacific Standard Time", "pst dst"]
        {
            let plain = format!("{date} 09:00:00 {zone}");
            for text in [
                format!("{date} 09:00:00 ({zone})"),
                format!("{date} 09:00:00({zone}) "),
                format!("{plain} (CET)"),
                format!("{plain} (foo)"),
                format!("{plain} (UTC+2)"),
            ] {
                assert!(read_time(&text).is_some(), "{text}");
                assert_eq!(read_time(&text), read_time(&plain), "{text}");
            }
        }
    }
}
