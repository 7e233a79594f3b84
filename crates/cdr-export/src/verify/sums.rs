//! Adding up the rows of a sheet.

use std::collections::BTreeMap;
use std::fmt::Display;

use cdr_model::{Money, MoneySum, Timestamp, Zone};

use super::columns::{Columns, Constant, Totalled};
use super::findings::{shortened, value};
use crate::differences::Difference;
use crate::format::ReadRow;
use crate::receipt::{Receipt, SheetReceipt};
use crate::time_reader::{is_local, time_unit};
use crate::total::{Reading, RunningTotal};

/// A local time without an offset may be any instant within this distance of the same clock in UTC: no zone is further
/// away, not even by local mean time.
const FURTHEST: i64 = 16 * 3_600_000_000;

/// What the rows of a sheet add up to.
pub(super) struct Sums<'a> {
    receipt: &'a Receipt,
    sheet: &'a SheetReceipt,
    zone: Zone,
    /// The number of cells that a row has.
    width: usize,
    pub(super) columns: Columns,
    /// One for each totalled column.
    pub(super) totals: Vec<RunningTotal>,
    /// How many cells of each totalled column hold a text that its total lacks.
    pub(super) unread: Vec<u64>,
    /// The prices by the currencies of the receipt, if the sheet shows both.
    pub(super) money: BTreeMap<&'a str, MoneySum>,
    pub(super) first: Option<Span>,
    pub(super) last: Option<Span>,
    /// How many instants of the anchor are not between the first and the last one of the receipt.
    pub(super) outside: u64,
    /// How many cells for an instant of the anchor are empty.
    pub(super) without_instant: u64,
    /// The first thing in a row that is not as the layout or the receipt requires.
    pub(super) fault: Option<Difference>,
    /// The number of rows.
    pub(super) rows: u64,
}

/// The instants that a cell may show in microseconds since 1970, cut to the digits that are printed: one, or two in the
/// hour that occurs twice.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) earliest: i64,
    pub(super) latest: i64,
}

impl<'a> Sums<'a> {
    pub(super) fn new(
        columns: Columns,
        width: usize,
        zone: Zone,
        receipt: &'a Receipt,
        sheet: &'a SheetReceipt,
    ) -> Sums<'a> {
        Sums {
            receipt,
            sheet,
            totals: vec![RunningTotal::default(); columns.totalled.len()],
            unread: vec![0; columns.totalled.len()],
            zone,
            width,
            columns,
            money: BTreeMap::new(),
            first: None,
            last: None,
            outside: 0,
            without_instant: 0,
            fault: None,
            rows: 0,
        }
    }

    pub(super) fn add(&mut self, row: &ReadRow) {
        self.rows += 1;
        let part = self.sheet.file.as_str();
        if row.len() != self.width {
            let what = format!("number of cells in row {}", self.rows);
            let fault = || value(part, what, self.width.to_string(), row.len().to_string());
            self.fault.get_or_insert_with(fault);
            return;
        }
        for Constant { at, heading, text } in &self.columns.constants {
            let found = self.columns.cell(row, *at).unwrap_or("not UTF-8");
            if found != text {
                let what = format!("column `{heading}` in row {}", self.rows);
                self.fault.get_or_insert_with(|| value(part, what, text, found));
            }
        }
        self.number(row);
        for index in 0..self.totals.len() {
            let text = self.columns.cell(row, self.columns.totalled[index].at);
            let Totalled { times, reader, otherwise, .. } = &mut self.columns.totalled[index];
            let Some(reading) = text.and_then(|text| reader.read(text)) else {
                let is_empty = text == Some("");
                self.unread[index] += u64::from(!is_empty && text != otherwise.as_deref());
                self.without_instant += u64::from(is_empty && self.columns.anchor == Some(index));
                continue;
            };
            let times = *times;
            self.totals[index].add(reading);
            match reading {
                Reading::Money(amount) if self.columns.price == Some(index) => self.price(row, amount),
                Reading::Micros(micros) if self.columns.anchor == Some(index) => {
                    let micros = i64::try_from(micros).unwrap_or(i64::MAX);
                    let span = if is_local(times) { self.instants(micros) } else { Span::at(micros) };
                    self.see(span.cut(time_unit(times)), time_unit(times));
                }
                _ => (),
            }
        }
    }

    /// Compares the number of a record with the watermark.
    fn number(&mut self, row: &ReadRow) {
        let (Some(at), Some(watermark)) = (self.columns.number, self.receipt.watermark) else { return };
        let text = self.columns.cell(row, at).unwrap_or("not UTF-8");
        let number = text.parse::<i64>().ok().filter(|number| number.to_string() == text);
        if number.is_none_or(|number| number > watermark) {
            let what = format!("number of the record in row {}", self.rows);
            let expected = format!("at most the watermark {watermark}");
            self.fault.get_or_insert_with(|| value(&self.sheet.file, what, expected, text));
        }
    }

    /// Adds an amount to the sum in its currency, if the sheet shows currencies.
    fn price(&mut self, row: &ReadRow, amount: Money) {
        let Some(at) = self.columns.currency else { return };
        let Some(money) = self.sheet.money.as_ref() else { return };
        let currency = self.columns.cell(row, at).unwrap_or("not UTF-8");
        if let Some((known, _)) = money.get_key_value(currency) {
            return self.money.entry(known).or_default().add(amount);
        }
        self.fault.get_or_insert_with(|| {
            let (row, part, amount) = (self.rows, &self.sheet.file, shown(amount, &shortened(currency)));
            Difference::Statement(format!(
                "row {row} of {part} has {amount}, and the receipt has no sum of that currency"
            ))
        });
    }

    /// The instants at which the clock of the zone shows a local time.
    fn instants(&self, clock: i64) -> Span {
        let offset = |at: i64| i64::from(self.zone.offset_at(Timestamp::from_micros(at))) * 1_000_000;
        let (before, after) = (offset(clock.saturating_sub(FURTHEST)), offset(clock.saturating_add(FURTHEST)));
        Span { earliest: clock.saturating_sub(before.max(after)), latest: clock.saturating_sub(before.min(after)) }
    }

    fn see(&mut self, span: Span, unit: i64) {
        let Span { earliest, latest } = span;
        let is_inside = match (self.sheet.first, self.sheet.last) {
            (Some(from), Some(to)) => cut(from.micros(), unit) <= latest && earliest <= cut(to.micros(), unit),
            _ => false,
        };
        self.outside += u64::from(!is_inside);
        let first = self.first.get_or_insert(span);
        *first = Span { earliest: first.earliest.min(earliest), latest: first.latest.min(latest) };
        let last = self.last.get_or_insert(span);
        *last = Span { earliest: last.earliest.max(earliest), latest: last.latest.max(latest) };
    }
}

/// An amount in a currency.
pub(super) fn shown(amount: impl Display, currency: &str) -> String {
    if currency.is_empty() { format!("{amount} without a currency") } else { format!("{amount} {currency}") }
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

    /// Whether some of its instants are not before another.
    pub(super) fn reaches(self, at: Timestamp, unit: i64) -> bool {
        cut(at.micros(), unit) <= self.latest
    }

    /// Whether some of its instants are not after another.
    pub(super) fn begins_by(self, at: Timestamp, unit: i64) -> bool {
        self.earliest <= cut(at.micros(), unit)
    }
}

/// Microseconds without the digits below a unit.
fn cut(micros: i64, unit: i64) -> i64 {
    micros.saturating_sub(micros.rem_euclid(unit))
}
