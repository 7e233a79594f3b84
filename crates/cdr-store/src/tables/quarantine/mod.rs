//! Reads the quarantine, and resolves its entries.

mod many;

use cdr_mediation::{
    AcceptedEntries, EntryFilter, EntryTally, KeptLine, PortError, Quarantine, QuarantineEntry, QuarantinedVersion,
    Resolution, UnknownAccounts, Unreadable,
};
use diesel::prelude::*;

use super::intake::{
    ACCEPTED, Accounts, Arrival, CONFLICT, Counters, DROPPED, OPEN, keep_call, keep_conference, look_up,
};
use super::ledger::document;
use super::lines::{ChunkOf, keep};
use super::{Conn, Db, Store, WriteLock};
use crate::error::TransactionError;
use crate::schema::{line_contexts, quarantine, sources};
use crate::types::{At, JsonText, OpaqueText};

impl Quarantine for Store {
    fn entries(&self, all: bool, after: i64, limit: usize) -> Result<Vec<QuarantineEntry>, PortError> {
        let found = self.reader().map_err(TransactionError::from);
        let found = found.and_then(|mut conn| self.read_entries(&mut conn, all, after, limit));
        found.map_err(|error| self.failed("the quarantine could not be read", error))
    }

    fn entry(&self, id: i64) -> Result<QuarantineEntry, PortError> {
        let found = self.reader().map_err(TransactionError::from).and_then(|mut conn| self.read_entry(&mut conn, id));
        found.map(|(entry, _)| entry).map_err(|error| self.failed("the quarantine could not be read", error))
    }

    fn accept(&self, id: i64) -> Result<i64, PortError> {
        let accepted = self.write_records(|conn| self.accept_in(conn, id));
        accepted.map_err(|error| self.failed("the entry could not be accepted", error))
    }

    fn discard(&self, id: i64) -> Result<(), PortError> {
        let now = (self.0.clock)();
        let dropped = self.write(WriteLock::Records, |conn| {
            let (entry, _) = self.read_entry(conn, id)?;
            open(&entry)?;
            let decided = (quarantine::resolution.eq(DROPPED), quarantine::resolved_at.eq(At(now)));
            diesel::update(quarantine::table.find(id)).set(decided).execute(conn)?;
            Ok(())
        });
        dropped.map_err(|error| self.failed("the entry could not be discarded", error))
    }

    fn summary(&self, filter: &EntryFilter) -> Result<Vec<EntryTally>, PortError> {
        many::summary(self, filter).map_err(|error| self.failed("the quarantine could not be read", error))
    }

    fn selected(&self, filter: &EntryFilter, after: i64, limit: usize) -> Result<Vec<QuarantineEntry>, PortError> {
        let selected = many::selected(self, filter, after, limit);
        selected.map_err(|error| self.failed("the quarantine could not be read", error))
    }

    fn open_entries(&self, most: u64) -> Result<u64, PortError> {
        many::open(self, most).map_err(|error| self.failed("the quarantine could not be counted", error))
    }

    fn discard_all(&self, filter: &EntryFilter, progress: &mut dyn FnMut(u64)) -> Result<u64, PortError> {
        many::discard(self, filter, progress).map_err(|error| self.failed("the entries could not be discarded", error))
    }

    fn accept_all(&self, filter: &EntryFilter, progress: &mut dyn FnMut(u64)) -> Result<AcceptedEntries, PortError> {
        many::accept(self, filter, progress).map_err(|error| self.failed("the entries could not be accepted", error))
    }
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = quarantine, check_for_backend(Db))]
struct EntryRow {
    id: i64,
    source_id: i64,
    feed: String,
    customer: Option<String>,
    reason: String,
    detail: String,
    position: String,
    received_at: At,
    raw: Vec<u8>,
    key: Option<String>,
    version: Option<JsonText>,
    document_version: Option<i64>,
    known_number: Option<i64>,
    resolution: i64,
    resolved_number: Option<i64>,
    context_id: Option<i64>,
}

/// An entry, the name of its source, and its context.
type Row = (EntryRow, String, Option<OpaqueText>);

/// The columns of an entry that [`QuarantineEntry`] does not have.
struct Origin {
    source_id: i64,
    customer: Option<String>,
    context_id: Option<i64>,
}

impl Store {
    pub(super) fn read_entries(
        &self,
        conn: &mut Conn,
        all: bool,
        after: i64,
        limit: usize,
    ) -> Result<Vec<QuarantineEntry>, TransactionError> {
        let mut select = quarantine::table
            .inner_join(sources::table)
            .left_join(line_contexts::table)
            .filter(quarantine::id.gt(after))
            .order(quarantine::id.asc())
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select((EntryRow::as_select(), sources::name, line_contexts::document.nullable()))
            .into_boxed::<Db>();
        if !all {
            select = select.filter(quarantine::resolution.eq(OPEN));
        }
        let rows: Vec<Row> = select.load(conn)?;
        rows.into_iter().map(|row| self.entry_of(row).map(|(entry, _)| entry)).collect()
    }

