//! What the limits of exports count, and whether a lane is busy.

use cdr_mediation::Limited;
use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::super::Conn;
use super::row::{COMPLETED, PENDING, RUNNING};
use crate::error::TransactionError;
use crate::schema::exports;

/// The pending and running exports, or the bytes of the finished files, of a customer or in all.
pub(super) fn count(conn: &mut Conn, of: Limited, customer: Option<i64>) -> Result<u64, TransactionError> {
    let states: &[i64] = match of {
        Limited::Pending => &[PENDING, RUNNING],
        Limited::Bytes => &[COMPLETED],
    };
    // PostgreSQL's sums of whole numbers are decimals.
    let counted = match of {
        Limited::Pending => "count(*)",
        Limited::Bytes => "CAST(coalesce(sum(bytes), 0) AS bigint)",
    };
    let mut counted = exports::table.select(sql::<BigInt>(counted)).filter(exports::state.eq_any(states)).into_boxed();
    if let Some(customer) = customer {
        counted = counted.filter(exports::customer_id.eq(customer));
    }
    Ok(counted.get_result::<i64>(conn)?.unsigned_abs())
}

/// Whether an export is alive in a lane.
pub(super) fn is_busy(conn: &mut Conn, lane: Option<&str>) -> Result<bool, TransactionError> {
    let Some(lane) = lane else { return Ok(false) };
    let alive = exports::table.filter(exports::lane.eq(lane)).filter(exports::state.eq_any([PENDING, RUNNING]));
    Ok(diesel::select(exists(alive)).get_result(conn)?)
}
