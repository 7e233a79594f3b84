//! Reading: the store as a source of records.

use std::io;
use std::sync::{Arc, mpsc};

use cdr_mediation::{CdrSource, PortError};
use cdr_model::{Cdr, ConferenceRecord, Directory};
use cdr_query::{CdrQuery, Cursor, Order, OrderBy};
use diesel::connection::DefaultLoadingMode;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use crate::error::Trouble;
use crate::lowering::{Lowered, Places, lower, lower_conferences};
use crate::rows::{CallRow, ConferenceRow};
use crate::schema::{cdrs, conferences, counters};
use crate::store::Store;

/// A question about calls, ready to be asked.
pub(crate) type Calls<'a> =
    diesel::dsl::IntoBoxed<'a, diesel::dsl::Select<cdrs::table, diesel::dsl::AsSelect<CallRow, Sqlite>>, Sqlite>;

/// Rows that are handed from thread to thread at a time, and how many such batches may wait.
const BATCH: usize = 256;
const BATCHES_AHEAD: usize = 4;

const READING_CALLS: &str = "the calls could not be read";
const READING_CONFERENCES: &str = "the conferences could not be read";

impl CdrSource for Store {
    fn page(&self, query: &CdrQuery, after: Option<Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError> {
        let mut page = Vec::new();
        if limit == 0 {
            return Ok(page);
        }
        let walked = walk(self, query, after, Some(limit), &mut |call| {
            page.push(call);
            Ok(page.len() < limit)
        });
        walked.map_err(|trouble| self.failed(READING_CALLS, trouble))?;
        Ok(page)
    }

    /// One statement, row by row: the memory does not depend on how many there are, and all of them are as of one moment.
    fn scan(&self, query: &CdrQuery, each: &mut dyn FnMut(Cdr) -> io::Result<()>) -> Result<(), PortError> {
        stream(self, query, each).map_err(|trouble| self.failed(READING_CALLS, trouble))
    }

    fn count(&self, query: &CdrQuery) -> Result<u64, PortError> {
        let Lowered { filters, residue } = lower(query, None);
        if residue {
            let mut rows = 0;
            self.scan(query, &mut |_| {
                rows += 1;
                Ok(())
            })?;
            return Ok(rows);
        }
        let mut select = cdrs::table.select(count_star()).into_boxed::<Sqlite>();
        for filter in filters {
            select = select.filter(filter);
        }
        let mut conn = self.reader().map_err(|error| self.failed(READING_CALLS, error))?;
        let rows: i64 = select.get_result(&mut *conn).map_err(|error| self.failed(READING_CALLS, error))?;
        Ok(rows.unsigned_abs())
    }

    fn conferences(
        &self,
        query: &CdrQuery,
        each: &mut dyn FnMut(ConferenceRecord) -> io::Result<()>,
    ) -> Result<(), PortError> {
        if !query.conditions.is_empty() {
            return Ok(());
        }
        walk_conferences(self, query, each).map_err(|trouble| self.failed(READING_CONFERENCES, trouble))
    }

    fn watermark(&self) -> Result<i64, PortError> {
        let doing = "the watermark could not be read";
        let mut conn = self.reader().map_err(|error| self.failed(doing, error))?;
        let last = counters::table.find("record").select(counters::last);
        last.first(&mut *conn).map_err(|error| self.failed(doing, error))
    }

    fn directory(&self) -> Result<Arc<Directory>, PortError> {
        crate::directory::current(self).map_err(|trouble| self.failed("the directory could not be read", trouble))
    }
}

/// The question in SQL, and whether `matches` has to look at each row.
pub(crate) fn ask(query: &CdrQuery, after: Option<Cursor>) -> (Calls<'static>, bool) {
    let Lowered { filters, residue } = lower(query, after);
    let mut select = cdrs::table.select(CallRow::as_select()).into_boxed::<Sqlite>();
    for filter in filters {
        select = select.filter(filter);
    }
    let (number, instant) = (cdrs::table::number, || cdrs::table::instant(query.window.anchor));
    let ordered = match query.order {
        Order { by: OrderBy::Number, descending: false } => select.order(number().asc()),
        Order { by: OrderBy::Number, descending: true } => select.order(number().desc()),
        Order { by: OrderBy::Anchor, descending: false } => select.order((instant().asc(), number().asc())),
        Order { by: OrderBy::Anchor, descending: true } => select.order((instant().desc(), number().desc())),
    };
    (ordered, residue)
}

/// Hands on the calls of an answer until it ends, or `each` wants no more.
fn walk(
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
    let mut conn = store.reader()?;
    for row in select.load_iter::<CallRow, DefaultLoadingMode>(&mut *conn)? {
        let call = Cdr::try_from(row?).map_err(|what| store.damaged(what))?;
        if residue && !query.matches(&call) {
            continue;
        }
        if !each(call)? {
            break;
        }
    }
    Ok(())
}

/// Hands on the calls of an answer. A thread of its own reads the rows, for reading them takes as long as what is done with
/// them; it is never more than a few batches ahead.
fn stream(store: &Store, query: &CdrQuery, each: &mut dyn FnMut(Cdr) -> io::Result<()>) -> Result<(), Trouble> {
    let (select, residue) = ask(query, None);
    let mut conn = store.reader()?;
    std::thread::scope(|scope| {
        let (batches, read) = mpsc::sync_channel::<QueryResult<Vec<CallRow>>>(BATCHES_AHEAD);
        let reader = std::thread::Builder::new().name("rows".to_owned());
        reader.spawn_scoped(scope, move || {
            let mut batch = Vec::with_capacity(BATCH);
            // When nobody wants more of them, sending fails, and that is the end.
            let sent = read_rows(&mut conn, select, &mut |row| {
                batch.push(row);
                if batch.len() < BATCH {
                    return true;
                }
                batches.send(Ok(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))).is_ok()
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

fn read_rows(
    conn: &mut SqliteConnection,
    select: Calls<'static>,
    each: &mut dyn FnMut(CallRow) -> bool,
) -> QueryResult<()> {
    for row in select.load_iter::<CallRow, DefaultLoadingMode>(conn)? {
        if !each(row?) {
            break;
        }
    }
    Ok(())
}

fn walk_conferences(
    store: &Store,
    query: &CdrQuery,
    each: &mut dyn FnMut(ConferenceRecord) -> io::Result<()>,
) -> Result<(), Trouble> {
    let mut select = conferences::table.select(ConferenceRow::as_select()).into_boxed::<Sqlite>();
    for filter in lower_conferences(query) {
        select = select.filter(filter);
    }
    let (number, instant) = (conferences::table::number, || conferences::table::instant(query.window.anchor));
    let ordered = match query.order {
        Order { by: OrderBy::Number, descending: false } => select.order(number().asc()),
        Order { by: OrderBy::Number, descending: true } => select.order(number().desc()),
        Order { by: OrderBy::Anchor, descending: false } => select.order((instant().asc(), number().asc())),
        Order { by: OrderBy::Anchor, descending: true } => select.order((instant().desc(), number().desc())),
    };
    let mut conn = store.reader()?;
    for row in ordered.load_iter::<ConferenceRow, DefaultLoadingMode>(&mut *conn)? {
        each(ConferenceRecord::try_from(row?).map_err(|what| store.damaged(what))?)?;
    }
    Ok(())
}
