//! The identities of records, which are stored apart from them.

use std::collections::HashMap;

use cdr_model::{CallBatch, Cdr, ConferenceRecord, Identity};
use data_encoding::HEXLOWER;
use diesel::prelude::*;

use super::super::Store;
use crate::error::TransactionError;
use crate::schema::{intake_keys, quarantine};

/// The number of records that one statement looks up. SQLite binds at most 32,766 values.
const AT_ONCE: usize = 1_000;

/// Of an entry of the quarantine: the number of the version that it replaced or conflicts with, the key, and the digest of
/// that version.
type QuarantinedIdentity = (Option<i64>, Option<String>, Option<Vec<u8>>);

/// Gives calls their identities.
pub(super) fn of_calls(store: &Store, upto: Option<i64>, calls: &mut [Cdr]) -> Result<(), TransactionError> {
    let numbers: Vec<i64> = calls.iter().map(|call| call.number).collect();
    let mut found = look_up(store, upto, &numbers)?;
    calls.iter_mut().for_each(|call| call.identity = found.remove(&call.number).map(Box::new));
    Ok(())
}

/// Gives the rows of a batch the identities that are wanted and were not read with them: those of replaced versions.
pub(super) fn of_rows(store: &Store, upto: Option<i64>, batch: &mut CallBatch) -> Result<(), TransactionError> {
    let rows = batch.unidentified();
    let numbers: Vec<i64> = rows.iter().map(|(_, number)| *number).collect();
    let mut found = look_up(store, upto, &numbers)?;
    for (at, number) in rows {
        found.remove(&number).into_iter().for_each(|identity| batch.identify(at, identity));
    }
    Ok(())
}

/// Gives a conference its identity.
pub(super) fn of_conference(
    store: &Store,
    upto: Option<i64>,
    conference: &mut ConferenceRecord,
) -> Result<(), TransactionError> {
    let mut found = look_up(store, upto, &[conference.number])?;
    conference.identity = found.remove(&conference.number).map(Box::new);
    Ok(())
}

/// The identities of records by number. That of a version that was replaced is in the entry of the quarantine that
/// replaced it.
fn look_up(store: &Store, upto: Option<i64>, numbers: &[i64]) -> Result<HashMap<i64, Identity>, TransactionError> {
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    store.read_records(upto, |conn| {
        let mut found = HashMap::with_capacity(numbers.len());
        for chunk in numbers.chunks(AT_ONCE) {
            let current: Vec<(i64, String, Vec<u8>)> = intake_keys::table
                .filter(intake_keys::number.eq_any(chunk))
                .select((intake_keys::number, intake_keys::key, intake_keys::digest))
                .load(conn)?;
            found.extend(current.into_iter().map(|(number, key, digest)| (number, identity(key, &digest))));
            let replaced: Vec<i64> = chunk.iter().filter(|number| !found.contains_key(number)).copied().collect();
            if replaced.is_empty() {
                continue;
            }
            let entries: Vec<QuarantinedIdentity> = quarantine::table
                .filter(quarantine::known_number.eq_any(replaced))
                .select((quarantine::known_number, quarantine::key, quarantine::known_digest))
                .load(conn)?;
            for entry in entries {
                if let (Some(number), Some(key), Some(digest)) = entry {
                    found.insert(number, identity(key, &digest));
                }
            }
        }
        Ok(found)
    })
}

fn identity(key: String, digest: &[u8]) -> Identity {
    Identity { key, digest: HEXLOWER.encode(digest) }
}
