//! The partitions of the calls: each holds the calls that start in one month of UTC, or on one day.
//!
//! Their names tell what they cover (`cdrs_2026_11`, `cdrs_2026_11_27`), so that both sizes can be there side by side: where
//! a month has days already, it gets more days. They are made ahead by the maintainer, and by a load for whatever comes
//! otherwise; there is none for the rest, so a call is never in a place where nobody looks for it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::PoisonError;

use cdr_model::Timestamp;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate};
use diesel::prelude::*;

use super::engine::{Conn, Engine};
use super::statements::{self, Lock};
use crate::error::Trouble;
use crate::schema::cdrs;
use crate::store::Partitions;
use crate::types::At;

/// What partitions cover, by where they begin; in days since 1970.
pub(super) type Known = BTreeMap<i64, i64>;

const DAY: i64 = 86_400_000_000;

/// Fails with [`Trouble::NoRoom`] if a partition for these instants is missing.
///
/// A partition must be committed before the transaction that fills it. `CommitTransaction` in PostgreSQL makes a transaction
/// visible before it sends its invalidation messages, and attaching a partition does not block readers: in between, a reader
/// with a cached list of partitions would see the new watermark but not the calls.
pub(super) fn need(conn: &mut Conn, engine: &Engine, instants: impl Iterator<Item = Timestamp>) -> Result<(), Trouble> {
    let days = days(instants);
    let mut lacking = without(&known(engine), &days);
    if !lacking.is_empty() {
        let there = look(conn)?;
        lacking = without(&there, &days);
        remember(engine, there);
    }
    if lacking.is_empty() { Ok(()) } else { Err(Trouble::NoRoom(lacking.into_iter().map(|day| at(day).0).collect())) }
}

/// Makes the partitions that these instants need and that are not there.
pub(crate) fn make_room(
    conn: &mut Conn,
    engine: &Engine,
    instants: impl Iterator<Item = Timestamp>,
) -> Result<(), Trouble> {
    let days = days(instants);
    if without(&known(engine), &days).is_empty() {
        return Ok(());
    }
    // Nobody else makes or drops one before this transaction ends; who waits sees afterwards what was made.
    statements::lock(conn, Lock::Partitions)?;
    let mut there = look(conn)?;
    if without(&there, &days).is_empty() {
        remember(engine, there);
        return Ok(());
    }
    for day in days {
        if !is_covered(&there, day) {
            let (name, covers) = partition_for(&there, day, engine.partitions);
            statements::add_partition(conn, &name, at(covers.start), at(covers.end))?;
            there.insert(covers.start, covers.end);
        }
    }
    // What was made here may yet be rolled back, so only what was there before is remembered.
    Ok(())
}

/// Forgets which there are: one may have been dropped.
pub(super) fn forget(engine: &Engine) {
    remember(engine, Known::new());
}

/// The names of those that end before an instant, oldest first.
pub(super) fn before(conn: &mut Conn, floor: Timestamp) -> QueryResult<Vec<String>> {
    let names = statements::partitions(conn)?;
    let ended = |name: &String| covers(name).is_some_and(|covers| at(covers.end).0 <= floor);
    Ok(names.into_iter().filter(ended).collect())
}

/// The start of the partition in which an instant lies, where they have this size.
pub(crate) fn partition_start(of: Timestamp, size: Partitions) -> Timestamp {
    let day = of.micros().div_euclid(DAY);
    let first = match size {
        Partitions::Day => day,
        Partitions::Month => date(day).with_day(1).map_or(day, number),
    };
    at(first).0.min(of)
}

/// How many rows there are in a partition.
pub(super) fn rows(conn: &mut Conn, name: &str) -> QueryResult<u64> {
    let Some(covers) = covers(name) else { return Ok(0) };
    let within = cdrs::started_at.ge(at(covers.start)).and(cdrs::started_at.lt(at(covers.end)));
    cdrs::table.filter(within).count().get_result::<i64>(conn).map(i64::unsigned_abs)
}

