//! Columns that SQLite keeps in its few kinds of values, and PostgreSQL in types that people can query. Rust sees the same
//! value on both: microseconds, hundred-millionths, a UUID, JSON as text.

use std::io::Write;

use cdr_model::Timestamp;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::data_types::PgNumeric;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{self, BigInt, Numeric, SqlOrd, Text};
use diesel::sqlite::{Sqlite, SqliteValue};

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

/// Microseconds from 1970 to 2000, where PostgreSQL begins to count.
const TO_2000: i64 = 946_684_800_000_000;
/// What PostgreSQL's instants can tell, by its count: from 4714 BC on, and before the year 294277
/// (<https://www.postgresql.org/docs/current/datatype-datetime.html>).
const TOLD: std::ops::Range<i64> = -211_813_488_000_000_000..9_223_371_331_200_000_000;

impl ToSql<Instant, Pg> for At {
    /// Beyond what PostgreSQL can tell it is `-infinity` or `infinity`: bounds mean the same, and no record is so old.
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let micros = self.0.micros();
        let told = match micros.checked_sub(TO_2000) {
            Some(count) if TOLD.contains(&count) => count,
            _ if micros < TO_2000 => i64::MIN,
            _ => i64::MAX,
        };
        out.write_all(&told.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, Pg> for At {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<At> {
        let told = i64::from_be_bytes(value.as_bytes().try_into()?);
        Ok(At(Timestamp::from_micros(told.saturating_add(TO_2000))))
    }
}

impl ToSql<Instant, Sqlite> for At {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.micros());
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, Sqlite> for At {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<At> {
        FromSql::<BigInt, Sqlite>::from_sql(value).map(|micros: i64| At(Timestamp::from_micros(micros)))
    }
}

impl ToSql<Amount, Pg> for HundredMillionths {
    /// PostgreSQL counts in groups of four decimal digits: two of them are the eight decimals.
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let mut rest = self.0.unsigned_abs();
        let mut digits = Vec::with_capacity(5);
        while rest > 0 || digits.len() < 2 {
            digits.push(i16::try_from(rest % 10_000)?);
            rest /= 10_000;
        }
        digits.reverse();
        let weight = i16::try_from(digits.len())? - 3;
        let numeric = match self.0 {
            0.. => PgNumeric::Positive { weight, scale: 8, digits },
            _ => PgNumeric::Negative { weight, scale: 8, digits },
        };
        ToSql::<Numeric, Pg>::to_sql(&numeric, &mut out.reborrow())
    }
}

impl ToSql<Amount, Sqlite> for HundredMillionths {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0);
        Ok(IsNull::No)
    }
}

impl ToSql<Uuid, Pg> for KeptUuid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Uuid, Pg> for KeptUuid {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<KeptUuid> {
        Ok(KeptUuid(uuid(value.as_bytes())?))
    }
}

impl ToSql<Uuid, Sqlite> for KeptUuid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<Uuid, Sqlite> for KeptUuid {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<KeptUuid> {
        Ok(KeptUuid(uuid(value.read_blob())?))
    }
}

fn uuid(bytes: &[u8]) -> Result<uuid::Uuid, String> {
    uuid::Uuid::from_slice(bytes).map_err(|error| error.to_string())
}

impl FromSql<Uuid, Pg> for ReadUuid {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<ReadUuid> {
        Ok(ReadUuid(uuid(value.as_bytes())))
    }
}

impl FromSql<Uuid, Sqlite> for ReadUuid {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<ReadUuid> {
        Ok(ReadUuid(uuid(value.read_blob())))
    }
}

/// Text that both databases keep as its bytes, whatever they call it.
macro_rules! kept_as_bytes {
    ($($text:ident: $kind:ty),+) => {$(
        impl ToSql<$kind, Pg> for $text {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                out.write_all(self.0.as_bytes())?;
                Ok(IsNull::No)
            }
        }

        impl FromSql<$kind, Pg> for $text {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<$text> {
                Ok($text(std::str::from_utf8(value.as_bytes())?.to_owned()))
            }
        }

        impl ToSql<$kind, Sqlite> for $text {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.0.as_str());
                Ok(IsNull::No)
            }
        }

        impl FromSql<$kind, Sqlite> for $text {
            fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<$text> {
                FromSql::<Text, Sqlite>::from_sql(value).map($text)
            }
        }
    )+};
}

kept_as_bytes!(JsonText: Json, OpaqueText: Opaque);

/// The version of `jsonb`'s binary form.
const DOCUMENT_VERSION: u8 = 1;

impl ToSql<Document, Pg> for DocumentText {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[DOCUMENT_VERSION])?;
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Document, Pg> for DocumentText {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<DocumentText> {
        match value.as_bytes() {
            [DOCUMENT_VERSION, text @ ..] => Ok(DocumentText(std::str::from_utf8(text)?.to_owned())),
            _ => Err("a jsonb of another version".into()),
        }
    }
}

impl ToSql<Document, Sqlite> for DocumentText {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_str());
        Ok(IsNull::No)
    }
}

impl FromSql<Document, Sqlite> for DocumentText {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<DocumentText> {
        FromSql::<Text, Sqlite>::from_sql(value).map(DocumentText)
    }
}

/// The names that the schema gives to columns: these, and Diesel's own.
pub(crate) mod columns {
    pub(crate) use super::sql::{Amount, Document, Instant, Json, Opaque, Uuid};
    pub(crate) use super::sql_types::{BigInt, Binary, Bool, Nullable, Text};
}
