//! Keeps the lines of new records.

use cdr_mediation::{Batch, KeptLine};
use cdr_model::Timestamp;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::super::Conn;
use super::row::{replace, signed, written};
use super::{chunk, removing};
use crate::error::TransactionError;
use crate::schema::{kept_lines, line_contexts};
use crate::types::{At, OpaqueText};

/// What is compared of the newest chunk, in the order in which it is selected.
type Newest = (i64, Option<i64>, String, Option<i64>, At, i64);

/// A chunk with fewer bytes takes further lines, so that records that arrive one by one do not fill a row each.
const SMALL: i64 = 64 * 1024;
/// How long a chunk takes further lines, in microseconds: one hour.
const OPEN_FOR: i64 = 3_600_000_000;

/// What the lines of a chunk have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChunkOf<'a> {
    pub(crate) source_id: i64,
    pub(crate) load_id: Option<i64>,
    pub(crate) feed: &'a str,
    pub(crate) context_id: Option<i64>,
}

/// The lines of the new records of a batch.
#[derive(Debug)]
pub(crate) struct NewLines<'a> {
    is_wanted: bool,
    lines: Vec<(i64, Timestamp, &'a [u8])>,
}

impl<'a> NewLines<'a> {
    /// For a batch that begins.
    pub(crate) fn of(batch: &Batch) -> NewLines<'a> {
        let is_wanted = batch.keep_lines.is_some_and(|days| days > 0) && batch.context.is_some();
        NewLines { is_wanted, lines: Vec::new() }
    }

    /// Adds the line of a record, if lines are kept.
    pub(crate) fn add(&mut self, number: i64, started_at: Timestamp, raw: &'a [u8]) {
        if self.is_wanted {
            self.lines.push((number, started_at, raw));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Writes them, and removes some of the lines that were kept long enough.
    pub(crate) fn write(
        &self,
        conn: &mut Conn,
        batch: &Batch,
        source_id: i64,
        context_id: Option<i64>,
        now: Timestamp,
    ) -> Result<(), TransactionError> {
        let line = |(number, started_at, raw): &(i64, Timestamp, &[u8])| KeptLine {
            number: *number,
            started_at: *started_at,
            raw: raw.to_vec(),
        };
        let lines = self.lines.iter().map(line).collect();
        keep(conn, ChunkOf { source_id, load_id: batch.load, feed: &batch.feed, context_id }, lines, now)?;
        if let Some(days) = batch.keep_lines {
            removing::forget_some(conn, now.plus_micros(i64::from(days).saturating_mul(-removing::DAY)))?;
        }
        Ok(())
    }
}

/// Keeps lines in the newest chunk if it is small, else in a new one.
pub(crate) fn keep(
    conn: &mut Conn,
    of: ChunkOf<'_>,
    lines: Vec<KeptLine>,
    now: Timestamp,
) -> Result<(), TransactionError> {
    let newest: Option<Newest> = kept_lines::table
        .filter(kept_lines::source_id.eq(of.source_id))
        .order(kept_lines::id.desc())
        .select((
            kept_lines::id,
            kept_lines::load_id,
            kept_lines::feed,
            kept_lines::context_id,
            kept_lines::kept_at,
            kept_lines::size,
        ))
        .first(conn)
        .optional()?;
    let small = newest.filter(|(_, load_id, feed, context_id, kept_at, size)| {
        *load_id == of.load_id
            && feed == of.feed
            && *context_id == of.context_id
            && *size < SMALL
            && kept_at.0.plus_micros(OPEN_FOR) > now
    });
    if let Some((id, ..)) = small {
        let document: Vec<u8> = kept_lines::table.find(id).select(kept_lines::document).first(conn)?;
        if let Some(mut all) = chunk::read(&document) {
            all.extend(lines);
            return Ok(replace(conn, id, &all)?);
        }
        return insert(conn, of, &lines, now);
    }
    insert(conn, of, &lines, now)
}

fn insert(conn: &mut Conn, of: ChunkOf<'_>, lines: &[KeptLine], now: Timestamp) -> Result<(), TransactionError> {
    let Some(earliest) = lines.iter().map(|line| line.started_at).min() else { return Ok(()) };
    let (document, size) = written(lines)?;
    let highest = kept_lines::table.select(diesel::dsl::max(kept_lines::id)).first::<Option<i64>>(conn)?;
    let row = (
        kept_lines::id.eq(highest.unwrap_or(0) + 1),
        kept_lines::source_id.eq(of.source_id),
        kept_lines::load_id.eq(of.load_id),
        kept_lines::feed.eq(of.feed),
        kept_lines::context_id.eq(of.context_id),
        kept_lines::kept_at.eq(At(now)),
        kept_lines::earliest.eq(At(earliest)),
        kept_lines::lines.eq(signed(lines.len())),
        kept_lines::size.eq(signed(size)),
        kept_lines::document.eq(document),
    );
    diesel::insert_into(kept_lines::table).values(row).execute(conn)?;
    Ok(())
}

/// The number of a context, which is stored if it is new.
pub(crate) fn context_id(conn: &mut Conn, context: &str) -> QueryResult<i64> {
    let digest = Sha256::digest(context).to_vec();
    let known = line_contexts::table.filter(line_contexts::digest.eq(&digest)).select(line_contexts::id);
    if let Some(id) = known.first::<i64>(conn).optional()? {
        return Ok(id);
    }
    let highest = line_contexts::table.select(diesel::dsl::max(line_contexts::id)).first::<Option<i64>>(conn)?;
    let id = highest.unwrap_or(0) + 1;
    let row = (
        line_contexts::id.eq(id),
        line_contexts::digest.eq(digest),
        line_contexts::document.eq(OpaqueText(context.to_owned())),
    );
    diesel::insert_into(line_contexts::table).values(row).execute(conn)?;
    Ok(id)
}
