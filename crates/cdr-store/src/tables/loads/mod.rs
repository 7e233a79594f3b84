//! The ledger of loads: which numbers each of them gave, so that it can be undone.

mod noting;
mod undo;

use cdr_mediation::{Load, LoadDraft, LoadEnd, LoadState, Loads, PortError, Undone};
use diesel::prelude::*;

pub(super) use noting::{LoadNotes, check_undoing, entries_of};

use super::{Conn, Db, Store, WriteLock};
use crate::error::TransactionError;
use crate::schema::loads;
use crate::types::At;

impl Loads for Store {
    fn begin_load(&self, draft: &LoadDraft) -> Result<i64, PortError> {
        let begun = self.write(WriteLock::Records, |conn| {
            let highest = loads::table.select(diesel::dsl::max(loads::id)).first::<Option<i64>>(conn)?;
            let id = highest.unwrap_or(0) + 1;
            let row = (
                loads::id.eq(id),
                loads::source.eq(&draft.source),
                loads::feed.eq(&draft.feed),
                loads::file.eq(&draft.file),
                loads::loaded_by.eq(&draft.loaded_by),
                loads::begun_at.eq(At(draft.begun_at)),
                loads::state.eq(LoadState::Running.code()),
            );
            diesel::insert_into(loads::table).values(row).execute(conn)?;
            Ok(id)
        });
        begun.map_err(|error| self.failed("the load could not be noted", error))
    }

    fn resume_load(&self, id: i64) -> Result<bool, PortError> {
        let resumed = self.write(WriteLock::Records, |conn| {
            let open = [LoadState::Running, LoadState::Complete, LoadState::Stopped].map(LoadState::code);
            let load = loads::table.find(id).filter(loads::state.eq_any(open));
            let set = (
                loads::state.eq(LoadState::Running.code()),
                loads::reason.eq(None::<String>),
                loads::ended_at.eq(None::<At>),
            );
            Ok(diesel::update(load).set(set).execute(conn)? > 0)
        });
        resumed.map_err(|error| self.failed("the load could not be resumed", error))
    }

    fn end_load(&self, id: i64, end: &LoadEnd) -> Result<(), PortError> {
        let ended = self.write(WriteLock::Records, |conn| {
            let running = loads::table.find(id).filter(loads::state.eq(LoadState::Running.code()));
            let set = (
                loads::state.eq(end.state.code()),
                loads::reason.eq(&end.reason),
                loads::digest.eq(end.digest.map(Vec::from)),
                loads::bytes.eq(i64::try_from(end.bytes).unwrap_or(i64::MAX)),
                loads::ended_at.eq(At(end.ended_at)),
            );
            Ok(diesel::update(running).set(set).execute(conn)?)
        });
        ended.map(drop).map_err(|error| self.failed("the end of the load could not be noted", error))
    }

    fn loads(&self, source: Option<&str>, before: Option<i64>, limit: usize) -> Result<Vec<Load>, PortError> {
        let read = self.read(|conn| {
            let mut select = loads::table
                .order(loads::id.desc())
                .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                .select(LoadRow::as_select())
                .into_boxed::<Db>();
            if let Some(before) = before {
                select = select.filter(loads::id.lt(before));
            }
            if let Some(source) = source {
                select = select.filter(loads::source.eq(source));
            }
            let rows: Vec<LoadRow> = select.load(conn)?;
            rows.into_iter().map(|row| self.load_of(row)).collect()
        });
        read.map_err(|error| self.failed("the loads could not be read", error))
    }

    fn load(&self, id: i64) -> Result<Load, PortError> {
        let read = self.read(|conn| self.read_load(conn, id));
        read.map_err(|error| self.failed("the load could not be read", error))
    }

    fn undo_load(&self, id: i64, progress: &mut dyn FnMut(u64)) -> Result<Undone, PortError> {
        undo::undo(self, id, progress).map_err(|error| self.failed("the load could not be undone", error))
    }
}

/// The row of a load.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = loads, check_for_backend(Db))]
struct LoadRow {
    id: i64,
    source: String,
    feed: String,
    file: String,
    loaded_by: String,
    begun_at: At,
    ended_at: Option<At>,
    state: i64,
    reason: Option<String>,
    digest: Option<Vec<u8>>,
    bytes: Option<i64>,
    loaded: i64,
    known: i64,
    quarantined: i64,
    earliest: Option<At>,
    latest: Option<At>,
}

impl Store {
    fn read_load(&self, conn: &mut Conn, id: i64) -> Result<Load, TransactionError> {
        let row = loads::table.find(id).select(LoadRow::as_select()).first(conn).optional()?;
        self.load_of(row.ok_or_else(|| PortError::NotFound { what: "load", name: id.to_string() })?)
    }

    fn load_of(&self, row: LoadRow) -> Result<Load, TransactionError> {
        let damaged = |what: &str| self.damaged(format!("load {}: {what}", row.id));
        let state = LoadState::from_code(row.state).ok_or_else(|| damaged("its state is unknown"))?;
        let digest = row.digest.map(<[u8; 32]>::try_from).transpose().map_err(|_| damaged("its digest is damaged"))?;
        Ok(Load {
            id: row.id,
            draft: LoadDraft {
                source: row.source,
                feed: row.feed,
                file: row.file,
                loaded_by: row.loaded_by,
                begun_at: row.begun_at.0,
            },
            state,
            reason: row.reason,
            digest,
            bytes: row.bytes.map(i64::unsigned_abs),
            ended_at: row.ended_at.map(|at| at.0),
            loaded: row.loaded.unsigned_abs(),
            known: row.known.unsigned_abs(),
            quarantined: row.quarantined.unsigned_abs(),
            window: row.earliest.zip(row.latest).map(|(earliest, latest)| (earliest.0, latest.0)),
        })
    }
}
