//! The ledger of exports. Every change is one short transaction. An update for a claim matches its export only while
//! the export has the token of the claim.

mod aged;
pub(crate) mod callbacks;
pub(crate) mod claims;
mod limits;
pub(crate) mod listing;
mod row;

use cdr_export::Receipt;
use cdr_mediation::{
    CallbackTask, Claim, Entered, EntryPage, ExportEntry, ExportJob, ExportLimits, ExportOrder, ExportScope, Finished,
    Heartbeat, JobLedger, LedgerTally, PortError, Progress,
};
use cdr_model::Timestamp;
use diesel::dsl::{count_star, exists};
use diesel::prelude::*;
use uuid::Uuid;

use super::intake::shown;
use super::{Conn, Store, WriteLock, announce, snapshot};
use crate::error::TransactionError;
use crate::schema::{counters, exports};
use crate::types::{At, KeptUuid, OpaqueText, ReadUuid};
use row::{COMPLETED, End, ExportRow, NewExport, NewState, PENDING, RUNNING, json};

pub(crate) use aged::withdraw_aged;
pub(crate) use row::{FAILED, WITHDRAWN, document};

const READING: &str = "the exports could not be read";
const ENTERING: &str = "the export could not be entered";
const CLAIMING: &str = "no export could be claimed";
const KEEPING: &str = "the state of the export could not be stored";
const WITHDRAWING: &str = "the exports could not be withdrawn";
const CALLING: &str = "the callbacks could not be read or updated";

impl JobLedger for Store {
    fn enter_within(
        &self,
        limits: &ExportLimits,
        caller: &str,
        order: &ExportOrder,
        at: Timestamp,
    ) -> Result<Entered, PortError> {
        let request = json(&order.request).map_err(|error| self.failed(ENTERING, error))?;
        let id = Uuid::new_v4();
        let entered = self.write(WriteLock::Exports, |conn| {
            // Orders are entered one after the other, whichever server takes them.
            if let Some(limit) = limits.reached(order.customer_id, |of, customer| limits::count(conn, of, customer))? {
                let is_busy = limits::is_busy(conn, order.lane.as_deref())?;
                return Ok(if is_busy { Entered::LaneBusy } else { Entered::LimitReached(limit) });
            }
            let last = counters::table.find("export");
            let number = last.select(counters::last).first::<i64>(conn)? + 1;
            let new = NewExport {
                number,
                id: KeptUuid(id),
                dialect: &order.dialect,
                lane: order.lane.as_deref(),
                caller,
                request: &request,
                request_version: i64::from(order.request.version()),
                memo: OpaqueText(order.memo.clone()),
                memo_version: i64::from(order.memo_version),
                created_at: At(at),
                attempts: 0,
                state: PENDING,
                beats: 0,
                account_id: order.account_id,
                customer_id: order.customer_id,
                callback: order.callback.as_deref(),
                updated_at: At(at),
            };
            // The unique index over lanes decides, so that two processes cannot both find a lane free. No other
            // conflict is possible: numbers come from the counter, and ids are random.
            let inserted = diesel::insert_into(exports::table).values(new).on_conflict_do_nothing();
            match inserted.returning(ExportRow::as_returning()).get_result(conn).optional()? {
                Some(row) => {
                    diesel::update(last).set(counters::last.eq(number)).execute(conn)?;
                    announce(conn)?;
                    Ok(Entered::Pending(Box::new(self.job(row)?)))
                }
                None => Ok(Entered::LaneBusy),
            }
        });
        entered.map_err(|error| self.failed(ENTERING, error))
    }

    fn find(&self, id: Uuid) -> Result<Option<ExportJob>, PortError> {
        let found = exports::table.filter(exports::id.eq(KeptUuid(id)));
        self.one(self.read(|conn| Ok(found.select(ExportRow::as_select()).first(conn).optional()?)))
    }

    fn numbered(&self, number: i64) -> Result<Option<ExportJob>, PortError> {
        let found = exports::table.find(number);
        self.one(self.read(|conn| Ok(found.select(ExportRow::as_select()).first(conn).optional()?)))
    }

    fn entries(&self, scope: &ExportScope, each: &mut dyn FnMut(ExportEntry)) -> Result<(), PortError> {
        self.read(|conn| listing::entries(self, conn, scope, each)).map_err(|error| self.failed(READING, error))
    }

    fn entry_page(&self, page: &EntryPage) -> Result<(Vec<ExportEntry>, u64), PortError> {
        if !listing::fits(page) {
            let mut all = Vec::new();
            self.entries(&page.scope, &mut |entry| all.push(entry))?;
            return Ok(page.of(all));
        }
        self.read(|conn| snapshot(conn, |conn| listing::page(self, conn, page)))
            .map_err(|error| self.failed(READING, error))
    }

    fn latest(&self, lane: &str) -> Result<Option<ExportJob>, PortError> {
        let latest = exports::table.filter(exports::lane.eq(lane)).order(exports::number.desc());
        self.one(self.read(|conn| Ok(latest.select(ExportRow::as_select()).first(conn).optional()?)))
    }

