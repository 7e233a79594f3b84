//! Exports of records in memory.

use std::io::{self, Write};

use cdr_export::{ExportSpec, Layout, Package};
use cdr_model::{Anchor, Cdr, CdrField, ConferenceRecord, RecordKind, Timestamp};
use cdr_query::{CdrQuery, Condition, SortKey, Test, Window};
use cdr_samples::{Sample, SampleOptions, Samples};

use super::write_export;
use crate::request::ExportRequest;
use crate::{CdrSource, Memory, Progress, Step};

fn request(layout: &str, query: CdrQuery) -> ExportRequest {
    let layout = Layout::named(layout, &[]).unwrap();
    ExportRequest {
        query,
        spec: ExportSpec { layout, format: "csv".into(), package: Package::Zip, zone: "UTC".into() },
    }
}

fn memory() -> Memory {
    let options = SampleOptions { seed: 1, calls: 3000, days: 3, from: Timestamp::default(), accounts: 10 };
    let (mut calls, mut conferences) = (Vec::new(), Vec::new());
    for sample in Samples::new(&options) {
        match sample {
            Sample::Call(sample) => calls.push(sample.call),
            Sample::Conference(conference) => conferences.push(conference),
            Sample::Charge(sample) => calls.push(sample.charge),
        }
    }
    assert!(!conferences.is_empty());
    Memory::of(calls).with_conferences(conferences)
}

fn exported(source: &dyn CdrSource, request: &ExportRequest) -> (Vec<u8>, cdr_export::Receipt) {
    let mut file = Vec::new();
    let receipt = write_export(source, request, &mut file, None).unwrap();
    cdr_export::verify(io::Cursor::new(&file), &receipt).unwrap();
    (file, receipt)
}

/// The number of records of all kinds.
fn records(source: &Memory) -> u64 {
    source.count(&CdrQuery::over(Window::all(Anchor::Start))).unwrap()
}

#[test]
fn a_sheet_of_calls_has_only_calls_unless_its_layout_includes_all_kinds() {
    let kinds =
        RecordKind::ALL.map(|kind| Cdr { kind, success: true, ended_at: Some(Timestamp::default()), ..Cdr::default() });
    let source = Memory::of(kinds);
    for anchor in Anchor::ALL {
        for (layout, expected) in [("dma-6.1-reconstructed", 1), ("dma-5.x", 1), ("yeti-customer", 1), ("native", 8)] {
            let request = request(layout, CdrQuery::over(Window::all(anchor)));
            let (_, receipt) = exported(&source, &request);
            let first = &receipt.sheets[0];
            assert_eq!(first.rows + first.without_anchor.unwrap_or(0), expected, "{layout} by {anchor}");
            let mut last = Progress::default();
            write_export(&source, &request, io::sink(), Some(&mut |progress| last = progress)).unwrap();
            assert_eq!((last.expected, last.rows), (first.rows, first.rows), "{layout} by {anchor}");
        }
    }
    let everything = || CdrQuery::over(Window::all(Anchor::Start));
    let fees = everything().only(Condition::of_kinds(&[RecordKind::Fee]));
    assert_eq!(exported(&source, &request("native", fees.clone())).1.sheets[0].rows, 1);
    assert_eq!(exported(&source, &request("yeti-customer", fees)).1.sheets[0].rows, 0);
}

#[test]
fn every_sheet_has_its_rows_and_the_counts_agree() {
    let source = memory();
    let (_, receipt) = exported(&source, &request("dma-6.1-reconstructed", CdrQuery::over(Window::all(Anchor::Start))));
    let mut conferences = 0;
    source
        .conferences(&CdrQuery::over(Window::all(Anchor::Start)), &mut |_| {
            conferences += 1;
            Ok(())
        })
        .unwrap();
    let rows: Vec<(&str, u64)> = receipt.sheets.iter().map(|sheet| (sheet.file.as_str(), sheet.rows)).collect();
    assert_eq!(rows, [("calls.csv", 3000), ("conferences.csv", conferences), ("counts.txt", 1)]);
}

#[test]
fn the_receipt_counts_calls_that_lack_the_anchors_instant() {
    let source = memory();
    for anchor in Anchor::ALL {
        let (_, receipt) = exported(&source, &request("native", CdrQuery::over(Window::all(anchor))));
        let (all, rows) = (records(&source), receipt.sheets[0].rows);
        let without = receipt.sheets[0].without_anchor;
        match anchor {
            Anchor::Start | Anchor::Bill => assert_eq!((rows, without), (all, None)),
            Anchor::Connect | Anchor::End => assert_eq!(Some(all - rows), without, "{anchor}"),
        }
    }
}

