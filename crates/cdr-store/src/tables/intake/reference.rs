//! Adds services, products and destinations.

use super::super::Conn;
use cdr_mediation::{DestinationDraft, ProductDraft, ServiceDraft};
use cdr_model::{Destination, Product, RecordKind, Service, Timestamp};
use diesel::QueryResult;
use diesel::prelude::*;

use super::drafts::{Identity, damaged, fit, matches, no_number_left, number};
use super::reached::{closed_at, refuse_closed};
use super::screen::has_nul;
use crate::error::TransactionError;
use crate::rejection::Rejection;
use crate::rows::{DestinationRow, ProductRow, ServiceRow};
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
pub(crate) fn add_service(conn: &mut Conn, draft: &ServiceDraft, now: Timestamp) -> Result<Service, TransactionError> {
    let identity = Identity { of: "service", what: "name", text: &draft.name };
    fit(draft.id.map(i64::from), identity, [draft.flags.as_deref()])?;
    if service_named(conn, &draft.name)?.is_some() {
        return Err(Rejection::Exists { what: "service", name: draft.name.clone() }.into());
    }
    let highest = services::table.select(diesel::dsl::max(services::id)).first::<Option<i64>>(conn)?;
    let used = |conn: &mut Conn, id| services::table.find(id).count().get_result::<i64>(conn);
    let id = number(conn, draft.id.map(i64::from), highest, "service number", used)?;
    let Ok(id) = i32::try_from(id) else { return Err(no_number_left("service number").into()) };
    let kind = draft.kind.unwrap_or(RecordKind::Usage);
    let closed_at = closed_at(draft.closed, None, now);
    let added = Service { id, name: draft.name.clone(), kind, flags: draft.flags.clone(), closed_at };
    diesel::insert_into(services::table).values(ServiceRow::from(&added)).execute(conn)?;
    Ok(added)
}

/// Whether an existing service matches a draft.
pub(crate) fn is_service_as_drafted(service: &Service, draft: &ServiceDraft) -> bool {
    let ServiceDraft { id, name: _, kind, flags, closed } = draft;
    matches(id.as_ref(), Some(&service.id))
        && matches(kind.as_ref(), Some(&service.kind))
        && matches(flags.as_ref(), service.flags.as_ref())
        && matches(closed.as_ref(), Some(&service.closed_at.is_some()))
}

/// The product of this name.
pub(crate) fn product_named(conn: &mut Conn, name: &str) -> QueryResult<Option<Product>> {
    if has_nul(name) {
        return Ok(None);
    }
    let named = products::table.filter(products::name.eq(name)).select(ProductRow::as_select());
    Ok(named.first(conn).optional()?.map(Product::from))
}

/// Whether an existing product matches a draft.
pub(crate) fn is_product_as_drafted(product: &Product, draft: &ProductDraft) -> bool {
    matches(draft.id.as_ref(), Some(&product.id)) && matches(draft.closed.as_ref(), Some(&product.closed_at.is_some()))
}

/// Whether a product of this number exists.
pub(super) fn has_product(conn: &mut Conn, id: i64) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(products::table.find(id))).get_result(conn)
}

/// Refuses a product that is closed, for an account that does not have it.
pub(super) fn refuse_closed_product(conn: &mut Conn, id: i64) -> Result<(), TransactionError> {
    let found = products::table.find(id).select(ProductRow::as_select()).first(conn).optional()?.map(Product::from);
    Ok(found.map_or(Ok(()), |product| refuse_closed("product", &product.name, product.closed_at))?)
}

/// Adds a product.
pub(crate) fn add_product(conn: &mut Conn, draft: &ProductDraft, now: Timestamp) -> Result<Product, TransactionError> {
    fit(draft.id, Identity { of: "product", what: "name", text: &draft.name }, [])?;
    if product_named(conn, &draft.name)?.is_some() {
        return Err(Rejection::Exists { what: "product", name: draft.name.clone() }.into());
    }
    let highest = products::table.select(diesel::dsl::max(products::id)).first::<Option<i64>>(conn)?;
    let used = |conn: &mut Conn, id| products::table.find(id).count().get_result::<i64>(conn);
    let id = number(conn, draft.id, highest, "product number", used)?;
    let added = Product { id, name: draft.name.clone(), closed_at: closed_at(draft.closed, None, now) };
    diesel::insert_into(products::table).values(ProductRow::from(&added)).execute(conn)?;
    Ok(added)
}

/// The existing destination that a draft refers to: by its number, or else the first one with its prefix.
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
pub(crate) fn add_destination(
    conn: &mut Conn,
    draft: &DestinationDraft,
    now: Timestamp,
) -> Result<Destination, TransactionError> {
    check_destination(draft)?;
    let DestinationDraft { id, prefix, country, iso3, subdivision, description, closed } = draft;
    let highest = destinations::table.select(diesel::dsl::max(destinations::id)).first::<Option<i64>>(conn)?;
    let used = |conn: &mut Conn, id| destinations::table.find(id).count().get_result::<i64>(conn);
    let id = number(conn, *id, highest, "destination number", used)?;
    let added = Destination {
        id,
        prefix: prefix.clone(),
        country: country.clone(),
        iso3: iso3.clone(),
        subdivision: subdivision.clone(),
        description: description.clone(),
        closed_at: closed_at(*closed, None, now),
    };
    diesel::insert_into(destinations::table).values(DestinationRow::from(&added)).execute(conn)?;
    Ok(added)
}

/// Checks the values of a destination.
pub(super) fn check_destination(draft: &DestinationDraft) -> Result<(), Rejection> {
    let DestinationDraft { id, prefix, country, iso3, subdivision, description, closed: _ } = draft;
    let others = [country, iso3, subdivision, description].map(Option::as_deref);
    fit(*id, Identity { of: "destination", what: "prefix", text: prefix }, others)?;
    if !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
        let detail = format!("`{prefix}` is not a prefix: it must consist of digits, such as 4930");
        return Err(Rejection::Invalid { reason: "prefix-unreadable", detail });
    }
    if let Some(iso3) = iso3.as_deref().filter(|iso3| iso3.len() != 3 || !iso3.bytes().all(|c| c.is_ascii_uppercase()))
    {
        let detail =
            format!("`{iso3}` is not a country code: it must be three capital letters, such as DEU (ISO 3166-1)");
        return Err(Rejection::Invalid { reason: "country-unreadable", detail });
    }
    Ok(())
}

/// Whether an existing destination matches a draft.
pub(crate) fn is_destination_as_drafted(existing: &Destination, draft: &DestinationDraft) -> bool {
    let DestinationDraft { id, prefix, country, iso3, subdivision, description, closed } = draft;
    matches(id.as_ref(), Some(&existing.id))
        && *prefix == existing.prefix
        && matches(country.as_ref(), existing.country.as_ref())
        && matches(iso3.as_ref(), existing.iso3.as_ref())
        && matches(subdivision.as_ref(), existing.subdivision.as_ref())
        && matches(description.as_ref(), existing.description.as_ref())
        && matches(closed.as_ref(), Some(&existing.closed_at.is_some()))
}
