//! Space that removed rows have used: its content is cleared, and it is given back to the disk.
//!
//! With `secure_delete`, SQLite overwrites a row when it is deleted. It does not overwrite the copies of rows that it left
//! behind when it moved them to other pages: those in the unused space of a page, between the pointers to its cells and
//! the cells, and in its free blocks (<https://www.sqlite.org/fileformat2.html#b_tree_pages>). [`clear`] does.

use std::fs;
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use diesel::connection::SimpleConnection;

use super::connect::{Access, connect};
use super::page::{Layout, clear_unused};
use super::statements;
use super::tables::{Store, WriteLock};
use crate::CompactReport;
use crate::error::{StoreError, StorePlace};

/// Pages that are read, or written, in one transaction: few enough that other writers wait only briefly.
const CHUNK: u32 = 1_024;
/// Pages that a removal clears after it: 256 MiB. A larger store is cleared in turns.
const CLEARED: u32 = 65_536;
/// Pages that a removal gives back after it: 64 MiB.
const GIVEN_BACK: u32 = 16_384;
/// The bytes for which a store that can be written has room.
const ROOM: usize = 65_536;
/// How long the log waits for readers before it is left for the next time. Writers wait meanwhile.
const LOG_WAITS: Duration = Duration::from_secs(1);

/// Clears and gives back a limited part of the space that removed rows have used, and empties the log unless a reader
/// needs it.
pub(super) fn tidy(store: &Store, has_removed: bool) -> Result<(), StoreError> {
    if has_removed {
        clear(store, CLEARED)?;
    }
    let mut conn = store.writer()?;
    let sql = |error| store.0.place.sql(&error);
    let mut free = statements::free_pages(&mut conn).map_err(sql)?;
    for _ in 0..GIVEN_BACK / CHUNK {
        statements::give_back(&mut conn, CHUNK).map_err(sql)?;
        let left = statements::free_pages(&mut conn).map_err(sql)?;
        // A store of an older version gives nothing back.
        if left == 0 || left == free {
            break;
        }
        free = left;
    }
    drop(conn);
    empty_log(store).map(drop)
}

/// Clears the unused space of at most `most` pages, beginning where the last call has ended.
pub(super) fn clear(store: &Store, most: u32) -> Result<(), StoreError> {
    let sql = |error| store.0.place.error(error);
    let Some((layout, cleared)) =
        store.read(|conn| Ok(statements::page_layout(conn)?)).map_err(sql)?.filter(|(layout, _)| layout.is_known())
    else {
        return Ok(());
    };
    let (pages, whole) = (layout.pages, most >= layout.pages);
    let first = if whole || cleared >= pages { 1 } else { cleared + 1 };
    let end = first.saturating_add(most).min(pages + 1);
    for start in (first..end).step_by(CHUNK as usize) {
        let chunk = start..(start + CHUNK).min(end);
        clear_chunk(store, &layout, chunk)?;
    }
    if !whole {
        store.write(WriteLock::Records, |conn| Ok(statements::note_cleared(conn, end - 1)?)).map_err(sql)?;
    }
    Ok(())
}

fn clear_chunk(store: &Store, layout: &Layout, chunk: Range<u32>) -> Result<(), StoreError> {
    let sql = |error| store.0.place.error(error);
    // Found without the write lock: most pages are clean.
    let dirty: Vec<u32> = store
        .read(|conn| {
            let mut dirty = Vec::new();
            for number in chunk {
                if statements::page(conn, number)?.is_some_and(|mut page| clear_unused(layout, number, &mut page)) {
                    dirty.push(number);
                }
            }
            Ok(dirty)
        })
        .map_err(sql)?;
    if dirty.is_empty() {
        return Ok(());
    }
    store
        .write(WriteLock::Records, |conn| {
            // Another process may have compacted the file in the meantime, so that its maps are elsewhere.
            match statements::page_layout(conn)? {
                Some((now, _)) if now.has_maps == layout.has_maps && now.page_size == layout.page_size => {}
                _ => return Ok(()),
            }
            for number in dirty {
                // It may have changed in the meantime.
                if let Some(mut page) = statements::page(conn, number)?
                    && clear_unused(layout, number, &mut page)
                {
                    statements::rewrite_page(conn, number, &page)?;
                }
            }
            Ok(())
        })
        .map_err(sql)
}

/// Rewrites the whole file without unused space, and sets it up to give space back from now on.
pub(super) fn compact(store: &Store) -> Result<CompactReport, StoreError> {
    let place = &store.0.place;
    let before = size(place)?;
    let mut conn = connect(place, Access::Write)?;
    // A store of an older version gives space back only after this.
    conn.batch_execute("PRAGMA auto_vacuum = INCREMENTAL").map_err(|error| place.sql(&error))?;
    conn.batch_execute("VACUUM").map_err(|error| place.sql(&error))?;
    drop(conn);
    empty_log_within(place, place.busy_timeout)?;
    Ok(CompactReport { before, after: size(place)? })
}

/// Moves the log into the file and truncates it, unless a reader needs it. Returns whether it did.
pub(super) fn empty_log(store: &Store) -> Result<bool, StoreError> {
    empty_log_within(&store.0.place, LOG_WAITS)
}

fn empty_log_within(place: &StorePlace, patience: Duration) -> Result<bool, StoreError> {
    let mut conn = connect(&StorePlace::of_file(&place.path, patience), Access::Write)?;
    match statements::settle_log(&mut conn).map_err(|error| place.sql(&error)) {
        Ok(()) => Ok(true),
        Err(StoreError::Locked { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The size of the file and its log.
fn size(place: &StorePlace) -> Result<u64, StoreError> {
    let mut log = place.path.clone().into_os_string();
    log.push("-wal");
    let file = fs::metadata(&place.path).map_err(|error| place.file("reading the size of", error))?;
    Ok(file.len() + fs::metadata(log).map_or(0, |log| log.len()))
}

/// Writes some bytes beside the store to a file without a name. SQLite itself may write to room that its log has already.
pub(super) fn check_room(place: &StorePlace) -> Result<(), StoreError> {
    let folder = place.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error| place.file("writing beside", error);
    let mut file = tempfile::tempfile_in(folder).map_err(failed)?;
    file.write_all(&[0; ROOM]).and_then(|()| file.sync_data()).map_err(failed)
}
