//! The number of rows of an answer, before any of them is read.

use std::io;

use cdr_model::CdrField;
use cdr_query::{Condition, Test};

use super::Answering;
use super::scan::Asker;
use crate::porta::options::DictionaryKey;
use crate::porta::routes::Route;

impl Answering {
    /// About how many rows the answer has, and at most how many a page and statistics have.
    pub(super) fn expected_rows(&self) -> io::Result<u64> {
        let asked = &self.asked;
        match self.question.route {
            Route::CustomerPages | Route::AccountPages if asked.fetch_records_using_offset => {
                // Every page of a walk would count them again.
                Ok(self.printer.options.page as u64)
            }
            Route::Statistics if asked.get_account_summary => Ok(self.accounts().len() as u64),
            Route::Connected if asked.get_connected_calls => self.legs(),
            Route::VoiceCalls | Route::Statistics | Route::Connected => self.count_of_dictionary(),
            Route::Customer | Route::CustomerBilling | Route::ResellerBilling if asked.include_accounts => {
                self.count_of_dictionary()
            }
            Route::Table if asked.include_accounts && !asked.csv => self.count_of_dictionary(),
            _ => self.count(),
        }
    }

    /// The number of records.
    pub(super) fn count(&self) -> io::Result<u64> {
        if let Some(counted) = self.counted.get() {
            return Ok(*counted);
        }
        let Asker { mediation, caller } = &self.asker;
        let counted = mediation.count(caller, &self.question.query).map_err(io::Error::other)?;
        Ok(*self.counted.get_or_init(|| counted))
    }

    /// The number of records by service, in the order of the first record of each.
    pub(super) fn services(&self) -> io::Result<&[(i32, u64)]> {
        if let Some(services) = self.services.get() {
            return Ok(services);
        }
        let Asker { mediation, caller } = &self.asker;
        let services = mediation.services(caller, &self.question.query).map_err(io::Error::other)?;
        Ok(self.services.get_or_init(|| services))
    }

    fn count_of_dictionary(&self) -> io::Result<u64> {
        match self.printer.options.key {
            DictionaryKey::Service => Ok(self.services()?.iter().map(|(_, rows)| rows).sum()),
            DictionaryKey::Account => self.count(),
        }
    }

    /// The records of the window that can be legs of calls. Each is in the answer twice.
    fn legs(&self) -> io::Result<u64> {
        let Asker { mediation, caller } = &self.asker;
        let of_group = Condition::new(CdrField::XdrGroup, Test::Present).map_err(io::Error::other)?;
        let query = self.question.query.clone().only(of_group);
        Ok(mediation.count(caller, &query).map_err(io::Error::other)?.saturating_mul(2))
    }
}
