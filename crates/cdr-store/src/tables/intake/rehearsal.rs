//! Rehearses a batch: its transaction is run and rolled back.

use std::cell::Cell;

use cdr_mediation::{Batch, PortError};
use diesel::result::Error::RollbackTransaction;

use super::super::Store;
use super::Counters;
use super::sink::{check, take_one};
use crate::Rehearsal;
use crate::error::TransactionError;

/// The entries that a rehearsal names.
const NAMED: usize = 10;

impl Store {
    /// See [`crate::Store::rehearse`].
    pub(crate) fn rehearse(&self, batch: &Batch) -> Result<Rehearsal, PortError> {
        check(batch)?;
        let (now, done) = ((self.0.clock)(), Cell::new(None));
        let rolled_back = self.write_records(|conn| -> Result<(), TransactionError> {
            let last = Counters::read(conn)?.last_entry();
            let report = take_one(conn, batch, now, &self.0.engine)?;
            let quarantined = self.read_entries(conn, false, last, NAMED)?;
            done.set(Some(Rehearsal { report, quarantined }));
            Err(RollbackTransaction.into())
        });
        let failed = |error| self.failed("the records could not be rehearsed", error);
        match (done.take(), rolled_back) {
            (Some(rehearsal), Err(TransactionError::Sql(RollbackTransaction))) => Ok(rehearsal),
            (_, Err(error)) => Err(failed(error)),
            (_, Ok(())) => Err(failed(RollbackTransaction.into())),
        }
    }
}
