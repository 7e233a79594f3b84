//! Puts records into quarantine.

use super::super::Conn;
use cdr_mediation::QuarantinedVersion;
use cdr_model::{Timestamp, printable};
use diesel::QueryResult;
use diesel::prelude::*;

use crate::schema::quarantine;
use crate::types::{At, JsonText};

/// The reason for a known key with different content.
pub(crate) const CONFLICT: &str = "conflict";
/// The reason for a row that may be a known call, written with more or fewer columns.
pub(crate) const FORM_UNCLEAR: &str = "form-unclear";
/// The reason for a record that is older than the retention period.
pub(crate) const BEFORE_RETENTION: &str = "before-retention";
/// The reason for the end of a call of which nothing else is known.
pub(crate) const INVITE_MISSING: &str = "invite-missing";
/// The stored resolution of an undecided entry.
pub(crate) const OPEN: i64 = 0;
/// The stored resolution of a loaded entry.
pub(crate) const ACCEPTED: i64 = 1;
/// The stored resolution of a discarded entry.
pub(crate) const DROPPED: i64 = 2;

/// A record that is to be put into quarantine.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    pub(crate) source_id: i64,
    pub(crate) feed: &'a str,
    pub(crate) customer: Option<&'a str>,
    pub(crate) reason: &'a str,
    pub(crate) detail: &'a str,
    pub(crate) position: &'a str,
    pub(crate) received_at: Timestamp,
    pub(crate) raw: &'a [u8],
    /// The digest of the record if it could be read, else that of `raw`.
    pub(crate) digest: &'a [u8],
    pub(crate) key: Option<&'a str>,
    /// What its feed needs to read it again.
    pub(crate) context_id: Option<i64>,
    /// For a conflict: the version in quarantine, the number of the record it conflicts with, and the digest of that
    /// record.
    pub(crate) conflict: Option<(&'a QuarantinedVersion, i64, &'a [u8])>,
}

impl Held<'_> {
    /// Whether the quarantine already has the same entry, open or settled.
    pub(crate) fn is_there(&self, conn: &mut Conn) -> QueryResult<bool> {
        let same = quarantine::table
            .filter(quarantine::source_id.eq(self.source_id))
            .filter(quarantine::digest.eq(self.digest))
            .filter(quarantine::reason.eq(self.reason));
        match self.key {
            Some(key) => diesel::select(diesel::dsl::exists(same.filter(quarantine::key.eq(key)))).get_result(conn),
            None => diesel::select(diesel::dsl::exists(same.filter(quarantine::key.is_null()))).get_result(conn),
        }
    }

    /// Puts it in place of an open entry, of which it is another reading.
    pub(crate) fn replace(&self, conn: &mut Conn, id: i64) -> QueryResult<()> {
        let set = (
            quarantine::reason.eq(self.reason),
            quarantine::detail.eq(shown(self.detail)),
            quarantine::raw.eq(self.raw),
            quarantine::digest.eq(self.digest),
            quarantine::key.eq(self.key),
            quarantine::version.eq(self.version()?),
            quarantine::document_version.eq(self.conflict.map(|_| i64::from(QuarantinedVersion::VERSION))),
            quarantine::known_number.eq(self.conflict.map(|(_, number, _)| number)),
            quarantine::known_digest.eq(self.conflict.map(|(.., digest)| digest)),
        );
        let open = quarantine::table.find(id).filter(quarantine::resolution.eq(OPEN));
        diesel::update(open).set(set).execute(conn).map(drop)
    }

    /// The document of the version of a conflict.
    fn version(&self) -> QueryResult<Option<JsonText>> {
        let version = self.conflict.map(|(version, ..)| serde_json::to_string(version).map(JsonText)).transpose();
        version.map_err(|error| diesel::result::Error::SerializationError(error.into()))
    }

    /// Inserts it under a number.
    pub(crate) fn insert(&self, conn: &mut Conn, id: i64) -> QueryResult<()> {
        let version = self.version()?;
        diesel::insert_into(quarantine::table)
            .values((
                quarantine::id.eq(id),
                quarantine::source_id.eq(self.source_id),
                quarantine::feed.eq(self.feed),
                quarantine::customer.eq(self.customer),
                quarantine::reason.eq(self.reason),
                quarantine::detail.eq(shown(self.detail)),
                quarantine::position.eq(shown(self.position)),
                quarantine::received_at.eq(At(self.received_at)),
                quarantine::raw.eq(self.raw),
                quarantine::digest.eq(self.digest),
                quarantine::key.eq(self.key),
                quarantine::version.eq(version),
                quarantine::document_version.eq(self.conflict.map(|_| i64::from(QuarantinedVersion::VERSION))),
                quarantine::known_number.eq(self.conflict.map(|(_, number, _)| number)),
                quarantine::known_digest.eq(self.conflict.map(|(.., digest)| digest)),
                quarantine::resolution.eq(OPEN),
                quarantine::context_id.eq(self.context_id),
            ))
            .execute(conn)
            .map(drop)
    }
}

