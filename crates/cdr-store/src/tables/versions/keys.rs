//! The keys of records whose versions change.

use diesel::prelude::*;

use super::super::{Conn, Db};
use super::AT_ONCE;
use crate::key_digest::key_digest;
use crate::rows::NewKey;
use crate::schema::intake_keys;
use crate::types::{At, KeptUuid};

/// The row of a key.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = intake_keys, check_for_backend(Db))]
pub(crate) struct KeyRow {
    pub(crate) number: i64,
    source_id: i64,
    key: String,
    first_number: i64,
    account_id: i64,
    started_at: At,
    sheet: i64,
    digest: Vec<u8>,
    form: Option<i64>,
}

impl KeyRow {
    /// The row of the version that replaces the one of this row, on an account.
    pub(crate) fn of_version(&self, number: i64, account_id: i64) -> NewKey<'_> {
        NewKey { number, key_digest: self.key_digest(), account_id, ..self.freed() }
    }

    /// What finds the key.
    pub(crate) fn key_digest(&self) -> KeptUuid {
        KeptUuid(key_digest(self.source_id, &self.key))
    }

    /// The row under another digest, by which no load finds it. An export at an earlier watermark still prints the key.
    pub(crate) fn freed(&self) -> NewKey<'_> {
        // A key has no NUL.
        let unfindable = format!("{}\0{}", self.key, self.number);
        NewKey {
            number: self.number,
            key_digest: KeptUuid(key_digest(self.source_id, &unfindable)),
            source_id: self.source_id,
            key: &self.key,
            first_number: self.first_number,
            account_id: self.account_id,
            started_at: self.started_at,
            sheet: self.sheet,
            digest: &self.digest,
            form: self.form,
        }
    }
}

/// Removes the keys of records, and returns them.
pub(crate) fn take_keys(conn: &mut Conn, numbers: &[i64]) -> QueryResult<Vec<KeyRow>> {
    let mut taken = Vec::with_capacity(numbers.len());
    for numbers in numbers.chunks(AT_ONCE) {
        let keys = || intake_keys::table.filter(intake_keys::number.eq_any(numbers));
        taken.extend(keys().select(KeyRow::as_select()).load::<KeyRow>(conn)?);
        diesel::delete(keys()).execute(conn)?;
    }
    Ok(taken)
}