    fn claim(&self, at: Timestamp, per_customer: Option<u32>) -> Result<Option<Claim>, PortError> {
        // The first query takes no lock, so that idle workers do not block other writers.
        let pending = self.read(|conn| Ok(claims::oldest_pending(conn, at, per_customer)?));
        let claimed = pending.and_then(|pending| match pending {
            None => Ok(None),
            Some(_) => self.write(WriteLock::Exports, |conn| {
                while let Some(number) = claims::oldest_pending(conn, at, per_customer)? {
                    if let Some(claim) = claims::give(conn, number, at)? {
                        return Ok(Some(claim));
                    }
                }
                Ok(None)
            }),
        });
        claimed.map_err(|error| self.failed(CLAIMING, error))
    }

    fn heartbeats(&self) -> Result<Vec<Heartbeat>, PortError> {
        let running = exports::table.filter(exports::state.eq(RUNNING)).order(exports::number);
        let running = running.filter(claims::can_be_read());
        let running = running.select((exports::number, exports::id, exports::token, exports::beats));
        let rows = self.read(|conn| Ok(running.load::<RunningRow>(conn)?));
        let heartbeats = rows.and_then(|rows| rows.into_iter().map(|row| self.heartbeat(row)).collect());
        heartbeats.map_err(|error| self.failed(READING, error))
    }

    fn check_writes(&self) -> Result<(), PortError> {
        self.write(WriteLock::Exports, |_| Ok(())).map_err(|error| self.failed(CLAIMING, error))
    }

    fn take_over(&self, heartbeat: &Heartbeat, at: Timestamp) -> Result<Option<Claim>, PortError> {
        let taken = self.write(WriteLock::Exports, |conn| match claims::standing(conn, heartbeat)? {
            Some(number) => claims::give(conn, number, at),
            None => Ok(None),
        });
        taken.map_err(|error| self.failed(CLAIMING, error))
    }

    fn renew(&self, claim: &Claim, progress: Progress) -> Result<bool, PortError> {
        let held = exports::table.filter(claims::held(claim));
        let progress = json(&progress).map_err(|error| self.failed(KEEPING, error))?;
        let beat = (exports::beats.eq(exports::beats + 1), exports::progress.eq(progress));
        let renewed = self.write(WriteLock::Exports, |conn| Ok(diesel::update(held).set(beat).execute(conn)?));
        renewed.map(|rows| rows == 1).map_err(|error| self.failed(KEEPING, error))
    }

    fn complete(&self, claim: &Claim, finished: &Finished) -> Result<bool, PortError> {
        let Finished { receipt, file, tag, at } = finished;
        let bytes = receipt.file.bytes;
        let receipt = json(receipt).map_err(|error| self.failed(KEEPING, error))?;
        let completed = NewState {
            tag: Some(*tag),
            file: Some(file),
            receipt: Some(&receipt),
            receipt_version: Some(i64::from(Receipt::VERSION)),
            finished_at: Some(At(*at)),
            ..NewState::bare(COMPLETED, *at)
        };
        let rows = i64::try_from(finished.rows(&claim.request.spec)).unwrap_or(i64::MAX);
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let end = End { rows: Some(rows), bytes: Some(bytes), callback_due: callbacks::due(claim, *at) };
        self.set_state(claim, completed, end)
    }

    fn fail(&self, claim: &Claim, reason: &str, at: Timestamp) -> Result<bool, PortError> {
        let reason = shown(reason);
        let (reason, finished_at) = (Some(reason.as_str()), Some(At(at)));
        let failed = NewState { reason, finished_at, ..NewState::bare(FAILED, at) };
        self.set_state(claim, failed, End { callback_due: callbacks::due(claim, at), ..End::default() })
    }

    fn hand_back(&self, claim: &Claim, at: Timestamp) -> Result<bool, PortError> {
        self.set_state(claim, NewState::bare(PENDING, at), End::default())
    }

    fn postpone(&self, claim: &Claim, until: Timestamp, at: Timestamp) -> Result<bool, PortError> {
        let waiting = NewState { not_before: Some(At(until)), ..NewState::bare(PENDING, at) };
        let postponed = (waiting, exports::postponed.eq(exports::postponed + 1));
        let held = exports::table.filter(claims::held(claim));
        self.changed(|conn| diesel::update(held).set(postponed).execute(conn))
    }

    fn withdraw(&self, id: Uuid, at: Timestamp) -> Result<bool, PortError> {
        let offered = exports::table.filter(exports::id.eq(KeptUuid(id))).filter(exports::state.ne(WITHDRAWN));
        let withdrawn = NewState::bare(WITHDRAWN, at);
        let rows = self.write(WriteLock::Exports, |conn| Ok(diesel::update(offered).set(withdrawn).execute(conn)?));
        rows.map(|rows| rows == 1).map_err(|error| self.failed(WITHDRAWING, error))
    }

