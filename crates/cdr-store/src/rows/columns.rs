//! Columns that are read straight into what they mean, without a text in between.

use cdr_model::Money;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::sql_types::Text;
use diesel::sqlite::{Sqlite, SqliteValue};

/// A price, kept as it is printed.
#[derive(Debug, FromSqlRow, AsExpression)]
#[diesel(sql_type = Text)]
pub(crate) struct KeptPrice(pub(super) Money);

impl FromSql<Text, Sqlite> for KeptPrice {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<KeptPrice> {
        Ok(KeptPrice(value.read_text().parse().map_err(|error| format!("price_text: {error}"))?))
    }
}
