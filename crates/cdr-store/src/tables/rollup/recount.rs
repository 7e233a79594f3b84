//! Counts the calls of some hours again, after older ones were removed from them.

use std::ops::RangeInclusive;

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

/// Accounts in one statement.
const ACCOUNTS: usize = 500;

/// Hours in a row, with the greatest start of a call in them.
struct Run {
    hours: RangeInclusive<i64>,
    latest: i64,
}

/// Counts again the calls of each hour that had calls which started before an instant. No such call is left.
pub(crate) fn recount(conn: &mut Conn, until: Timestamp) -> Result<(), TransactionError> {
    let until = until.micros();
    let parts = part_versions::table.filter(part_versions::account_id.eq(ALL_ACCOUNTS)).order(part_versions::part);
    let parts = parts.select((part_versions::part, part_versions::earliest, part_versions::latest));
    let parts: Vec<(i64, i64, i64)> = parts.load(conn)?;
    let gone = runs(&parts, |earliest, _| earliest < until);
    let (Some(first), Some(last)) = (gone.first(), gone.last()) else { return Ok(()) };
    let days = first.hours.start().div_euclid(24)..=last.hours.end().div_euclid(24);
    let accounts = part_versions::table.filter(part_versions::part.between(*days.start(), *days.end()));
    let accounts = accounts.filter(part_versions::account_id.ne(ALL_ACCOUNTS));
    let mut accounts: Vec<i64> = accounts.select(part_versions::account_id).distinct().load(conn)?;
    accounts.push(ALL_ACCOUNTS);
    for run in &gone {
        for accounts in accounts.chunks(ACCOUNTS) {
            let rows = hourly_counts::table.filter(hourly_counts::account_id.eq_any(accounts));
            let rows = rows.filter(hourly_counts::hour.between(*run.hours.start(), *run.hours.end()));
            diesel::delete(rows).execute(conn)?;
        }
    }
    set(conn, COUNTS, mark())?;
    let mut counts = HourChanges::default();
    for run in runs(&parts, |earliest, latest| earliest < until && latest >= until) {
        count(conn, &run, until, &mut counts)?;
    }
    counts.write(conn)
}

/// Groups the selected parts into runs, so that no part in between is left out of a run. `is_wanted` selects a part by when its
/// first and its last call started.
fn runs(parts: &[(i64, i64, i64)], is_wanted: impl Fn(i64, i64) -> bool) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut goes_on = false;
    for (part, earliest, latest) in parts {
        let wanted = is_wanted(*earliest, *latest);
        match runs.last_mut().filter(|_| wanted && goes_on) {
            Some(run) => *run = Run { hours: *run.hours.start()..=*part, latest: run.latest.max(*latest) },
            None if wanted => runs.push(Run { hours: *part..=*part, latest: *latest }),
            None => {}
        }
        goes_on = wanted;
    }
    runs
}

/// Counts the calls in a run of hours, none of which started before an instant.
fn count(conn: &mut Conn, run: &Run, since: i64, counts: &mut HourChanges) -> Result<(), TransactionError> {
    let (from, to) = (At(start(*run.hours.start())), At(end(*run.hours.end())));
    let is_in = cdrs::started_at.ge(from).and(cdrs::started_at.lt(to)).nullable();
    let is_in = is_in.or(cdrs::connected_at.ge(from).and(cdrs::connected_at.lt(to)));
    let is_in = is_in.or(cdrs::ended_at.ge(from).and(cdrs::ended_at.lt(to)));
    let is_in = is_in.or(cdrs::billed_at.ge(from).and(cdrs::billed_at.lt(to)).nullable());
    let calls = cdrs::table
        .filter(cdrs::replaced_by.is_null())
        .filter(cdrs::started_at.ge(At(Timestamp::from_micros(since))))
        .filter(cdrs::started_at.le(At(Timestamp::from_micros(run.latest))))
        .filter(is_in)
        .select(CountedRow::as_select())
        .into_boxed::<Db>();
    each_row_within(conn, [calls], &mut |call: CountedRow| {
        counts.add_within(call.counted(), |anchor| call.instant(anchor), &run.hours);
        Ok(true)
    })
}
