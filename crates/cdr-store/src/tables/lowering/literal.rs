//! A condition that is the same text in every statement.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Nullable};

use super::super::Db;

/// A condition as SQL text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Literal(pub(super) &'static str);

impl Expression for Literal {
    type SqlType = Nullable<Bool>;
}

impl<GroupBy> ValidGrouping<GroupBy> for Literal {
    type IsAggregate = is_aggregate::No;
}

impl<T> AppearsOnTable<T> for Literal {}
impl<T> SelectableExpression<T> for Literal {}

impl QueryId for Literal {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Db> for Literal {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}
