//! Rows that are read from the store while they are written.

use std::io;

use cdr_mediation::{Caller, Mediation, MediationError, PortError};
use cdr_model::Cdr;
use cdr_query::CdrQuery;

use crate::porta::service_stack::{Dto, Objects};

/// A caller, and the mediation it queries.
#[derive(Clone)]
pub(super) struct Asker {
    pub(super) mediation: Mediation,
    pub(super) caller: Caller,
}

impl Asker {
    /// Passes every record of an answer to `each`, with its rank from 1.
    ///
    /// # Errors
    /// When the records cannot be read to the end, or `each` fails.
    pub(super) fn scan(&self, query: &CdrQuery, each: &mut dyn FnMut(Cdr, u64) -> io::Result<()>) -> io::Result<()> {
        let mut rank = 0;
        let scanned = self.mediation.scan(&self.caller, query, &mut |cdr| {
            rank += 1;
            each(cdr, rank)
        });
        scanned.map_err(|error| match error {
            MediationError::Port(PortError::PassedOn(error)) => error,
            other => io::Error::other(other),
        })
    }
}

/// The rows that a function builds from the records of an answer. Records without a row are left out.
pub(super) struct Scan<F> {
    pub(super) asker: Asker,
    pub(super) query: CdrQuery,
    /// The number of rows.
    pub(super) rows: u64,
    pub(super) row: F,
}

impl<F, T> Objects for Scan<F>
where
    F: Fn(Cdr, u64) -> Option<T> + Send + Sync,
    T: Dto,
{
    fn is_empty(&self) -> bool {
        self.rows == 0
    }

    fn each(&self, put: &mut dyn FnMut(&dyn Dto) -> io::Result<()>) -> io::Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        self.asker.scan(&self.query, &mut |cdr, rank| match (self.row)(cdr, rank) {
            Some(row) => put(&row),
            None => Ok(()),
        })
    }
}
