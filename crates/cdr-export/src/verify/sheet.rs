//! Comparing what the rows of a sheet add up to with its receipt.

use std::collections::BTreeMap;

use cdr_model::{MoneySum, Timestamp};

use super::findings::{Findings, number, shortened};
use super::sums::{Span, Sums, shown};
use crate::layout::{DurationStyle, SheetContent};
use crate::receipt::{Receipt, SheetReceipt, WindowFacts};
use crate::time_reader::time_unit;
use crate::total::{ColumnTotal, RunningTotal, micros, seconds};

/// Compares the sums of a sheet of records. Everything that they confirm is listed, and everything that they cannot.
pub(super) fn compare(
    findings: &mut Findings,
    receipt: &Receipt,
    sheet: &SheetReceipt,
    rows: SheetContent,
    mut sums: Sums<'_>,
) {
    findings.differences.extend(sums.fault.take());
    let (sums, part) = (&sums, sheet.file.as_str());
    let mut sheet = SheetComparison { findings, sheet, sums, confirmed: vec!["rows".to_owned()], unknown: Vec::new() };
    if rows == SheetContent::Calls {
        sheet.talk();
        sheet.money();
    }
    sheet.instants(&receipt.window);
    sheet.totals();
    sheet.received();
    if sums.columns.number.is_some() && receipt.watermark.is_some() {
        sheet.confirmed.push("no number above the watermark".to_owned());
    }
    if sheet.sheet.without_anchor.is_some() {
        sheet.unknown.push(format!("how many calls have no {}", receipt.window.anchor));
    }
    let SheetComparison { confirmed, unknown, .. } = sheet;
    findings.confirmed(part, confirmed);
    findings.unknown(part, unknown);
}

struct SheetComparison<'a> {
    findings: &'a mut Findings,
    sheet: &'a SheetReceipt,
    sums: &'a Sums<'a>,
    confirmed: Vec<String>,
    unknown: Vec<String>,
}

impl<'a> SheetComparison<'a> {
    /// How many cells of a totalled column are printed as received, by the receipt.
    fn as_received(&self, index: usize) -> u64 {
        self.sheet.totals.get(index).map_or(0, |total| total.as_received)
    }