/// Whether a version with this content was replaced by an accepted one, so that loading it again adds nothing.
pub(crate) fn was_replaced(conn: &mut Conn, source_id: i64, key: &str, digest: &[u8]) -> QueryResult<bool> {
    let replaced = quarantine::table
        .filter(quarantine::source_id.eq(source_id))
        .filter(quarantine::key.eq(key))
        .filter(quarantine::resolution.eq(ACCEPTED))
        .filter(quarantine::known_digest.eq(digest));
    diesel::select(diesel::dsl::exists(replaced)).get_result(conn)
}

/// Whether a source has an open entry that could be read and is not a conflict.
pub(crate) fn is_waiting(conn: &mut Conn, source_id: i64) -> QueryResult<bool> {
    let waiting = quarantine::table
        .filter(quarantine::source_id.eq(source_id))
        .filter(quarantine::resolution.eq(OPEN))
        .filter(quarantine::key.is_not_null())
        .filter(quarantine::known_number.is_null());
    diesel::select(diesel::dsl::exists(waiting)).get_result(conn)
}

/// Settles the open entries with this key and content: the record has been loaded under this record number.
pub(crate) fn settle_as_loaded(
    conn: &mut Conn,
    source_id: i64,
    key: &str,
    digest: &[u8],
    number: i64,
    now: Timestamp,
) -> QueryResult<()> {
    let waiting = quarantine::table
        .filter(quarantine::source_id.eq(source_id))
        .filter(quarantine::digest.eq(digest))
        .filter(quarantine::key.eq(key))
        .filter(quarantine::resolution.eq(OPEN));
    let settled = (
        quarantine::resolution.eq(ACCEPTED),
        quarantine::resolved_at.eq(At(now)),
        quarantine::resolved_number.eq(number),
    );
    diesel::update(waiting).set(settled).execute(conn).map(drop)
}

/// Settles an open entry: its record is in the store under this number.
pub(crate) fn settle(conn: &mut Conn, id: i64, number: i64, now: Timestamp) -> QueryResult<()> {
    let settled = (
        quarantine::resolution.eq(ACCEPTED),
        quarantine::resolved_at.eq(At(now)),
        quarantine::resolved_number.eq(number),
    );
    let open = quarantine::table.find(id).filter(quarantine::resolution.eq(OPEN));
    diesel::update(open).set(settled).execute(conn).map(drop)
}

/// Settles the open entries of a dialogue: its call has been loaded under this record number.
pub(crate) fn settle_dialogue(
    conn: &mut Conn,
    source_id: i64,
    key: &str,
    number: i64,
    now: Timestamp,
) -> QueryResult<()> {
    let waiting = quarantine::table
        .filter(quarantine::source_id.eq(source_id))
        .filter(quarantine::key.eq(key))
        .filter(quarantine::known_number.is_null())
        .filter(quarantine::resolution.eq(OPEN));
    let settled = (
        quarantine::resolution.eq(ACCEPTED),
        quarantine::resolved_at.eq(At(now)),
        quarantine::resolved_number.eq(number),
    );
    diesel::update(waiting).set(settled).execute(conn).map(drop)
}

/// Makes text that may quote a record printable.
pub(crate) fn shown(text: &str) -> String {
    printable(text).into_owned()
}