    fn withdraw_before(&self, before: Timestamp, at: Timestamp) -> Result<u64, PortError> {
        let later = diesel::alias!(exports as later);
        let replaced = exists(
            later
                .filter(later.field(exports::lane).eq(exports::lane))
                .filter(later.field(exports::number).gt(exports::number)),
        );
        let done = exports::table.filter(exports::state.eq_any([COMPLETED, FAILED]));
        let too_old = exports::state.eq(COMPLETED).nullable().and(exports::finished_at.lt(At(before)));
        let gone = done.filter(replaced.nullable().or(too_old));
        let withdrawn = NewState::bare(WITHDRAWN, at);
        let rows = self.write(WriteLock::Exports, |conn| Ok(diesel::update(gone).set(withdrawn).execute(conn)?));
        rows.map(|rows| rows as u64).map_err(|error| self.failed(WITHDRAWING, error))
    }

    fn take_callback(&self, now: Timestamp, again_at: Timestamp) -> Result<Option<CallbackTask>, PortError> {
        // The first query takes no lock, as in `claim`.
        let taken = self.read(|conn| Ok(callbacks::longest_due(conn, now)?)).and_then(|due| match due {
            None => Ok(None),
            Some(_) => self.write(WriteLock::Exports, |conn| callbacks::take(self, conn, now, again_at)),
        });
        taken.map_err(|error| self.failed(CALLING, error))
    }

    fn settle_callback(&self, id: Uuid) -> Result<(), PortError> {
        self.write(WriteLock::Exports, |conn| Ok(callbacks::put(conn, id, None)?))
            .map_err(|error| self.failed(CALLING, error))
    }

    fn postpone_callback(&self, id: Uuid, due_at: Timestamp) -> Result<(), PortError> {
        self.write(WriteLock::Exports, |conn| Ok(callbacks::put(conn, id, Some(due_at))?))
            .map_err(|error| self.failed(CALLING, error))
    }

    fn files(&self) -> Result<Vec<String>, PortError> {
        let completed = exports::table.filter(exports::state.eq(COMPLETED)).order(exports::number);
        let files = self.read(|conn| Ok(completed.select(exports::file).load::<Option<String>>(conn)?));
        files.map(|files| files.into_iter().flatten().collect()).map_err(|error| self.failed(READING, error))
    }

    fn tally(&self) -> Result<LedgerTally, PortError> {
        let tally = self.read(|conn| {
            snapshot(conn, |conn| {
                let states: Vec<(i64, i64)> =
                    exports::table.group_by(exports::state).select((exports::state, count_star())).load(conn)?;
                let rows =
                    |state| states.iter().find(|(of, _)| *of == state).map_or(0, |(_, rows)| rows.unsigned_abs());
                let pending = exports::table.filter(exports::state.eq(PENDING)).order(exports::number);
                let oldest: Option<At> = pending.select(exports::created_at).first(conn).optional()?;
                Ok(LedgerTally {
                    pending: rows(PENDING),
                    running: rows(RUNNING),
                    completed: rows(COMPLETED),
                    failed: rows(FAILED),
                    withdrawn: rows(WITHDRAWN),
                    oldest_pending: oldest.map(|at| at.0),
                    newer: claims::newer(conn)?.unsigned_abs(),
                })
            })
        });
        tally.map_err(|error| self.failed(READING, error))
    }
}

/// The number, the id, the token and the beats of a running export.
type RunningRow = (i64, ReadUuid, Option<ReadUuid>, i64);

impl Store {
    /// Changes the state of a running export if the claim still holds it.
    fn set_state(&self, claim: &Claim, state: NewState<'_>, end: End) -> Result<bool, PortError> {
        let held = exports::table.filter(claims::held(claim));
        self.changed(|conn| diesel::update(held).set((state, end)).execute(conn))
    }

    /// Runs an update of one export, and announces it. Returns whether it matched the export.
    fn changed(&self, update: impl FnOnce(&mut Conn) -> QueryResult<usize>) -> Result<bool, PortError> {
        let changed = self.write(WriteLock::Exports, |conn| {
            let rows = update(conn)?;
            announce(conn)?;
            Ok(rows)
        });
        changed.map(|rows| rows == 1).map_err(|error| self.failed(KEEPING, error))
    }

    /// The export in the row of a lookup.
    fn one(&self, row: Result<Option<ExportRow>, TransactionError>) -> Result<Option<ExportJob>, PortError> {
        let job = row.and_then(|row| row.map(|row| self.job(row)).transpose());
        job.map_err(|error| self.failed(READING, error))
    }

    fn job(&self, row: ExportRow) -> Result<ExportJob, TransactionError> {
        Ok(ExportJob::try_from(row).map_err(|what| self.damaged(what))?)
    }

    fn heartbeat(&self, (number, id, token, beats): RunningRow) -> Result<Heartbeat, TransactionError> {
        let damaged = |column: &str, what| self.damaged(format!("export {number}: {column}: {what}"));
        let token = token.map_or_else(|| Err("it is missing".to_owned()), |token| token.0);
        let (id, token) = (id.0.map_err(|what| damaged("id", what))?, token.map_err(|what| damaged("token", what))?);
        Ok(Heartbeat { id, token, beats })
    }
}