    fn read_entry(&self, conn: &mut Conn, id: i64) -> Result<(QuarantineEntry, Origin), TransactionError> {
        let row = quarantine::table
            .inner_join(sources::table)
            .left_join(line_contexts::table)
            .filter(quarantine::id.eq(id))
            .select((EntryRow::as_select(), sources::name, line_contexts::document.nullable()))
            .first(conn)
            .optional()?;
        self.entry_of(row.ok_or_else(|| PortError::NotFound { what: "quarantine entry", name: id.to_string() })?)
    }

    fn entry_of(&self, (row, source, context): Row) -> Result<(QuarantineEntry, Origin), TransactionError> {
        let damaged = |error: String| self.damaged(format!("quarantine entry {}: {error}", row.id));
        let (version, unreadable) =
            match row.version.map(|text| document("version", &text, row.document_version, QuarantinedVersion::VERSION))
            {
                None => (None, None),
                Some(Ok(version)) => (Some(version), None),
                Some(Err(Unreadable::Damaged(what))) => return Err(damaged(what).into()),
                Some(Err(newer)) => (None, Some(newer)),
            };
        let resolution = match (row.resolution, row.resolved_number) {
            (OPEN, _) => Resolution::Open,
            (ACCEPTED, Some(number)) => Resolution::Accepted(number),
            _ => Resolution::Dropped,
        };
        let entry = QuarantineEntry {
            id: row.id,
            source,
            feed: row.feed,
            reason: row.reason,
            detail: row.detail,
            position: row.position,
            received_at: row.received_at.0,
            raw: row.raw,
            context: context.map(|document| document.0),
            key: row.key,
            version,
            unreadable,
            known_number: row.known_number,
            resolution,
        };
        Ok((entry, Origin { source_id: row.source_id, customer: row.customer, context_id: row.context_id }))
    }

    /// Makes the version in quarantine the current one, and marks the previous one as replaced.
    fn accept_in(&self, conn: &mut Conn, id: i64) -> Result<i64, TransactionError> {
        let (entry, origin) = self.read_entry(conn, id)?;
        open(&entry)?;
        let refused = |why: String| TransactionError::Port(PortError::Refused(format!("quarantine entry {id}: {why}")));
        if let Some(why) = entry.unreadable {
            return Err(refused(format!("{why}; accept it with the newer version")));
        }
        let version = match entry.version {
            Some(version) if entry.reason == CONFLICT => version,
            _ => {
                return Err(refused(format!(
                    "it could not be loaded ({}); correct the line and load it again",
                    entry.detail
                )));
            }
        };
        let key = match &version {
            QuarantinedVersion::Call(draft) => draft.key.as_str(),
            QuarantinedVersion::Conference(draft) => draft.key.as_str(),
        };
        let known = look_up(conn, origin.source_id, &[key])?.remove(key);
        let gone = || refused("the record it conflicts with no longer exists; load the line again".to_owned());
        let known = known.ok_or_else(gone)?;
        if known.sheet != i64::from(matches!(version, QuarantinedVersion::Conference(_))) {
            return Err(refused(
                "one is a call and the other a conference; load the line under another key".to_owned(),
            ));
        }
        let mut arrival = Arrival {
            pending: Default::default(),
            source_id: origin.source_id,
            source: &entry.source,
            counters: Counters::read(conn)?,
            accounts: Accounts::of(
                conn,
                &entry.source,
                origin.customer.as_deref(),
                UnknownAccounts::default(),
                (self.0.clock)(),
            )?,
            services: Default::default(),
            touched: Default::default(),
            counts: Default::default(),
        };
        let kept = match &version {
            QuarantinedVersion::Call(draft) => keep_call(conn, &mut arrival, draft, Some(&known)),
            QuarantinedVersion::Conference(draft) => keep_conference(conn, &mut arrival, draft, Some(&known)),
        };
        let kept = match kept {
            Err(TransactionError::Rejected(rejection)) => return Err(refused(rejection.reason_and_detail().1)),
            kept => kept?,
        };
        let decided = (
            quarantine::resolution.eq(ACCEPTED),
            quarantine::resolved_at.eq(At((self.0.clock)())),
            quarantine::resolved_number.eq(kept.known.number),
            quarantine::known_number.eq(known.number),
            quarantine::known_digest.eq(&known.digest),
        );
        diesel::update(quarantine::table.find(id)).set(decided).execute(conn)?;
        if let Some(context_id) = origin.context_id {
            let line = KeptLine { number: kept.known.number, started_at: kept.known.started_at.0, raw: entry.raw };
            let of =
                ChunkOf { source_id: origin.source_id, load_id: None, feed: &entry.feed, context_id: Some(context_id) };
            keep(conn, of, vec![line], (self.0.clock)())?;
        }
        arrival.finish(conn, &self.0.engine)?;
        Ok(kept.known.number)
    }
}

/// Rejects an entry that is already resolved.
fn open(entry: &QuarantineEntry) -> Result<(), PortError> {
    let decided = match entry.resolution {
        Resolution::Open => return Ok(()),
        Resolution::Accepted(number) => format!("accepted as record {number}"),
        Resolution::Dropped => "dropped".to_owned(),
    };
    Err(PortError::Refused(format!("quarantine entry {} is already {decided}", entry.id)))
}
