//! Which services the records of an answer are of.

use cdr_mediation::CdrSource;
use cdr_model::Cdr;
use cdr_query::{CdrQuery, Order, OrderBy};
use diesel::dsl::{count_star, max, min};
use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use crate::error::Trouble;
use crate::lowering::{Filter, Places, lower};
use crate::rows::narrow;
use crate::schema::cdrs;
use crate::store::Store;

/// A service, how many of its records there are, and the instant and the number of the first of them.
type Found = (i64, i64, i64, i64);

/// The services in the order of their first record, each with how many there are.
pub(super) fn of(store: &Store, query: &CdrQuery) -> Result<Vec<(i32, u64)>, Trouble> {
    if lower(query, None).residue {
        return one_by_one(store, query);
    }
    let mut found = store.read(|conn| conn.transaction(|conn| grouped(conn, query)))?;
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

fn grouped(conn: &mut SqliteConnection, query: &CdrQuery) -> Result<Vec<Found>, Trouble> {
    let Order { by, descending } = query.order;
    let by_number = by == OrderBy::Number;
    let place = || if by_number { cdrs::table::number() } else { cdrs::table::instant(query.window.anchor) };
    let groups = cdrs::table.group_by(cdrs::service_id);
    let first: Vec<(i64, i64, Option<i64>)> = if descending {
        let mut select = groups.select((cdrs::service_id, count_star(), max(place()))).into_boxed::<Sqlite>();
        for filter in lower(query, None).filters {
            select = select.filter(filter);
        }
        select.load(conn)?
    } else {
        let mut select = groups.select((cdrs::service_id, count_star(), min(place()))).into_boxed::<Sqlite>();
        for filter in lower(query, None).filters {
            select = select.filter(filter);
        }
        select.load(conn)?
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
fn number_at(conn: &mut SqliteConnection, query: &CdrQuery, service: i64, at: i64) -> QueryResult<i64> {
    let here: Filter<cdrs::table> = Box::new(cdrs::table::instant(query.window.anchor).eq(at));
    let mut select = cdrs::table.select(cdrs::number).into_boxed::<Sqlite>();
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
