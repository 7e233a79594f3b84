//! The row of the version of a part.

use diesel::prelude::*;

use crate::schema::part_versions;

/// The version of a part of the calls: of the calls of one hour, or of those of an account on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Insertable, Queryable)]
#[diesel(table_name = part_versions)]
pub(crate) struct PartRow {
    pub(crate) account_id: i64,
    pub(crate) part: i64,
    /// The record number of the last change.
    pub(crate) touched_by: i64,
    /// A random number of the last change. It tells two changes with one number apart, one of which is of a store that was
    /// replaced with an older copy of its file.
    pub(crate) mark: i64,
    /// The starts of the first and the last call that may be in the part, in microseconds.
    pub(crate) earliest: i64,
    pub(crate) latest: i64,
}
