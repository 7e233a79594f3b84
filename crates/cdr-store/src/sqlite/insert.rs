//! Inserts of single rows: a statement that is prepared once for a connection, and values that are visited once for a row.
//! Diesel's own insert of a row of many columns visits them several times to find out which of them it has.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
#[cfg(feature = "postgres")]
use diesel::result::Error::SerializationError;
use diesel::sql_types::{Binary, Nullable, Text};
use diesel::sqlite::Sqlite;

use crate::rows::{NewCall, NewKey};
use crate::schema::{cdrs, intake_keys};
use crate::types::KeptDetails;

/// The insert of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Insert<R>(pub(super) R);

impl<R> RunQueryDsl<SqliteConnection> for Insert<R> {}

/// A value in several columns.
trait Columns {
    /// Adds the values of the columns.
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()>;
}

/// The type of a column.
type TypeOf<Column> = <Column as Expression>::SqlType;

/// Implements [`Insert`] for a row type with all its columns.
macro_rules! insert {
    ($Row:ident, $table:ident: $first:ident, $($column:ident),+; $($several:ident in $($name:literal),+)?) => {
        impl QueryFragment<Sqlite> for Insert<&$Row<'_>> {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
                let $Row { $first, $($column,)+ $($several)? } = self.0;
                out.push_sql(concat!(
                    "INSERT INTO ", stringify!($table), " (\"", stringify!($first), "\"",
                    $(", \"", stringify!($column), "\"",)+ $($(", \"", $name, "\"",)+)? ") VALUES ("
                ));
                out.push_bind_param::<TypeOf<$table::$first>, _>($first)?;
                $(
                    out.push_sql(", ");
                    out.push_bind_param::<TypeOf<$table::$column>, _>($column)?;
                )+
                $(
                    out.push_sql(", ");
                    Columns::push($several, &mut out)?;
                )?
                out.push_sql(")");
                Ok(())
            }
        }

        impl QueryId for Insert<&$Row<'_>> {
            type QueryId = Insert<$table::table>;

            const HAS_STATIC_QUERY_ID: bool = true;
        }
    };
}

insert!(
    NewCall, cdrs:
    number, id, replaced_by, source_id, account_id, customer_id, service_id, started_at,
    connected_at, ended_at, billed_at, assumed, success, last_attempt, direction, talk_us,
    billed_us, release_cause, release_code, price, price_text, calling, called, call_id,
    kind, destination_id;
    details in "document", "stored_leg_group", "details_json"
);

insert!(
    NewKey, intake_keys:
    number, key_digest, source_id, key, first_number, account_id, started_at, sheet, digest, form;
);

impl Columns for KeptDetails {
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let (bytes, legs) = match self {
            KeptDetails::Document { bytes, legs } => (bytes, legs),
            #[cfg(feature = "postgres")]
            KeptDetails::Json(_) => {
                return Err(SerializationError("a file stores details as a binary document".into()));
            }
        };
        out.push_bind_param::<Binary, _>(bytes)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(legs)?;
        out.push_sql(", ''");
        Ok(())
    }
}
