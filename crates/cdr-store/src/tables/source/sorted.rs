//! Parts of an answer that SQL sorts and skips: those whose conditions and keys are columns.
//!
//! The database sorts the numbers of the calls. Then the calls of the part are read by their numbers, so that what is
//! sorted is narrow.

use cdr_mediation::{PortError, by_number};
use cdr_model::Cdr;
use cdr_query::{CdrQuery, Cursor};
use diesel::prelude::*;

use super::super::lowering::{Lowered, Places, lower, order};
use super::super::{Db, Store, each_row};
use super::naming::naming_accounts;
use super::select::select;
use crate::error::TransactionError;
use crate::schema::cdrs;

/// The numbers of calls, ready to be read in order.
pub(super) type Numbers = diesel::dsl::IntoBoxed<'static, diesel::dsl::Select<cdrs::table, cdrs::number>, Db>;

/// Up to this many calls, those that are skipped included, the statement has a limit, so that the database keeps no more.
/// Beyond it a full sort costs less.
const LIMITED: u64 = 20_000;

/// Up to `take` calls after a cursor, without the first `skip`; `None` if a key of the order is not a column, or a
/// condition is not exact in SQL.
pub(super) fn part(
    store: &Store,
    query: &CdrQuery,
    after: Option<&Cursor>,
    skip: u64,
    take: usize,
) -> Result<Option<Vec<Cdr>>, PortError> {
    if numbers(query, after).is_none() {
        return Ok(None);
    }
    let found = store.reading(query, |store| {
        let named = naming_accounts(store, query)?;
        numbers(&named, after).map(|select| read(store, &named, select, skip, take)).transpose()
    })?;
    found.map(|numbers| by_number(store, query, &numbers)).transpose()
}

/// The numbers of the calls after a cursor, in order.
pub(crate) fn numbers(query: &CdrQuery, after: Option<&Cursor>) -> Option<Numbers> {
    let Lowered { mut filters, residue } = lower(query, None);
    let terms = order::terms(query).filter(|_| !residue)?;
    if let Some(after) = after {
        filters.push(order::after(query, after)?);
    }
    Some(select!(cdrs, cdrs::number, query, filters, terms))
}

fn read(
    store: &Store,
    query: &CdrQuery,
    mut select: Numbers,
    skip: u64,
    take: usize,
) -> Result<Vec<i64>, TransactionError> {
    let wanted = skip.saturating_add(take as u64);
    if wanted <= LIMITED {
        select = select.limit(i64::try_from(wanted).unwrap_or(i64::MAX));
    }
    let (mut skip, mut numbers) = (skip, Vec::new());
    let mut conn = store.record_reader(query.upto)?;
    store.0.engine.until(&mut conn, &query.cancel, |conn| {
        each_row(conn, [select], &mut |number: i64| {
            store.goes_on(query)?;
            if skip > 0 {
                skip -= 1;
                return Ok(true);
            }
            numbers.push(number);
            Ok(numbers.len() < take)
        })
    })?;
    Ok(numbers)
}
