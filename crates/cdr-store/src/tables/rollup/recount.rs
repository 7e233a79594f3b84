//! Counts the calls of some hours anew, once others were removed from them.

use std::collections::BTreeMap;

use cdr_model::Timestamp;
use diesel::prelude::*;

use super::super::parts::{COUNTS, mark, set};
use super::super::{Conn, Db, each_row_within};
use super::pieces::{end, start};
use super::{ALL_ACCOUNTS, HourChanges};
use crate::error::TransactionError;
use crate::rows::CountedRow;
use crate::schema::{cdrs, hourly_counts, part_versions};
use crate::types::At;

/// Counts the calls of the hours anew that had calls which started before an instant. All of these were removed.
pub(crate) fn recount(conn: &mut Conn, until: Timestamp) -> Result<(), TransactionError> {
    let changed = part_versions::table.filter(part_versions::account_id.eq(ALL_ACCOUNTS));
    let changed = changed.filter(part_versions::earliest.lt(until.micros())).order(part_versions::part);
    let changed: BTreeMap<i64, i64> =
        changed.select((part_versions::part, part_versions::latest)).load(conn)?.into_iter().collect();
    for hours in changed.keys().copied().collect::<Vec<_>>().chunks(500) {
        diesel::delete(hourly_counts::table.filter(hourly_counts::hour.eq_any(hours))).execute(conn)?;
    }
    set(conn, COUNTS, mark())?;
    // Those that still have calls.
    let left: BTreeMap<i64, i64> = changed.into_iter().filter(|(_, latest)| *latest >= until.micros()).collect();
    let (Some((first, _)), Some((last, _)), Some(latest)) =
        (left.first_key_value(), left.last_key_value(), left.values().max())
    else {
        return Ok(());
    };
    let (from, to) = (At(start(*first)), At(end(*last)));
    let is_in = cdrs::started_at.ge(from).and(cdrs::started_at.lt(to)).nullable();
    let is_in = is_in.or(cdrs::connected_at.ge(from).and(cdrs::connected_at.lt(to)));
    let is_in = is_in.or(cdrs::ended_at.ge(from).and(cdrs::ended_at.lt(to)));
    let is_in = is_in.or(cdrs::billed_at.ge(from).and(cdrs::billed_at.lt(to)).nullable());
    let calls = cdrs::table
        .filter(cdrs::replaced_by.is_null())
        .filter(cdrs::started_at.ge(At(until)).and(cdrs::started_at.le(At(Timestamp::from_micros(*latest)))))
        .filter(is_in)
        .select(CountedRow::as_select())
        .into_boxed::<Db>();
    let mut counts = HourChanges::default();
    each_row_within(conn, [calls], &mut |call: CountedRow| {
        counts.call(call.counted(), true, |anchor| call.instant(anchor));
        Ok(true)
    })?;
    counts.retain(|hour| left.contains_key(&hour));
    counts.write(conn)
}
