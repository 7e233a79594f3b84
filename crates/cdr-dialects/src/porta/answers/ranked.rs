//! The few records of one service among many others, each with its rank among all records.

use std::io;

use cdr_model::{Cdr, CdrField, Record, Timestamp};
use cdr_query::{CdrQuery, Condition, QueryError, Test, Window};

use super::scan::Asker;
use crate::porta::service_stack::{Dto, Objects};
use crate::porta::to_wire::Printer;

/// Records of one service, read with a query of their own. The records between one and the next are counted, which
/// costs less than reading them as long as the service has few records.
pub(super) struct Ranked {
    pub(super) asker: Asker,
    pub(super) printer: Printer,
    /// All records, in the order of their instants.
    pub(super) all: CdrQuery,
    pub(super) service: i32,
}

/// An instant, and the number of records before it.
struct Before {
    at: Timestamp,
    rows: u64,
}

impl Ranked {
    /// Whether `rows` records out of `all` are few enough.
    pub(super) fn is_worth_it(rows: u64, all: u64) -> bool {
        rows.saturating_mul(64) < all
    }

    /// The rank of a record among all records, from 1.
    fn rank(&self, before: &mut Before, cdr: &Cdr) -> io::Result<u64> {
        let at = self.all.order.instant(&self.all.window, cdr);
        before.rows += self.count(self.within(before.at, at).map_err(io::Error::other)?)?;
        before.at = at;
        let here = self
            .within(at, at.plus_micros(1))
            .and_then(|query| Ok(query.only(Condition::new(CdrField::Number, Test::Lt(cdr.number().into()))?)));
        Ok(before.rows + self.count(here.map_err(io::Error::other)?)? + 1)
    }

    fn within(&self, from: Timestamp, until: Timestamp) -> Result<CdrQuery, QueryError> {
        let window = Window::new(self.all.window.anchor, from, until)?;
        Ok(CdrQuery { window, ..self.all.clone() })
    }

    fn count(&self, query: CdrQuery) -> io::Result<u64> {
        self.asker.mediation.count(&self.asker.caller, &query).map_err(io::Error::other)
    }
}

impl Objects for Ranked {
    fn is_empty(&self) -> bool {
        false
    }

    fn each(&self, put: &mut dyn FnMut(&dyn Dto) -> io::Result<()>) -> io::Result<()> {
        let of_service = Condition::new(CdrField::ServiceId, Test::Eq(i64::from(self.service).into()));
        let query = self.all.clone().only(of_service.map_err(io::Error::other)?);
        let mut before = Before { at: self.all.window.from, rows: 0 };
        self.asker.scan(&query, &mut |cdr, _| {
            let rank = self.rank(&mut before, &cdr)?;
            put(&self.printer.merged(cdr, rank, false))
        })
    }
}
