//! Bulk inserts with `COPY` (<https://www.postgresql.org/docs/current/sql-copy.html>).
//!
//! Keys and calls are copied straight into their tables. The keys of a batch were looked up under the write lock of
//! records, so they are new. If a program that does not take that lock has written one of them meanwhile, the primary
//! key refuses the copy, and the transaction stores nothing: no record is stored twice.

use cdr_mediation::PortError;
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::UniqueViolation;
use diesel::result::Error::DatabaseError;

use super::engine::{Conn, Engine};
use super::partitions;
use super::tables::PendingRow;
use crate::error::TransactionError;
use crate::rows::{NewCall, NewKey};
use crate::schema::{cdrs, intake_keys};

/// Rows that wait to be written.
#[derive(Debug, Default)]
pub(crate) struct Pending<'a> {
    calls: Vec<NewCall<'a>>,
    keys: Vec<NewKey<'a>>,
}

impl<'a> Pending<'a> {
    /// Collects a row.
    pub(crate) fn push(&mut self, _: &mut Conn, row: PendingRow<'a>) -> Result<(), TransactionError> {
        match row {
            PendingRow::Call(call) => self.calls.push(call),
            PendingRow::Key(key) => self.keys.push(key),
        }
        Ok(())
    }

    /// Writes all collected rows. Fails if a partition is missing.
    pub(crate) fn flush(&mut self, conn: &mut Conn, engine: &Engine) -> Result<(), TransactionError> {
        let (calls, keys) = (std::mem::take(&mut self.calls), std::mem::take(&mut self.keys));
        if !calls.is_empty() {
            partitions::need(conn, engine, calls.iter().map(NewCall::started_at))?;
            diesel::copy_from(cdrs::table).from_insertable(calls).execute(conn)?;
        }
        if !keys.is_empty() {
            diesel::copy_from(intake_keys::table).from_insertable(keys).execute(conn).map_err(known_meanwhile)?;
        }
        Ok(())
    }
}

/// The error of a copy of keys.
fn known_meanwhile(error: diesel::result::Error) -> TransactionError {
    match &error {
        // A process that holds the write lock of records excludes this.
        DatabaseError(UniqueViolation, _) => {
            PortError::Refused("another process wrote keys of these records at the same time".to_owned()).into()
        }
        _ => error.into(),
    }
}
