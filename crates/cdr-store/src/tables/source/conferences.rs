//! Queries of conferences.

use std::io;

use cdr_model::ConferenceRecord;
use cdr_query::{CdrQuery, Cursor};
use diesel::prelude::*;

use super::super::lowering::Places;
use super::super::lowering::{Lowered, lower_conferences};
use super::super::{Db, Store, each_row};
use super::identities;
use super::select::select;
use crate::error::TransactionError;
use crate::rows::ConferenceRow;
use crate::schema::conferences;

/// A query of conferences that is ready to run.
pub(super) type Conferences<'a> =
    diesel::dsl::IntoBoxed<'a, diesel::dsl::Select<conferences::table, diesel::dsl::AsSelect<ConferenceRow, Db>>, Db>;

/// The query in SQL, and whether `matches_conference` has to be evaluated for each row; `None` if no conference can
/// match.
pub(crate) fn ask_conferences(query: &CdrQuery, after: Option<&Cursor>) -> Option<(Conferences<'static>, bool)> {
    let Lowered { filters, residue } = lower_conferences(query, after)?;
    let row = <ConferenceRow as SelectableHelper<Db>>::as_select();
    Some((select!(conferences, row, query, filters), residue))
}

/// Passes the conferences of a result to `each` until the result ends or `each` returns `false`.
pub(super) fn walk(
    store: &Store,
    query: &CdrQuery,
    after: Option<&Cursor>,
    limit: Option<usize>,
    each: &mut dyn FnMut(ConferenceRecord) -> io::Result<bool>,
) -> Result<(), TransactionError> {
    let Some((mut select, residue)) = ask_conferences(query, after) else { return Ok(()) };
    if let Some(limit) = limit.filter(|_| !residue) {
        select = select.limit(i64::try_from(limit).unwrap_or(i64::MAX));
    }
    let mut conn = store.record_reader(query.upto)?;
    each_row(&mut conn, [select], &mut |row: ConferenceRow| {
        let mut conference = ConferenceRecord::try_from(row).map_err(|what| store.damaged(what))?;
        if residue && !query.matches_conference(&conference) {
            return Ok(true);
        }
        if query.fields.has_identity() {
            identities::of_conference(store, query.upto, &mut conference)?;
        }
        Ok(each(conference)?)
    })
}
