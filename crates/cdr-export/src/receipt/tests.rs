//! The text of a receipt, and the receipts that are rejected.

use cdr_model::{Anchor, Timestamp};

use super::{FileReceipt, QueryFacts, Receipt, SheetReceipt};
use crate::{ExportSpec, Layout, Package, VerifyError};

fn receipt() -> Receipt {
    let spec = ExportSpec {
        layout: Layout::named("dma-6.1-reconstructed", &[]).unwrap(),
        format: "csv".to_owned(),
        package: Package::Zip,
        zone: "Europe/Berlin".to_owned(),
    };
    let facts = QueryFacts {
        anchor: Anchor::Connect,
        from: "2026-11-21T00:00:00Z".parse().unwrap(),
        until: "2026-11-22T00:00:00Z".parse().unwrap(),
        conditions: vec!["account_id is 7".to_owned(), "talk is at least 60 s".to_owned()],
        order: "connect, oldest first".to_owned(),
        watermark: Some(4711),
    };
    let sheet = SheetReceipt {
        file: "calls.csv".to_owned(),
        heading: false,
        rows: 2,
        bytes: 513,
        crc32: "0badcafe".to_owned(),
        talk_seconds: Some("61.000001".to_owned()),
        money: Some([("EUR".to_owned(), "0.0380".to_owned())].into()),
        first: Some("2026-11-21T10:00:00Z".parse().unwrap()),
        last: Some("2026-11-21T11:00:00Z".parse().unwrap()),
        without_anchor: Some(17),
        totals: Vec::new(),
    };
    let file = FileReceipt { name: String::new(), bytes: 1234, sha256: "cd".repeat(32) };
    Receipt::new(facts, &spec, vec![sheet], "day.zip", file)
}

#[test]
fn a_receipt_is_described_in_aligned_lines() {
    assert_eq!(
        receipt().describe(),
        format!(
            "\
file       day.zip
           1234 bytes, SHA-256 {}
layout     dma-6.1-reconstructed, csv in zip, format version 2
window     connect from 2026-11-21T00:00:00.000000Z, before 2026-11-22T00:00:00.000000Z
zone       Europe/Berlin
order      connect, oldest first
only       account_id is 7
           and talk is at least 60 s
watermark  record 4711
calls.csv  2 rows, 513 bytes
           first connect 2026-11-21T10:00:00.000000Z, last 2026-11-21T11:00:00.000000Z
           61.000001 seconds talked
           0.0380 EUR
           17 more started in the window and have no connect
",
            "cd".repeat(32)
        )
    );
}

#[test]
fn the_text_reads_back_and_its_digest_is_that_of_the_other_lines() {
    let text = receipt().to_text();
    assert_eq!(Receipt::from_text(&text).unwrap(), receipt());
    let others: String = text.split_inclusive('\n').filter(|line| !line.starts_with("  \"digest\": ")).collect();
    let digest = crate::digest::sha256(others.as_bytes());
    assert_eq!(text.lines().nth(1), Some(format!("  \"digest\": \"{digest}\",").as_str()));
}

#[test]
fn windows_without_bounds_and_in_far_years_read_back() {
    for (from, until) in [
        (Timestamp::MIN, Timestamp::MAX),
        (Timestamp::from_seconds(-70_000_000_000), Timestamp::from_seconds(400_000_000_000)),
    ] {
        let mut receipt = receipt();
        (receipt.window.from, receipt.window.until) = (from, until);
        assert_eq!(Receipt::from_text(&receipt.to_text()).unwrap(), receipt);
    }
}

#[test]
fn a_receipt_of_a_newer_version_is_not_reported_as_altered() {
    let text = receipt().to_text();
    for (what, known, replaced, by) in [
        ("receipt", 2, "\"version\": 2", "\"version\": 3"),
        // The version is checked before everything else.
        (
            "receipt",
            2,
            "\"version\": 2,\n  \"format_version\": 2,\n  \"layout\"",
            "\"version\": 3,\n  \"format_version\": 9,\n  \"form\"",
        ),
        ("format", 2, "\"format_version\": 2", "\"format_version\": 3"),
    ] {
        let newer = text.replace(replaced, by);
        assert_ne!(newer, text, "{by}");
        assert_eq!(
            Receipt::from_text(&newer).unwrap_err().to_string(),
            format!(
                "the receipt names {what} version {}, and this program reads up to {known}; use the Tollbook that wrote it",
                known + 1
            )
        );
    }
}

#[test]
fn a_receipt_of_version_1_has_no_layout_and_does_not_name_its_version() {
    let mut first = receipt();
    (first.version, first.layout_definition) = (1, None);
    let text = first.to_text();
    assert!(!text.contains("\"version\"") && !text.contains("layout_definition"), "{text}");
    assert_eq!(Receipt::from_text(&text).unwrap(), first);
    let named = text.replace("  \"format_version\"", "  \"version\": 1,\n  \"format_version\"");
    assert!(matches!(Receipt::from_text(&named).unwrap_err(), VerifyError::Altered { line: 3, .. }));
    for (version, layout_definition) in [(2, None), (1, receipt().layout_definition)] {
        let mixed = Receipt { version, layout_definition, ..receipt() };
        assert!(matches!(Receipt::from_text(&mixed.to_text()).unwrap_err(), VerifyError::NoReceipt(_)), "{version}");
    }
}

#[test]
fn invalid_and_altered_receipts_are_rejected_with_the_reason() {
    let text = receipt().to_text();
    let error = |text: &str| Receipt::from_text(text).unwrap_err().to_string();
    assert!(error("PK").starts_with("this is not a receipt: "));
    assert!(error("{}").starts_with("this is not a receipt: missing field `format_version`"));
    // A number was changed without the digest.
    let VerifyError::Altered { line, found, .. } = Receipt::from_text(&text.replace("513", "514")).unwrap_err() else {
        panic!("the change was not detected")
    };
    assert_eq!((line, found.starts_with("\"digest\"")), (2, true));
    // A member was added that no receipt has.
    let order = "\"order\": \"connect, oldest first\",";
    let added = error(&text.replace(order, &format!("\"paid\": true,\n  {order}")));
    let line = text.lines().position(|line| line.trim() == order).unwrap() + 1;
    assert_eq!(added, format!("the receipt was altered: line {line}, `\"paid\": true,` in place of `{order}`"));
}
