//! The partitions of the calls. Each holds the calls that start in one month or on one day of UTC.
//!
//! The name of a partition states the period it covers (`cdrs_2026_11`, `cdrs_2026_11_27`), so both sizes can coexist:
//! a month that has daily partitions gets further daily ones. The maintainer creates partitions ahead of time, and a
//! load creates the others that it needs. There is no default partition, so every call is in the partition of its
//! start.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::PoisonError;

use cdr_model::Timestamp;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate};
use diesel::prelude::*;

use super::engine::{Conn, Engine};
use super::statements::{self, Lock};
use crate::error::TransactionError;
use crate::options::Partitions;
use crate::schema::cdrs;
use crate::types::At;

/// The end of each partition by its start, in days since 1970.
pub(super) type Coverage = BTreeMap<i64, i64>;

const DAY: i64 = 86_400_000_000;

/// Fails with [`TransactionError::NoRoom`] if a partition for these instants is missing.
///
/// A partition must be committed before the transaction that fills it. `CommitTransaction` in PostgreSQL makes a
/// transaction visible before it sends its invalidation messages, and attaching a partition does not block readers: in
/// between, a reader with a cached list of partitions would see the new watermark but not the calls.
pub(super) fn need(
    conn: &mut Conn,
    engine: &Engine,
    instants: impl Iterator<Item = Timestamp>,
) -> Result<(), TransactionError> {
    let days = days(instants);
    let mut missing = uncovered(&known(engine), &days);
    if !missing.is_empty() {
        let existing = load_coverage(conn)?;
        missing = uncovered(&existing, &days);
        remember(engine, existing);
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(TransactionError::NoRoom(missing.into_iter().map(|day| at(day).0).collect()))
    }
}

/// Creates the missing partitions for these instants.
pub(crate) fn make_room(
    conn: &mut Conn,
    engine: &Engine,
    instants: impl Iterator<Item = Timestamp>,
) -> Result<(), TransactionError> {
    let days = days(instants);
    if uncovered(&known(engine), &days).is_empty() {
        return Ok(());
    }
    // No other transaction creates or drops a partition before this one ends. A waiter sees the new partitions once it
    // gets the lock.
    statements::lock(conn, Lock::Partitions)?;
    let mut existing = load_coverage(conn)?;
    if uncovered(&existing, &days).is_empty() {
        remember(engine, existing);
        return Ok(());
    }
    for day in days {
        if !is_covered(&existing, day) {
            let (name, covers) = partition_for(&existing, day, engine.partitions);
            statements::add_partition(conn, &name, at(covers.start), at(covers.end))?;
            existing.insert(covers.start, covers.end);
        }
    }
    // The new partitions may still be rolled back, so they are not cached.
    Ok(())
}

/// Clears the cached list of partitions, since one may have been dropped.
pub(super) fn forget(engine: &Engine) {
    remember(engine, Coverage::new());
}

/// The names of the partitions that end at or before an instant, oldest first.
pub(super) fn before(conn: &mut Conn, floor: Timestamp) -> QueryResult<Vec<String>> {
    let names = statements::partitions(conn)?;
    let ended = |name: &String| covers(name).is_some_and(|covers| at(covers.end).0 <= floor);
    Ok(names.into_iter().filter(ended).collect())
}

/// The times that partitions cover, in order. Adjacent partitions are not joined.
pub(super) fn covered(conn: &mut Conn) -> QueryResult<Vec<(Timestamp, Timestamp)>> {
    Ok(load_coverage(conn)?.into_iter().map(|(start, end)| (at(start).0, at(end).0)).collect())
}

/// The start of the partition that contains an instant, for partitions of this size.
pub(crate) fn partition_start(of: Timestamp, size: Partitions) -> Timestamp {
    let day = of.micros().div_euclid(DAY);
    let first = match size {
        Partitions::Day => day,
        Partitions::Month => date(day).with_day(1).map_or(day, number),
    };
    at(first).0.min(of)
}

/// The number of rows of a partition.
pub(super) fn rows(conn: &mut Conn, name: &str) -> QueryResult<u64> {
    let Some(covers) = covers(name) else { return Ok(0) };
    let within = cdrs::started_at.ge(at(covers.start)).and(cdrs::started_at.lt(at(covers.end)));
    cdrs::table.filter(within).count().get_result::<i64>(conn).map(i64::unsigned_abs)
}

fn known(engine: &Engine) -> Coverage {
    engine.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn remember(engine: &Engine, existing: Coverage) {
    *engine.known.lock().unwrap_or_else(PoisonError::into_inner) = existing;
}

/// The days of these instants, each once.
fn days(instants: impl Iterator<Item = Timestamp>) -> Vec<i64> {
    let mut days: Vec<i64> = instants.map(|at| at.micros().div_euclid(DAY)).collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// The days that no partition covers.
fn uncovered(known: &Coverage, days: &[i64]) -> Vec<i64> {
    days.iter().copied().filter(|day| !is_covered(known, *day)).collect()
}

fn load_coverage(conn: &mut Conn) -> QueryResult<Coverage> {
    let names = statements::partitions(conn)?;
    Ok(names.iter().filter_map(|name| covers(name)).map(|covers| (covers.start, covers.end)).collect())
}

fn is_covered(known: &Coverage, day: i64) -> bool {
    known.range(..=day).next_back().is_some_and(|(_, end)| day < *end)
}

/// The name of the partition for a day, and the days it covers: the whole month if `size` is a month and no partition
/// starts in it yet.
fn partition_for(existing: &Coverage, day: i64, size: Partitions) -> (String, Range<i64>) {
    let date = date(day);
    let first = date.with_day(1).unwrap_or(date);
    let month = number(first)..number(first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX));
    if size == Partitions::Month && existing.range(month.clone()).next().is_none() {
        return (format!("cdrs_{}", first.format("%Y_%m")), month);
    }
    (format!("cdrs_{}", date.format("%Y_%m_%d")), day..day + 1)
}

/// The days that a partition covers, by its name; `None` for a table with another name, attached by other means.
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
    use super::{Coverage, Partitions, covers, is_covered, partition_for};

    #[test]
    fn names_state_the_period_of_a_partition() {
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
    fn a_day_gets_a_monthly_partition_unless_the_month_has_daily_ones() {
        let days: Coverage = [(20_784, 20_785)].into();
        for (existing, day, size, name) in [
            (&Coverage::new(), 20_784, Partitions::Month, "cdrs_2026_11"),
            (&Coverage::new(), 20_784, Partitions::Day, "cdrs_2026_11_27"),
            (&days, 20_785, Partitions::Month, "cdrs_2026_11_28"),
            (&days, 20_788, Partitions::Month, "cdrs_2026_12"),
            (&Coverage::new(), 2_932_896, Partitions::Month, "cdrs_9999_12"),
        ] {
            let (created, range) = partition_for(existing, day, size);
            assert_eq!(created, name);
            assert_eq!(covers(name), Some(range.clone()), "{name}");
            assert!(range.contains(&day) && !is_covered(existing, day));
        }
        assert!(is_covered(&days, 20_784) && !is_covered(&days, 20_783));
    }
}
