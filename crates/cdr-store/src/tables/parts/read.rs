//! Reads the versions of the parts of a query.

use std::ops::RangeInclusive;

use cdr_export::{Cut, PartVersion};
use cdr_mediation::PartVersions;
use cdr_model::CdrField;
use cdr_query::{CdrQuery, Operand, Test};
use diesel::prelude::*;

use super::super::{Conn, snapshot};
use super::{ALL_ACCOUNTS, COUNTS, NOTED, REMOVED, REMOVING};
use crate::error::TransactionError;
use crate::rows::PartRow;
use crate::schema::{counters, part_versions};

/// Accounts in one statement.
const ACCOUNTS: usize = 500;

/// What is known of all parts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    /// Calls that started before this instant, in microseconds, are being removed.
    floor: i64,
    /// The record number that the last removal took.
    removals: i64,
    /// The last record number that readers may see.
    record: i64,
    /// A random number of the last change to the numbers of calls by hour.
    pub(crate) counts: Option<i64>,
}

impl State {
    /// Whether no calls are being removed.
    pub(crate) fn is_settled(&self) -> bool {
        self.floor == i64::MIN
    }
}

/// What is known of all parts together. `None` if a program of before them has written calls.
pub(crate) fn state(conn: &mut Conn) -> QueryResult<Option<State>> {
    let known = counters::table.filter(counters::name.eq_any(["record", NOTED, REMOVING, REMOVED, COUNTS]));
    let known: Vec<(String, i64)> = known.load(conn)?;
    let last = |name: &str| known.iter().find(|(of, _)| of == name).map(|(_, last)| *last);
    let record = last("record").unwrap_or(0);
    if last(NOTED).is_none_or(|noted| noted < record) {
        return Ok(None);
    }
    let (floor, removals) = (last(REMOVING).unwrap_or(i64::MIN), last(REMOVED).unwrap_or(0));
    Ok(Some(State { floor, removals, record, counts: last(COUNTS) }))
}

/// The hours among these whose calls are being removed, or have changed since a watermark; in order. In a store that is
/// spread over several nodes, the last published record is a watermark: a node may not show later calls yet.
pub(crate) fn changed_hours(
    conn: &mut Conn,
    state: &State,
    (upto, is_spread): (Option<i64>, bool),
    hours: &RangeInclusive<i64>,
) -> QueryResult<Vec<i64>> {
    let upto = upto.or(is_spread.then_some(state.record));
    if state.floor == i64::MIN && upto.is_none() {
        return Ok(Vec::new());
    }
    part_versions::table
        .filter(part_versions::account_id.eq(ALL_ACCOUNTS))
        .filter(part_versions::part.between(*hours.start(), *hours.end()))
        .filter(part_versions::earliest.lt(state.floor).or(part_versions::touched_by.gt(upto.unwrap_or(i64::MAX))))
        .select(part_versions::part)
        .order(part_versions::part)
        .load(conn)
}

/// The versions of the parts of a query. A part without calls is not among them, and one whose calls are being removed has
/// no version. `None` if nothing is known about parts: a program of before them has written calls.
pub(crate) fn versions(
    conn: &mut Conn,
    query: &CdrQuery,
    cut: Cut,
    parts: &RangeInclusive<i64>,
) -> Result<Option<PartVersions>, TransactionError> {
    let accounts = match cut {
        Cut::Hour => vec![ALL_ACCOUNTS],
        Cut::Day => match accounts(query) {
            Some(accounts) => accounts,
            None => return Ok(None),
        },
        Cut::Rows => return Ok(None),
    };
    snapshot(conn, |conn| {
        let Some(State { floor, removals, .. }) = state(conn)? else { return Ok(None) };
        let mut versions = PartVersions { removals, ..PartVersions::default() };
        for accounts in accounts.chunks(ACCOUNTS) {
            let rows = part_versions::table
                .filter(part_versions::account_id.eq_any(accounts))
                .filter(part_versions::part.between(*parts.start(), *parts.end()))
                .order((part_versions::account_id, part_versions::part));
            for row in rows.load::<PartRow>(conn)? {
                let version = (row.earliest >= floor).then_some(PartVersion { number: row.touched_by, mark: row.mark });
                let of_all = versions.parts.entry(row.part).or_insert(Some(PartVersion::default()));
                *of_all = of_all.zip(version).map(|(others, one)| others.and(one));
            }
        }
        Ok(Some(versions))
    })
}

/// The accounts that a query names, in order and each once.
fn accounts(query: &CdrQuery) -> Option<Vec<i64>> {
    let named = query.conditions.iter().filter(|condition| condition.field() == CdrField::AccountId);
    let operands = named.filter_map(|condition| match condition.test() {
        Test::Eq(one) => Some(std::slice::from_ref(one)),
        Test::In(many) => Some(many.as_slice()),
        _ => None,
    });
    let number = |operand: &Operand| if let Operand::Integer(number) = operand { Some(*number) } else { None };
    let mut accounts: Vec<i64> =
        operands.min_by_key(|operands| operands.len())?.iter().map(number).collect::<Option<_>>()?;
    accounts.sort_unstable();
    accounts.dedup();
    Some(accounts)
}
