//! Columns that are read straight into what they mean, without a text in between.

use cdr_model::Money;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::sql_types::{Binary, Text};
use diesel::sqlite::{Sqlite, SqliteValue};
use uuid::Uuid;

/// An amount, kept as it is printed.
#[derive(Debug, FromSqlRow, AsExpression)]
#[diesel(sql_type = Text)]
pub(crate) struct KeptAmount(pub(super) Money);

impl FromSql<Text, Sqlite> for KeptAmount {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<KeptAmount> {
        Ok(KeptAmount(value.read_text().parse().map_err(|error| format!("an amount: {error}"))?))
    }
}

/// A UUID, kept as its 16 bytes.
#[derive(Debug, FromSqlRow, AsExpression)]
#[diesel(sql_type = Binary)]
pub(crate) struct KeptUuid(pub(super) Uuid);

impl FromSql<Binary, Sqlite> for KeptUuid {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<KeptUuid> {
        Ok(KeptUuid(Uuid::from_slice(value.read_blob()).map_err(|error| format!("a UUID: {error}"))?))
    }
}
