//! Totals of rows for the receipt, accumulated while the rows are written.

use std::collections::BTreeMap;

use cdr_model::{Anchor, Directory, MoneySum, Record, Timestamp};

use crate::total::RunningTotal;

/// Totals of some rows. The tallies of two blocks merge into the tally of both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) rows: u64,
    /// The size of their text in bytes.
    pub(crate) bytes: u64,
    /// Talk time in microseconds.
    pub(crate) talk_us: i128,
    /// Amounts by currency.
    pub(crate) money: BTreeMap<String, MoneySum>,
    /// The earliest instant of the anchor.
    pub(crate) first: Option<Timestamp>,
    /// The latest instant of the anchor.
    pub(crate) last: Option<Timestamp>,
    /// The control totals of the columns that have one; empty before the first row.
    pub(crate) totals: Vec<RunningTotal>,
}

impl Tally {
    pub(crate) fn add<R: Record>(&mut self, record: &R, anchor: Anchor, directory: &Directory) {
        self.rows += 1;
        self.talk_us += i128::from(record.talk_us());
        if let Some(price) = record.price() {
            let currency =
                directory.currency_at(record.customer_id(), record.instant(Anchor::Start).unwrap_or(Timestamp::MAX));
            match self.money.get_mut(currency) {
                Some(sum) => sum.add(price),
                None => self.money.entry(currency.to_owned()).or_default().add(price),
            }
        }
        self.see(record.instant(anchor));
    }

    pub(crate) fn merge(&mut self, other: Tally) {
        let Tally { rows, bytes, talk_us, money, first, last, totals } = other;
        self.rows += rows;
        self.bytes += bytes;
        self.talk_us += talk_us;
        for (currency, sum) in money {
            self.money.entry(currency).or_default().merge(sum);
        }
        self.see(first);
        self.see(last);
        if self.totals.is_empty() {
            self.totals = totals;
        } else {
            self.totals.iter_mut().zip(totals).for_each(|(total, other)| total.merge(other));
        }
    }

    fn see(&mut self, at: Option<Timestamp>) {
        let Some(at) = at else { return };
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
    }
}
