//! Lists exports row by row, without their requests and receipts.

use cdr_mediation::{EntryPage, ExportEntry, ExportScope};
use diesel::dsl::{AsSelect, SqlTypeOf, count_star};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::super::lowering::MOST_OPERANDS;
use super::super::{Conn, Db, Store, each_row};
use super::row::{EntryRow, stored};
use crate::error::TransactionError;
use crate::schema::exports;

/// The exports of a scope, or a superset of them if the scope has more values than one statement can bind.
pub(crate) fn listed(scope: &ExportScope) -> exports::BoxedQuery<'_, Db, SqlTypeOf<AsSelect<EntryRow, Db>>> {
    let mut listed = exports::table.select(EntryRow::as_select()).order(exports::number).into_boxed();
    if scope.dialects.len() <= MOST_OPERANDS {
        listed = listed.filter(exports::dialect.eq_any(&scope.dialects));
    }
    if let Some(accounts) = scope.accounts.as_ref().filter(|accounts| accounts.len() <= MOST_OPERANDS) {
        listed = listed.filter(exports::account_id.eq_any(accounts));
    }
    listed
}

/// Passes every export of a scope to `each`, oldest first.
pub(super) fn entries(
    store: &Store,
    conn: &mut Conn,
    scope: &ExportScope,
    each: &mut dyn FnMut(ExportEntry),
) -> Result<(), TransactionError> {
    each_row(conn, [listed(scope)], &mut |row: EntryRow| {
        let entry = ExportEntry::try_from(row).map_err(|what| store.damaged(what))?;
        if scope.includes(&entry.dialect, entry.account_id) {
            each(entry);
        }
        Ok(true)
    })
}

/// The exports on all pages. What decides is in an index with the numbers.
pub(crate) fn on_pages(page: &EntryPage) -> exports::BoxedQuery<'_, Db> {
    let mut found = exports::table.filter(exports::dialect.eq_any(&page.scope.dialects)).into_boxed();
    if let Some(accounts) = &page.scope.accounts {
        found = found.filter(exports::account_id.eq_any(accounts));
    }
    if let Some(statuses) = &page.statuses {
        found = found.filter(exports::state.eq_any(statuses.iter().map(|it| stored(*it)).collect::<Vec<i64>>()));
    }
    found
}

/// Whether one statement can bind what a page is selected by, and one its numbers.
pub(super) fn fits(page: &EntryPage) -> bool {
    let scope = page.scope.dialects.len() + page.scope.accounts.as_ref().map_or(0, Vec::len);
    scope <= MOST_OPERANDS && page.take <= MOST_OPERANDS
}

/// A page of a list that [`fits`], and the number of exports on all pages.
pub(super) fn page(
    store: &Store,
    conn: &mut Conn,
    page: &EntryPage,
) -> Result<(Vec<ExportEntry>, u64), TransactionError> {
    let total: i64 = on_pages(page).select(count_star()).get_result(conn)?;
    let numbers: Vec<i64> = numbers(page).load(conn)?;
    let rows = exports::table.select(EntryRow::as_select()).filter(exports::number.eq_any(numbers));
    let mut entries = Vec::with_capacity(page.take);
    for row in rows.load::<EntryRow>(conn)? {
        entries.push(ExportEntry::try_from(row).map_err(|what| store.damaged(what))?);
    }
    entries.sort_unstable_by_key(|entry| entry.number);
    if page.newest_first {
        entries.reverse();
    }
    Ok((entries, total.unsigned_abs()))
}

/// The numbers of the exports on a page.
pub(crate) fn numbers(page: &EntryPage) -> exports::BoxedQuery<'_, Db, BigInt> {
    let found = on_pages(page);
    let ordered = match page.newest_first {
        true => found.order(exports::number.desc()),
        false => found.order(exports::number.asc()),
    };
    let (skip, take) = (i64::try_from(page.skip).unwrap_or(i64::MAX), i64::try_from(page.take).unwrap_or(i64::MAX));
    ordered.select(exports::number).offset(skip).limit(take)
}
