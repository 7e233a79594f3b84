//! The details of a call: binary documents, and the JSON that earlier versions stored.

use cdr_model::{Cdr, CdrField, Details, DocumentError, Value, Xdr};
use diesel::prelude::*;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
use diesel::sqlite::Sqlite;
use uuid::Uuid;

use super::tables::{Store, WriteLock};
use crate::RewriteReport;
use crate::error::{OLDER_DETAILS, StoreError};
use crate::schema::{cdrs, counters};
use crate::types::KeptDetails;

/// Calls that are rewritten in one transaction, few enough that other writers wait only briefly.
const CHUNK: i64 = 2_000;

#[diesel::declare_sql_function]
extern "SQL" {
    /// The binary document of details in JSON.
    fn tollbook_details_document(json: Text) -> Binary;

    /// What the legs of a call with these details in JSON share.
    fn tollbook_details_legs(json: Text) -> Nullable<Text>;

    /// The JSON of details in either form.
    fn tollbook_details_json(details: Binary) -> Text;
}

/// The result of a function, which fails if the details are damaged.
#[derive(Debug)]
struct Computed<T>(Result<T, DocumentError>);

impl<T> Computed<T> {
    /// Computes something from details in either form.
    fn of(details: &[u8], compute: impl FnOnce(Details) -> T) -> Computed<T> {
        Computed(Details::read(details).map(compute))
    }

    fn value(&self) -> Result<&T, String> {
        self.0.as_ref().map_err(DocumentError::to_string)
    }
}

impl ToSql<Binary, Sqlite> for Computed<Vec<u8>> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.value()?.as_slice());
        Ok(IsNull::No)
    }
}

impl ToSql<Nullable<Text>, Sqlite> for Computed<Option<String>> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        let Some(text) = self.value()? else { return Ok(IsNull::Yes) };
        out.set_value(text.as_str());
        Ok(IsNull::No)
    }
}

impl ToSql<Text, Sqlite> for Computed<serde_json::Result<String>> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.value()?.as_ref().map_err(serde_json::Error::to_string)?.as_str());
        Ok(IsNull::No)
    }
}

/// Adds the functions to a connection.
pub(super) fn register(conn: &mut SqliteConnection) -> QueryResult<()> {
    tollbook_details_document_utils::register_impl(conn, |json: String| {
        Computed::of(json.as_bytes(), |details| Cdr { details, ..Cdr::default() }.details_document(&[]))
    })?;
    tollbook_details_legs_utils::register_impl(conn, |json: String| {
        Computed::of(json.as_bytes(), |details| legs(&details))
    })?;
    tollbook_details_json_utils::register_impl(conn, |details: Vec<u8>| {
        Computed::of(&details, |details| serde_json::to_string(&details))
    })
}

/// The details of a call as they are stored, with a UUID and an account code that the call does not have itself.
///
/// # Errors
/// Never here. In PostgreSQL, if they cannot be written as JSON.
pub(crate) fn kept_details(
    call: &Cdr,
    call_uuid: Option<Uuid>,
    account_given: Option<&str>,
) -> serde_json::Result<KeptDetails> {
    let given = [(CdrField::CallUuid, Value::from(call_uuid)), (CdrField::AccountGiven, account_given.into())];
    Ok(KeptDetails::Document { bytes: call.details_document(&given), legs: legs(&call.details) })
}

fn legs(details: &Details) -> Option<String> {
    details.xdr.as_deref().and_then(Xdr::group).map(str::to_owned)
}

/// A call with JSON.
#[derive(QueryableByName)]
struct OlderCall {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Text)]
    json: String,
}

/// Whether calls may have JSON.
pub(super) fn has_older(store: &Store) -> Result<bool, StoreError> {
    let last = store.read(|conn| Ok(last_older(conn)?)).map_err(|error| store.0.place.error(error))?;
    Ok(last.is_some())
}

