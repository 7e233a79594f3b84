//! Files that were changed by somebody who also computed every digest again: the sums in the receipt do not agree.

use std::io::Cursor;

use cdr_model::{Anchor, Cdr, CdrField, ConferenceField, ConferenceRecord, Field, FieldKind, Timestamp, Value};
use proptest::prelude::*;

use super::{directory, facts, spec};
use crate::{
    Counts, Cut, ExportError, ExportFile, ExportSpec, Layout, Package, QueryFacts, Receipt, SheetContent, Spreadsheet,
    TimeStyle, VerifyError, verify,
};

/// A file of calls and conferences, and its receipt.
pub(super) fn export(spec: &ExportSpec, calls: &[Cdr], conferences: &[ConferenceRecord]) -> (Vec<u8>, Receipt) {
    export_by(Anchor::Start, spec, calls, conferences)
}

/// The same for a window of another anchor.
pub(super) fn export_by(
    anchor: Anchor,
    spec: &ExportSpec,
    calls: &[Cdr],
    conferences: &[ConferenceRecord],
) -> (Vec<u8>, Receipt) {
    let mut file = ExportFile::create(Vec::new(), spec).unwrap();
    let (directory, mut sheets) = (directory(), Vec::new());
    for sheet in &spec.layout.sheets {
        sheets.push(match sheet.rows {
            SheetContent::Counts => {
                let (calls, conferences) = (calls.len() as u64, conferences.len() as u64);
                file.counts(sheet, &Counts { calls, conferences, ..Counts::default() }).unwrap()
            }
            SheetContent::Calls => file
                .sheet(sheet, &directory, anchor, Cut::Rows, |push| {
                    calls.iter().cloned().try_for_each(&mut *push).map_err(ExportError::from)
                })
                .unwrap(),
            SheetContent::Conferences | SheetContent::Records => file
                .sheet(sheet, &directory, anchor, Cut::Rows, |push| {
                    conferences.iter().cloned().try_for_each(&mut *push).map_err(ExportError::from)
                })
                .unwrap(),
        });
    }
    let (bytes, written) = file.finish().unwrap();
    let facts = QueryFacts { anchor, ..facts() };
    let receipt = Receipt::new(facts, spec, sheets, spec.file_name().unwrap(), written);
    (bytes, receipt)
}

/// A receipt with the digests and sizes of another file.
fn with_digests_of(receipt: &Receipt, other: &Receipt) -> Receipt {
    let mut forged = receipt.clone();
    forged.file = other.file.clone();
    for (sheet, other) in forged.sheets.iter_mut().zip(&other.sheets) {
        (sheet.bytes, sheet.crc32) = (other.bytes, other.crc32.clone());
    }
    Receipt::from_text(&forged.to_text()).unwrap()
}

/// A receipt with the digest and the size of these bytes.
pub(super) fn with_digest_of(receipt: &Receipt, bytes: &[u8]) -> Receipt {
    let mut forged = receipt.clone();
    (forged.file.bytes, forged.file.sha256) = (bytes.len() as u64, crate::digest::sha256(bytes));
    forged
}

/// The receipt of a plain file with the digests and sizes of this text.
pub(super) fn with_text(receipt: &Receipt, text: &str) -> Receipt {
    let mut forged = with_digest_of(receipt, text.as_bytes());
    forged.sheets[0].bytes = forged.file.bytes;
    forged.sheets[0].crc32 = format!("{:08x}", crc32fast::hash(text.as_bytes()));
    forged
}

/// Why a file does not agree with a receipt.
pub(super) fn refusal(bytes: &[u8], receipt: &Receipt) -> Result<Vec<String>, String> {
    match verify(Cursor::new(bytes), receipt) {
        Err(VerifyError::Differs(found)) => Ok(found.iter().map(ToString::to_string).collect()),
        other => Err(format!("{other:?}")),
    }
}