fn known(engine: &Engine) -> Known {
    engine.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn remember(engine: &Engine, there: Known) {
    *engine.known.lock().unwrap_or_else(PoisonError::into_inner) = there;
}

/// The days on which instants lie, each once.
fn days(instants: impl Iterator<Item = Timestamp>) -> Vec<i64> {
    let mut days: Vec<i64> = instants.map(|at| at.micros().div_euclid(DAY)).collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// Those among the days that no partition covers.
fn without(known: &Known, days: &[i64]) -> Vec<i64> {
    days.iter().copied().filter(|day| !is_covered(known, *day)).collect()
}

fn look(conn: &mut Conn) -> QueryResult<Known> {
    let names = statements::partitions(conn)?;
    Ok(names.iter().filter_map(|name| covers(name)).map(|covers| (covers.start, covers.end)).collect())
}

fn is_covered(known: &Known, day: i64) -> bool {
    known.range(..=day).next_back().is_some_and(|(_, end)| day < *end)
}

/// The name of the partition that a day needs, and the days it covers: the whole month, if that is wanted and no day of it
/// has one.
fn partition_for(there: &Known, day: i64, size: Partitions) -> (String, Range<i64>) {
    let date = date(day);
    let first = date.with_day(1).unwrap_or(date);
    let month = number(first)..number(first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX));
    if size == Partitions::Month && there.range(month.clone()).next().is_none() {
        return (format!("cdrs_{}", first.format("%Y_%m")), month);
    }
    (format!("cdrs_{}", date.format("%Y_%m_%d")), day..day + 1)
}

/// The days that a partition covers, by its name; `None` for a table that somebody else attached.
fn covers(name: &str) -> Option<Range<i64>> {
    let parts: Vec<&str> = name.strip_prefix("cdrs_")?.split('_').collect();
    let digits = |text: &str, many| {
        let fit = text.len() == many && text.bytes().all(|byte| byte.is_ascii_digit());
        fit.then(|| text.parse::<u32>().ok()).flatten()
    };
    let (year, month) = (digits(parts.first()?, 4)?, digits(parts.get(1)?, 2)?);
    let from = |day| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    let (first, next) = match parts.as_slice() {
        [_, _] => (from(1)?, from(1)?.checked_add_months(Months::new(1))?),
        [_, _, day] => (from(digits(day, 2)?)?, from(digits(day, 2)?)?.checked_add_days(Days::new(1))?),
        _ => return None,
    };
    Some(number(first)..number(next))
}

/// The first instant of a day.
fn at(day: i64) -> At {
    At(Timestamp::from_micros(day.saturating_mul(DAY)))
}

fn date(day: i64) -> NaiveDate {
    DateTime::from_timestamp(day.saturating_mul(86_400), 0).map_or(NaiveDate::MAX, |at| at.date_naive())
}

fn number(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

#[cfg(test)]
mod tests {
    use super::{Known, Partitions, covers, is_covered, partition_for};

    #[test]
    fn names_tell_what_partitions_cover() {
        for (name, days) in [
            ("cdrs_1970_01", Some(0..31)),
            ("cdrs_1970_02", Some(31..59)),
            ("cdrs_2026_11", Some(20_758..20_788)),
            ("cdrs_2026_11_27", Some(20_784..20_785)),
            ("cdrs_9999_12", Some(2_932_866..2_932_897)),
            ("cdrs_2026", None),
            ("cdrs_2026_13", None),
            ("cdrs_2026_011", None),
            ("cdrs_2026_11_27_old", None),
            ("cdrs_archive", None),
            ("calls_2026_11", None),
        ] {
            assert_eq!(covers(name), days, "{name}");
        }
    }

    #[test]
    fn a_day_gets_the_month_unless_that_has_days() {
        let days: Known = [(20_784, 20_785)].into();
        for (there, day, size, name) in [
            (&Known::new(), 20_784, Partitions::Month, "cdrs_2026_11"),
            (&Known::new(), 20_784, Partitions::Day, "cdrs_2026_11_27"),
            (&days, 20_785, Partitions::Month, "cdrs_2026_11_28"),
            (&days, 20_788, Partitions::Month, "cdrs_2026_12"),
            (&Known::new(), 2_932_896, Partitions::Month, "cdrs_9999_12"),
        ] {
            let (made, range) = partition_for(there, day, size);
            assert_eq!(made, name);
            assert_eq!(covers(name), Some(range.clone()), "{name}");
            assert!(range.contains(&day) && !is_covered(there, day));
        }
        assert!(is_covered(&days, 20_784) && !is_covered(&days, 20_783));
    }
}
