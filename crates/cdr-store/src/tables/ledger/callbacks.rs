//! Callbacks: which addresses have to be notified that an export has ended, and when.

use super::super::Conn;
use super::super::Db;
use cdr_mediation::{CallbackTask, Claim};
use cdr_model::Timestamp;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use uuid::Uuid;

use super::super::Store;
use super::row::status;
use crate::error::TransactionError;
use crate::rows::narrow;
use crate::schema::exports;
use crate::types::{At, KeptUuid, ReadUuid};

/// The number, the id, the callback, the state and the attempts of an export.
type CallbackRow = (i64, ReadUuid, Option<String>, i64, i64);

/// When the callback of an export that ends now is due; `None` if the export has no callback.
pub(super) fn due(claim: &Claim, at: Timestamp) -> Option<At> {
    claim.job.order.callback_address().map(|_| At(at))
}

/// The number of the export whose callback has been due longest.
pub(super) fn longest_due(conn: &mut Conn, now: Timestamp) -> QueryResult<Option<i64>> {
    due_by(now).first(conn).optional()
}

/// The numbers of exports whose callback is due, the longest due first.
pub(crate) fn due_by(now: Timestamp) -> exports::BoxedQuery<'static, Db, BigInt> {
    let due = exports::table.filter(exports::callback_due.le(At(now)));
    due.order((exports::callback_due, exports::number)).select(exports::number).into_boxed()
}

/// Takes the callback that has been due longest, and hides it until `again_at`.
pub(super) fn take(
    store: &Store,
    conn: &mut Conn,
    now: Timestamp,
    again_at: Timestamp,
) -> Result<Option<CallbackTask>, TransactionError> {
    let Some(number) = longest_due(conn, now)? else { return Ok(None) };
    let row: CallbackRow = diesel::update(exports::table.find(number))
        .set((exports::callback_due.eq(At(again_at)), exports::callback_attempts.eq(exports::callback_attempts + 1)))
        .returning((exports::number, exports::id, exports::callback, exports::state, exports::callback_attempts))
        .get_result(conn)?;
    Ok(Some(task(row).map_err(|what| store.damaged(format!("export {number}: {what}")))?))
}

fn task((number, id, url, state, attempts): CallbackRow) -> Result<CallbackTask, String> {
    Ok(CallbackTask {
        id: id.0.map_err(|what| format!("id: {what}"))?,
        number,
        url: url.ok_or("callback is missing")?,
        status: status(state)?,
        attempts: narrow("callback_attempts", attempts)?,
    })
}

/// Postpones an unfinished callback until an instant, or settles it.
pub(super) fn put(conn: &mut Conn, export: Uuid, due_at: Option<Timestamp>) -> QueryResult<()> {
    let open = exports::table.filter(exports::id.eq(KeptUuid(export)));
    let open = open.filter(exports::callback_due.is_not_null());
    diesel::update(open).set(exports::callback_due.eq(due_at.map(At))).execute(conn).map(drop)
}