/// Every layout that is built in, and the other styles of time.
pub(super) fn layouts() -> Vec<Layout> {
    let yeti = || Layout::named("yeti-customer", &[]).unwrap();
    let mut layouts: Vec<Layout> = Layout::built_in().map(|name| Layout::named(name, &[]).unwrap()).collect();
    layouts.extend([TimeStyle::PgLocal, TimeStyle::PgLocalSeconds].map(|style| yeti().with_time_style(style)));
    layouts.push(Layout { spreadsheet: Spreadsheet::Safe, ..Layout::named("native", &[]).unwrap() });
    layouts.push(yeti().without_columns(&["customer_price", "time_start"]));
    layouts
}

/// A specification for each sheet of records that a package can hold.
pub(super) fn specs(package: Package, format: &str) -> Vec<ExportSpec> {
    let all = layouts().into_iter().flat_map(|layout| {
        let only = |name: String| layout.clone().only(|sheet| sheet.name == name);
        let records = layout.sheets.iter().filter(|sheet| sheet.rows != SheetContent::Counts);
        let names: Vec<String> = records.map(|sheet| sheet.name.clone()).collect();
        if package.holds_several() { vec![layout] } else { names.into_iter().map(only).collect() }
    });
    all.map(|layout| ExportSpec { layout, ..spec("native", format, package) }).collect()
}

fn is_summed(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Time | FieldKind::Duration | FieldKind::Money)
}

/// A value of a kind, some steps away from an ordinary one.
fn value(kind: FieldKind, steps: i64) -> Value<'static> {
    let start: Timestamp = "2026-11-21T10:59:30Z".parse().unwrap();
    match kind {
        FieldKind::Time => Value::Time(start.plus_micros(steps * 331_777)),
        FieldKind::Duration => Value::Duration(steps * 331_777),
        _ => Value::Money(format!("{}.{:04}", steps / 1000, steps % 1000).parse().unwrap()),
    }
}

prop_compose! {
    fn any_call()(steps in prop::collection::vec(prop::option::of(0i64..1_000_000), 64), customer_id in 0i64..2) -> Cdr {
        let mut call = Cdr { customer_id, ..Cdr::default() };
        let fields = CdrField::ALL.iter().filter(|field| is_summed(field.kind()));
        for (field, steps) in fields.zip(steps) {
            // The instants that every call has.
            let steps = if field.name() == "started_at" || field.name() == "billed_at" { steps.or(Some(7)) } else { steps };
            if let Some(steps) = steps {
                field.put(&mut call, value(field.kind(), steps)).unwrap();
            }
        }
        call
    }
}

