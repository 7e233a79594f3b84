//! Searches records: the keys by their digests, and the calls by their starts.

use std::collections::BTreeSet;

use cdr_model::Timestamp;
use diesel::prelude::*;

use super::super::{Conn, Db};
use super::matching::Wanted;
use super::{FOUND, Missing, Named};
use crate::key_digest::key_digest;
use crate::schema::{cdrs, intake_keys};
use crate::types::{At, KeptUuid};

/// The records that are read at a time, and in all.
const PAGE: i64 = 1_000;
const MOST: i64 = 1_000_000;

/// What is compared of a version.
type Compared = (i64, i64, At, Option<String>, Option<String>, Option<String>);

/// The IDs of the records that have the whole key.
pub(super) fn by_key(conn: &mut Conn, named: &Named, missing: &Missing) -> QueryResult<BTreeSet<i64>> {
    let Some(key) = missing.key.as_deref().filter(|key| !key.contains('\0')) else { return Ok(BTreeSet::new()) };
    let digests: Vec<KeptUuid> = named.keys().map(|source| KeptUuid(key_digest(*source, key))).collect();
    let ids = intake_keys::table.filter(intake_keys::key_digest.eq_any(digests)).filter(intake_keys::key.eq(key));
    Ok(ids.select(intake_keys::first_number).load::<i64>(conn)?.into_iter().collect())
}

/// Adds the IDs of the records that started around the time and are the wanted one. Returns whether all were read.
pub(super) fn by_time(
    conn: &mut Conn,
    named: &Named,
    wanted: &Wanted,
    around: Option<(Timestamp, Timestamp)>,
    ids: &mut BTreeSet<i64>,
) -> QueryResult<bool> {
    let Some((from, until)) = around else { return Ok(true) };
    let sources: Vec<i64> = named.keys().copied().collect();
    let (mut after, mut read) = ((At(from), i64::MIN), 0);
    loop {
        let page: Vec<Compared> = cdrs::table
            .filter(cdrs::started_at.ge(after.0))
            .filter(cdrs::started_at.lt(At(until)))
            .filter(cdrs::started_at.gt(after.0).or(cdrs::number.gt(after.1)))
            .filter(cdrs::source_id.eq_any(&sources))
            .order((cdrs::started_at, cdrs::number))
            .limit(PAGE)
            .select((cdrs::number, cdrs::id, cdrs::started_at, cdrs::calling, cdrs::called, cdrs::call_id))
            .into_boxed::<Db>()
            .load(conn)?;
        let Some((number, _, start, ..)) = page.last() else { return Ok(true) };
        after = (*start, *number);
        read += PAGE;
        let of_number: Vec<Compared> =
            page.into_iter().filter(|(.., calling, called, _)| wanted.has_number([calling, called])).collect();
        let keyed = keyed(conn, wanted, &of_number)?;
        let is_wanted = |row: &&Compared| wanted.has_call_id(row.5.as_deref()) || keyed.contains(&row.0);
        ids.extend(of_number.iter().filter(is_wanted).map(|row| row.1));
        if ids.len() >= FOUND || read >= MOST {
            return Ok(read < MOST);
        }
    }
}

/// The numbers of those of these versions whose natural keys have the wanted one as a part.
fn keyed(conn: &mut Conn, wanted: &Wanted, rows: &[Compared]) -> QueryResult<BTreeSet<i64>> {
    if !wanted.names_key() {
        return Ok(BTreeSet::new());
    }
    let numbers: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let keys = intake_keys::table.filter(intake_keys::number.eq_any(&numbers));
    let keys: Vec<(i64, String)> = keys.select((intake_keys::number, intake_keys::key)).load(conn)?;
    Ok(keys.into_iter().filter(|(_, key)| wanted.is_key(key)).map(|(number, _)| number).collect())
}
