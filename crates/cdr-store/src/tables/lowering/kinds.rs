//! The SQL condition that a record is of certain kinds.

use super::super::Db;
use cdr_model::RecordKind;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Nullable};

use crate::schema::cdrs;

/// The condition that a record is of one of these kinds. The codes are literals in the SQL text, because SQLite uses a
/// partial index over a kind only in that form (<https://www.sqlite.org/partialindex.html>, "Queries Using Partial
/// Indexes"). The sets of kinds in use are few, so the number of prepared statements stays small.
#[derive(Debug, Clone)]
pub(super) struct Kinds(pub(super) Vec<RecordKind>);

impl Expression for Kinds {
    type SqlType = Nullable<Bool>;
}

impl<GroupBy> ValidGrouping<GroupBy> for Kinds {
    type IsAggregate = is_aggregate::No;
}

impl AppearsOnTable<cdrs::table> for Kinds {}
impl SelectableExpression<cdrs::table> for Kinds {}

impl QueryId for Kinds {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Db> for Kinds {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        cdrs::kind.walk_ast(out.reborrow())?;
        match self.0.as_slice() {
            [] => out.push_sql(" IS NULL"),
            [one] => out.push_sql(&format!(" = {}", one.code())),
            several => {
                let codes: Vec<String> = several.iter().map(|kind| kind.code().to_string()).collect();
                out.push_sql(&format!(" IN ({})", codes.join(", ")));
            }
        }
        Ok(())
    }
}
