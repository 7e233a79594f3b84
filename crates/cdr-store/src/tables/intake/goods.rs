//! Adding what is sold and where calls go: services, products and destinations.

use super::super::Conn;
use cdr_mediation::{DestinationDraft, ProductDraft, ServiceDraft};
use cdr_model::{Destination, Product, RecordKind, Service};
use diesel::QueryResult;
use diesel::prelude::*;

use super::denial::{Denial, damaged, fit, no_number_left, number, says};
use super::screen::has_nul;
use crate::rows::{DestinationRow, ServiceRow};
use crate::schema::{destinations, products, services};

/// The service of this name.
pub(crate) fn service_named(conn: &mut Conn, name: &str) -> QueryResult<Option<Service>> {
    if has_nul(name) {
        return Ok(None);
    }
    let named = services::table.filter(services::name.eq(name)).select(ServiceRow::as_select());
    named.first(conn).optional()?.map(Service::try_from).transpose().map_err(damaged)
}

/// Adds a service.
pub(crate) fn add_service(conn: &mut Conn, draft: &ServiceDraft) -> QueryResult<Result<Service, Denial>> {
    if let Err(denial) = fit(draft.id.map(i64::from), &draft.name, [draft.flags.as_deref()]) {
        return Ok(Err(denial));
    }
    if service_named(conn, &draft.name)?.is_some() {
        return Ok(Err(Denial::Taken { what: "service", name: draft.name.clone() }));
    }
    let highest = services::table.select(diesel::dsl::max(services::id)).first::<Option<i64>>(conn)?;
    let used = |conn: &mut Conn, id| services::table.find(id).count().get_result::<i64>(conn);
    let id = match number(conn, draft.id.map(i64::from), highest, "service number", used)? {
        Ok(id) => id,
        Err(denial) => return Ok(Err(denial)),
    };
    let Ok(id) = i32::try_from(id) else { return Ok(Err(no_number_left("service number"))) };
    let kind = draft.kind.unwrap_or(RecordKind::Usage);
    let added = Service { id, name: draft.name.clone(), kind, flags: draft.flags.clone() };
    diesel::insert_into(services::table).values(ServiceRow::from(&added)).execute(conn)?;
    Ok(Ok(added))
}

/// Whether a service that is there is as a draft says.
pub(crate) fn is_service_as_drafted(service: &Service, draft: &ServiceDraft) -> bool {
    let ServiceDraft { id, name: _, kind, flags } = draft;
    says(id.as_ref(), Some(&service.id))
        && says(kind.as_ref(), Some(&service.kind))
        && says(flags.as_ref(), service.flags.as_ref())
}

/// The product of this name.
pub(crate) fn product_named(conn: &mut Conn, name: &str) -> QueryResult<Option<Product>> {
    if has_nul(name) {
        return Ok(None);
    }
    let named = products::table.filter(products::name.eq(name)).first::<(i64, String)>(conn).optional()?;
    Ok(named.map(|(id, name)| Product { id, name }))
}

/// Whether there is a product of this number.
pub(super) fn has_product(conn: &mut Conn, id: i64) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(products::table.find(id))).get_result(conn)
}

/// Adds a product.
pub(crate) fn add_product(conn: &mut Conn, draft: &ProductDraft) -> QueryResult<Result<Product, Denial>> {
    if let Err(denial) = fit(draft.id, &draft.name, []) {
        return Ok(Err(denial));
    }
    if product_named(conn, &draft.name)?.is_some() {
        return Ok(Err(Denial::Taken { what: "product", name: draft.name.clone() }));
    }
    let highest = products::table.select(diesel::dsl::max(products::id)).first::<Option<i64>>(conn)?;
    let used = |conn: &mut Conn, id| products::table.find(id).count().get_result::<i64>(conn);
    let id = match number(conn, draft.id, highest, "product number", used)? {
        Ok(id) => id,
        Err(denial) => return Ok(Err(denial)),
    };
    diesel::insert_into(products::table).values((products::id.eq(id), products::name.eq(&draft.name))).execute(conn)?;
    Ok(Ok(Product { id, name: draft.name.clone() }))
}

/// The destination that a draft is about: the one of its number, or else the first one of its prefix.
pub(crate) fn destination_of(conn: &mut Conn, draft: &DestinationDraft) -> QueryResult<Option<Destination>> {
    if has_nul(&draft.prefix) {
        return Ok(None);
    }
    let mut select = destinations::table.select(DestinationRow::as_select()).order(destinations::id).into_boxed();
    select = match draft.id {
        Some(id) => select.filter(destinations::id.eq(id)),
        None => select.filter(destinations::prefix.eq(&draft.prefix)),
    };
    Ok(select.first(conn).optional()?.map(Destination::from))
}

/// Adds a destination.
pub(crate) fn add_destination(conn: &mut Conn, draft: &DestinationDraft) -> QueryResult<Result<Destination, Denial>> {
    let DestinationDraft { id, prefix, country, iso3, subdivision, description } = draft;
    let others = [country, iso3, subdivision, description].map(Option::as_deref);
    if let Err(denial) = fit(*id, prefix, others) {
        return Ok(Err(denial));
    }
    if !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
        let detail = format!("`{prefix}` is no prefix: digits, such as 4930");
        return Ok(Err(Denial::Unfit { reason: "prefix-unreadable", detail }));
    }
    if let Some(iso3) = iso3.as_deref().filter(|iso3| iso3.len() != 3 || !iso3.bytes().all(|c| c.is_ascii_uppercase()))
    {
        let detail = format!("`{iso3}` is no country: three capitals, such as DEU (ISO 3166-1)");
        return Ok(Err(Denial::Unfit { reason: "country-unreadable", detail }));
    }
    let highest = destinations::table.select(diesel::dsl::max(destinations::id)).first::<Option<i64>>(conn)?;
    let used = |conn: &mut Conn, id| destinations::table.find(id).count().get_result::<i64>(conn);
    let id = match number(conn, *id, highest, "destination number", used)? {
        Ok(id) => id,
        Err(denial) => return Ok(Err(denial)),
    };
    let added = Destination {
        id,
        prefix: prefix.clone(),
        country: country.clone(),
        iso3: iso3.clone(),
        subdivision: subdivision.clone(),
        description: description.clone(),
    };
    diesel::insert_into(destinations::table).values(DestinationRow::from(&added)).execute(conn)?;
    Ok(Ok(added))
}

/// Whether a destination that is there is as a draft says.
pub(crate) fn is_destination_as_drafted(there: &Destination, draft: &DestinationDraft) -> bool {
    let DestinationDraft { id, prefix, country, iso3, subdivision, description } = draft;
    says(id.as_ref(), Some(&there.id))
        && *prefix == there.prefix
        && says(country.as_ref(), there.country.as_ref())
        && says(iso3.as_ref(), there.iso3.as_ref())
        && says(subdivision.as_ref(), there.subdivision.as_ref())
        && says(description.as_ref(), there.description.as_ref())
}
