//! Writing many rows at once, by `COPY` (<https://www.postgresql.org/docs/current/sql-copy.html>).
//!
//! Keys go through a staging table and from there to where they lie, unless they are there: that is what makes sure that no
//! record is ever kept twice, whoever writes beside. Calls bear numbers that were just given, and go straight to their place.

use diesel::prelude::*;

use super::engine::{Conn, Engine};
use super::tables::{Entry, Row};
use super::{partitions, statements};
use crate::error::Trouble;
use crate::rows::NewCall;
use crate::schema::{cdrs, staged_keys};
use crate::types::At;

/// Rows that are to be written.
#[derive(Debug, Default)]
pub(crate) struct Pending<'a> {
    calls: Vec<NewCall<'a>>,
    keys: Vec<StagedKey<'a>>,
}

/// A key on its way in.
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

impl<'a> From<Entry<'a>> for StagedKey<'a> {
    fn from(entry: Entry<'a>) -> StagedKey<'a> {
        let Entry { source_id, key, number, first_number, account_id, started_at, sheet, digest } = entry;
        let sheet = sheet.code();
        StagedKey { source_id, key, number, first_number, account_id, started_at, sheet, digest }
    }
}

impl<'a> Pending<'a> {
    /// Keeps a row until all are written.
    pub(crate) fn push(&mut self, _: &mut Conn, row: Row<'a>) -> Result<(), Trouble> {
        match row {
            Row::Call(call) => self.calls.push(call),
            Row::Key(key) => self.keys.push(StagedKey::from(key)),
        }
        Ok(())
    }

    /// Writes all of them, unless a partition is missing.
    pub(crate) fn flush(&mut self, conn: &mut Conn, engine: &Engine) -> Result<(), Trouble> {
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
                // Nobody who keeps to the turns can have written them meanwhile.
                let what = format!("{} of {staged} keys were written by somebody else meanwhile", staged - kept);
                return Err(cdr_mediation::PortError::Refused(what).into());
            }
        }
        Ok(())
    }
}
