//! Comparing what the rows of a sheet add up to with its receipt.

use std::collections::{BTreeMap, BTreeSet};

use cdr_model::{Anchor, MoneySum, Timestamp};

use super::findings::Findings;
use super::sums::{Fault, Span, Sums};
use crate::layout::{DurationStyle, SheetContent};
use crate::receipt::{Receipt, SheetReceipt};
use crate::time_reader::time_unit;
use crate::total::{ColumnTotal, RunningTotal, micros, seconds};

/// Compares the sums of a sheet of records. Everything that they confirm is listed, and everything that they cannot.
pub(super) fn compare(
    findings: &mut Findings,
    receipt: &Receipt,
    sheet: &SheetReceipt,
    rows: SheetContent,
    sums: &Sums,
) {
    let part = sheet.file.as_str();
    if let Some(Fault { what, expected, found }) = &sums.fault {
        findings.differ(part, what, expected, found);
    }
    let mut sheet = SheetComparison { findings, sheet, sums, confirmed: vec!["rows".to_owned()], unknown: Vec::new() };
    if rows == SheetContent::Calls {
        sheet.talk();
        sheet.money();
    }
    sheet.instants(receipt.window.anchor);
    sheet.totals();
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
    sums: &'a Sums,
    confirmed: Vec<String>,
    unknown: Vec<String>,
}

impl<'a> SheetComparison<'a> {
    /// The sum of a column that shows a value of the record in every row.
    fn own(&self, column: Option<usize>) -> Option<&'a RunningTotal> {
        let index = column?;
        let as_received = self.sheet.totals.get(index).is_some_and(|total| total.as_received > 0);
        (!as_received).then(|| &self.sums.totals[index])
    }

    fn differ(&mut self, what: impl Into<String>, expected: impl Into<String>, found: impl Into<String>) {
        self.findings.differ(&self.sheet.file, what, expected, found);
    }

    fn talk(&mut self) {
        let column = self.sums.columns.talk;
        let Some(claimed) = self.sheet.talk_seconds.as_ref() else { return };
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
        if !micros(claimed).is_some_and(|claimed| (least..=most).contains(&claimed)) {
            let found = match most == least {
                true => format!("{} seconds", seconds(least)),
                false => format!("between {} and {} seconds", seconds(least), seconds(most)),
            };
            self.differ("talk time", format!("{claimed} seconds"), found);
        }
    }

    fn money(&mut self) {
        let Some(money) = self.sheet.money.as_ref() else { return };
        let Some(total) = self.own(self.sums.columns.price) else {
            return self.unknown.push("the money".to_owned());
        };
        if self.sums.columns.currency.is_some() {
            return self.money_by_currency(money);
        }
        self.confirmed.push("money".to_owned());
        if money.len() > 1 {
            self.unknown.push("the currency of an amount".to_owned());
        }
        let (found, has_prices) = (total.money.to_string(), total.cells > 0);
        let mut claimed = MoneySum::default();
        for (currency, sum) in money {
            match sum.parse() {
                Ok(sum) => claimed.merge(sum),
                Err(_) => self.differ("money", format!("{sum} {currency}"), "a sum of amounts"),
            }
        }
        let claimed = claimed.to_string();
        if claimed != found || has_prices == money.is_empty() {
            self.differ("money", claimed, found);
        }
    }

    fn money_by_currency(&mut self, money: &BTreeMap<String, String>) {
        self.confirmed.push("money by currency".to_owned());
        let found = &self.sums.money;
        let currencies: BTreeSet<&String> = money.keys().chain(found.keys()).collect();
        for currency in currencies {
            let (claimed, found) = (money.get(currency).cloned(), found.get(currency).map(ToString::to_string));
            if claimed != found {
                let shown = |sum: Option<String>| format!("{} {currency}", sum.as_deref().unwrap_or("no"));
                self.differ("money", shown(claimed), shown(found));
            }
        }
    }

    fn instants(&mut self, anchor: Anchor) {
        let column = self.sums.columns.anchor;
        let unknown = format!("the first and the last {anchor}");
        let (Some(index), Some(total)) = (column, self.own(column)) else {
            return self.unknown.push(unknown);
        };
        // An instant outside the calendar cannot be read from every style.
        if total.cells != self.sums.rows {
            return self.unknown.push(unknown);
        }
        let unit = time_unit(self.sums.columns.totalled[index].times);
        let (first, last) = (self.sums.first, self.sums.last);
        for (what, claimed, found) in [("first", self.sheet.first, first), ("last", self.sheet.last, last)] {
            let agrees = match (claimed, found) {
                (Some(at), Some(span)) => span.holds(at, unit),
                (claimed, found) => claimed.is_none() && found.is_none(),
            };
            if !agrees {
                let shown = |at: Option<Timestamp>| at.map_or_else(|| "none".to_owned(), |at| at.to_string());
                let found = found.map(|span: Span| Timestamp::from_micros(span.earliest));
                self.differ(format!("{what} {anchor}"), shown(claimed), shown(found));
            }
        }
        self.confirmed.push(format!("first and last {anchor}"));
    }

    fn totals(&mut self) {
        let columns = &self.sums.columns.totalled;
        let found: Vec<ColumnTotal> = columns
            .iter()
            .zip(&self.sums.totals)
            .map(|(column, total)| total.named(column.heading.clone(), column.kind))
            .collect();
        let named = |totals: &[ColumnTotal]| {
            totals.iter().map(|total| format!("`{}`", total.column)).collect::<Vec<_>>().join(", ")
        };
        let same =
            |(left, right): (&ColumnTotal, &ColumnTotal)| (&left.column, left.kind) == (&right.column, right.kind);
        if found.len() != self.sheet.totals.len() || !found.iter().zip(&self.sheet.totals).all(same) {
            return self.differ("list of columns with a total", named(&self.sheet.totals), named(&found));
        }
        for (claimed, found) in self.sheet.totals.iter().zip(&found) {
            let most = if self.sums.columns.verbatim { self.sums.rows } else { 0 };
            if claimed.as_received > most {
                let what = format!("number of received cells in column `{}`", claimed.column);
                self.differ(what, claimed.as_received.to_string(), format!("at most {most}"));
            }
            if (claimed.cells, &claimed.sum) != (found.cells, &found.sum) {
                let shown = |total: &ColumnTotal| match total.cells {
                    1 => format!("{} in 1 cell", total.sum),
                    cells => format!("{} in {cells} cells", total.sum),
                };
                self.differ(format!("total of column `{}`", claimed.column), shown(claimed), shown(found));
            }
        }
        if !found.is_empty() {
            let names: Vec<&str> = found.iter().map(|total| total.column.as_str()).collect();
            self.confirmed.push(format!("the totals of {}", names.join(", ")));
        }
    }
}
