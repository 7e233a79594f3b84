//! Changes services, products and destinations.

use super::super::Conn;
use cdr_mediation::{DestinationDraft, ProductDraft, ServiceDraft};
use cdr_model::{Destination, Product, Service, Timestamp};
use diesel::prelude::*;

use super::changes::keep_number;
use super::drafts::{Identity, fit, text};
use super::reached::closed_at;
use super::reference::{check_destination, product_named, service_named};
use super::screen::has_nul;
use crate::error::TransactionError;
use crate::rejection::Rejection;
use crate::rows::{DestinationRow, ProductRow, ServiceRow};
use crate::schema::{destinations, products, services};

/// Changes the service of this name. Returns `None` if nothing changes.
pub(crate) fn change_service(
    conn: &mut Conn,
    name: &str,
    draft: &ServiceDraft,
    now: Timestamp,
) -> Result<Option<Service>, TransactionError> {
    let Some(present) = service_named(conn, name)? else {
        return Err(Rejection::Missing { what: "service", name: name.to_owned() }.into());
    };
    let identity = Identity { of: "service", what: "name", text: &draft.name };
    fit(draft.id.map(i64::from), identity, [draft.flags.as_deref()])?;
    keep_number("service", draft.id, &present.id)?;
    if draft.name != present.name && service_named(conn, &draft.name)?.is_some() {
        return Err(Rejection::Exists { what: "service", name: draft.name.clone() }.into());
    }
    let changed = Service {
        id: present.id,
        name: draft.name.clone(),
        kind: draft.kind.unwrap_or(present.kind),
        flags: text(draft.flags.as_ref(), present.flags.clone()),
        closed_at: closed_at(draft.closed, present.closed_at, now),
    };
    if changed == present {
        return Ok(None);
    }
    let row = services::table.find(i64::from(present.id));
    diesel::update(row).set(ServiceRow::from(&changed)).execute(conn)?;
    Ok(Some(changed))
}

/// Changes the product of this name. Returns `None` if nothing changes.
pub(crate) fn change_product(
    conn: &mut Conn,
    name: &str,
    draft: &ProductDraft,
    now: Timestamp,
) -> Result<Option<Product>, TransactionError> {
    let Some(present) = product_named(conn, name)? else {
        return Err(Rejection::Missing { what: "product", name: name.to_owned() }.into());
    };
    fit(draft.id, Identity { of: "product", what: "name", text: &draft.name }, [])?;
    keep_number("product", draft.id, &present.id)?;
    if draft.name != present.name && product_named(conn, &draft.name)?.is_some() {
        return Err(Rejection::Exists { what: "product", name: draft.name.clone() }.into());
    }
    let closed_at = closed_at(draft.closed, present.closed_at, now);
    let changed = Product { id: present.id, name: draft.name.clone(), closed_at };
    if changed == present {
        return Ok(None);
    }
    diesel::update(products::table.find(present.id)).set(ProductRow::from(&changed)).execute(conn)?;
    Ok(Some(changed))
}

/// Changes the destination of this prefix; of several, the one with the number that the draft gives. Returns `None` if
/// nothing changes.
pub(crate) fn change_destination(
    conn: &mut Conn,
    prefix: &str,
    draft: &DestinationDraft,
    now: Timestamp,
) -> Result<Option<Destination>, TransactionError> {
    let present = the_destination(conn, prefix, draft.id)?;
    let iso3 = draft.iso3.clone().filter(|iso3| !iso3.is_empty());
    check_destination(&DestinationDraft { iso3, ..draft.clone() })?;
    let changed = Destination {
        id: present.id,
        prefix: draft.prefix.clone(),
        country: text(draft.country.as_ref(), present.country.clone()),
        iso3: text(draft.iso3.as_ref(), present.iso3.clone()),
        subdivision: text(draft.subdivision.as_ref(), present.subdivision.clone()),
        description: text(draft.description.as_ref(), present.description.clone()),
        closed_at: closed_at(draft.closed, present.closed_at, now),
    };
    if changed == present {
        return Ok(None);
    }
    diesel::update(destinations::table.find(present.id)).set(DestinationRow::from(&changed)).execute(conn)?;
    Ok(Some(changed))
}

fn the_destination(conn: &mut Conn, prefix: &str, id: Option<i64>) -> Result<Destination, TransactionError> {
    let missing = || Rejection::Missing { what: "destination", name: prefix.to_owned() };
    if has_nul(prefix) {
        return Err(missing().into());
    }
    let with_prefix = destinations::table.filter(destinations::prefix.eq(prefix)).order(destinations::id);
    let rows: Vec<DestinationRow> = with_prefix.select(DestinationRow::as_select()).load(conn)?;
    let mut found: Vec<Destination> = rows.into_iter().map(Destination::from).collect();
    found.retain(|it| id.is_none_or(|id| it.id == id));
    match found.len() {
        0 => Err(missing().into()),
        1 => Ok(found.remove(0)),
        _ => {
            let ids = found.iter().map(|it| it.id.to_string()).collect::<Vec<_>>().join(", ");
            let detail = format!("several destinations have the prefix {prefix}: give the number of one of {ids}");
            Err(Rejection::Invalid { reason: "prefix-ambiguous", detail }.into())
        }
    }
}
