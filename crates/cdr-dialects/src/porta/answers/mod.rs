//! The answers: the members that each route fills in.

mod connected;
mod lists;
mod pages;
mod ranked;
mod scan;
mod statistics;
mod subscriptions;
mod whole;

use std::io;

use cdr_mediation::{Caller, Mediation};

use super::about;
use super::from_wire::Question;
use super::routes::Route;
use super::service_stack::{Dto, Explained, Reply};
use super::to_wire::Printer;
use super::wire::{PortaCdr, PortaCdrResponse};
use scan::Asker;

/// The inputs of an answer.
pub(super) struct Answering<'a> {
    asker: Asker,
    printer: Printer,
    asked: &'a PortaCdr,
    question: Question,
}

impl<'a> Answering<'a> {
    /// An answer to a question whose query has a watermark, so that every query for the answer sees the same records.
    pub(super) fn new(
        mediation: Mediation,
        caller: Caller,
        printer: Printer,
        asked: &'a PortaCdr,
        question: Question,
    ) -> Answering<'a> {
        Answering { asker: Asker { mediation, caller }, printer, asked, question }
    }

    /// The answer. Its totals are computed here; its rows are read while it is written.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub(super) fn reply(self) -> io::Result<Reply> {
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
        let facts = about::facts(self.asked, &self.question, directory, options, has_next);
        Box::new(Explained { dto: Box::new(response), facts })
    }

    fn count(&self) -> io::Result<u64> {
        let Asker { mediation, caller } = &self.asker;
        mediation.count(caller, &self.question.query).map_err(io::Error::other)
    }
}

/// An answer with this many rows.
fn of_rows(rows: u64) -> PortaCdrResponse {
    PortaCdrResponse { total_calls: number(rows), ..PortaCdrResponse::default() }
}

fn number(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
