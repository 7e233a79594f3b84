//! The present version of every record by its natural key.

use std::collections::HashMap;

use super::super::Conn;
use super::screen::has_nul;
use diesel::QueryResult;
use diesel::prelude::*;

use crate::schema::intake_keys;
use crate::types::At;

/// Keys that one statement asks for; SQLite binds at most 32,766 values.
const AT_ONCE: usize = 1_000;

/// Which table a record is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sheet {
    /// Calls.
    Calls = 0,
    /// Conferences.
    Conferences = 1,
}

impl Sheet {
    pub(crate) fn code(self) -> i64 {
        self as i64
    }
}

/// The present version of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) number: i64,
    pub(crate) first_number: i64,
    pub(crate) account_id: i64,
    pub(crate) started_at: At,
    pub(crate) digest: Vec<u8>,
    pub(crate) sheet: i64,
}

impl Known {
    /// Whether it is of this content.
    pub(crate) fn is(&self, sheet: Sheet, digest: &[u8]) -> bool {
        self.digest == digest && self.sheet == sheet.code()
    }
}

/// A key as it is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) source_id: i64,
    pub(crate) key: &'a str,
    pub(crate) number: i64,
    pub(crate) first_number: i64,
    pub(crate) account_id: i64,
    pub(crate) started_at: At,
    pub(crate) sheet: Sheet,
    pub(crate) digest: &'a [u8; 32],
}

impl Entry<'_> {
    /// What is known of the record from now on.
    pub(crate) fn known(&self) -> Known {
        let Entry { number, first_number, account_id, started_at, sheet, digest, .. } = *self;
        Known { number, first_number, account_id, started_at, digest: digest.to_vec(), sheet: sheet.code() }
    }

    /// Points a known key to its new version.
    pub(crate) fn update(&self, conn: &mut Conn) -> QueryResult<()> {
        diesel::update(intake_keys::table.find((self.source_id, self.key)))
            .set((
                intake_keys::number.eq(self.number),
                intake_keys::account_id.eq(self.account_id),
                intake_keys::started_at.eq(self.started_at),
                intake_keys::digest.eq(self.digest.as_slice()),
            ))
            .execute(conn)
            .map(drop)
    }
}

/// A key, its number, its first number, its account, its start, its digest, its sheet.
type Found = (String, i64, i64, i64, At, Vec<u8>, i64);

/// What is known of these keys.
pub(crate) fn look_up<'a>(conn: &mut Conn, source_id: i64, keys: &[&'a str]) -> QueryResult<HashMap<&'a str, Known>> {
    let mut known = HashMap::with_capacity(keys.len());
    // What holds a NUL is never kept, and PostgreSQL would not even be asked for it.
    let keys: Vec<&str> = keys.iter().copied().filter(|key| !has_nul(key)).collect();
    for chunk in keys.chunks(AT_ONCE) {
        let rows: Vec<Found> = intake_keys::table
            .filter(intake_keys::source_id.eq(source_id))
            .filter(intake_keys::key.eq_any(chunk))
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
        let mut found: HashMap<String, Known> = rows
            .into_iter()
            .map(|(key, number, first_number, account_id, started_at, digest, sheet)| {
                (key, Known { number, first_number, account_id, started_at, digest, sheet })
            })
            .collect();
        if !found.is_empty() {
            known.extend(chunk.iter().filter_map(|key| found.remove(*key).map(|found| (*key, found))));
        }
    }
    Ok(known)
}
