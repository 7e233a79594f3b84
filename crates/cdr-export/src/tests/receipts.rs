//! Receipts that somebody changed: every difference is one sentence.

use cdr_model::Cdr;

use super::forging::{export, refusal, two_calls, with_text};
use super::{directory, spec};
use crate::{Layout, Package, Receipt, verify};

/// Two calls in a plain file, the second without a customer, and so without a currency.
fn plain() -> (String, Receipt) {
    let mut calls = two_calls();
    assert!(directory().customers.contains_key(&calls[0].customer_id));
    (calls[0].number, calls[1].number) = (7, 9);
    let (bytes, receipt) = export(&spec("native", "csv", Package::Plain), &calls, &[]);
    (String::from_utf8(bytes).unwrap(), receipt)
}

type Change = fn(&mut Receipt);

#[test]
fn every_change_of_a_receipt_is_reported_in_one_sentence() {
    let (text, receipt) = plain();
    let changes: [(Change, &str); 17] = [
        (|it| it.layout = "yeti".to_owned(), "the layout of calls.csv is native, not yeti as in the receipt"),
        (
            |it| it.layout_definition.as_mut().unwrap().sheets[0].columns.clear(),
            "the layout in the receipt of calls.csv is not valid",
        ),
        (
            |it| it.window.zone = "Mars/Base".to_owned(),
            "the receipt of calls.csv names the zone `Mars/Base`, which is not known",
        ),
        (|it| it.format = "xml".to_owned(), "the receipt names the format `xml` of calls.csv, which is not known"),
        (
            |it| {
                let sheet = it.sheets[0].clone();
                it.sheets.push(sheet);
            },
            "the receipt of calls.csv has 2 sheets, and the package plain holds one",
        ),
        (|it| it.sheets.clear(), "the receipt of calls.csv has 0 sheets, and the package plain holds one"),
        (|it| it.sheets[0].heading = false, "the receipt says that calls.csv has no heading, unlike its layout"),
        (|it| it.sheets[0].talk_seconds = None, "the receipt has no talk time of calls.csv, and the layout shows it"),
        (|it| it.sheets[0].money = None, "the receipt has no money of calls.csv, and the layout shows it"),
        (
            |it| it.sheets[0].talk_seconds = Some(String::new()),
            "the talk time of calls.csv in the receipt is not a number of seconds with six decimals",
        ),
        (
            |it| it.sheets[0].money = Some([("USD".to_owned(), "499.0190".to_owned())].into()),
            "row 1 of calls.csv has 499.00 EUR, and the receipt has no sum of that currency",
        ),
        (
            |it| drop(it.sheets[0].money.as_mut().unwrap().insert("USD".to_owned(), "1".to_owned())),
            "the receipt has 1 USD, and calls.csv has no such amount",
        ),
        (|it| it.sheets[0].totals.clear(), "the receipt has no total of column `started_at` of calls.csv in its place"),
        (
            |it| {
                let total = it.sheets[0].totals[0].clone();
                it.sheets[0].totals.push(total);
            },
            "the receipt has a total of column `started_at` of calls.csv, which takes none",
        ),
        (
            |it| it.watermark = Some(8),
            "the number of the record in row 2 of calls.csv is 9, not at most the watermark 8 as in the receipt",
        ),
        (
            |it| it.sheets[0].first = None,
            "the first start of calls.csv is 2026-11-21T10:00:00.000000Z, not none as in the receipt",
        ),
        (|it| it.package = Package::Gzip, "the text of calls.csv cannot be read: invalid gzip header"),
    ];
    for (change, expected) in changes {
        let mut forged = receipt.clone();
        change(&mut forged);
        let found = refusal(text.as_bytes(), &forged).unwrap();
        assert!(found.iter().any(|sentence| sentence == expected), "{expected}: {found:?}");
    }
}

#[test]
fn every_change_of_a_text_is_told_in_a_sentence() {
    let (text, receipt) = plain();
    for (from, to, expected) in [
        ("number,", "nummer,", "the heading of calls.csv is not that of the layout"),
        (",EUR,", ",USD,", "row 1 of calls.csv has 499.00 USD, and the receipt has no sum of that currency"),
        (
            ",EUR,",
            ",,",
            "row 1 of calls.csv has 499.00 without a currency, and the receipt has no sum of that currency",
        ),
        (
            "\n7,",
            "\nseven,",
            "the number of the record in row 1 of calls.csv is seven, not at most the watermark 4711 as in the receipt",
        ),
        (
            "\n7,",
            "\n4712,",
            "the number of the record in row 1 of calls.csv is 4712, not at most the watermark 4711 as in the receipt",
        ),
        (
            "\n7,",
            "\n,",
            "the number of the record in row 1 of calls.csv is empty, not at most the watermark 4711 as in the receipt",
        ),
    ] {
        let forged = text.replacen(from, to, 1);
        let found = refusal(forged.as_bytes(), &with_text(&receipt, &forged)).unwrap();
        assert!(found.iter().any(|sentence| sentence == expected), "{expected}: {found:?}");
    }
}

#[test]
fn a_layout_with_record_numbers_confirms_the_watermark() {
    for (columns, confirmed) in [(vec![], true), (vec!["number"], false)] {
        let mut spec = spec("native", "csv", Package::Plain);
        spec.layout = spec.layout.without_columns(&columns);
        let (bytes, receipt) = export(&spec, &two_calls(), &[]);
        let verified = verify(std::io::Cursor::new(&bytes), &receipt).unwrap();
        let line = if confirmed {
            "the conditions and the order of the query"
        } else {
            "the conditions, the order and the watermark of the query"
        };
        assert_eq!(verified.unknown.last().unwrap(), line);
        assert_eq!(verified.confirmed[0].contains("no number above the watermark"), confirmed);
    }
}

/// The receipt of a reader who may not see the sums has no columns for them either.
#[test]
fn sums_may_be_missing_where_the_layout_does_not_show_them() {
    let mut spec = spec("native", "csv", Package::Plain);
    let layout = Layout::named("yeti-customer", &[]).unwrap();
    spec.layout = layout.without_columns(&["customer_price", "duration", "customer_duration"]);
    let (bytes, mut receipt) = export(&spec, &[Cdr::default()], &[]);
    (receipt.window.from, receipt.sheets[0].money, receipt.sheets[0].talk_seconds) =
        (cdr_model::Timestamp::MIN, None, None);
    verify(std::io::Cursor::new(&bytes), &receipt).unwrap();
}
