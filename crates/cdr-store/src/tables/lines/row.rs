//! The row of a chunk.

use cdr_mediation::KeptLine;
use diesel::prelude::*;

use super::super::Conn;
use super::chunk;
use crate::schema::kept_lines;
use crate::types::At;

/// Replaces the lines of a chunk, or removes it if there are none.
pub(super) fn replace(conn: &mut Conn, id: i64, lines: &[KeptLine]) -> QueryResult<()> {
    let Some(earliest) = lines.iter().map(|line| line.started_at).min() else {
        return diesel::delete(kept_lines::table.find(id)).execute(conn).map(drop);
    };
    let (document, size) = written(lines)?;
    let set = (
        kept_lines::earliest.eq(At(earliest)),
        kept_lines::lines.eq(signed(lines.len())),
        kept_lines::size.eq(signed(size)),
        kept_lines::document.eq(document),
    );
    diesel::update(kept_lines::table.find(id)).set(set).execute(conn).map(drop)
}

/// The document of lines, and its size before compression.
pub(super) fn written(lines: &[KeptLine]) -> QueryResult<(Vec<u8>, usize)> {
    chunk::write(lines).map_err(|error| diesel::result::Error::SerializationError(error.into()))
}

/// A number as the database has it.
pub(super) fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
