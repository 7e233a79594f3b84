//! Which services the records of an answer are of.

use cdr_mediation::CdrSource;
use cdr_model::{Cdr, Timestamp};
use cdr_query::{CdrQuery, Order, OrderBy};
use diesel::dsl::{count_star, max, min};
use diesel::prelude::*;

use super::super::lowering::{Filter, Places, lower};
use super::super::{Conn, Db, Store, snapshot};
use crate::error::Trouble;
use crate::rows::narrow;
use crate::schema::cdrs;
use crate::types::At;

/// A service, how many of its records there are, and the instant and the number of the first of them.
type Found = (i64, i64, i64, i64);
/// A service, how many of its records there are, and where the first of them stands.
type First = (i64, i64, Option<i64>);

/// The services in the order of their first record, each with how many there are.
pub(super) fn of(store: &Store, query: &CdrQuery) -> Result<Vec<(i32, u64)>, Trouble> {
    if lower(query, None).residue {
        return one_by_one(store, query);
    }
    let mut found = store.read_records(query.upto, |conn| snapshot(conn, |conn| grouped(conn, query)))?;
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

/// By looking at each record.
fn one_by_one(store: &Store, query: &CdrQuery) -> Result<Vec<(i32, u64)>, Trouble> {
    let mut services: Vec<(i32, u64)> = Vec::new();
    store.scan(query, &mut |Cdr { service_id, .. }| {
        match services.iter_mut().find(|(service, _)| *service == service_id) {
            Some((_, rows)) => *rows += 1,
            None => services.push((service_id, 1)),
        }
        Ok(())
    })?;
    Ok(services)
}

/// Each service with how many there are and where the first of them stands.
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

fn grouped(conn: &mut Conn, query: &CdrQuery) -> Result<Vec<Found>, Trouble> {
    let Order { by, descending } = query.order;
    let by_number = by == OrderBy::Number;
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
        // Numbers decide only between services whose first records are of one instant.
        let ties = !by_number && first.iter().filter(|(.., other)| other == at).count() > 1;
        let number = if ties { number_at(conn, query, *service, *at)? } else { 0 };
        found.push((*service, *rows, *at, number));
    }
    Ok(found)
}

/// The first number of a service's records at an instant.
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
