//! Records in pages, with totals over all pages.
//!
//! The pages of one walk belong to the same moment. The first page begins the walk, which keeps the totals and the start
//! of each page. Later pages join it, so that each of them reads only its own rows.

use std::io;

use cdr_mediation::{NewWalk, Walk, chain};
use cdr_model::{Cdr, Timestamp};
use cdr_query::Window;
use serde_json::json;
use sha2::{Digest, Sha256};
use tracing::warn;

use super::Answering;
use super::number;
use super::whole::Whole;
use crate::porta::options::NAME;
use crate::porta::service_stack::{Decimal, Objects};
use crate::porta::to_wire::Printer;
use crate::porta::wire::{DateRange, PortaCdrResponse, PortaCustomerAccountCdr, TotalUsage};

impl Answering {
    /// The rows of a page, or all rows; the start of each page, and the sums.
    pub(super) fn pages(&self) -> io::Result<PortaCdrResponse> {
        let (whole, rows, next) = if self.asked.fetch_records_using_offset { self.page()? } else { self.all_pages()? };
        let starts = whole.starts.iter().zip(0..).map(|(start, at): (_, u64)| DateRange {
            rank: number(at.saturating_mul(whole.page).saturating_add(1)),
            connect_time: self.printer.date(start.1),
            connect_datetime: self.printer.known_time(start.1, start.1.unwrap_or_default()),
        });
        Ok(PortaCdrResponse {
            total_calls: number(whole.rows),
            next_offset: next,
            lst_porta_customer_account_cdrs: Some(rows),
            date_ranges: Some(Box::new(starts.collect::<Vec<_>>())),
            total_usage: Some(TotalUsage {
                from_time: self.printer.date(Some(whole.window.from)),
                totime: self.printer.date(Some(whole.window.until)),
                charged_minutes: Decimal::quotient((whole.billed_us / 1_000_000).unsigned_abs(), 60),
                charged_cost: Decimal::printed(&whole.cost),
            }),
            ..PortaCdrResponse::default()
        })
    }

    /// All rows at once.
    fn all_pages(&self) -> io::Result<(Whole, Box<dyn Objects>, i64)> {
        let whole = Whole::of(&self.asker, &self.question.query, self.printer.options.page)?;
        let hunt_groups = self.asked.get_hunt_group_reports;
        let row = move |printer: &Printer, cdr: Cdr, rank| Some(printer.merged(cdr, rank, hunt_groups));
        let rows = self.list(whole.rows, row);
        Ok((whole, rows, 0))
    }

    /// The rows of the page that starts at the offset, and the offset of the next page.
    fn page(&self) -> io::Result<(Whole, Box<dyn Objects>, i64)> {
        let offset = u64::try_from(self.asked.offset).unwrap_or(0);
        let whole = match self.joined(offset)? {
            Some((walk, whole)) => {
                self.give_out(&walk, &whole, offset);
                whole
            }
            None => self.begin(offset)?,
        };
        let next = offset.saturating_add(whole.page);
        let next = if next < whole.rows { number(next) } else { self.printer.options.last_offset };
        let rows = self.rows(&whole, offset)?;
        Ok((whole, Box::new(rows), next))
    }

    /// The walk that gave out the offset. Offset 0 joins none.
    fn joined(&self, offset: u64) -> io::Result<Option<(Walk, Whole)>> {
        if offset == 0 {
            return Ok(None);
        }
        let (mediation, owner) = (&self.asker.mediation, &self.asker.caller.name);
        let walk = mediation.join_walk(owner, &self.digest()?, offset).map_err(io::Error::other)?;
        Ok(walk.and_then(|walk| Some((Whole::read(&walk.document)?, walk))).map(|(whole, walk)| (walk, whole)))
    }

    /// Begins a walk. An answer that fits into one page needs none.
    fn begin(&self, offset: u64) -> io::Result<Whole> {
        let options = &self.printer.options;
        let whole = Whole::of(&self.asker, &self.question.query, options.page)?;
        let given = offset.saturating_add(whole.page);
        if given < whole.rows {
            let (owner, question) = (self.asker.caller.name.as_str(), self.digest()?);
            let walk = NewWalk { owner, question, given, document: &whole.document()? };
            self.asker.mediation.begin_walk(&walk, &options.walks).map_err(io::Error::other)?;
        }
        Ok(whole)
    }

    /// Notes the offset that the page at `offset` gives out, or that it is the last one. Without the note the walk is still
    /// found, unless a later walk of the same question is kept.
    fn give_out(&self, walk: &Walk, whole: &Whole, offset: u64) {
        let next = offset.saturating_add(whole.page);
        // Beyond the end there is no page, and nothing is given out.
        let given = if offset >= whole.rows { Some(0) } else { (next < whole.rows).then_some(next) };
        if let Err(error) = self.asker.mediation.give_out(walk, given, &self.printer.options.walks) {
            warn!(dialect = NAME, error = %chain(&error), "the progress of a client through its pages was not stored");
        }
    }

    fn rows(&self, whole: &Whole, offset: u64) -> io::Result<Vec<PortaCustomerAccountCdr>> {
        let Some((after, skip)) = whole.place(offset) else { return Ok(Vec::new()) };
        let (query, asker) = (whole.query(&self.question.query), &self.asker);
        let take = usize::try_from(skip.saturating_add(whole.page)).unwrap_or(usize::MAX);
        let page = asker.mediation.list_after(&asker.caller, &query, after.as_ref(), take).map_err(io::Error::other)?;
        // Rows that were removed meanwhile must not move those of the next page into this one.
        let end = whole.end(offset);
        let is_of_it = |cdr: &Cdr| end.as_ref().is_none_or(|end| !query.follows(end, cdr));
        let ranked = page.into_iter().skip(usize::try_from(skip).unwrap_or(usize::MAX)).zip(offset.saturating_add(1)..);
        let hunt_groups = self.asked.get_hunt_group_reports;
        let rows = ranked.take_while(|(cdr, _)| is_of_it(cdr));
        Ok(rows.map(|(cdr, rank)| self.printer.merged(cdr, rank, hunt_groups)).collect())
    }

    /// The SHA-256 of the question: all that determines which rows the pages have. The current billing period ends at
    /// another instant for each page, so it counts as one.
    fn digest(&self) -> io::Result<[u8; 32]> {
        let mut query = self.question.query.clone();
        query.upto = None;
        if self.asked.show_current_period {
            query.window = Window { from: Timestamp::MIN, until: Timestamp::MAX, ..query.window };
        }
        let question = json!([query, self.asked.show_current_period, self.printer.options.page]);
        Ok(Sha256::digest(serde_json::to_vec(&question).map_err(io::Error::other)?).into())
    }
}
