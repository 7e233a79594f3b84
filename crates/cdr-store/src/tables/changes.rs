//! Reads the versions of calls after a number. A version that was replaced is left out, for the one that replaced it comes
//! later: a reader that goes on has the latest version of every call, and loses none.

use std::collections::HashMap;

use cdr_mediation::{CdrSource, PortError};
use diesel::prelude::*;

use super::{Conn, Store};
use crate::changes::{CallChange, CallChanges};
use crate::error::TransactionError;
use crate::rows::CallRow;
use crate::schema::cdrs;

/// The number of values that one statement names.
const AT_ONCE: usize = 1_000;

impl Store {
    /// See [`crate::Store::changes`].
    pub(crate) fn changes(&self, after: i64, most: usize) -> Result<CallChanges, PortError> {
        let upto = self.watermark()?;
        let read = self.read_records(Some(upto), |conn| {
            let limit = i64::try_from(most).unwrap_or(i64::MAX);
            // A withdrawn version is replaced by itself.
            let is_latest = cdrs::replaced_by
                .is_null()
                .or(cdrs::replaced_by.eq(cdrs::number.nullable()))
                .or(cdrs::replaced_by.gt(upto));
            let rows: Vec<CallRow> = cdrs::table
                .filter(cdrs::number.gt(after))
                .filter(cdrs::number.le(upto))
                .filter(is_latest)
                .order(cdrs::number)
                .limit(limit)
                .select(CallRow::as_select())
                .load(conn)?;
            let mut changes = Vec::with_capacity(rows.len());
            for row in rows {
                let call = row.call(true).map_err(|what| self.damaged(what))?;
                changes.push(CallChange { call, before: Vec::new() });
            }
            read_before(conn, &mut changes)?;
            let last = changes.last().filter(|_| changes.len() == most).map(|change| change.call.number);
            Ok(CallChanges { changes, next: last.unwrap_or(upto).max(after) })
        });
        read.map_err(|error| self.failed("the changes could not be read", error))
    }
}

/// Reads the customers of earlier versions, from the first version of each call on.
fn read_before(conn: &mut Conn, changes: &mut [CallChange]) -> Result<(), TransactionError> {
    let corrected = changes.iter().enumerate().filter(|(_, change)| change.call.id != change.call.number);
    let mut wanted: HashMap<i64, usize> = corrected.map(|(at, change)| (change.call.id, at)).collect();
    while !wanted.is_empty() {
        let numbers: Vec<i64> = wanted.keys().copied().collect();
        let mut following = HashMap::new();
        for chunk in numbers.chunks(AT_ONCE) {
            let versions: Vec<(i64, i64, Option<i64>)> = cdrs::table
                .filter(cdrs::number.eq_any(chunk))
                .select((cdrs::number, cdrs::customer_id, cdrs::replaced_by))
                .load(conn)?;
            for (number, customer, replaced_by) in versions {
                let Some((at, change)) = wanted.get(&number).and_then(|at| Some((*at, changes.get_mut(*at)?))) else {
                    continue;
                };
                change.before.push(customer);
                following.extend(
                    replaced_by.filter(|next| (number + 1..change.call.number).contains(next)).map(|next| (next, at)),
                );
            }
        }
        wanted = following;
    }
    Ok(())
}
