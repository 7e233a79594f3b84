//! Queries of calls for some of their fields, read in batches of columns.

use std::fmt::Display;
use std::io;
use std::sync::{Arc, mpsc};

use cdr_model::{CallBatch, CallColumns, CdrField, ScannedCall, WantedFields};
use cdr_query::{CdrQuery, Cursor};
use diesel::prelude::*;
use diesel::result::Error::DeserializationError;
use diesel::row::{Field as _, Row};

use super::super::lowering::Places;
use super::super::lowering::{Lowered, lower, order};
use super::super::{Db, RowVisitor, Store, document_of, each_raw_row, text_of};
use super::column::{CallColumn, ColumnList};
use super::identities;
use super::naming::naming_accounts;
use super::select::select;
use super::slices;
use crate::error::TransactionError;
use crate::schema::cdrs;

/// A query for columns of calls that is ready to run.
type Columns = diesel::dsl::IntoBoxed<'static, diesel::dsl::Select<cdrs::table, ColumnList>, Db>;

/// The number of rows and of bytes of text after which a batch is passed on, and the number of batches that may wait.
const ROWS: usize = 128;
const TEXT_BYTES: usize = 64 * 1024;
const BATCHES_AHEAD: usize = 4;

/// What is read of the calls of a query; `None` if whole calls have to be read: the query has to be evaluated for each of
/// them, or its fields are not in columns, or it is read in slices, or keys are on other nodes than the calls.
pub(super) fn wanted(store: &Store, query: &CdrQuery) -> Option<WantedFields> {
    let Lowered { residue, .. } = lower(query, None);
    let is_apart = store.0.engine.is_spread() && (slices::are_useful(query) || query.fields.has_identity());
    let instant = CdrField::of_anchor(query.window.anchor);
    let wants = |field| field == instant || query.fields.contains(field);
    if residue || is_apart { None } else { WantedFields::new(wants) }
}

/// Passes the calls of a result to `each`. A separate thread reads the rows; it is at most a few batches ahead.
pub(super) fn stream(
    store: &Store,
    query: &CdrQuery,
    wanted: WantedFields,
    each: &mut dyn FnMut(ScannedCall) -> io::Result<()>,
) -> Result<(), TransactionError> {
    let query = &naming_accounts(store, query)?;
    let columns = CallColumn::of(&wanted);
    let select = ask(query, None, ColumnList(columns.clone()));
    let mut conn = store.record_reader(query.upto)?;
    std::thread::scope(|scope| {
        let (batches, read) = mpsc::sync_channel::<Result<CallBatch, TransactionError>>(BATCHES_AHEAD);
        let reader = std::thread::Builder::new().name("rows".to_owned());
        reader.spawn_scoped(scope, move || {
            // When the receiver is dropped, sending fails, which ends the reading.
            let pass = &mut |batch| batches.send(Ok(batch)).is_ok();
            let mut filler = Filler::new(store, query, columns, wanted, pass);
            let done = store.0.engine.until(&mut conn, &query.cancel, |conn| each_raw_row(conn, select, &mut filler));
            let rest = done.map(|()| filler.batch);
            let _ = batches.send(rest);
        })?;
        for batch in read {
            store.goes_on(query)?;
            let mut batch = batch?;
            identities::of_rows(store, query.upto, &mut batch)?;
            ScannedCall::rows_of(batch).try_for_each(&mut *each)?;
        }
        Ok(())
    })
}

