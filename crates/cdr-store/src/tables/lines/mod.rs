//! Kept lines: what switches wrote for the records of a source, in compressed chunks. A chunk is written in the transaction
//! that stores its records. Its lines name the versions of the records, and follow them when they are mapped again.

mod chunk;
mod keeping;
mod remap;
mod removing;
mod row;

use cdr_mediation::{KeptLines, LineChunk, PortError, RemapReport, Remapped, Remapping};
use cdr_model::Timestamp;
use diesel::prelude::*;

use super::Store;
use crate::schema::{kept_lines, line_contexts, sources};
use crate::types::OpaqueText;

pub(crate) use keeping::{ChunkOf, NewLines, context_id, keep};
pub(crate) use removing::forget_lines_of;

/// A chunk, its feed, its context and its document.
type ChunkRow = (i64, String, Option<OpaqueText>, Vec<u8>);

impl KeptLines for Store {
    fn next_lines(&self, source: &str, after: i64) -> Result<Option<LineChunk>, PortError> {
        let read = self.read(|conn| {
            let named = sources::table.filter(sources::name.eq(source)).select(sources::id);
            let Some(source_id) = named.first::<i64>(conn).optional()? else { return Ok(None) };
            let row: Option<ChunkRow> = kept_lines::table
                .left_join(line_contexts::table)
                .filter(kept_lines::source_id.eq(source_id))
                .filter(kept_lines::id.gt(after))
                .order(kept_lines::id)
                .select((kept_lines::id, kept_lines::feed, line_contexts::document.nullable(), kept_lines::document))
                .first(conn)
                .optional()?;
            let Some((id, feed, context, document)) = row else { return Ok(None) };
            let damaged = || self.damaged(format!("the kept lines {id} cannot be read"));
            let lines = chunk::read(&document).ok_or_else(damaged)?;
            Ok(Some(LineChunk { id, feed, context: context.map(|context| context.0), lines }))
        });
        read.map_err(|error| self.failed("the kept lines could not be read", error))
    }

    fn remap(&self, remapping: &Remapping, chunk: Option<i64>, records: &[Remapped]) -> Result<RemapReport, PortError> {
        let mapped = remap::remap(self, remapping, chunk, records);
        mapped.map_err(|error| self.failed("the records could not be mapped again", error))
    }

    fn forget_lines(&self, before: Timestamp) -> Result<u64, PortError> {
        removing::forget(self, before).map_err(|error| self.failed("the kept lines could not be removed", error))
    }
}
