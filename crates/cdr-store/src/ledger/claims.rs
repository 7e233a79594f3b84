//! Claims: who holds a running export, and how it is given to somebody.

use cdr_mediation::{Claim, ExportJob, Progress, Pulse};
use cdr_model::Timestamp;
use diesel::SqliteConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::row::{ExportRow, FAILED, NewState, PENDING, RUNNING, json};
use crate::error::Trouble;
use crate::lowering::Filter;
use crate::schema::{exports, lanes};

/// The export that a claim holds; none, once somebody else holds it or it has ended.
pub(super) fn held(claim: &Claim) -> Filter<exports::table> {
    by(claim.job.id, claim.token)
}

/// The number of the export whose heart stands where it stood.
pub(super) fn standing(conn: &mut SqliteConnection, pulse: &Pulse) -> QueryResult<Option<i64>> {
    let standing = exports::table.filter(by(pulse.id, pulse.token)).filter(exports::beats.eq(pulse.beats));
    standing.select(exports::number).first(conn).optional()
}

/// The number of the export that waits longest.
pub(super) fn oldest_pending(conn: &mut SqliteConnection) -> QueryResult<Option<i64>> {
    let pending = exports::table.filter(exports::state.eq(PENDING)).order(exports::number);
    pending.select(exports::number).first(conn).optional()
}

/// Gives an export to whoever asked, with a new token and the next tag of its lane. One that cannot be read has failed:
/// it would stand in the way of all others.
pub(super) fn give(conn: &mut SqliteConnection, number: i64, at: Timestamp) -> Result<Option<Claim>, Trouble> {
    let token = Uuid::new_v4();
    let begun = json(&Progress::default())?;
    let running =
        NewState { state: RUNNING, token: Some(token.as_bytes()), progress: Some(&begun), ..NewState::default() };
    let row: ExportRow = diesel::update(exports::table.find(number))
        .set((running, exports::attempts.eq(exports::attempts + 1)))
        .returning(ExportRow::as_returning())
        .get_result(conn)?;
    match ExportJob::try_from(row) {
        Ok(job) => {
            let tag = tag(conn, job.order.lane.as_deref(), at)?;
            Ok(Some(Claim { job, token, tag }))
        }
        Err(what) => {
            let reason = format!("it could not be read from the store ({what})");
            let failed = NewState {
                state: FAILED,
                reason: Some(&reason),
                finished_at: Some(at.micros()),
                ..NewState::default()
            };
            diesel::update(exports::table.find(number)).set(failed).execute(conn)?;
            Ok(None)
        }
    }
}

/// The instant in whole seconds, raised above the last tag of the lane.
fn tag(conn: &mut SqliteConnection, lane: Option<&str>, at: Timestamp) -> QueryResult<i64> {
    let seconds = at.micros().div_euclid(1_000_000);
    let Some(lane) = lane else { return Ok(seconds) };
    let last: Option<i64> = lanes::table.find(lane).select(lanes::last_tag).first(conn).optional()?;
    let tag = last.map_or(seconds, |last| seconds.max(last.saturating_add(1)));
    diesel::replace_into(lanes::table).values((lanes::name.eq(lane), lanes::last_tag.eq(tag))).execute(conn)?;
    Ok(tag)
}

fn by(export: Uuid, token: Uuid) -> Filter<exports::table> {
    let running = exports::state.eq(RUNNING).and(exports::id.eq(export.as_bytes().to_vec()));
    Box::new(running.nullable().and(exports::token.eq(token.as_bytes().to_vec())))
}