/// Up to `limit` calls of a result after a position.
pub(super) fn page(
    store: &Store,
    query: &CdrQuery,
    wanted: WantedFields,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Vec<ScannedCall>, TransactionError> {
    let query = &naming_accounts(store, query)?;
    let columns = CallColumn::of(&wanted);
    let select = ask(query, after, ColumnList(columns.clone())).limit(i64::try_from(limit).unwrap_or(i64::MAX));
    let mut conn = store.record_reader(query.upto)?;
    let mut batches = Vec::new();
    let pass = &mut |batch| {
        batches.push(batch);
        true
    };
    let mut filler = Filler::new(store, query, columns, wanted, pass);
    store.0.engine.until(&mut conn, &query.cancel, |conn| each_raw_row(conn, select, &mut filler))?;
    let rest = filler.batch;
    drop(conn);
    let mut calls = Vec::new();
    for mut batch in batches.into_iter().chain([rest]) {
        identities::of_rows(store, query.upto, &mut batch)?;
        calls.extend(ScannedCall::rows_of(batch));
    }
    Ok(calls)
}

/// The query in SQL, which decides everything.
fn ask(query: &CdrQuery, after: Option<&Cursor>, columns: ColumnList) -> Columns {
    let Lowered { filters, .. } = lower(query, after);
    let terms = order::terms(query).unwrap_or_default();
    select!(cdrs, columns, query, filters, terms)
}

/// Fills batches with the rows of a result, and passes them on.
struct Filler<'a> {
    store: &'a Store,
    query: &'a CdrQuery,
    columns: Vec<CallColumn>,
    wanted: Arc<WantedFields>,
    batch: CallBatch,
    /// Takes a batch, and returns whether there may be more.
    pass: &'a mut dyn FnMut(CallBatch) -> bool,
}

impl RowVisitor<Db> for Filler<'_> {
    fn visit<'a>(&mut self, row: &impl Row<'a, Db>) -> Result<bool, TransactionError> {
        self.add(row)?;
        if self.batch.len() < ROWS && self.batch.text_bytes() < TEXT_BYTES {
            return Ok(true);
        }
        self.store.goes_on(self.query)?;
        let next = CallBatch::new(Arc::clone(&self.wanted), ROWS);
        Ok((self.pass)(std::mem::replace(&mut self.batch, next)))
    }
}

impl<'a> Filler<'a> {
    fn new(
        store: &'a Store,
        query: &'a CdrQuery,
        columns: Vec<CallColumn>,
        wanted: WantedFields,
        pass: &'a mut dyn FnMut(CallBatch) -> bool,
    ) -> Filler<'a> {
        let wanted = Arc::new(wanted);
        let batch = CallBatch::new(Arc::clone(&wanted), ROWS);
        Filler { store, query, columns, wanted, batch, pass }
    }

    fn add<'r>(&mut self, row: &impl Row<'r, Db>) -> Result<(), TransactionError> {
        let mut call = CallColumns::default();
        let (store, batch) = (self.store, &mut self.batch);
        let damaged = |number: i64, what: &dyn Display| store.damaged(format!("call {number}: {what}"));
        for (at, column) in self.columns.iter().enumerate() {
            column.put(&mut call, row, at).map_err(|what| damaged(call.number, &what))?;
            if !column.is_text() {
                continue;
            }
            let Some(field) = row.get(at) else { continue };
            let Some(value) = field.value() else { continue };
            if *column == CallColumn::Details {
                let number = call.number;
                let pushed =
                    document_of(value, |details| batch.push(call, Some(details))).map_err(DeserializationError)?;
                return pushed.map_err(|error| damaged(number, &format!("details: {error}")).into());
            }
            if *column == CallColumn::Identity {
                let put = |text: &str| text.split_once(' ').map(|(digest, key)| (batch.text(digest), batch.text(key)));
                if let Some((digest, key)) = text_of(value, put).map_err(DeserializationError)? {
                    (call.digest, call.key) = (digest, key);
                }
            } else if *column == CallColumn::Price {
                let price = text_of(value, |text| text.parse()).map_err(DeserializationError)?;
                call.price = Some(price.map_err(|error| damaged(call.number, &format!("an amount: {error}")))?);
            } else if let Some(span) = column.text(&mut call) {
                *span = text_of(value, |text| batch.text(text)).map_err(DeserializationError)?;
            }
        }
        let number = call.number;
        batch.push(call, None).map_err(|error| damaged(number, &error).into())
    }
}
