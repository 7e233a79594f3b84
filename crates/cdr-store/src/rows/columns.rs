//! Columns that are read straight into what they mean, without a text in between.

use cdr_model::Money;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::sql_types::Text;
use diesel::sqlite::{Sqlite, SqliteValue};

/// An amount, kept as it is printed.
#[derive(Debug, FromSqlRow, AsExpression)]
#[diesel(sql_type = Text)]
pub(crate) struct KeptAmount(pub(super) Money);

impl FromSql<Text, Sqlite> for KeptAmount {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<KeptAmount> {
        Ok(KeptAmount(value.read_text().parse().map_err(|error| format!("an amount: {error}"))?))
    }
}

impl FromSql<Text, Pg> for KeptAmount {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<KeptAmount> {
        let text = std::str::from_utf8(value.as_bytes())?;
        Ok(KeptAmount(text.parse().map_err(|error| format!("an amount: {error}"))?))
    }
}