prop_compose! {
    fn any_conference()(start in 0i64..1_000_000, end in prop::option::of(0i64..1_000_000)) -> ConferenceRecord {
        let at = |steps| match value(FieldKind::Time, steps) {
            Value::Time(at) => at,
            other => panic!("{other:?}"),
        };
        ConferenceRecord { started_at: at(start), ended_at: end.map(at), ..ConferenceRecord::default() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_changed_cell_a_dropped_row_and_a_doubled_row_are_found_although_every_digest_agrees(
        calls in prop::collection::vec(any_call(), 1..6),
        conferences in prop::collection::vec(any_conference(), 1..4),
        (package, format) in (prop::sample::select(Package::ALL.as_slice()), prop::sample::select(vec!["csv", "ndjson"])),
        (place, steps) in (any::<prop::sample::Index>(), prop::option::of(0i64..2_000_000)),
    ) {
        let mut forgeries = Vec::new();
        let at = place.index(calls.len());
        for field in CdrField::ALL.iter().filter(|field| is_summed(field.kind())) {
            let mut others = calls.clone();
            let value = steps.map_or(Value::Null, |steps| value(field.kind(), steps));
            // Some instants cannot be missing.
            if field.put(&mut others[at], value).is_ok() {
                forgeries.push((format!("{field} of a call"), others, conferences.clone()));
            }
        }
        let place = place.index(conferences.len());
        for field in [ConferenceField::StartedAt, ConferenceField::EndedAt] {
            let mut others = conferences.clone();
            let value = steps.map_or(Value::Null, |steps| value(FieldKind::Time, steps));
            if field.put(&mut others[place], value).is_ok() {
                forgeries.push((format!("{field} of a conference"), calls.clone(), others));
            }
        }
        let (mut fewer, mut more) = (calls.clone(), calls.clone());
        fewer.remove(at);
        more.insert(at, calls[at].clone());
        forgeries.push(("a dropped call".to_owned(), fewer, conferences.clone()));
        forgeries.push(("a doubled call".to_owned(), more, conferences.clone()));
        let (mut fewer, mut more) = (conferences.clone(), conferences.clone());
        fewer.remove(place);
        more.insert(place, conferences[place].clone());
        forgeries.push(("a dropped conference".to_owned(), calls.clone(), fewer));
        forgeries.push(("a doubled conference".to_owned(), calls.clone(), more));

        for spec in specs(package, format) {
            let (bytes, receipt) = export(&spec, &calls, &conferences);
            let name = &spec.layout.name;
            verify(Cursor::new(&bytes), &receipt).map_err(|error| TestCaseError::fail(format!("{name}: {error}")))?;
            for (what, calls, conferences) in &forgeries {
                let (forged, other) = export(&spec, calls, conferences);
                if forged == bytes {
                    // The layout does not print it, or not to that precision.
                    continue;
                }
                let found = refusal(&forged, &with_digests_of(&receipt, &other));
                prop_assert!(found.is_ok(), "{name} in {package}, {what}: {found:?}");
            }
        }
    }

    /// Not even if the number of rows is changed to match, as long as the sheet shows an instant, a length or an amount.
    #[test]
    fn the_sums_of_a_dropped_call_are_missed(
        calls in prop::collection::vec(any_call(), 1..6), place in any::<prop::sample::Index>(),
    ) {
        for spec in specs(Package::Zip, "csv") {
            let (_, receipt) = export(&spec, &calls, &[]);
            let mut fewer = calls.clone();
            fewer.remove(place.index(calls.len()));
            let (forged, other) = export(&spec, &fewer, &[]);
            let mut adapted = with_digests_of(&receipt, &other);
            for (sheet, other) in adapted.sheets.iter_mut().zip(&other.sheets) {
                sheet.rows = other.rows;
            }
            let found = refusal(&forged, &adapted);
            prop_assert!(found.is_ok(), "{}: {found:?}", spec.layout.name);
        }
    }
}

/// Two calls of one customer.
pub(super) fn two_calls() -> Vec<Cdr> {
    let call = |started_at: &str, talk, price: &str| Cdr {
        customer_id: 1,
        started_at: started_at.parse().unwrap(),
        talk_us: Some(talk),
        price: Some(price.parse().unwrap()),
        ..Cdr::default()
    };
    vec![call("2026-11-21T10:00:00Z", 61_000_000, "499.00"), call("2026-11-21T11:00:00Z", 1_500_000, "0.0190")]
}

#[test]
fn each_forgery_is_told_in_a_sentence() {
    let spec = |layout| spec(layout, "csv", Package::Gzip);
    let changed = |change: fn(&mut Cdr)| {
        let mut calls = two_calls();
        change(&mut calls[0]);
        calls
    };
    for (layout, calls, expected) in [
        (
            "native",
            changed(|call| call.price = Some("9999.99".parse().unwrap())),
            vec![
                "the money of calls.csv is 10000.0090 EUR, not 499.0190 EUR as in the receipt",
                "the total of column `price` of calls.csv is 10000.0090 in 2 cells, not 499.0190 in 2 cells as in the receipt",
            ],
        ),
        (
            "native",
            changed(|call| call.talk_us = Some(62_000_000)),
            vec![
                "the talk time of calls.csv is 63.500000 seconds, not 62.500000 seconds as in the receipt",
                "the total of column `talk` of calls.csv is 63.500000 in 2 cells, not 62.500000 in 2 cells as in the receipt",
            ],
        ),
        (
            "dma-6.1-reconstructed",
            changed(|call| call.started_at = "2025-11-21T10:00:00Z".parse().unwrap()),
            vec![
                "the first start of calls.csv is 2025-11-21T10:00:00.000000Z, not 2026-11-21T10:00:00.000000Z as in the receipt",
                "the total of column `startTime` of calls.csv is 3558978000.000000 in 2 cells, not 3590514000.000000 in 2 cells as in the receipt",
            ],
        ),
        (
            "yeti-customer",
            changed(|call| call.price = None),
            vec![
                "the money of cdrs.csv is 0.0190, not 499.0190 as in the receipt",
                "the total of column `Customer Price` of cdrs.csv is 0.0190 in 1 cell, not 499.0190 in 2 cells as in the receipt",
            ],
        ),
    ] {
        let (_, receipt) = export(&spec(layout), &two_calls(), &[]);
        let (forged, other) = export(&spec(layout), &calls, &[]);
        assert_eq!(refusal(&forged, &with_digests_of(&receipt, &other)).unwrap(), expected);
    }
}

#[test]
fn a_window_that_does_not_hold_its_rows_is_refused_in_every_version() {
    let spec = spec("native", "csv", Package::Plain);
    let (bytes, receipt) = export(&spec, &two_calls(), &[]);
    for version in [1, 2] {
        for (from, until) in [
            ("2026-11-21T10:00:00.000001Z", "2026-12-01T00:00:00Z"),
            ("2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z"),
            ("2027-01-01T00:00:00Z", "infinity"),
        ] {
            let mut narrow = receipt.clone();
            (narrow.window.from, narrow.window.until) = (from.parse().unwrap(), until.parse().unwrap());
            if version == 1 {
                (narrow.version, narrow.layout_definition) = (1, None);
                narrow.sheets[0].totals.clear();
            }
            let found = refusal(&bytes, &narrow).unwrap();
            assert!(found[0].contains("in the window from"), "{found:?}");
        }
        let mut exact = receipt.clone();
        (exact.window.from, exact.window.until) =
            ("2026-11-21T10:00:00Z".parse().unwrap(), "2026-11-21T11:00:00.000001Z".parse().unwrap());
        verify(Cursor::new(&bytes), &exact).unwrap();
    }
}

#[test]
fn what_a_layout_shows_and_what_it_cannot_show_is_listed() {
    let places = "which row of a sheet has which value of a column: an exchange of two keeps the total";
    let others = "the cells of other columns, for which only the digests speak";
    let query = "the conditions, the order and the watermark of the query";
    for (layout, package, confirmed, unknown) in [
        (
            "yeti-customer",
            Package::Gzip,
            vec![
                "cdrs.csv: rows, talk time, money, first and last start, the totals of Time Start, Time Connect, \
                  Time End, Duration, Destination Initial Rate, Destination Next Rate, Destination Fee, Customer Price, \
                  Customer Duration",
            ],
            vec![places, others, query],
        ),
        (
            "dma-5.x",
            Package::Zip,
            vec![
                "calls.csv: rows, first and last start, the totals of startTime, endTime",
                "conferences.csv: rows, first and last start, the totals of startTime, endTime",
                "counts.txt: calls, conferences",
            ],
            vec!["calls.csv: the talk time, the money", "counts.txt: clustersIncluded", places, others, query],
        ),
    ] {
        let conference = ConferenceRecord { started_at: two_calls()[0].started_at, ..ConferenceRecord::default() };
        let (bytes, receipt) = export(&spec(layout, "csv", package), &two_calls(), &[conference]);
        let verified = verify(Cursor::new(&bytes), &receipt).unwrap();
        assert_eq!(
            (verified.confirmed, verified.unknown),
            (
                confirmed.into_iter().map(str::to_owned).collect::<Vec<_>>(),
                unknown.into_iter().map(str::to_owned).collect::<Vec<_>>(),
            ),
            "{layout}"
        );
    }
}

/// In the hour that occurs twice, a time without an offset may be either instant.
#[test]
fn the_first_and_the_last_instant_are_found_in_a_local_time_that_occurs_twice() {
    let mut spec = spec("yeti-customer", "csv", Package::Plain);
    spec.layout = spec.layout.with_time_style(TimeStyle::PgLocal);
    let calls: Vec<Cdr> = ["2026-10-25T00:59:00Z", "2026-10-25T01:00:00.5Z"]
        .map(|at| Cdr { started_at: at.parse().unwrap(), ..Cdr::default() })
        .into();
    let (bytes, mut receipt) = export(&spec, &calls, &[]);
    receipt.window.from = Timestamp::MIN;
    verify(Cursor::new(&bytes), &receipt).unwrap();
    receipt.sheets[0].first = Some("2026-10-24T23:59:00Z".parse().unwrap());
    let found = refusal(&bytes, &receipt).unwrap();
    assert!(found[0].starts_with("the first start of cdrs.csv is "), "{found:?}");
}

/// A telepresence room is printed as it was received, which may be another time than the one of its record.
#[test]
fn a_cell_as_received_is_added_up_as_it_is_printed() {
    let spec = spec("dma-6.1-reconstructed", "csv", Package::Zip);
    let mut calls = two_calls();
    for (printed, as_received) in
        [("2026-11-21T11:00:00.000+01:00", 0), ("2026-11-21T10:00:00.000Z", 0), ("10 o'clock", 1), ("", 1)]
    {
        calls[0].telepresence_mut().printed = [("startTime".to_owned(), printed.to_owned())].into();
        let (bytes, receipt) = export(&spec, &calls, &[]);
        assert_eq!(receipt.sheets[0].totals[0].as_received, as_received, "{printed}");
        let verified = verify(Cursor::new(&bytes), &receipt).unwrap();
        let is_unknown = |what: &str| verified.unknown.iter().any(|line| line.contains(what));
        assert_eq!(is_unknown("the first and the last start"), as_received > 0, "{printed}");
        assert_eq!(is_unknown("1 cell of startTime as received"), as_received > 0, "{printed}");
        assert_eq!(is_unknown("1 cell of startTime not in its total"), printed == "10 o'clock", "{printed}");
    }
    // Only a layout that prints text as received may say so.
    let mut spec = spec.clone();
    spec.layout.verbatim = false;
    let (bytes, mut receipt) = export(&spec, &calls, &[]);
    receipt.sheets[0].totals[0].as_received = 1;
    let found = refusal(&bytes, &receipt).unwrap();
    assert!(found[0].starts_with("the number of received cells in column `startTime`"), "{found:?}");
}

#[test]
fn rows_that_the_layout_does_not_write_are_refused() {
    let spec = spec("dma-5.x", "csv", Package::Plain);
    let (bytes, receipt) = export(&spec, &two_calls(), &[]);
    let text = String::from_utf8(bytes).unwrap();
    let forged = |from: &str, to: &str| {
        let text = text.replacen(from, to, 1);
        refusal(text.as_bytes(), &with_text(&receipt, &text)).unwrap()
    };
    assert_eq!(
        forged("1,CALL,", "2,CALL,"),
        ["the column `version` in row 1 of calls.csv is 2, not 1 as in the receipt"]
    );
    assert_eq!(
        forged("1,CALL,", "1,CALL,,"),
        [
            "the number of cells in row 1 of calls.csv is 29, not 28 as in the receipt",
            "the total of column `startTime` of calls.csv is 1795258800.000000 in 1 cell, not 3590514000.000000 in 2 cells as in the receipt",
        ]
    );
}
