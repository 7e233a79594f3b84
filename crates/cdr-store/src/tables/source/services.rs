//! The services of the records of a result.

use cdr_mediation::CdrSource;
use cdr_model::{Cdr, Timestamp};
use cdr_query::{CdrQuery, SortBy};
use diesel::dsl::{count_star, max, min};
use diesel::prelude::*;

use super::super::lowering::{Filter, Places, lower};
use super::super::{Conn, Db, Store, snapshot};
use super::naming::naming_accounts;
use crate::error::TransactionError;
use crate::rows::narrow;
use crate::schema::cdrs;
use crate::types::At;

/// A service, the number of its records, and the instant and the number of its first record.
type ServiceRow = (i64, i64, i64, i64);
/// A service, the number of its records, and the instant or the number of its first record.
type First = (i64, i64, Option<i64>);

/// The services in the order of their first record, each with the number of its records.
pub(super) fn of(store: &Store, query: &CdrQuery) -> Result<Vec<(i32, u64)>, TransactionError> {
    let query = &naming_accounts(store, query)?;
    if lower(query, None).residue || !query.order.keys.is_empty() {
        return one_by_one(store, query);
    }
    let mut conn = store.record_reader(query.upto)?;
    let counted = |conn: &mut Conn| snapshot(conn, |conn| grouped(conn, query));
    let mut found = store.0.engine.until(&mut conn, &query.cancel, counted)?;
    found.sort_unstable_by_key(|(_, _, at, number)| (*at, *number));
    if query.order.descending {
        found.reverse();
    }
    let counted = found.into_iter().map(|(service, rows, ..)| {
        let service = narrow("service_id", service).map_err(|what| store.damaged(what))?;
        Ok((service, rows.unsigned_abs()))
    });
    counted.collect()
}

/// Counts by evaluating each record.
fn one_by_one(store: &Store, query: &CdrQuery) -> Result<Vec<(i32, u64)>, TransactionError> {
    let mut services: Vec<(i32, u64)> = Vec::new();
    store.scan(&query.clone().selecting([]), &mut |Cdr { service_id, .. }| {
        match services.iter_mut().find(|(service, _)| *service == service_id) {
            Some((_, rows)) => *rows += 1,
            None => services.push((service_id, 1)),
        }
        Ok(())
    })?;
    Ok(services)
}

/// Each service with the number of its records and the instant or the number of the first one.
macro_rules! first_of {
    ($conn:expr, $query:expr, $place:expr, $kept:ty) => {{
        let groups = cdrs::table.group_by(cdrs::service_id);
        let mut select = groups.select((cdrs::service_id, count_star(), $place)).into_boxed::<Db>();
        for filter in lower($query, None).filters {
            select = select.filter(filter);
        }
        select.load::<(i64, i64, Option<$kept>)>($conn)?
    }};
}

fn grouped(conn: &mut Conn, query: &CdrQuery) -> Result<Vec<ServiceRow>, TransactionError> {
    let (by, descending) = (query.order.by, query.order.descending);
    let by_number = by == SortBy::Number;
    let (number, instant) = (cdrs::table::number, || cdrs::table::instant(query.window.anchor));
    let micros = |found: Vec<(i64, i64, Option<At>)>| -> Vec<First> {
        found.into_iter().map(|(service, rows, at)| (service, rows, at.map(|at| at.0.micros()))).collect()
    };
    let first: Vec<First> = match (by_number, descending) {
        (true, true) => first_of!(conn, query, max(number()), i64),
        (true, false) => first_of!(conn, query, min(number()), i64),
        (false, true) => micros(first_of!(conn, query, max(instant()), At)),
        (false, false) => micros(first_of!(conn, query, min(instant()), At)),
    };
    let first: Vec<(i64, i64, i64)> =
        first.into_iter().filter_map(|(service, rows, at)| at.map(|at| (service, rows, at))).collect();
    let mut found = Vec::with_capacity(first.len());
    for (service, rows, at) in &first {
        // The numbers are needed only for services whose first records have the same instant.
        let ties = !by_number && first.iter().filter(|(.., other)| other == at).count() > 1;
        let number = if ties { number_at(conn, query, *service, *at)? } else { 0 };
        found.push((*service, *rows, *at, number));
    }
    Ok(found)
}

/// The number of the first record of a service at an instant.
fn number_at(conn: &mut Conn, query: &CdrQuery, service: i64, at: i64) -> QueryResult<i64> {
    let here: Filter<cdrs::table> =
        Box::new(cdrs::table::instant(query.window.anchor).eq(At(Timestamp::from_micros(at))));
    let mut select = cdrs::table.select(cdrs::number).into_boxed::<Db>();
    select = select.filter(cdrs::service_id.eq(service)).filter(here);
    for filter in lower(query, None).filters {
        select = select.filter(filter);
    }
    if query.order.descending {
        select.order(cdrs::number.desc()).first(conn)
    } else {
        select.order(cdrs::number.asc()).first(conn)
    }
}
