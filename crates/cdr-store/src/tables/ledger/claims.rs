//! Claims: who holds a running export, and how it is given to somebody.

use super::super::Conn;
use super::super::Db;
use super::super::intake::shown;
use cdr_mediation::{Claim, ExportJob, ExportRequest, Progress, Pulse};
use cdr_model::Timestamp;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tracing::error;
use uuid::Uuid;

use super::super::lowering::Filter;
use super::row::{ExportRow, FAILED, NewState, PENDING, RUNNING, json};
use crate::error::Trouble;
use crate::schema::{exports, lanes};
use crate::types::{At, KeptUuid};

/// The export that a claim holds; none, once somebody else holds it or it has ended.
pub(super) fn held(claim: &Claim) -> Filter<exports::table> {
    by(claim.job.id, claim.token)
}

/// The number of the export whose heart stands where it stood.
pub(super) fn standing(conn: &mut Conn, pulse: &Pulse) -> QueryResult<Option<i64>> {
    let standing = exports::table.filter(by(pulse.id, pulse.token)).filter(exports::beats.eq(pulse.beats));
    let standing = standing.filter(can_be_read());
    standing.select(exports::number).first(conn).optional()
}

/// The number of the export that waits longest, of those whose customer may have one more running.
pub(super) fn oldest_pending(conn: &mut Conn, per_customer: Option<u32>) -> QueryResult<Option<i64>> {
    let busy = match per_customer {
        Some(most) => busy_customers(conn, most.max(1))?,
        None => Vec::new(),
    };
    waiting(busy).first(conn).optional()
}

/// The numbers of pending exports, oldest first, but for those of customers who have to wait.
pub(crate) fn waiting(busy: Vec<i64>) -> exports::BoxedQuery<'static, Db, BigInt> {
    let pending = exports::table.filter(exports::state.eq(PENDING)).order(exports::number).select(exports::number);
    let pending = pending.filter(can_be_read());
    if busy.is_empty() {
        return pending.into_boxed();
    }
    let may_begin = exports::customer_id.is_null().nullable().or(exports::customer_id.ne_all(busy));
    pending.filter(may_begin).into_boxed()
}

/// The exports whose request is of a version that this program reads.
pub(super) fn can_be_read() -> Filter<exports::table> {
    let known = exports::request_version.le(i64::from(ExportRequest::VERSION));
    Box::new(exports::request_version.is_null().nullable().or(known))
}

/// How many pending and running exports there are whose request it does not read.
pub(super) fn newer(conn: &mut Conn) -> QueryResult<i64> {
    let alive = exports::table.filter(exports::state.eq_any([PENDING, RUNNING]));
    alive.filter(exports::request_version.gt(i64::from(ExportRequest::VERSION))).count().get_result(conn)
}

/// The customers who have so many running exports; hardly more than there are workers.
fn busy_customers(conn: &mut Conn, most: u32) -> QueryResult<Vec<i64>> {
    let running = exports::table.filter(exports::state.eq(RUNNING)).filter(exports::customer_id.is_not_null());
    let customers = running.group_by(exports::customer_id).having(count_star().ge(i64::from(most)));
    Ok(customers.select(exports::customer_id).load::<Option<i64>>(conn)?.into_iter().flatten().collect())
}

/// Gives an export to whoever asked, with a new token and the next tag of its lane. One that cannot be read has failed:
/// it would stand in the way of all others.
pub(super) fn give(conn: &mut Conn, number: i64, at: Timestamp) -> Result<Option<Claim>, Trouble> {
    let token = Uuid::new_v4();
    let begun = json(&Progress::default())?;
    let running = NewState { token: Some(KeptUuid(token)), progress: Some(&begun), ..NewState::bare(RUNNING, at) };
    let row: ExportRow = diesel::update(exports::table.find(number))
        .set((running, exports::attempts.eq(exports::attempts + 1)))
        .returning(ExportRow::as_returning())
        .get_result(conn)?;
    let read = ExportJob::try_from(row).and_then(|job| {
        let request = job.order.request.clone().map_err(|why| format!("export {number}: {why}"))?;
        Ok((job, request))
    });
    match read {
        Ok((job, request)) => {
            let tag = tag(conn, job.order.lane.as_deref(), at)?;
            Ok(Some(Claim { job, request, token, tag }))
        }
        Err(what) => {
            error!(export.number = number, reason = what, "failed: it could not be read from the store");
            let reason = shown(&format!("it could not be read from the store ({what})"));
            let failed = NewState { reason: Some(&reason), finished_at: Some(At(at)), ..NewState::bare(FAILED, at) };
            diesel::update(exports::table.find(number)).set(failed).execute(conn)?;
            Ok(None)
        }
    }
}

/// The instant in whole seconds, raised above the last tag of the lane.
fn tag(conn: &mut Conn, lane: Option<&str>, at: Timestamp) -> QueryResult<i64> {
    let seconds = at.micros().div_euclid(1_000_000);
    let Some(lane) = lane else { return Ok(seconds) };
    let last: Option<i64> = lanes::table.find(lane).select(lanes::last_tag).first(conn).optional()?;
    let tag = last.map_or(seconds, |last| seconds.max(last.saturating_add(1)));
    diesel::insert_into(lanes::table)
        .values((lanes::name.eq(lane), lanes::last_tag.eq(tag)))
        .on_conflict(lanes::name)
        .do_update()
        .set(lanes::last_tag.eq(tag))
        .execute(conn)?;
    Ok(tag)
}

fn by(export: Uuid, token: Uuid) -> Filter<exports::table> {
    let running = exports::state.eq(RUNNING).and(exports::id.eq(KeptUuid(export)));
    Box::new(running.nullable().and(exports::token.eq(KeptUuid(token))))
}
