//! The row of a key.

use diesel::prelude::*;

use crate::schema::intake_keys;
use crate::types::{At, KeptUuid};

/// A key row as written.
#[derive(Clone, Copy, Debug, Insertable)]
#[diesel(table_name = intake_keys, treat_none_as_default_value = false)]
pub(crate) struct NewKey<'a> {
    pub(crate) number: i64,
    pub(crate) key_digest: KeptUuid,
    pub(crate) source_id: i64,
    pub(crate) key: &'a str,
    pub(crate) first_number: i64,
    pub(crate) account_id: i64,
    pub(crate) started_at: At,
    pub(crate) sheet: i64,
    pub(crate) digest: &'a [u8],
    /// Its form, if its switch can write it in several.
    pub(crate) form: Option<i64>,
}
