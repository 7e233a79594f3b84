//! The windows that the bounds of a request stand for.

use cdr_export::Layout;
use cdr_model::{Anchor, Timestamp};
use cdr_query::grammar::XsdVersion;

use crate::dma::from_wire::{Bounds, Named, Refusal};
use crate::dma::{DmaOptions, EndBound};

/// Wednesday, shortly before noon in Berlin.
const NOW: &str = "2026-11-25T10:52:25.500000Z";

fn berlin() -> DmaOptions {
    zone("Europe/Berlin")
}

fn layout() -> Layout {
    Layout::named(&DmaOptions::default().layout, &[]).unwrap()
}

fn zone(name: &str) -> DmaOptions {
    DmaOptions { zone: name.parse().unwrap(), ..DmaOptions::default() }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn bounds(query: &str, now: &str, options: &DmaOptions) -> Result<Bounds, Refusal> {
    Named::read(query, options)?.or_today(at(now), options)
}

/// The window as `from .. until`, or the reason for its rejection.
fn window(query: &str, now: &str, options: &DmaOptions) -> String {
    match bounds(query, now, options) {
        Ok(bounds) => {
            let window = bounds.request(options, &layout()).unwrap().query.window;
            let short = |at: Timestamp| at.to_string().replace(".000000Z", "Z");
            format!("{} .. {}", short(window.from), short(window.until))
        }
        Err(refusal) => refusal.to_string(),
    }
}

#[test]
fn bounds_are_read_in_the_zone_of_the_server() {
    let cases = [
        (
            "from-date=2026-11-20T00:00:00&to-date=2026-11-20T12:00:00",
            "2026-11-19T23:00:00Z .. 2026-11-20T11:00:00.000001Z",
        ),
        (
            "from-date=2026-11-20T00:00:00Z&to-date=2026-11-20T00:00:00Z",
            "2026-11-20T00:00:00Z .. 2026-11-20T00:00:00.000001Z",
        ),
        (
            "from-date=2026-11-20T24:00:00&to-date=2026-11-21T24:00:00",
            "2026-11-20T23:00:00Z .. 2026-11-21T23:00:00.000001Z",
        ),
        // Without bounds: midnight today to now.
        ("", "2026-11-24T23:00:00Z .. 2026-11-25T10:52:25.500001Z"),
        ("page=7&from-date=2026-11-25T01:00:00", "2026-11-25T00:00:00Z .. 2026-11-25T10:52:25.500001Z"),
        ("to-date=2026-11-25T01:00:00", "2026-11-24T23:00:00Z .. 2026-11-25T00:00:00.000001Z"),
        // Clocks go forward and skip 02:30, which means 03:30. Clocks go back and repeat 02:30, which means the first
        // one.
        ("from-date=2026-03-29T02:30:00", "2026-03-29T01:30:00Z .. 2026-11-25T10:52:25.500001Z"),
        ("from-date=2026-10-25T02:30:00", "2026-10-25T00:30:00Z .. 2026-11-25T10:52:25.500001Z"),
        ("from-date=2026-10-25T02:30:00%2B01:00", "2026-10-25T01:30:00Z .. 2026-11-25T10:52:25.500001Z"),
        // Finer than microseconds: the lower bound is rounded up, the upper one down.
        (
            "from-date=2026-11-20T00:00:00.0000001Z&to-date=2026-11-20T00:00:01.0000019Z",
            "2026-11-20T00:00:00.000001Z .. 2026-11-20T00:00:01.000002Z",
        ),
        (
            "from-date=2026-11-20T00:00:00.0000001Z&to-date=2026-11-20T00:00:00.0000009Z",
            "2026-11-20T00:00:00.000001Z .. 2026-11-20T00:00:00.000001Z",
        ),
        // Years far in the past and in the future.
        (
            "from-date=-2001-10-26T21:32:52&to-date=12345-01-01T00:00:00Z",
            "-2001-10-26T20:39:24Z .. +12345-01-01T00:00:00.000001Z",
        ),
        ("from-date=-99999999999-01-01T00:00:00Z&to-date=99999999999-01-01T00:00:00Z", "-infinity .. infinity"),
    ];
    for (query, expected) in cases {
        assert_eq!(window(query, NOW, &berlin()), expected, "{query}");
    }
}

#[test]
fn an_offset_may_be_unescaped() {
    for offset in ["%2B02:00", "+02:00", "%2b02%3A00", "%2002:00"] {
        let query = format!("from-date=2001-10-26T21:32:52{offset}");
        let expected = "2001-10-26T19:32:52Z .. 2026-11-25T10:52:25.500001Z";
        assert_eq!(window(&query, NOW, &DmaOptions::default()), expected, "{query}");
    }
}

#[test]
fn invalid_dates_are_rejected_with_the_position() {
    let cases = [
        ("from-date=2001-10-26", "from-date: the text ends at character 11, expected \"T\" and a time"),
        ("from-date=2001-10-26T21:32", "from-date: the text ends at character 17, expected \":\" and seconds"),
        ("to-date=2001-10-26T25:32:52%2B02:00", "to-date: hour 25 at character 12, expected 00 to 23"),
        (
            "from-date=01-10-26T21:32",
            "from-date: found \"-\" at character 3, expected four digits or more for the year",
        ),
        ("from-date=", "from-date: the text ends at character 1, expected a year"),
        ("from-date", "from-date: the text ends at character 1, expected a year"),
        ("from-date=%202001-10-26T21:32:52", "from-date: found a blank at character 1, expected a year"),
        ("from-date=2001-10-26%2021:32", "from-date: found a blank at character 11, expected \"T\" and a time"),
        ("from-date=2001-10-26T21:32:52%20%2002:00", "from-date: found a blank at character 20, expected"),
        ("from-date=0000-01-01T00:00:00", "from-date: year 0000 at character 1, expected"),
        ("from-date=2001-10-26T21:32:60Z", "from-date: second 60 at character 18, expected 00 to 59"),
        ("from-date=%zz", "from-date: found \"%\" at character 1, expected a year"),
        ("from-date=%ff", "from-date: the bytes are not UTF-8"),
    ];
    for (query, expected) in cases {
        let found = window(query, NOW, &DmaOptions::default());
        let place = |text: &str| text.split(", expected").next().unwrap_or_default().to_owned();
        assert_eq!(place(&found), place(expected), "{query}");
    }
    let newer = DmaOptions { xsd: XsdVersion::V1_1, ..DmaOptions::default() };
    assert!(bounds("from-date=0000-01-01T00:00:00", NOW, &newer).is_ok(), "valid in XML Schema 1.1");
}

#[test]
fn the_first_of_repeated_parameters_counts() {
    let query =
        "from%2Ddate=2026-11-20T00:00:00Z&from-date=nonsense&to-date=2026-11-21T00:00:00Z&to-date=2000-01-01T00:00:00Z";
    let expected = "2026-11-20T00:00:00Z .. 2026-11-21T00:00:00.000001Z";
    assert_eq!(window(query, NOW, &DmaOptions::default()), expected);
}

#[test]
fn reversed_bounds_are_rejected() {
    for query in [
        "from-date=2026-11-21T00:00:00.000001Z&to-date=2026-11-21T00:00:00Z",
        "from-date=2026-11-21T00:00:00%2B01:00&to-date=2026-11-21T00:00:00%2B02:00",
        // Later than now, and before midnight.
        "from-date=2026-11-25T10:52:26Z",
        "to-date=2026-11-24T00:00:00Z",
    ] {
        for end in [EndBound::Inclusive, EndBound::Exclusive] {
            let options = DmaOptions { end, ..DmaOptions::default() };
            let found = bounds(query, NOW, &options);
            assert!(matches!(found, Err(Refusal::Backwards { .. })), "{query} {end:?}: {found:?}");
        }
    }
}

#[test]
fn adjoining_windows_share_no_record_with_an_exclusive_end() {
    let options = DmaOptions { end: EndBound::Exclusive, ..DmaOptions::default() };
    let cases = [
        ("from-date=2026-11-20T00:00:00Z&to-date=2026-11-21T00:00:00Z", "2026-11-20T00:00:00Z .. 2026-11-21T00:00:00Z"),
        (
            "from-date=2026-11-20T00:00:00Z&to-date=2026-11-20T00:00:00.0000001Z",
            "2026-11-20T00:00:00Z .. 2026-11-20T00:00:00.000001Z",
        ),
        ("from-date=2026-11-20T00:00:00Z&to-date=2026-11-20T00:00:00Z", "2026-11-20T00:00:00Z .. 2026-11-20T00:00:00Z"),
    ];
    for (query, expected) in cases {
        assert_eq!(window(query, NOW, &options), expected, "{query}");
    }
}

#[test]
fn today_begins_with_its_first_instant() {
    let cases = [
        ("Europe/Berlin", "2026-11-24T23:30:00Z", "2026-11-24T23:00:00Z"),
        ("Europe/Berlin", "2026-11-24T22:59:59Z", "2026-11-23T23:00:00Z"),
        // Clocks went from 00:00 to 01:00: the day began at one.
        ("America/Santiago", "2026-09-06T12:00:00Z", "2026-09-06T04:00:00Z"),
        // Clocks go back from 01:00 to 00:00: the day began with the first of them.
        ("America/Havana", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z"),
        ("-11:30", "2026-11-25T11:29:59Z", "2026-11-24T11:30:00Z"),
    ];
    for (name, now, midnight) in cases {
        let from = bounds("", now, &zone(name)).unwrap().from;
        assert_eq!(Timestamp::from_micros(from), at(midnight), "{name} {now}");
    }
}

#[test]
fn an_order_selects_ended_records_by_the_chosen_anchor() {
    for anchor in [Anchor::Start, Anchor::End] {
        let options = DmaOptions { anchor, ..berlin() };
        let bounds = bounds("", NOW, &options).unwrap();
        let order = bounds.order("dma".to_owned(), &options, &layout()).unwrap();
        let query = &order.request.query;
        assert_eq!(query.window.anchor, anchor);
        assert_eq!(query.conditions.iter().map(ToString::to_string).collect::<Vec<_>>(), ["ended_at?"]);
        let spec = &order.request.spec;
        assert_eq!(
            (&*spec.layout.name, &*spec.format, spec.package.name(), &*spec.zone),
            ("dma-6.1-reconstructed", "csv", "zip", "Europe/Berlin")
        );
        assert_eq!(spec.file_name().unwrap(), "cdrExport.zip");
        assert_eq!((&*order.dialect, order.lane.as_deref()), ("dma", Some("dma")));
        assert_eq!(
            Bounds::of_memo(&order.memo, order.memo_version),
            Some(bounds),
            "the memo holds the requested bounds"
        );
    }
}
