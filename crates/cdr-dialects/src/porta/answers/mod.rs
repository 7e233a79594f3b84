//! The answers: the members that each route fills in.

mod connected;
mod lists;
mod pages;
mod ranked;
mod rows;
mod scan;
mod statistics;
mod subscriptions;
mod whole;

use std::cell::OnceCell;
use std::io;

use cdr_mediation::{Caller, Mediation};

use super::about;
use super::from_wire::Question;
use super::routes::Route;
use super::service_stack::{Dto, Explained, Prepared, Reply, Thrown};
use super::to_wire::Printer;
use super::wire::{PortaCdr, PortaCdrResponse};
use scan::Asker;

/// The inputs of an answer.
pub(super) struct Answering {
    asker: Asker,
    printer: Printer,
    asked: PortaCdr,
    question: Question,
    /// The number of its rows, once they are counted.
    counted: OnceCell<u64>,
    /// The same by service.
    services: OnceCell<Vec<(i32, u64)>>,
}

impl Answering {
    /// An answer to a question whose query has a watermark, so that every query for the answer sees the same records.
    pub(super) fn new(
        mediation: Mediation,
        caller: Caller,
        printer: Printer,
        asked: PortaCdr,
        question: Question,
    ) -> Answering {
        let (counted, services) = (OnceCell::new(), OnceCell::new());
        Answering { asker: Asker { mediation, caller }, printer, asked, question, counted, services }
    }

    fn answer(self) -> io::Result<Reply> {
        let response = match self.question.route {
            Route::Table if self.asked.csv => return self.table(),
            Route::Reseller | Route::ResellerService => self.reseller()?,
            Route::Customer | Route::CustomerBilling | Route::ResellerBilling | Route::Table => self.customer()?,
            Route::CustomerPages | Route::AccountPages => self.pages()?,
            Route::Statistics if self.asked.get_account_summary => self.statistics()?,
            Route::Connected if self.asked.get_connected_calls => self.connected()?,
            Route::VoiceCalls | Route::Statistics | Route::Connected => self.voice_calls()?,
            Route::Account => self.account()?,
            Route::Xdrs | Route::DidCharges => self.xdrs()?,
        };
        Ok(Reply::Object(self.explained(response)))
    }

    /// An object with what the page for people says about it.
    fn explained(&self, response: PortaCdrResponse) -> Box<dyn Dto> {
        let (directory, options) = (&self.printer.directory, &self.printer.options);
        let is_page = self.question.route.is_paged() && self.asked.fetch_records_using_offset;
        let has_next = is_page && response.next_offset != options.last_offset;
        let facts = about::facts(&self.asked, &self.question, directory, options, has_next);
        Box::new(Explained { dto: Box::new(response), facts })
    }
}

impl Prepared for Answering {
    fn rows(&self) -> Result<u64, Thrown> {
        Ok(self.expected_rows()?)
    }

    /// Its totals are computed here; its rows are read while it is written.
    fn reply(self: Box<Self>) -> Result<Reply, Thrown> {
        Ok(self.answer()?)
    }
}

/// An answer with this many rows.
fn of_rows(rows: u64) -> PortaCdrResponse {
    PortaCdrResponse { total_calls: number(rows), ..PortaCdrResponse::default() }
}

fn number(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
