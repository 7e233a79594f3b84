//! Windows of every anchor: the instants that a file shows lie between the first and the last of its receipt.

use std::io::Cursor;

use cdr_model::{Anchor, Cdr, ConferenceRecord, Record, Timestamp};
use proptest::prelude::*;

use super::forging::{export_by, layouts, refusal};
use super::spec;
use crate::{ExportSpec, Package, Receipt, verify};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Two calls, of which the second has neither an instant of connection nor of its end.
fn calls() -> Vec<Cdr> {
    let call = |started_at: &str, answered: bool| Cdr {
        started_at: at(started_at),
        connected_at: answered.then(|| at(started_at).plus_micros(2_500_000)),
        ended_at: answered.then(|| at(started_at).plus_micros(9_500_000)),
        billed_at: at(started_at).plus_micros(9_500_000),
        ..Cdr::default()
    };
    vec![call("2026-11-21T10:00:00Z", true), call("2026-11-21T11:00:00Z", false)]
}

/// The receipt with this window and these instants.
fn claiming(receipt: &Receipt, window: (&str, &str), ends: Option<(&str, &str)>) -> Receipt {
    let mut forged = receipt.clone();
    (forged.window.from, forged.window.until) = (at(window.0), at(window.1));
    for sheet in &mut forged.sheets {
        (sheet.first, sheet.last) = ends.map(|(first, last)| (at(first), at(last))).unzip();
    }
    forged
}

#[test]
fn rows_without_the_instant_and_instants_outside_of_the_receipt_are_refused() {
    let of_2030 = ("2030-01-01T00:00:00Z", "2030-02-01T00:00:00Z");
    let spec = spec("native", "csv", Package::Plain);
    for (anchor, instant) in [(Anchor::Connect, "10:00:02.500000"), (Anchor::End, "10:00:09.500000")] {
        let lacks = format!(
            "1 row of calls.csv without the instant of the anchor `{anchor}` cannot be in the window of the receipt"
        );
        let first = format!(
            "the first {anchor} of calls.csv is 2026-11-21T{instant}Z, not 2030-01-01T00:00:00.000000Z as in the receipt"
        );
        let none = |what: &str| {
            format!("the {what} {anchor} of calls.csv is 2026-11-21T{instant}Z, not none as in the receipt")
        };
        let (bytes, receipt) = export_by(anchor, &spec, &calls(), &[]);
        let forged = claiming(&receipt, of_2030, Some((of_2030.0, "2030-01-02T00:00:00Z")));
        assert_eq!(refusal(&bytes, &forged).unwrap(), [lacks.clone(), first]);
        let forged = claiming(&receipt, of_2030, None);
        assert_eq!(refusal(&bytes, &forged).unwrap(), [lacks.clone(), none("first"), none("last")]);
        // Every row is in a window without bounds, unless its records say otherwise.
        let mut open = receipt.clone();
        (open.window.from, open.window.until) = (Timestamp::MIN, Timestamp::MAX);
        verify(Cursor::new(&bytes), &open).unwrap();
        let (bytes, receipt) = export_by(anchor, &spec, &calls()[..1], &[]);
        verify(Cursor::new(&bytes), &receipt).unwrap();
    }
}

/// One cell as received does not excuse the others.
#[test]
fn cells_as_received_do_not_hide_the_instants_of_other_rows() {
    let spec = spec("dma-6.1-reconstructed", "csv", Package::Plain);
    let mut calls = calls();
    calls[0].telepresence_mut().printed = [("startTime".to_owned(), "10 o'clock".to_owned())].into();
    calls.push(Cdr { started_at: at("2026-11-21T12:00:00Z"), ..Cdr::default() });
    let (bytes, receipt) = export_by(Anchor::Start, &spec, &calls, &[]);
    verify(Cursor::new(&bytes), &receipt).unwrap();
    let forged = claiming(
        &receipt,
        ("2030-01-01T00:00:00Z", "2030-02-01T00:00:00Z"),
        Some(("2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z")),
    );
    let found = refusal(&bytes, &forged).unwrap();
    let expected = "2 cells of column `startTime` of calls.csv do not lie between the first and the last start, \
                    and at most 1 can be as received";
    assert_eq!(found, [expected]);
}

fn any_call() -> impl Strategy<Value = Cdr> {
    let step = || 0i64..40_000_000_000;
    (step(), prop::option::of(step()), prop::option::of(step()), step()).prop_map(|(start, connect, end, bill)| {
        let instant = |step: i64| at("2026-10-24T22:30:00Z").plus_micros(step);
        Cdr {
            started_at: instant(start),
            connected_at: connect.map(instant),
            ended_at: end.map(instant),
            billed_at: instant(bill),
            ..Cdr::default()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// In the tightest window, in every layout, by every anchor, and around a change of the clock.
    #[test]
    fn honest_exports_are_accepted_and_moved_windows_are_refused(
        calls in prop::collection::vec(any_call(), 0..5),
        anchor in prop::sample::select(Anchor::ALL.as_slice()),
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"]),
    ) {
        let calls: Vec<Cdr> = calls.into_iter().filter(|call| call.instant(anchor).is_some()).collect();
        let conferences: Vec<ConferenceRecord> = calls
            .iter()
            .map(|call| ConferenceRecord { started_at: call.started_at, ended_at: call.ended_at, ..ConferenceRecord::default() })
            .filter(|conference| conference.instant(anchor).is_some())
            .collect();
        for layout in layouts() {
            let spec = ExportSpec { layout, zone: zone.to_owned(), ..spec("native", "csv", Package::Zip) };
            let (bytes, mut receipt) = export_by(anchor, &spec, &calls, &conferences);
            let firsts: Vec<Timestamp> = receipt.sheets.iter().filter_map(|sheet| sheet.first).collect();
            let lasts: Vec<Timestamp> = receipt.sheets.iter().filter_map(|sheet| sheet.last).collect();
            let (Some(from), Some(last)) = (firsts.iter().min(), lasts.iter().max()) else { continue };
            (receipt.window.from, receipt.window.until) = (*from, last.plus_micros(1));
            let verified = verify(Cursor::new(&bytes), &receipt);
            let verified = verified.map_err(|error| TestCaseError::fail(format!("{}: {error}", spec.layout.name)))?;
            let shows = verified.confirmed.iter().any(|line| line.contains("first and last"));
            let forged = claiming(&receipt, ("2030-01-01T00:00:00Z", "infinity"), Some(("2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z")));
            prop_assert_eq!(refusal(&bytes, &forged).is_ok(), shows, "{} by {}", spec.layout.name, anchor);
        }
    }
}
