//! Calls of unknown accounts: an account that is added later adopts those that carry its code.

use std::collections::HashMap;

use cdr_mediation::PortError;
use cdr_model::{Assumed, Cdr, NOBODY};
use diesel::prelude::*;

use super::versions::{Booking, CHUNK, Changes, KeyRow, take_keys};
use super::{Conn, Store};
use crate::error::TransactionError;
use crate::rows::CallRow;
use crate::schema::{accounts, cdrs};

/// How the numbers of the accounts begin on which calls of unknown accounts are booked, each for one source.
const UNASSIGNED: &str = "unassigned:";

impl Store {
    /// See [`crate::Store::count_adoptable`].
    pub(crate) fn count_adoptable(&self, code: &str) -> Result<u64, PortError> {
        let counted = self.read(|conn| {
            let (mut count, mut after) = (0, 0);
            while let Some((calls, last)) = next(self, conn, code, after)? {
                count += calls.len() as u64;
                after = last;
            }
            Ok(count)
        });
        counted.map_err(|error| self.failed("the calls could not be counted", error))
    }

    /// See [`crate::Store::adopt`].
    pub(crate) fn adopt(&self, account_id: i64, progress: &mut dyn FnMut(u64)) -> Result<u64, PortError> {
        let (mut adopted, mut after) = (0, 0);
        loop {
            let chunk = self.write_records(|conn| adopt_chunk(self, conn, account_id, after));
            let Some((calls, last)) = chunk.map_err(|error| self.failed("the calls could not be adopted", error))?
            else {
                return Ok(adopted);
            };
            adopted += calls;
            after = last;
            progress(adopted);
        }
    }
}

/// Adopts the next calls after a number. Returns how many, and the last number that was looked at; `None` at the end.
fn adopt_chunk(
    store: &Store,
    conn: &mut Conn,
    account_id: i64,
    after: i64,
) -> Result<Option<(u64, i64)>, TransactionError> {
    let account: Option<(i64, String)> =
        accounts::table.find(account_id).select((accounts::customer_id, accounts::number)).first(conn).optional()?;
    let missing = || PortError::NotFound { what: "account", name: account_id.to_string() };
    let (customer_id, code) = account.ok_or_else(missing)?;
    let Some((calls, last)) = next(store, conn, &code, after)? else { return Ok(None) };
    let numbers: Vec<i64> = calls.iter().map(|call| call.number).collect();
    let keys = take_keys(conn, &numbers)?;
    let mut changes = Changes::begin(conn)?;
    for key in &keys {
        changes.free_key(conn, key)?;
    }
    let by_number: HashMap<i64, &KeyRow> = keys.iter().map(|key| (key.number, key)).collect();
    for call in &calls {
        let key = by_number.get(&call.number).copied();
        let assumed = Assumed::from_bits(call.assumed.bits() & !Assumed::ACCOUNT.bits());
        changes.book_call(conn, call, key, Booking { account_id, customer_id, assumed })?;
    }
    changes.finish(store, conn)?;
    Ok(Some((calls.len() as u64, last)))
}

/// Of the next calls after a number that are booked on nobody, those with this account code, and the last number that was
/// looked at; `None` at the end.
fn next(store: &Store, conn: &mut Conn, code: &str, after: i64) -> Result<Option<(Vec<Cdr>, i64)>, TransactionError> {
    let unassigned: Vec<i64> = accounts::table
        .filter(accounts::customer_id.eq(NOBODY))
        .filter(accounts::number.like(format!("{UNASSIGNED}%")))
        .select(accounts::id)
        .load(conn)?;
    let rows: Vec<CallRow> = cdrs::table
        .filter(cdrs::account_id.eq_any(unassigned))
        .filter(cdrs::replaced_by.is_null())
        .filter(cdrs::number.gt(after))
        .order(cdrs::number)
        .limit(CHUNK)
        .select(CallRow::as_select())
        .load(conn)?;
    let calls = rows.into_iter().map(|row| row.call(true)).collect::<Result<Vec<Cdr>, _>>();
    let calls = calls.map_err(|what| store.damaged(what))?;
    let Some(last) = calls.last().map(|call| call.number) else { return Ok(None) };
    let has_code = |call: &Cdr| call.details.account_given.as_deref() == Some(code);
    Ok(Some((calls.into_iter().filter(has_code).collect(), last)))
}
