//! Finds what became of a record that someone misses: by its key, or by its number and the time of its start.

mod matching;
mod search;

use std::collections::{BTreeMap, BTreeSet};

use cdr_mediation::{CdrSource, PortError, QuarantineEntry};
use cdr_model::{Cdr, Timestamp};
use diesel::prelude::*;

use self::matching::Wanted;
use super::loads::Sheet;
use super::{Conn, Db, Store};
use crate::error::TransactionError;
use crate::rows::CallRow;
use crate::schema::{cdrs, load_ranges, sources};
use crate::types::At;
use crate::whereabouts::{FoundCall, Missing, Neighbours, Whereabouts};

/// The most records, and entries of the quarantine, that are found.
const FOUND: usize = 20;
/// The entries that are read at a time.
const ENTRIES: usize = 1_000;
const DAY_US: i64 = 86_400_000_000;

/// Sources by their numbers.
type Named = BTreeMap<i64, String>;

impl Store {
    /// See [`crate::Store::whereabouts`].
    pub(crate) fn whereabouts(&self, missing: &Missing) -> Result<Whereabouts, PortError> {
        let wanted = Wanted::of(missing);
        let found = self.watermark().map_err(TransactionError::from).and_then(|upto| {
            self.read_records(Some(upto), |conn| {
                let named = named(conn, missing.source.as_deref())?;
                let mut ids = search::by_key(conn, &named, missing)?;
                let is_whole = search::by_time(conn, &named, &wanted, missing.around, &mut ids)?;
                let calls = ids.into_iter().take(FOUND).map(|id| self.found(conn, id)).collect::<Result<_, _>>()?;
                let entries = self.held(conn, &named, &wanted, missing)?;
                let neighbours = match missing.around {
                    Some((from, until)) => neighbours(conn, &named, middle(from, until))?,
                    None => Vec::new(),
                };
                Ok(Whereabouts { calls, entries, neighbours, is_whole })
            })
        });
        found.map_err(|error| self.failed("the record could not be sought", error))
    }

    /// A record by its ID, which is the number of its first version.
    fn found(&self, conn: &mut Conn, id: i64) -> Result<FoundCall, TransactionError> {
        let (mut versions, mut next) = (Vec::<Cdr>::new(), Some(id));
        while let Some(number) = next {
            let row: Option<CallRow> =
                cdrs::table.filter(cdrs::number.eq(number)).select(CallRow::as_select()).first(conn).optional()?;
            let Some(row) = row else { break };
            let call = row.call(true).map_err(|what| self.damaged(what))?;
            // A withdrawn version is replaced by itself.
            next = call.replaced_by.filter(|by| *by > number);
            versions.push(call);
        }
        let load = load_ranges::table
            .filter(load_ranges::sheet.eq(Sheet::RECORDS))
            .filter(load_ranges::first.le(id))
            .filter(load_ranges::last.ge(id))
            .select(load_ranges::load_id);
        Ok(FoundCall { versions, load: load.first(conn).optional()? })
    }

    /// Entries of the quarantine.
    fn held(
        &self,
        conn: &mut Conn,
        named: &Named,
        wanted: &Wanted,
        missing: &Missing,
    ) -> Result<Vec<QuarantineEntry>, TransactionError> {
        let (mut found, mut after) = (Vec::new(), 0);
        let names: BTreeSet<&String> = named.values().collect();
        loop {
            let entries = self.read_entries(conn, true, after, ENTRIES)?;
            let Some(last) = entries.last() else { return Ok(found) };
            after = last.id;
            let of_source = entries.into_iter().filter(|entry| names.contains(&entry.source));
            found.extend(of_source.filter(|entry| wanted.is_entry(entry, missing.around)));
            if found.len() >= FOUND {
                found.truncate(FOUND);
                return Ok(found);
            }
        }
    }
}

/// The source of this name, or all.
fn named(conn: &mut Conn, name: Option<&str>) -> QueryResult<Named> {
    let mut select = sources::table.select((sources::id, sources::name)).into_boxed::<Db>();
    if let Some(name) = name {
        select = select.filter(sources::name.eq(name.to_owned()));
    }
    Ok(select.load::<(i64, String)>(conn)?.into_iter().collect())
}

fn middle(from: Timestamp, until: Timestamp) -> Timestamp {
    from.plus_micros(until.micros().saturating_sub(from.micros()) / 2)
}

/// The starts of the records of each source that has some within a day of an instant.
fn neighbours(conn: &mut Conn, named: &Named, at: Timestamp) -> QueryResult<Vec<Neighbours>> {
    let (first, last) = (At(at.plus_micros(-DAY_US)), At(at.plus_micros(DAY_US)));
    let mut found = Vec::new();
    for (id, source) in named {
        let of_source = || cdrs::table.filter(cdrs::source_id.eq(*id)).filter(cdrs::replaced_by.is_null());
        let before: Option<At> = of_source()
            .filter(cdrs::started_at.ge(first))
            .filter(cdrs::started_at.lt(At(at)))
            .order(cdrs::started_at.desc())
            .select(cdrs::started_at)
            .first(conn)
            .optional()?;
        let after: Option<At> = of_source()
            .filter(cdrs::started_at.ge(At(at)))
            .filter(cdrs::started_at.le(last))
            .order(cdrs::started_at)
            .select(cdrs::started_at)
            .first(conn)
            .optional()?;
        found.push(Neighbours { source: source.clone(), before: before.map(|at| at.0), after: after.map(|at| at.0) });
    }
    found.sort_unstable_by(|one, other| one.source.cmp(&other.source));
    Ok(found)
}
