//! SQL types that SQLite stores in its few storage classes, and PostgreSQL in native types that are convenient to query
//! by hand. The Rust values are the same for both: microseconds, hundred-millionths, a UUID, JSON as text.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use cdr_model::{Money, Timestamp};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::{self, SqlOrd, Text};

#[cfg(feature = "postgres")]
pub(crate) use postgres::document_bytes;
pub(crate) use sql::{Amount, Document, Instant, Json, Opaque, Uuid};

/// The SQL types: public in this module because Diesel's macros make the schema public.
mod sql {
    use diesel::query_builder::QueryId;
    use diesel::sql_types::SqlType;

    /// An instant: `timestamptz`, or microseconds since 1970 in UTC.
    #[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 1184, array_oid = 1185), sqlite_type(name = "Long"))]
    pub struct Instant;

    /// An amount for comparisons: `numeric` with eight decimals, or hundred-millionths.
    #[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 1700, array_oid = 1231), sqlite_type(name = "Long"))]
    pub struct Amount;

    /// A UUID: `uuid`, or 16 bytes.
    #[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Binary"))]
    pub struct Uuid;

    /// JSON stored verbatim: `json`, or text.
    #[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 114, array_oid = 199), sqlite_type(name = "Text"))]
    pub struct Json;

    /// JSON whose members can be queried: `jsonb`, or text.
    #[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 3802, array_oid = 3807), sqlite_type(name = "Text"))]
    pub struct Document;

    /// Text from a client, with any character in it: `bytea`, because PostgreSQL's `text` cannot hold a NUL, or text.
    #[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 17, array_oid = 1001), sqlite_type(name = "Text"))]
    pub struct Opaque;
}

impl SqlOrd for Instant {}

/// The value of a column of [`Instant`].
#[derive(AsExpression, Clone, Copy, Debug, FromSqlRow, PartialEq, Eq, PartialOrd, Ord)]
#[diesel(sql_type = Instant)]
pub(crate) struct At(pub(crate) Timestamp);

/// Hundred-millionths of a unit, in a column of [`Amount`]. The column is compared and written, but not read.
#[derive(AsExpression, Clone, Copy, Debug)]
#[diesel(sql_type = Amount)]
pub(crate) struct HundredMillionths(pub(crate) i64);

/// A UUID, in a column of [`Uuid`].
#[derive(AsExpression, Clone, Copy, Debug, FromSqlRow, PartialEq, Eq)]
#[diesel(sql_type = Uuid)]
pub(crate) struct KeptUuid(pub(crate) uuid::Uuid);

/// The value of a column of [`Uuid`], or why it is invalid, so that one damaged row does not fail the whole query.
#[derive(Clone, Debug, FromSqlRow)]
pub(crate) struct ReadUuid(pub(crate) Result<uuid::Uuid, String>);

/// Text in a column of [`Json`].
#[derive(AsExpression, Clone, Debug, FromSqlRow)]
#[diesel(sql_type = Json)]
pub(crate) struct JsonText(pub(crate) String);

/// The details of a call as they are stored.
#[derive(AsExpression, Clone, Debug)]
#[diesel(sql_type = Document)]
pub(crate) enum KeptDetails {
    /// As JSON, in a column of [`Document`].
    #[cfg(feature = "postgres")]
    Json(String),
    /// As a binary document, in a column of bytes.
    #[cfg(feature = "sqlite")]
    Document {
        bytes: Vec<u8>,
        /// What the legs of the call share.
        legs: Option<String>,
    },
}

/// The details of a call as they are read from a column of [`Document`]: a binary document, or JSON.
#[derive(Clone, Debug, FromSqlRow)]
pub(crate) struct DetailsBytes(pub(crate) Vec<u8>);

/// Text in a column of [`Opaque`].
#[derive(AsExpression, Clone, Debug, FromSqlRow)]
#[diesel(sql_type = Opaque)]
pub(crate) struct OpaqueText(pub(crate) String);

/// An amount in a column of text, stored as printed. It is parsed without an intermediate `String`.
#[derive(AsExpression, Debug, FromSqlRow)]
#[diesel(sql_type = Text)]
pub(crate) struct KeptAmount(pub(crate) Money);

fn uuid(bytes: &[u8]) -> Result<uuid::Uuid, String> {
    uuid::Uuid::from_slice(bytes).map_err(|error| error.to_string())
}

/// The column types that the schema uses: these, and Diesel's own.
pub(crate) mod columns {
    pub(crate) use super::sql::{Amount, Document, Instant, Json, Opaque, Uuid};
    pub(crate) use super::sql_types::{BigInt, Binary, Bool, Nullable, Text};
}
