//! The column types in SQLite.

use cdr_model::Timestamp;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::{Sqlite, SqliteValue};

use super::{
    Amount, At, DetailsBytes, Document, HundredMillionths, Instant, Json, JsonText, KeptAmount, KeptUuid, Opaque,
    OpaqueText, ReadUuid, Uuid, uuid,
};

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

impl ToSql<Amount, Sqlite> for HundredMillionths {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0);
        Ok(IsNull::No)
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

impl FromSql<Uuid, Sqlite> for ReadUuid {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<ReadUuid> {
        Ok(ReadUuid(uuid(value.read_blob())))
    }
}

/// Text that is stored as text.
macro_rules! kept_as_text {
    ($($text:ident: $kind:ty),+) => {$(
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

kept_as_text!(JsonText: Json, OpaqueText: Opaque);

impl FromSql<Document, Sqlite> for DetailsBytes {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<DetailsBytes> {
        Ok(DetailsBytes(value.read_blob().to_vec()))
    }
}

impl FromSql<Text, Sqlite> for KeptAmount {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<KeptAmount> {
        Ok(KeptAmount(value.read_text().parse().map_err(|error| format!("an amount: {error}"))?))
    }
}
