//! Columns that SQLite keeps in its few kinds of values, and PostgreSQL in types that people can query. Rust sees the same
//! value on both: microseconds, hundred-millionths, a UUID, JSON as text.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use cdr_model::{Money, Timestamp};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::{self, SqlOrd, Text};

pub(crate) use sql::{Amount, Document, Instant, Json, Opaque, Uuid};

/// The types as SQL knows them: public in here, since Diesel's macros make the schema public.
mod sql {
    use diesel::query_builder::QueryId;
    use diesel::sql_types::SqlType;

    /// An instant: `timestamptz`, or microseconds since 1970 in UTC.
    #[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 1184, array_oid = 1185), sqlite_type(name = "Long"))]
    pub struct Instant;

    /// An amount to compare by: `numeric` with eight decimals, or hundred-millionths.
    #[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 1700, array_oid = 1231), sqlite_type(name = "Long"))]
    pub struct Amount;

    /// A UUID: `uuid`, or 16 bytes.
    #[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Binary"))]
    pub struct Uuid;

    /// JSON that is kept to the letter: `json`, or text.
    #[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 114, array_oid = 199), sqlite_type(name = "Text"))]
    pub struct Json;

    /// JSON that can be looked into: `jsonb`, or text.
    #[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 3802, array_oid = 3807), sqlite_type(name = "Text"))]
    pub struct Document;

    /// Text of somebody else's, with any character in it: `bytea`, for no text of PostgreSQL holds a NUL, or text.
    #[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 17, array_oid = 1001), sqlite_type(name = "Text"))]
    pub struct Opaque;
}

impl SqlOrd for Instant {}

/// What stands in a column of [`Instant`].
#[derive(AsExpression, Clone, Copy, Debug, FromSqlRow, PartialEq, Eq, PartialOrd, Ord)]
#[diesel(sql_type = Instant)]
pub(crate) struct At(pub(crate) Timestamp);

/// Hundred-millionths of a unit, in a column of [`Amount`]. They are only compared and written.
#[derive(AsExpression, Clone, Copy, Debug)]
#[diesel(sql_type = Amount)]
pub(crate) struct HundredMillionths(pub(crate) i64);

/// A UUID, in a column of [`Uuid`].
#[derive(AsExpression, Clone, Copy, Debug, FromSqlRow, PartialEq, Eq)]
#[diesel(sql_type = Uuid)]
pub(crate) struct KeptUuid(pub(crate) uuid::Uuid);

/// What stands in a column of [`Uuid`], or what is wrong with it: one row that cannot be read is in nobody's way.
#[derive(Clone, Debug, FromSqlRow)]
pub(crate) struct ReadUuid(pub(crate) Result<uuid::Uuid, String>);

/// Text in a column of [`Json`].
#[derive(AsExpression, Clone, Debug, FromSqlRow)]
#[diesel(sql_type = Json)]
pub(crate) struct JsonText(pub(crate) String);

/// Text in a column of [`Document`].
#[derive(AsExpression, Clone, Debug, FromSqlRow)]
#[diesel(sql_type = Document)]
pub(crate) struct DocumentText(pub(crate) String);

/// Text in a column of [`Opaque`].
#[derive(AsExpression, Clone, Debug, FromSqlRow)]
#[diesel(sql_type = Opaque)]
pub(crate) struct OpaqueText(pub(crate) String);

/// An amount, kept as it is printed, in a column of text; read without a text in between.
#[derive(AsExpression, Debug, FromSqlRow)]
#[diesel(sql_type = Text)]
pub(crate) struct KeptAmount(pub(crate) Money);

fn uuid(bytes: &[u8]) -> Result<uuid::Uuid, String> {
    uuid::Uuid::from_slice(bytes).map_err(|error| error.to_string())
}

/// The names that the schema gives to columns: these, and Diesel's own.
pub(crate) mod columns {
    pub(crate) use super::sql::{Amount, Document, Instant, Json, Opaque, Uuid};
    pub(crate) use super::sql_types::{BigInt, Binary, Bool, Nullable, Text};
}
