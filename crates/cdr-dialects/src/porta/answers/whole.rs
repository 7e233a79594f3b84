//! What all pages of an answer have in common: its moment, its totals, and where each page starts.

use std::io;

use cdr_model::{CdrField, MoneySum, Record, Timestamp};
use cdr_query::{CdrQuery, Cursor, Window};
use serde::{Deserialize, Serialize};

use super::scan::Asker;

/// The version of the document that a walk keeps. Walks in another version are not joined.
const VERSION: u32 = 1;

/// The whole answer that pages belong to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Whole {
    version: u32,
    /// The watermark of every page.
    upto: Option<i64>,
    /// The window of every page.
    pub(super) window: Window,
    /// Rows of a page.
    pub(super) page: u64,
    /// Rows of all pages.
    pub(super) rows: u64,
    /// Microseconds of calls that were charged.
    pub(super) billed_us: i64,
    /// What all rows cost, as printed.
    pub(super) cost: String,
    /// The pages, in their order.
    pub(super) starts: Vec<Start>,
}

/// Where a page starts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Start(
    /// The instant and the number of the last row before it; `None` for the first page.
    Option<(Timestamp, i64)>,
    /// When its first row was connected.
    pub(super) Option<Timestamp>,
);

impl Whole {
    /// Reads all rows once.
    ///
    /// # Errors
    /// When they cannot be read to the end.
    pub(super) fn of(asker: &Asker, query: &CdrQuery, page: usize) -> io::Result<Whole> {
        let page = page.max(1) as u64;
        let (mut rows, mut billed_us, mut cost) = (0, 0_i64, MoneySum::default());
        let (mut starts, mut before) = (Vec::new(), None);
        asker.scan(&query.clone().selecting([CdrField::Price, CdrField::Billed]), &mut |cdr, rank| {
            if rank % page == 1 || page == 1 {
                starts.push(Start(before, cdr.connected_at));
            }
            (rows, before) = (rank, Some((query.order.instant(&query.window, &cdr), cdr.number())));
            if cdr.kind.is_of_a_leg() {
                billed_us = billed_us.saturating_add(cdr.billed_us.unwrap_or(0));
            }
            cdr.price.into_iter().for_each(|price| cost.add(price));
            Ok(())
        })?;
        let (upto, window, cost) = (query.upto, query.window, cost.to_string());
        Ok(Whole { version: VERSION, upto, window, page, rows, billed_us, cost, starts })
    }

    /// The document that a walk keeps.
    pub(super) fn document(&self) -> io::Result<String> {
        serde_json::to_string(self).map_err(io::Error::other)
    }

    /// Reads the document of a walk; `None` if it is of another version, or damaged.
    pub(super) fn read(document: &str) -> Option<Whole> {
        serde_json::from_str::<Whole>(document).ok().filter(|whole| whole.version == VERSION && whole.page > 0)
    }

    /// The query for the rows of all pages.
    pub(super) fn query(&self, query: &CdrQuery) -> CdrQuery {
        CdrQuery { window: self.window, upto: self.upto, ..query.clone() }
    }

    /// Where the page that contains an offset starts, and how many of its rows come before the offset; `None` beyond the
    /// last page.
    pub(super) fn place(&self, offset: u64) -> Option<(Option<Cursor>, u64)> {
        let start = usize::try_from(offset / self.page).ok().and_then(|at| self.starts.get(at))?;
        Some((start.cursor(), offset % self.page))
    }

    /// The place of the last row of a page that starts at an offset; `None` if the last page ends before that.
    pub(super) fn end(&self, offset: u64) -> Option<Cursor> {
        let end = offset.saturating_add(self.page).div_ceil(self.page);
        usize::try_from(end).ok().and_then(|at| self.starts.get(at)).and_then(Start::cursor)
    }
}

impl Start {
    fn cursor(&self) -> Option<Cursor> {
        self.0.map(|(at, number)| Cursor::new(at, number))
    }
}
