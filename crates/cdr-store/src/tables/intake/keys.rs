//! The current version of every record, by its natural key.

use std::collections::HashMap;

use super::super::Conn;
use super::screen::has_nul;
use diesel::QueryResult;
use diesel::prelude::*;

use crate::key_digest::key_digest;
use crate::rows::NewKey;
use crate::schema::intake_keys;
use crate::types::{At, KeptUuid};

/// The number of keys that one statement looks up. SQLite binds at most 32,766 values.
const AT_ONCE: usize = 1_000;

/// The table of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordTable {
    /// Calls.
    Calls = 0,
    /// Conferences.
    Conferences = 1,
}

impl RecordTable {
    pub(crate) fn code(self) -> i64 {
        self as i64
    }
}

/// The current version of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownKey {
    pub(crate) number: i64,
    pub(crate) first_number: i64,
    pub(crate) account_id: i64,
    pub(crate) started_at: At,
    pub(crate) digest: Vec<u8>,
    pub(crate) sheet: i64,
}

impl KnownKey {
    /// Whether it is in this table and has this content.
    pub(crate) fn is(&self, sheet: RecordTable, digest: &[u8]) -> bool {
        self.digest == digest && self.sheet == sheet.code()
    }
}

/// The current version after a row has been written.
pub(crate) fn known(row: &NewKey<'_>) -> KnownKey {
    let NewKey { number, first_number, account_id, started_at, sheet, digest, .. } = *row;
    KnownKey { number, first_number, account_id, started_at, digest: digest.to_vec(), sheet }
}

/// Points a known key to its new version.
pub(crate) fn update(conn: &mut Conn, row: &NewKey<'_>) -> QueryResult<()> {
    diesel::update(intake_keys::table.find(row.key_digest))
        .set((
            intake_keys::number.eq(row.number),
            intake_keys::account_id.eq(row.account_id),
            intake_keys::started_at.eq(row.started_at),
            intake_keys::digest.eq(row.digest),
        ))
        .execute(conn)
        .map(drop)
}

/// The row of a version that is replaced, under a digest by which no load finds it: an export at an earlier watermark prints
/// its key.
pub(crate) fn freed<'a>(row: &NewKey<'a>, replaced: &'a KnownKey) -> NewKey<'a> {
    // A key has no NUL.
    let unfindable = format!("{}\0{}", row.key, replaced.number);
    NewKey {
        number: replaced.number,
        key_digest: KeptUuid(key_digest(row.source_id, &unfindable)),
        account_id: replaced.account_id,
        started_at: replaced.started_at,
        digest: &replaced.digest,
        form: None,
        ..*row
    }
}

/// Key, number, first number, account, start, digest, sheet.
type KeyColumns = (String, i64, i64, i64, At, Vec<u8>, i64);

/// The current versions of the known ones among these keys. They are found by their digest, and compared by their text:
/// another key with the same digest is not known here, and the table refuses it when it is written.
pub(crate) fn look_up<'a>(
    conn: &mut Conn,
    source_id: i64,
    keys: &[&'a str],
) -> QueryResult<HashMap<&'a str, KnownKey>> {
    let mut known = HashMap::with_capacity(keys.len());
    // A key with a NUL is never stored, and PostgreSQL rejects it as a parameter.
    let keys: Vec<&str> = keys.iter().copied().filter(|key| !has_nul(key)).collect();
    for chunk in keys.chunks(AT_ONCE) {
        let digests = chunk.iter().map(|key| KeptUuid(key_digest(source_id, key)));
        let rows: Vec<KeyColumns> = intake_keys::table
            .filter(intake_keys::key_digest.eq_any(digests))
            .filter(intake_keys::source_id.eq(source_id))
            .select((
                intake_keys::key,
                intake_keys::number,
                intake_keys::first_number,
                intake_keys::account_id,
                intake_keys::started_at,
                intake_keys::digest,
                intake_keys::sheet,
            ))
            .load(conn)?;
        let mut found: HashMap<String, KnownKey> = rows
            .into_iter()
            .map(|(key, number, first_number, account_id, started_at, digest, sheet)| {
                (key, KnownKey { number, first_number, account_id, started_at, digest, sheet })
            })
            .collect();
        if !found.is_empty() {
            known.extend(chunk.iter().filter_map(|key| found.remove(*key).map(|found| (*key, found))));
        }
    }
    Ok(known)
}
