//! The digest of a key as a function of SQL, for the migration that computes it for the keys of older stores.

use diesel::sql_types::{BigInt, Text};
use diesel::{QueryResult, SqliteConnection};

use crate::key_digest::key_digest;

#[diesel::declare_sql_function]
extern "SQL" {
    /// The digest of a source's number and a key.
    fn tollbook_key_digest(source_id: BigInt, key: Text) -> Binary;
}

/// Adds the function to a connection.
pub(super) fn register(conn: &mut SqliteConnection) -> QueryResult<()> {
    tollbook_key_digest_utils::register_impl(conn, |source_id: i64, key: String| {
        key_digest(source_id, &key).into_bytes().to_vec()
    })
}
