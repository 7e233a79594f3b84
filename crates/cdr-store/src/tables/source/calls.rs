//! Asking for calls.

use std::io;
use std::sync::mpsc;

use cdr_model::Cdr;
use cdr_query::{CdrQuery, Cursor};
use diesel::prelude::*;

use super::super::lowering::Places;
use super::super::lowering::{Lowered, lower};
use super::super::{Db, Store, each_row};
use super::select::select;
use crate::error::Trouble;
use crate::rows::CallRow;
use crate::schema::cdrs;

/// A question about calls, ready to be asked.
pub(super) type Calls<'a> =
    diesel::dsl::IntoBoxed<'a, diesel::dsl::Select<cdrs::table, diesel::dsl::AsSelect<CallRow, Db>>, Db>;

/// Rows that are handed from thread to thread at a time, and how many such batches may wait.
const BATCH: usize = 256;
const BATCHES_AHEAD: usize = 4;

/// The question in SQL, and whether `matches` has to look at each row.
pub(crate) fn ask(query: &CdrQuery, after: Option<Cursor>) -> (Calls<'static>, bool) {
    let Lowered { filters, residue } = lower(query, after);
    (select!(cdrs, CallRow, query, filters), residue)
}

/// Hands on the calls of an answer until it ends, or `each` wants no more.
pub(super) fn walk(
    store: &Store,
    query: &CdrQuery,
    after: Option<Cursor>,
    limit: Option<usize>,
    each: &mut dyn FnMut(Cdr) -> io::Result<bool>,
) -> Result<(), Trouble> {
    let (mut select, residue) = ask(query, after);
    if let Some(limit) = limit.filter(|_| !residue) {
        select = select.limit(i64::try_from(limit).unwrap_or(i64::MAX));
    }
    let mut conn = store.record_reader(query.upto)?;
    each_row(&mut conn, select, &mut |row: CallRow| {
        let call = Cdr::try_from(row).map_err(|what| store.damaged(what))?;
        if residue && !query.matches(&call) {
            return Ok(true);
        }
        Ok(each(call)?)
    })
}

/// Hands on the calls of an answer. A thread of its own reads the rows, for reading them takes as long as what is done with
/// them; it is never more than a few batches ahead.
pub(super) fn stream(
    store: &Store,
    query: &CdrQuery,
    each: &mut dyn FnMut(Cdr) -> io::Result<()>,
) -> Result<(), Trouble> {
    let (select, residue) = ask(query, None);
    let mut conn = store.record_reader(query.upto)?;
    std::thread::scope(|scope| {
        let (batches, read) = mpsc::sync_channel::<Result<Vec<CallRow>, Trouble>>(BATCHES_AHEAD);
        let reader = std::thread::Builder::new().name("rows".to_owned());
        reader.spawn_scoped(scope, move || {
            let mut batch = Vec::with_capacity(BATCH);
            // When nobody wants more of them, sending fails, and that is the end.
            let sent = each_row(&mut conn, select, &mut |row: CallRow| {
                batch.push(row);
                if batch.len() < BATCH {
                    return Ok(true);
                }
                Ok(batches.send(Ok(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))).is_ok())
            });
            let _ = batches.send(sent.map(|()| batch));
        })?;
        for batch in read {
            for row in batch? {
                let call = Cdr::try_from(row).map_err(|what| store.damaged(what))?;
                if !residue || query.matches(&call) {
                    each(call)?;
                }
            }
        }
        Ok(())
    })
}
