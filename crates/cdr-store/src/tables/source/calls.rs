//! Queries of calls.

use std::cell::Cell;
use std::sync::mpsc;
use std::{io, iter};

use cdr_model::{Cdr, CdrField, Field};
use cdr_query::{CdrQuery, Cursor};
use diesel::prelude::*;

use super::super::lowering::Places;
use super::super::lowering::{Lowered, lower, order};
use super::super::{Db, Engine, Store, each_row};
use super::identities;
use super::naming::naming_accounts;
use super::select::select;
use super::slices::{self, Slices};
use crate::error::TransactionError;
use crate::rows::{CallRow, is_detail};
use crate::schema::cdrs;

/// A query of calls that is ready to run.
pub(super) type Calls<'a> =
    diesel::dsl::IntoBoxed<'a, diesel::dsl::Select<cdrs::table, diesel::dsl::AsSelect<CallRow, Db>>, Db>;

/// The number of rows that are passed between the threads at a time, and the number of such batches that may wait.
const BATCH: usize = 256;
const BATCHES_AHEAD: usize = 4;

/// The query in SQL, and whether `matches` has to be evaluated for each row. Every key of its order is a column, and a
/// cursor is only of an order without keys.
pub(crate) fn ask(query: &CdrQuery, after: Option<&Cursor>) -> (Calls<'static>, bool) {
    let Lowered { filters, residue } = lower(query, after);
    let terms = order::terms(query).unwrap_or_default();
    (select!(cdrs, <CallRow as SelectableHelper<Db>>::as_select(), query, filters, terms), residue)
}

/// Whether the details of calls are needed, by the reader of the result or by the query itself.
fn reads_details(query: &CdrQuery, residue: bool) -> bool {
    let of_query = || query.conditions.iter().any(|condition| is_detail(condition.field()));
    CdrField::ALL.iter().any(|field| is_detail(*field) && query.fields.contains(*field)) || (residue && of_query())
}

/// Passes the calls of a result to `each` until the result ends or `each` returns `false`.
pub(super) fn walk(
    store: &Store,
    query: &CdrQuery,
    after: Option<&Cursor>,
    limit: Option<usize>,
    each: &mut dyn FnMut(Cdr) -> io::Result<bool>,
) -> Result<(), TransactionError> {
    let query = &naming_accounts(store, query)?;
    let (mut select, residue) = ask(query, after);
    if let Some(limit) = limit.filter(|_| !residue) {
        select = select.limit(i64::try_from(limit).unwrap_or(i64::MAX));
    }
    let with_details = reads_details(query, residue);
    let mut conn = store.record_reader(query.upto)?;
    store.0.engine.until(&mut conn, &query.cancel, |conn| {
        each_row(conn, [select], &mut |row: CallRow| {
            store.goes_on(query)?;
            let call = row.call(with_details).map_err(|what| store.damaged(what))?;
            if residue && !query.matches(&call) {
                return Ok(true);
            }
            Ok(each(call)?)
        })
    })
}

/// Passes the calls of a result to `each`. A separate thread reads the rows, since reading takes about as long as
/// processing them. It is at most a few batches ahead.
pub(super) fn stream(
    store: &Store,
    query: &CdrQuery,
    each: &mut dyn FnMut(Cdr) -> io::Result<()>,
) -> Result<(), TransactionError> {
    let query = &naming_accounts(store, query)?;
    let (whole, residue) = ask(query, None);
    let with_details = reads_details(query, residue);
    let mut conn = store.record_reader(query.upto)?;
    let sliced = store.0.engine.is_spread() && slices::are_useful(query);
    let populated = if sliced { Some(Engine::populated(&mut conn)?) } else { None };
    std::thread::scope(|scope| {
        let (batches, read) = mpsc::sync_channel::<Result<Vec<CallRow>, TransactionError>>(BATCHES_AHEAD);
        let reader = std::thread::Builder::new().name("rows".to_owned());
        reader.spawn_scoped(scope, move || {
            let mut batch = Vec::with_capacity(BATCH);
            let rows = Cell::new(0);
            let mut slices = populated.as_ref().map(|populated| Slices::of(query, populated, &rows));
            let mut whole = populated.is_none().then_some(whole);
            let selects = iter::from_fn(|| match &mut slices {
                Some(slices) => slices.next().map(|slice| ask(&slice, None).0),
                None => whole.take(),
            });
            // When the receiver is dropped, sending fails, which ends the reading.
            let sent = store.0.engine.until(&mut conn, &query.cancel, |conn| {
                each_row(conn, selects, &mut |row: CallRow| {
                    rows.set(rows.get() + 1);
                    batch.push(row);
                    if batch.len() < BATCH {
                        return Ok(true);
                    }
                    store.goes_on(query)?;
                    Ok(batches.send(Ok(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))).is_ok())
                })
            });
            let _ = batches.send(sent.map(|()| batch));
        })?;
        let mut calls = Vec::with_capacity(BATCH);
        for batch in read {
            for row in batch? {
                store.goes_on(query)?;
                let call = row.call(with_details).map_err(|what| store.damaged(what))?;
                if !residue || query.matches(&call) {
                    calls.push(call);
                }
            }
            if query.fields.has_identity() {
                identities::of_calls(store, query.upto, &mut calls)?;
            }
            calls.drain(..).try_for_each(&mut *each)?;
        }
        Ok(())
    })
}