#[test]
fn records_that_arrive_later_are_not_in_an_export_at_an_older_watermark() {
    let call = |number: i64, replaced_by| Cdr { number, id: 1, replaced_by, ..Cdr::default() };
    let before = Memory::of([call(1, None), call(2, None)]);
    let after = Memory::of([call(1, Some(3)), call(2, None), call(3, None), call(4, None)]);
    let at = |watermark| request("native", CdrQuery::over(Window::all(Anchor::Start)).at(watermark));
    assert_eq!(exported(&before, &at(2)).0, exported(&after, &at(2)).0);
    assert_eq!(exported(&after, &at(4)).1.sheets[0].rows, 3);
}

#[test]
fn conditions_exclude_conferences_and_appear_in_the_receipt() {
    let source = memory().with_conferences([ConferenceRecord::default()]);
    let failed = Condition::new(CdrField::Success, Test::Eq(false.into())).unwrap();
    let (_, receipt) = exported(&source, &request("native", CdrQuery::over(Window::all(Anchor::Start)).only(failed)));
    assert_eq!(receipt.conditions, ["success=false"]);
    assert!(0 < receipt.sheets[0].rows && receipt.sheets[0].rows < records(&source));
    assert_eq!(receipt.sheets[1].rows, 0);
}

#[test]
fn progress_has_the_expected_number_of_rows() {
    let (source, mut seen) = (memory(), Vec::new());
    let query = CdrQuery::over(Window::all(Anchor::Start));
    let expected = source.count(&query).unwrap() + source.count_conferences(&query).unwrap();
    let request = request("native", query);
    write_export(&source, &request, io::sink(), Some(&mut |progress: Progress| seen.push(progress))).unwrap();
    assert!(seen.iter().all(|progress| progress.expected == expected));
    assert!(seen.windows(2).all(|pair| pair[0].rows <= pair[1].rows));
    let mut steps: Vec<Step> = seen.iter().map(|progress| progress.step).collect();
    steps.dedup();
    assert_eq!(steps, [Step::Calls, Step::Conferences, Step::Finishing]);
    assert_eq!(seen.last().map(|progress| progress.rows), Some(expected));
}

#[test]
fn an_output_that_fails_ends_the_export_with_its_reason() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is full"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let request = request("native", CdrQuery::over(Window::all(Anchor::Start)));
    let error = write_export(&memory(), &request, Full, None).unwrap_err();
    let mut message = error.to_string();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(&error);
    while let Some(next) = cause {
        message.push_str(&next.to_string());
        cause = next.source();
    }
    assert!(message.contains("the disk is full"), "{message}");
}

/// A change of one of these texts raises [`ExportRequest::VERSION`]: a store may hold the old one.
#[test]
fn the_query_of_a_request_is_stored_in_this_form() {
    let mut query = CdrQuery::over(Window::all(Anchor::Start)).at(7);
    query = query.only(Condition::new(CdrField::Called, Test::starts_with("49")).unwrap());
    let text = |query: &CdrQuery| serde_json::to_string(query).unwrap();
    let first = "{\"window\":{\"anchor\":\"start\",\"from\":\"-infinity\",\"until\":\"infinity\"},\
                 \"conditions\":[{\"field\":\"called\",\"test\":{\"text\":{\"part\":\"starts\",\"text\":\"49\",\"fold_case\":false}}}],\
                 \"order\":{\"by\":\"anchor\",\"descending\":false},\"upto\":7}";
    assert_eq!(text(&query), first, "version 1");
    query.order.keys.push(SortKey { field: CdrField::Price, descending: true });
    query.conditions[0] = Condition::new(CdrField::Called, Test::AnyOf(vec![vec![Test::Missing]])).unwrap();
    let second = first
        .replace("{\"text\":{\"part\":\"starts\",\"text\":\"49\",\"fold_case\":false}}", "{\"any_of\":[[\"missing\"]]}")
        .replace("\"order\":{", "\"order\":{\"keys\":[{\"field\":\"price\",\"descending\":true}],");
    assert_eq!(text(&query), second, "version 2");
    let networks = vec!["192.0.2.0/24".parse().unwrap()];
    let third = second.replace(
        "{\"field\":\"called\",\"test\":{\"any_of\":[[\"missing\"]]}}",
        "{\"field\":\"peer_ip\",\"test\":{\"network\":{\"networks\":[\"192.0.2.0/24\"],\"inside\":true}}}",
    );
    query.conditions[0] = Condition::new(CdrField::PeerIp, Test::Network { networks, inside: true }).unwrap();
    assert_eq!(text(&query), third, "version 3");
    for text in [first.to_owned(), second, third] {
        let read: CdrQuery = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        let newer = text.replace("\"upto\"", "\"limit\":1,\"upto\"");
        assert!(serde_json::from_str::<CdrQuery>(&newer).is_err(), "an unknown member is not ignored");
    }
}
