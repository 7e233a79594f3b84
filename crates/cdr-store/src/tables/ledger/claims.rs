//! Claims: which worker holds a running export, and how an export is assigned to a worker.

use super::super::Conn;
use super::super::Db;
use super::super::intake::shown;
use cdr_mediation::{Claim, ExportJob, ExportRequest, Heartbeat, Progress, longest_wait};
use cdr_model::Timestamp;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tracing::error;
use uuid::Uuid;

use super::super::lowering::Filter;
use super::row::{ExportRow, FAILED, NewState, PENDING, RUNNING, json};
use crate::error::TransactionError;
use crate::schema::{exports, lanes};
use crate::types::{At, KeptUuid};

/// The export that a claim holds. It matches no row once another claim holds the export or the export has ended.
pub(super) fn held(claim: &Claim) -> Filter<exports::table> {
    by(claim.job.id, claim.token)
}

/// The number of the export if its heartbeat counter has not changed.
pub(super) fn standing(conn: &mut Conn, heartbeat: &Heartbeat) -> QueryResult<Option<i64>> {
    let standing = exports::table.filter(by(heartbeat.id, heartbeat.token)).filter(exports::beats.eq(heartbeat.beats));
    let standing = standing.filter(can_be_read());
    standing.select(exports::number).first(conn).optional()
}

/// The number of the oldest pending export that may begin at an instant, and whose customer may have one more running
/// export.
pub(super) fn oldest_pending(conn: &mut Conn, at: Timestamp, per_customer: Option<u32>) -> QueryResult<Option<i64>> {
    let busy = match per_customer {
        Some(most) => busy_customers(conn, most.max(1))?,
        None => Vec::new(),
    };
    waiting(busy, at).first(conn).optional()
}

/// The numbers of pending exports that may begin at an instant, oldest first, except those of the busy customers.
pub(crate) fn waiting(busy: Vec<i64>, at: Timestamp) -> exports::BoxedQuery<'static, Db, BigInt> {
    let pending = exports::table.filter(exports::state.eq(PENDING)).order(exports::number).select(exports::number);
    let pending = pending.filter(can_be_read()).filter(is_due(at));
    if busy.is_empty() {
        return pending.into_boxed();
    }
    let may_begin = exports::customer_id.is_null().nullable().or(exports::customer_id.ne_all(busy));
    pending.filter(may_begin).into_boxed()
}

/// The exports that do not wait any more, or that wait for an instant that is too far away: the clock was set back.
fn is_due(at: Timestamp) -> Filter<exports::table> {
    let (due, far) = (exports::not_before.le(At(at)), exports::not_before.gt(At(longest_wait(at))));
    Box::new(exports::not_before.is_null().nullable().or(due).or(far))
}

/// The exports whose request is of a version that this program reads.
pub(super) fn can_be_read() -> Filter<exports::table> {
    let known = exports::request_version.le(i64::from(ExportRequest::VERSION));
    Box::new(exports::request_version.is_null().nullable().or(known))
}

/// The number of pending and running exports whose request has a newer version.
pub(super) fn newer(conn: &mut Conn) -> QueryResult<i64> {
    let alive = exports::table.filter(exports::state.eq_any([PENDING, RUNNING]));
    alive.filter(exports::request_version.gt(i64::from(ExportRequest::VERSION))).count().get_result(conn)
}

/// The customers that have at least `most` running exports. They are hardly more than there are workers.
fn busy_customers(conn: &mut Conn, most: u32) -> QueryResult<Vec<i64>> {
    let running = exports::table.filter(exports::state.eq(RUNNING)).filter(exports::customer_id.is_not_null());
    let customers = running.group_by(exports::customer_id).having(count_star().ge(i64::from(most)));
    Ok(customers.select(exports::customer_id).load::<Option<i64>>(conn)?.into_iter().flatten().collect())
}

/// Assigns an export to the calling worker, with a new token and the next tag of its lane. An export that cannot be
/// read is marked as failed, because it would block all others.
pub(super) fn give(conn: &mut Conn, number: i64, at: Timestamp) -> Result<Option<Claim>, TransactionError> {
    let token = Uuid::new_v4();
    let started = json(&Progress::default())?;
    let running = NewState { token: Some(KeptUuid(token)), progress: Some(&started), ..NewState::bare(RUNNING, at) };
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

/// The next tag: the instant in whole seconds, raised above the last tag of the lane.
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
