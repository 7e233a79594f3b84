//! The column types in PostgreSQL.

use std::io::Write;

use cdr_model::Timestamp;
use diesel::deserialize::{self, FromSql};
use diesel::pg::data_types::PgNumeric;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Numeric, Text};

use super::{
    Amount, At, DetailsBytes, Document, HundredMillionths, Instant, Json, JsonText, KeptAmount, KeptDetails, KeptUuid,
    Opaque, OpaqueText, ReadUuid, Uuid, uuid,
};

/// Microseconds from 1970 to 2000, the epoch of PostgreSQL's `timestamptz`.
const TO_2000: i64 = 946_684_800_000_000;

/// The range of `timestamptz` in microseconds since 2000: from 4714 BC to before the year 294277
/// (<https://www.postgresql.org/docs/current/datatype-datetime.html>).
const FINITE: std::ops::Range<i64> = -211_813_488_000_000_000..9_223_371_331_200_000_000;

impl ToSql<Instant, Pg> for At {
    /// Instants outside the range become `-infinity` or `infinity`. As bounds they mean the same, and no record lies
    /// there.
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let micros = self.0.micros();
        let since_2000 = match micros.checked_sub(TO_2000) {
            Some(count) if FINITE.contains(&count) => count,
            _ if micros < TO_2000 => i64::MIN,
            _ => i64::MAX,
        };
        out.write_all(&since_2000.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, Pg> for At {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<At> {
        let since_2000 = i64::from_be_bytes(value.as_bytes().try_into()?);
        Ok(At(Timestamp::from_micros(since_2000.saturating_add(TO_2000))))
    }
}

impl ToSql<Amount, Pg> for HundredMillionths {
    /// `numeric` consists of groups of four decimal digits; the last two groups are the eight decimals.
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

impl FromSql<Uuid, Pg> for ReadUuid {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<ReadUuid> {
        Ok(ReadUuid(uuid(value.as_bytes())))
    }
}

/// Text whose wire form is its UTF-8 bytes.
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
                Ok($text(str::from_utf8(value.as_bytes())?.to_owned()))
            }
        }
    )+};
}

kept_as_bytes!(JsonText: Json, OpaqueText: Opaque);

/// The version of `jsonb`'s binary form.
const DOCUMENT_VERSION: u8 = 1;

impl ToSql<Document, Pg> for KeptDetails {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        match self {
            KeptDetails::Json(json) => {
                out.write_all(&[DOCUMENT_VERSION])?;
                out.write_all(json.as_bytes())?;
                Ok(IsNull::No)
            }
            #[cfg(feature = "sqlite")]
            KeptDetails::Document { .. } => Err("a database stores details as JSON".into()),
        }
    }
}

impl FromSql<Document, Pg> for DetailsBytes {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<DetailsBytes> {
        document_bytes(value.as_bytes()).map(|json| DetailsBytes(json.to_owned()))
    }
}

/// The JSON of a document from its binary form.
pub(crate) fn document_bytes(bytes: &[u8]) -> deserialize::Result<&[u8]> {
    match bytes {
        [DOCUMENT_VERSION, json @ ..] => Ok(json),
        _ => Err("unknown version of the binary form of jsonb".into()),
    }
}

impl FromSql<Text, Pg> for KeptAmount {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<KeptAmount> {
        let text = str::from_utf8(value.as_bytes())?;
        Ok(KeptAmount(text.parse().map_err(|error| format!("an amount: {error}"))?))
    }
}