    /// The sum of a column that shows a value of the record in every row.
    fn own(&self, column: Option<usize>) -> Option<&'a RunningTotal> {
        let index = column?;
        (self.as_received(index) == 0).then(|| &self.sums.totals[index])
    }

    fn differ(&mut self, what: impl Into<String>, expected: impl Into<String>, found: impl Into<String>) {
        self.findings.differ(&self.sheet.file, what, expected, found);
    }

    fn talk(&mut self) {
        let (column, part) = (self.sums.columns.talk, &self.sheet.file);
        let Some(claimed) = self.sheet.talk_seconds.as_ref() else {
            if column.is_some() {
                self.findings.state(format!("the receipt has no talk time of {part}, and the layout shows it"));
            }
            return;
        };
        let (Some(index), Some(total)) = (column, self.own(column)) else {
            return self.unknown.push("the talk time".to_owned());
        };
        let (least, cells) = (total.micros, i128::from(total.cells));
        // Whole seconds are rounded down in every cell.
        let most = match self.sums.columns.totalled[index].durations {
            DurationStyle::Micros => least,
            DurationStyle::Seconds => least + cells * 999_999,
        };
        self.confirmed.push("talk time".to_owned());
        let Some(exact) = micros(claimed) else {
            let sentence =
                format!("the talk time of {part} in the receipt is not a number of seconds with six decimals");
            return self.findings.state(sentence);
        };
        if !(least..=most).contains(&exact) {
            let found = match most == least {
                true => format!("{} seconds", seconds(least)),
                false => format!("between {} and {} seconds", seconds(least), seconds(most)),
            };
            self.differ("talk time", format!("{claimed} seconds"), found);
        }
    }

    fn money(&mut self) {
        let (column, part) = (self.sums.columns.price, &self.sheet.file);
        let Some(money) = self.sheet.money.as_ref() else {
            if column.is_some() {
                self.findings.state(format!("the receipt has no money of {part}, and the layout shows it"));
            }
            return;
        };
        let Some(total) = self.own(column) else {
            return self.unknown.push("the money".to_owned());
        };
        if self.sums.columns.currency.is_some() {
            return self.money_by_currency(money);
        }
        self.confirmed.push("money".to_owned());
        if money.len() > 1 {
            self.unknown.push("the currency of an amount".to_owned());
        }
        let mut claimed = MoneySum::default();
        for (currency, sum) in money {
            match sum.parse() {
                Ok(sum) => claimed.merge(sum),
                Err(_) => {
                    let sum = shown(shortened(sum), currency);
                    self.findings.state(format!("the money of {part} in the receipt, {sum}, is not an amount"));
                }
            }
        }
        match (total.cells > 0, money.is_empty()) {
            (true, true) => self.findings.state(format!("the receipt has no sum of the amounts in {part}")),
            (false, false) => {
                self.findings.state(format!("the receipt has a sum of amounts, and {part} has no amounts"))
            }
            _ => self.findings.compare(part, "money", claimed.to_string(), total.money.to_string()),
        }
    }

    fn money_by_currency(&mut self, money: &BTreeMap<String, String>) {
        self.confirmed.push("money by currency".to_owned());
        let part = &self.sheet.file;
        for (currency, claimed) in money {
            let claimed = shown(claimed, currency);
            match self.sums.money.get(currency.as_str()) {
                Some(found) => self.findings.compare(part, "money", claimed, shown(found, currency)),
                None => self.findings.state(format!("the receipt has {claimed}, and {part} has no such amount")),
            }
        }
    }

    /// Every instant of the anchor that is shown has to be between the first and the last one of the receipt, and so in
    /// its window, unless it is printed as received. A record without the instant is in no window.
    fn instants(&mut self, window: &WindowFacts) {
        let (anchor, part) = (window.anchor, &self.sheet.file);
        let unknown = format!("the first and the last {anchor}");
        let Some(index) = self.sums.columns.anchor else { return self.unknown.push(unknown) };
        let column = &self.sums.columns.totalled[index];
        let (unit, heading, received) = (time_unit(column.times), &column.heading, self.as_received(index));
        let has_bound = (window.from, window.until) != (Timestamp::MIN, Timestamp::MAX);
        if has_bound && self.sums.without_instant > received {
            let rows = number(self.sums.without_instant, "row");
            self.findings.state(format!(
                "{rows} of {part} without the instant of the anchor `{anchor}` cannot be in the window of the receipt"
            ));
        }
        if received > 0 {
            if self.sums.outside > received {
                let cells = number(self.sums.outside, "cell");
                self.findings.state(format!(
                    "{cells} of column `{heading}` of {part} do not lie between the first and the last {anchor}, \
                     and at most {received} can be as received"
                ));
            }
            return self.unknown.push(unknown);
        }
        // An instant outside the calendar cannot be read from every style.
        let shows_all = self.sums.totals[index].cells == self.sums.rows;
        let agrees = |claimed: Option<Timestamp>, found: Option<Span>, within: fn(Span, Timestamp, i64) -> bool| match (
            claimed, found,
        ) {
            (Some(at), Some(span)) if shows_all => span.holds(at, unit),
            (Some(at), Some(span)) => within(span, at, unit),
            (Some(_), None) => !shows_all,
            (None, found) => found.is_none(),
        };
        let first = ("first", self.sheet.first, self.sums.first, Span::reaches as fn(Span, Timestamp, i64) -> bool);
        let last = ("last", self.sheet.last, self.sums.last, Span::begins_by as fn(Span, Timestamp, i64) -> bool);
        for (what, claimed, found, within) in [first, last] {
            if !agrees(claimed, found, within) {
                let shown = |at: Option<Timestamp>| at.map_or_else(|| "none".to_owned(), |at| at.to_string());
                let found = found.map(|span: Span| Timestamp::from_micros(span.earliest));
                self.differ(format!("{what} {anchor}"), shown(claimed), shown(found));
            }
        }
        match shows_all {
            true => self.confirmed.push(format!("first and last {anchor}")),
            false => self.unknown.push(unknown),
        }
    }

    fn totals(&mut self) {
        let (columns, part) = (&self.sums.columns.totalled, &self.sheet.file);
        let found: Vec<ColumnTotal> = columns
            .iter()
            .zip(&self.sums.totals)
            .map(|(column, total)| total.named(column.heading.clone(), column.kind))
            .collect();
        let totals = &self.sheet.totals;
        for at in 0..found.len().max(totals.len()) {
            match (totals.get(at), found.get(at)) {
                (Some(claimed), Some(found)) if (&claimed.column, claimed.kind) == (&found.column, found.kind) => (),
                (_, Some(found)) => {
                    let column = &found.column;
                    let sentence = format!("the receipt has no total of column `{column}` of {part} in its place");
                    return self.findings.state(sentence);
                }
                (Some(claimed), None) => {
                    let column = shortened(&claimed.column);
                    let sentence = format!("the receipt has a total of column `{column}` of {part}, which takes none");
                    return self.findings.state(sentence);
                }
                (None, None) => (),
            }
        }
        for (claimed, found) in totals.iter().zip(&found) {
            let most = if self.sums.columns.verbatim { self.sums.rows } else { 0 };
            if claimed.as_received > most {
                let what = format!("number of received cells in column `{}`", claimed.column);
                self.differ(what, claimed.as_received.to_string(), format!("at most {most}"));
            }
            if (claimed.cells, &claimed.sum) != (found.cells, &found.sum) {
                let shown = |total: &ColumnTotal| format!("{} in {}", total.sum, number(total.cells, "cell"));
                self.differ(format!("total of column `{}`", claimed.column), shown(claimed), shown(found));
            }
        }
        if !found.is_empty() {
            let names: Vec<&str> = found.iter().map(|total| total.column.as_str()).collect();
            self.confirmed.push(format!("the totals of {}", names.join(", ")));
        }
    }

    /// Cells that hold another text than the value of the record, and cells whose text no total has.
    fn received(&mut self) {
        for (index, column) in self.sums.columns.totalled.iter().enumerate() {
            let (received, unread, heading) = (self.as_received(index), self.sums.unread[index], &column.heading);
            if received > 0 {
                self.unknown.push(format!("{} of {heading} as received", number(received, "cell")));
            }
            if unread > 0 {
                self.unknown.push(format!("{} of {heading} not in its total", number(unread, "cell")));
            }
        }
    }
}
