//! Notes what a batch of a load did, in the transaction that did it.

use std::ops::RangeInclusive;

use cdr_mediation::{BatchReport, LoadState, PortError};
use cdr_model::Timestamp;
use diesel::prelude::*;

use super::super::Conn;
use super::super::intake::Counters;
use crate::error::TransactionError;
use crate::schema::{load_ranges, loads};
use crate::types::At;

/// What a range of numbers counts.
pub(crate) struct Sheet;

impl Sheet {
    pub(crate) const RECORDS: i64 = 0;
    pub(super) const ENTRIES: i64 = 1;
}

/// What is noted of a batch.
#[derive(Debug)]
pub(crate) struct LoadNotes {
    load: Option<i64>,
    /// The last numbers of a record and of an entry before the batch.
    before: (i64, i64),
    window: Option<(Timestamp, Timestamp)>,
}

impl LoadNotes {
    /// For a batch that begins.
    pub(crate) fn begin(load: Option<i64>, counters: &Counters) -> LoadNotes {
        LoadNotes { load, before: (counters.last_record(), counters.last_entry()), window: None }
    }

    /// Adds the start of a new record.
    pub(crate) fn add(&mut self, start: Timestamp) {
        let (earliest, latest) = self.window.unwrap_or((start, start));
        self.window = Some((earliest.min(start), latest.max(start)));
    }

    /// The start of the latest new record.
    pub(crate) fn latest(&self) -> Option<Timestamp> {
        self.window.map(|(_, latest)| latest)
    }

    /// Writes the notes.
    pub(crate) fn write(
        &self,
        conn: &mut Conn,
        counters: &Counters,
        report: &BatchReport,
    ) -> Result<(), TransactionError> {
        let Some(load) = self.load else { return Ok(()) };
        note_counts(conn, load, report.loaded, report.known, report.quarantined)?;
        if let Some((earliest, latest)) = self.window {
            let of_load = || loads::table.find(load);
            let later =
                of_load().filter(loads::earliest.is_null().or(loads::earliest.gt(At(earliest)).assume_not_null()));
            diesel::update(later).set(loads::earliest.eq(At(earliest))).execute(conn)?;
            let earlier = of_load().filter(loads::latest.is_null().or(loads::latest.lt(At(latest)).assume_not_null()));
            diesel::update(earlier).set(loads::latest.eq(At(latest))).execute(conn)?;
        }
        let ranges = [
            (Sheet::RECORDS, self.before.0, counters.last_record()),
            (Sheet::ENTRIES, self.before.1, counters.last_entry()),
        ];
        for (sheet, before, last) in ranges.into_iter().filter(|(_, before, last)| before < last) {
            note_range(conn, load, sheet, before, last)?;
        }
        Ok(())
    }
}

/// Adds to the counts of a load that is running: new or changed records, records that are the same, and those that are not
/// stored.
pub(crate) fn note_counts(
    conn: &mut Conn,
    load: i64,
    loaded: u64,
    known: u64,
    quarantined: u64,
) -> Result<(), TransactionError> {
    let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let set = (
        loads::loaded.eq(loads::loaded + signed(loaded)),
        loads::known.eq(loads::known + signed(known)),
        loads::quarantined.eq(loads::quarantined + signed(quarantined)),
    );
    let running = loads::table.find(load).filter(loads::state.eq(LoadState::Running.code()));
    if diesel::update(running).set(set).execute(conn)? == 0 {
        return Err(PortError::Refused(format!("load {load} is not running; it may have been undone")).into());
    }
    Ok(())
}

/// Refuses to store records of a source while a load of it is being undone: what they have in common with that load would
/// count as known, and be withdrawn then.
pub(crate) fn check_undoing(conn: &mut Conn, of: &str) -> Result<(), TransactionError> {
    let undoing = loads::table.filter(loads::state.eq(LoadState::Undoing.code())).order(loads::id);
    let undoing: Vec<(i64, String, String)> = undoing.select((loads::id, loads::source, loads::feed)).load(conn)?;
    // A native file names the sources of its records.
    let is_in_the_way = |(_, source, feed): &&(i64, String, String)| source == of || feed == "native";
    match undoing.iter().find(is_in_the_way) {
        Some((id, ..)) => {
            let why = format!("load {id} is being undone; `tollbook loads undo {id}` finishes it, then load again");
            Err(PortError::Refused(why).into())
        }
        None => Ok(()),
    }
}

/// The numbers of the entries that a load has put into the quarantine.
pub(crate) fn entries_of(conn: &mut Conn, load: i64) -> QueryResult<Vec<RangeInclusive<i64>>> {
    let ranges = load_ranges::table
        .filter(load_ranges::load_id.eq(load))
        .filter(load_ranges::sheet.eq(Sheet::ENTRIES))
        .select((load_ranges::first, load_ranges::last));
    let ranges: Vec<(i64, i64)> = ranges.load(conn)?;
    Ok(ranges.into_iter().map(|(first, last)| first..=last).collect())
}

/// Notes the numbers after `before` and up to `last`, as one range with those before them if they belong to the same load.
fn note_range(conn: &mut Conn, load: i64, sheet: i64, before: i64, last: i64) -> QueryResult<()> {
    let adjoining = load_ranges::table
        .filter(load_ranges::load_id.eq(load))
        .filter(load_ranges::sheet.eq(sheet))
        .filter(load_ranges::last.eq(before));
    if diesel::update(adjoining).set(load_ranges::last.eq(last)).execute(conn)? > 0 {
        return Ok(());
    }
    diesel::insert_into(load_ranges::table)
        .values((
            load_ranges::load_id.eq(load),
            load_ranges::sheet.eq(sheet),
            load_ranges::first.eq(before + 1),
            load_ranges::last.eq(last),
        ))
        .execute(conn)
        .map(drop)
}
