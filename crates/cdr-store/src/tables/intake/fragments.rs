//! Parts of lines in quarantine: a switch had not finished them when they were loaded.

use std::collections::HashMap;

use cdr_mediation::Incoming;
use cdr_model::Timestamp;
use diesel::prelude::*;

use super::super::Conn;
use super::held::{OPEN, settle};
use crate::schema::quarantine;

/// The newest entries that are looked at.
const ENTRIES: i64 = 100;

/// The open entries of a source that could not be read, by the names of their files and their lines.
#[derive(Debug, Default)]
pub(super) struct Fragments(HashMap<String, Fragment>);

#[derive(Debug)]
struct Fragment {
    id: i64,
    raw: Vec<u8>,
}

impl Fragments {
    pub(super) fn of(conn: &mut Conn, source_id: i64) -> QueryResult<Fragments> {
        let rows: Vec<(i64, String, Vec<u8>)> = quarantine::table
            .filter(quarantine::source_id.eq(source_id))
            .filter(quarantine::resolution.eq(OPEN))
            .filter(quarantine::key.is_null())
            .order(quarantine::id.desc())
            .limit(ENTRIES)
            .select((quarantine::id, quarantine::position, quarantine::raw))
            .load(conn)?;
        let place = |(id, position, raw): (i64, String, Vec<u8>)| (line(&position).to_owned(), Fragment { id, raw });
        Ok(Fragments(rows.into_iter().map(place).collect()))
    }

    /// Settles the entry of which this record, whose number is given, is the whole line.
    pub(super) fn settle(
        &mut self,
        conn: &mut Conn,
        incoming: &Incoming,
        number: i64,
        now: Timestamp,
    ) -> QueryResult<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let line = line(&incoming.position);
        let is_whole =
            |part: &Fragment| !part.raw.is_empty() && incoming.raw.starts_with(&part.raw) && incoming.raw != part.raw;
        if !self.0.get(line).is_some_and(is_whole) {
            return Ok(());
        }
        let Some(Fragment { id, .. }) = self.0.remove(line) else { return Ok(()) };
        settle(conn, id, number, now)
    }
}

/// The name of the file and the line in a position, without the folders of the file.
fn line(position: &str) -> &str {
    position.rsplit_once('/').map_or(position, |(_, line)| line)
}
