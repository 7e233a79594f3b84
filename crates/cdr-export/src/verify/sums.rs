//! Adding up the rows of a sheet.

use std::collections::BTreeMap;

use cdr_model::{MoneySum, Timestamp, Zone};

use super::columns::{Columns, Constant, Totalled};
use crate::format::ReadRow;
use crate::time_reader::{is_local, time_unit};
use crate::total::{Reading, RunningTotal};

/// A local time without an offset may be any instant within this distance of the same clock in UTC: no zone is further
/// away, not even by local mean time.
const FURTHEST: i64 = 16 * 3_600_000_000;

/// What the rows of a sheet add up to.
pub(super) struct Sums {
    zone: Zone,
    /// The number of cells that a row has.
    width: usize,
    pub(super) columns: Columns,
    /// One for each totalled column.
    pub(super) totals: Vec<RunningTotal>,
    /// The prices by currency, if the sheet shows both.
    pub(super) money: BTreeMap<String, MoneySum>,
    pub(super) first: Option<Span>,
    pub(super) last: Option<Span>,
    /// The first thing in a row that is not as the layout requires.
    pub(super) fault: Option<Fault>,
    /// The number of rows.
    pub(super) rows: u64,
}

/// What in a row is not as the layout requires, what it requires, and what was found.
pub(super) struct Fault {
    pub(super) what: String,
    pub(super) expected: String,
    pub(super) found: String,
}

/// The instants that a cell may show in microseconds since 1970, cut to the digits that are printed: one, or two in the
/// hour that occurs twice.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) earliest: i64,
    pub(super) latest: i64,
}

impl Sums {
    pub(super) fn new(columns: Columns, width: usize, zone: Zone) -> Sums {
        Sums {
            totals: vec![RunningTotal::default(); columns.totalled.len()],
            zone,
            width,
            columns,
            money: BTreeMap::new(),
            first: None,
            last: None,
            fault: None,
            rows: 0,
        }
    }

    pub(super) fn add(&mut self, row: &ReadRow) {
        self.rows += 1;
        if row.len() != self.width {
            let what = format!("number of cells in row {}", self.rows);
            let (expected, found) = (self.width.to_string(), row.len().to_string());
            self.fault.get_or_insert(Fault { what, expected, found });
            return;
        }
        for Constant { at, heading, text } in &self.columns.constants {
            let found = row.cell(*at).unwrap_or("not UTF-8");
            if found != text {
                let what = format!("column `{heading}` in row {}", self.rows);
                self.fault.get_or_insert(Fault { what, expected: text.clone(), found: found.to_owned() });
            }
        }
        for index in 0..self.totals.len() {
            let Totalled { at, times, reader, .. } = &mut self.columns.totalled[index];
            let Some(reading) = row.cell(*at).and_then(|text| reader.read(text)) else { continue };
            let times = *times;
            self.totals[index].add(reading);
            match reading {
                Reading::Money(amount) if self.columns.price == Some(index) => {
                    let currency = self.columns.currency.and_then(|at| row.cell(at)).unwrap_or_default();
                    match self.money.get_mut(currency) {
                        Some(sum) => sum.add(amount),
                        None => self.money.entry(currency.to_owned()).or_default().add(amount),
                    }
                }
                Reading::Micros(micros) if self.columns.anchor == Some(index) => {
                    let micros = i64::try_from(micros).unwrap_or(i64::MAX);
                    let span = if is_local(times) { self.instants(micros) } else { Span::at(micros) };
                    self.see(span.cut(time_unit(times)));
                }
                _ => (),
            }
        }
    }

    /// The instants at which the clock of the zone shows a local time.
    fn instants(&self, clock: i64) -> Span {
        let offset = |at: i64| i64::from(self.zone.offset_at(Timestamp::from_micros(at))) * 1_000_000;
        let (before, after) = (offset(clock.saturating_sub(FURTHEST)), offset(clock.saturating_add(FURTHEST)));
        Span { earliest: clock.saturating_sub(before.max(after)), latest: clock.saturating_sub(before.min(after)) }
    }

    fn see(&mut self, span: Span) {
        let Span { earliest, latest } = span;
        let first = self.first.get_or_insert(span);
        *first = Span { earliest: first.earliest.min(earliest), latest: first.latest.min(latest) };
        let last = self.last.get_or_insert(span);
        *last = Span { earliest: last.earliest.max(earliest), latest: last.latest.max(latest) };
    }
}

impl Span {
    fn at(micros: i64) -> Span {
        Span { earliest: micros, latest: micros }
    }

    /// Cut to a unit.
    fn cut(self, unit: i64) -> Span {
        Span { earliest: cut(self.earliest, unit), latest: cut(self.latest, unit) }
    }

    pub(super) fn holds(self, at: Timestamp, unit: i64) -> bool {
        (self.earliest..=self.latest).contains(&cut(at.micros(), unit))
    }
}

/// Microseconds without the digits below a unit.
fn cut(micros: i64, unit: i64) -> i64 {
    micros.saturating_sub(micros.rem_euclid(unit))
}
