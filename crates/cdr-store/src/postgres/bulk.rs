//! Bulk inserts with `COPY` (<https://www.postgresql.org/docs/current/sql-copy.html>).
//!
//! Keys are copied into a staging table and from there into `intake_keys`, unless they exist already. That guarantees
//! that no record is stored twice, even with concurrent writers. Calls have newly assigned numbers and are copied into
//! `cdrs` directly.

use diesel::prelude::*;

use super::engine::{Conn, Engine};
use super::tables::{KeyRow, PendingRow};
use super::{partitions, statements};
use crate::error::TransactionError;
use crate::rows::NewCall;
use crate::schema::{cdrs, staged_keys};
use crate::types::At;

/// Rows that wait to be written.
#[derive(Debug, Default)]
pub(crate) struct Pending<'a> {
    calls: Vec<NewCall<'a>>,
    keys: Vec<StagedKey<'a>>,
}

/// A row of the staging table.
#[derive(Debug, Insertable)]
#[diesel(table_name = staged_keys, treat_none_as_default_value = false)]
struct StagedKey<'a> {
    source_id: i64,
    key: &'a str,
    number: i64,
    first_number: i64,
    account_id: i64,
    started_at: At,
    sheet: i64,
    digest: &'a [u8],
}

impl<'a> From<KeyRow<'a>> for StagedKey<'a> {
    fn from(entry: KeyRow<'a>) -> StagedKey<'a> {
        let KeyRow { source_id, key, number, first_number, account_id, started_at, sheet, digest } = entry;
        let sheet = sheet.code();
        StagedKey { source_id, key, number, first_number, account_id, started_at, sheet, digest }
    }
}

impl<'a> Pending<'a> {
    /// Collects a row.
    pub(crate) fn push(&mut self, _: &mut Conn, row: PendingRow<'a>) -> Result<(), TransactionError> {
        match row {
            PendingRow::Call(call) => self.calls.push(call),
            PendingRow::Key(key) => self.keys.push(StagedKey::from(key)),
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
            let staged = keys.len();
            statements::make_stage(conn)?;
            diesel::copy_from(staged_keys::table).from_insertable(keys).execute(conn)?;
            let kept = statements::keep_staged(conn)?;
            if kept != staged {
                // A process that holds the write lock of records excludes this.
                let what = format!("another process wrote {} of {staged} keys at the same time", staged - kept);
                return Err(cdr_mediation::PortError::Refused(what).into());
            }
        }
        Ok(())
    }
}
