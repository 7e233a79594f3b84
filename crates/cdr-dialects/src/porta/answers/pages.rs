//! Records in pages, with totals over all pages.

use std::io;

use cdr_model::{Cdr, MoneySum};

use super::Answering;
use super::number;
use crate::porta::service_stack::{Decimal, Rows};
use crate::porta::to_wire::Printer;
use crate::porta::wire::{DateRange, PortaCdrResponse, TotalUsage};

/// Totals over all rows.
#[derive(Default)]
struct Whole {
    rows: u64,
    billed_us: i64,
    cost: MoneySum,
    starts: Vec<DateRange>,
}

impl Answering<'_> {
    /// The rows of a page, or all rows; the start of each page, and the sums.
    pub(super) fn pages(&self) -> io::Result<PortaCdrResponse> {
        let whole = self.whole()?;
        let options = &self.printer.options;
        let hunt_groups = self.asked.get_hunt_group_reports;
        let (rows, next) = if self.asked.fetch_records_using_offset {
            let offset = u64::try_from(self.asked.offset).unwrap_or(0);
            let (query, asker) = (&self.question.query, &self.asker);
            let page = asker.mediation.list(&asker.caller, query, offset, options.page).map_err(io::Error::other)?;
            let end = offset.saturating_add(page.len() as u64);
            let ranked = page.into_iter().zip(offset.saturating_add(1)..);
            let rows: Vec<_> = ranked.map(|(cdr, rank)| self.printer.merged(cdr, rank, hunt_groups)).collect();
            let more = end < whole.rows && !rows.is_empty();
            (Box::new(rows) as Box<dyn Rows>, if more { number(end) } else { options.last_offset })
        } else {
            let row = move |printer: &Printer, cdr: Cdr, rank| Some(printer.merged(cdr, rank, hunt_groups));
            (self.list(whole.rows, row), 0)
        };
        let window = self.question.query.window;
        Ok(PortaCdrResponse {
            total_calls: number(whole.rows),
            next_offset: next,
            lst_porta_customer_account_cdrs: Some(rows),
            date_ranges: Some(Box::new(whole.starts)),
            total_usage: Some(TotalUsage {
                from_time: self.printer.date(Some(window.from)),
                totime: self.printer.date(Some(window.until)),
                charged_minutes: Decimal::quotient((whole.billed_us / 1_000_000).unsigned_abs(), 60),
                charged_cost: Decimal::from(&whole.cost),
            }),
            ..PortaCdrResponse::default()
        })
    }

    fn whole(&self) -> io::Result<Whole> {
        let mut whole = Whole::default();
        let page = self.printer.options.page.max(1) as u64;
        self.asker.scan(&self.question.query, &mut |cdr, rank| {
            if rank % page == 1 || page == 1 {
                whole.starts.push(DateRange {
                    rank: number(rank),
                    connect_time: self.printer.date(cdr.connected_at),
                    connect_datetime: self.printer.known_time(cdr.connected_at),
                });
            }
            whole.rows = rank;
            if cdr.kind.is_of_a_leg() {
                whole.billed_us = whole.billed_us.saturating_add(cdr.billed_us.unwrap_or(0));
            }
            cdr.price.into_iter().for_each(|price| whole.cost.add(price));
            Ok(())
        })?;
        Ok(whole)
    }
}
