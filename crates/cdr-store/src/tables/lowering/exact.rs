//! Amounts in SQL that are compared exactly, beyond the decimals of the column `price`.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Nullable, Text};

use super::super::{Db, EXACT};
use crate::schema::cdrs;

/// The text of an amount, which compares as the amount does.
#[derive(Debug, Clone)]
pub(super) enum Exact {
    /// That of a call's price.
    OfPrice,
    /// This one.
    Given(String),
}

impl Expression for Exact {
    type SqlType = Nullable<Text>;
}

impl<GroupBy> ValidGrouping<GroupBy> for Exact {
    type IsAggregate = is_aggregate::No;
}

impl AppearsOnTable<cdrs::table> for Exact {}
impl SelectableExpression<cdrs::table> for Exact {}

impl QueryId for Exact {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Db> for Exact {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        let (before, behind) = EXACT;
        out.push_sql(before);
        match self {
            Exact::OfPrice => cdrs::price_text.walk_ast(out.reborrow())?,
            Exact::Given(text) => out.push_bind_param::<Text, String>(text)?,
        }
        out.push_sql(behind);
        Ok(())
    }
}