/// Rewrites the details of calls that have JSON, newest first; see [`crate::Store::rewrite_details`].
pub(super) fn rewrite(store: &Store, progress: &mut dyn FnMut(u64, u64)) -> Result<RewriteReport, StoreError> {
    let sql = |error| store.0.place.error(error);
    let mut report = RewriteReport::default();
    let Some(last) = store.read(|conn| Ok(last_older(conn)?)).map_err(sql)? else { return Ok(report) };
    let all = store.read(|conn| {
        let older = cdrs::table.filter(cdrs::number.le(last)).filter(diesel::dsl::sql::<Bool>("document IS NULL"));
        Ok(older.count().get_result::<i64>(conn)?.unsigned_abs())
    });
    let all = all.map_err(sql)?;
    progress(0, all);
    while store.write(WriteLock::Records, |conn| Ok(rewrite_chunk(conn, &mut report)?)).map_err(sql)? {
        progress(report.calls, all);
    }
    Ok(report)
}

/// The highest number of a call that may have JSON.
fn last_older(conn: &mut SqliteConnection) -> QueryResult<Option<i64>> {
    counters::table.find(OLDER_DETAILS).select(counters::last).first(conn).optional()
}

/// Rewrites the details of the next calls that have JSON. Returns `false` once none are left.
fn rewrite_chunk(conn: &mut SqliteConnection, report: &mut RewriteReport) -> QueryResult<bool> {
    let Some(last) = last_older(conn)? else { return Ok(false) };
    let older = sql_query(
        "SELECT number, details_json AS json FROM cdrs WHERE number <= ? AND document IS NULL ORDER BY number DESC LIMIT ?",
    );
    let older = older.bind::<BigInt, _>(last).bind::<BigInt, _>(CHUNK).load::<OlderCall>(conn)?;
    let Some(lowest) = older.last().map(|call| call.number) else {
        diesel::delete(counters::table.find(OLDER_DETAILS)).execute(conn)?;
        return Ok(false);
    };
    for OlderCall { number, json } in older {
        let Ok(details) = Details::read(json.as_bytes()) else {
            report.damaged.push(number);
            continue;
        };
        let legs = legs(&details);
        let document = Cdr { details, ..Cdr::default() }.details_document(&[]);
        sql_query("UPDATE cdrs SET document = ?, stored_leg_group = ?, details_json = '' WHERE number = ?")
            .bind::<Binary, _>(document)
            .bind::<Nullable<Text>, _>(legs)
            .bind::<BigInt, _>(number)
            .execute(conn)?;
        report.calls += 1;
    }
    diesel::update(counters::table.find(OLDER_DETAILS)).set(counters::last.eq(lowest - 1)).execute(conn)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;

    use super::{register, tollbook_details_document, tollbook_details_json, tollbook_details_legs};

    /// What migrations and moves read in one form and write in the other.
    #[test]
    fn the_functions_read_and_write_both_forms() {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        register(&mut conn).unwrap();
        for (json, legs) in [
            ("{}", None),
            (r#"{"group":"sip:7","xdr":{"conf_id":"A","incoming_conf_id":""}}"#, Some("A")),
            (r#"{"xdr":{"conf_id":"A","incoming_conf_id":"B"},"extra":{"trunk":"a \"b\""}}"#, Some("B")),
        ] {
            let document: Vec<u8> = diesel::select(tollbook_details_document(json)).get_result(&mut conn).unwrap();
            assert_eq!(document[0], 1, "{json}");
            for form in [document.as_slice(), json.as_bytes()] {
                let back: String = diesel::select(tollbook_details_json(form)).get_result(&mut conn).unwrap();
                assert_eq!(back, json);
            }
            let found: Option<String> = diesel::select(tollbook_details_legs(json)).get_result(&mut conn).unwrap();
            assert_eq!(found.as_deref(), legs, "{json}");
        }
        let damaged = diesel::select(tollbook_details_json(&b"\x01"[..])).get_result::<String>(&mut conn);
        assert_eq!(damaged.unwrap_err().to_string(), "the document is damaged");
    }
}
