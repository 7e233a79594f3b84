//! Lists exports row by row, without their requests and receipts.

use cdr_mediation::{ExportEntry, ExportScope};
use diesel::dsl::{AsSelect, SqlTypeOf};
use diesel::prelude::*;

use super::super::lowering::MOST_OPERANDS;
use super::super::{Conn, Db, Store, each_row};
use super::row::EntryRow;
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
