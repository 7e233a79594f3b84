//! The rows of customers, services and destinations.

use cdr_model::{Customer, Destination, EarlierTerms, Product, Service};
use diesel::prelude::*;

use super::{kind, narrow};
use crate::schema::{customers, destinations, products, services};
use crate::types::{At, KeptAmount};

/// A customer row as read.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = customers)]
pub(crate) struct CustomerRow {
    id: i64,
    reseller_id: Option<i64>,
    name: String,
    external_id: Option<String>,
    currency: String,
    level: String,
    environment: i64,
    zone: Option<String>,
    billing_period: String,
    email: Option<String>,
    contact: Option<String>,
    address: Option<String>,
    created_at: Option<At>,
    balance: Option<KeptAmount>,
    credit_limit: Option<KeptAmount>,
    closed_at: Option<At>,
    earlier: Option<String>,
}

impl TryFrom<CustomerRow> for Customer {
    type Error = String;

    fn try_from(row: CustomerRow) -> Result<Customer, String> {
        let damaged = |what: String| format!("customer {}: {what}", row.id);
        Ok(Customer {
            id: row.id,
            reseller_id: row.reseller_id,
            level: row.level.parse().map_err(|error| damaged(format!("{error}")))?,
            environment: narrow("environment", row.environment).map_err(damaged)?,
            billing_period: row.billing_period.parse().map_err(|error| damaged(format!("{error}")))?,
            name: row.name,
            external_id: row.external_id,
            currency: row.currency,
            zone: row.zone,
            email: row.email,
            contact: row.contact,
            address: row.address,
            created_at: row.created_at.map(|at| at.0),
            balance: row.balance.map(|kept| kept.0),
            credit_limit: row.credit_limit.map(|kept| kept.0),
            closed_at: row.closed_at.map(|at| at.0),
            earlier: earlier(row.earlier.as_deref()).map_err(|error| damaged(format!("earlier: {error}")))?,
        })
    }
}

/// The earlier terms of a customer, from JSON.
fn earlier(json: Option<&str>) -> Result<Vec<EarlierTerms>, serde_json::Error> {
    json.map_or(Ok(Vec::new()), serde_json::from_str)
}

/// A customer row as written.
#[derive(Debug, Insertable, AsChangeset)]
#[diesel(table_name = customers, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct NewCustomer<'a> {
    id: i64,
    reseller_id: Option<i64>,
    name: &'a str,
    external_id: Option<&'a str>,
    currency: &'a str,
    level: &'a str,
    environment: i64,
    zone: Option<&'a str>,
    billing_period: String,
    email: Option<&'a str>,
    contact: Option<&'a str>,
    address: Option<&'a str>,
    created_at: Option<At>,
    balance: Option<String>,
    credit_limit: Option<String>,
    closed_at: Option<At>,
    earlier: Option<String>,
}

impl<'a> TryFrom<&'a Customer> for NewCustomer<'a> {
    type Error = serde_json::Error;

    fn try_from(customer: &'a Customer) -> Result<NewCustomer<'a>, serde_json::Error> {
        let earlier = (!customer.earlier.is_empty()).then(|| serde_json::to_string(&customer.earlier)).transpose()?;
        Ok(NewCustomer {
            id: customer.id,
            reseller_id: customer.reseller_id,
            name: &customer.name,
            external_id: customer.external_id.as_deref(),
            currency: &customer.currency,
            level: customer.level.name(),
            environment: i64::from(customer.environment),
            zone: customer.zone.as_deref(),
            billing_period: customer.billing_period.to_string(),
            email: customer.email.as_deref(),
            contact: customer.contact.as_deref(),
            address: customer.address.as_deref(),
            created_at: customer.created_at.map(At),
            balance: customer.balance.map(|amount| amount.to_string()),
            credit_limit: customer.credit_limit.map(|amount| amount.to_string()),
            closed_at: customer.closed_at.map(At),
            earlier,
        })
    }
}

/// A service row, as read and as written.
#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = services, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct ServiceRow {
    id: i64,
    name: String,
    kind: i64,
    flags: Option<String>,
    closed_at: Option<At>,
}

impl TryFrom<ServiceRow> for Service {
    type Error = String;

    fn try_from(row: ServiceRow) -> Result<Service, String> {
        let damaged = |what: String| format!("service {}: {what}", row.id);
        Ok(Service {
            id: narrow("id", row.id).map_err(damaged)?,
            kind: kind(row.kind).map_err(damaged)?,
            name: row.name,
            flags: row.flags,
            closed_at: row.closed_at.map(|at| at.0),
        })
    }
}

impl From<&Service> for ServiceRow {
    fn from(service: &Service) -> ServiceRow {
        let Service { id, name, kind, flags, closed_at } = service.clone();
        let closed_at = closed_at.map(At);
        ServiceRow { id: i64::from(id), name, kind: i64::from(kind.code()), flags, closed_at }
    }
}

/// A product row, as read and as written.
#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = products, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct ProductRow {
    id: i64,
    name: String,
    closed_at: Option<At>,
}

impl From<ProductRow> for Product {
    fn from(row: ProductRow) -> Product {
        let ProductRow { id, name, closed_at } = row;
        Product { id, name, closed_at: closed_at.map(|at| at.0) }
    }
}

impl From<&Product> for ProductRow {
    fn from(product: &Product) -> ProductRow {
        let Product { id, name, closed_at } = product.clone();
        ProductRow { id, name, closed_at: closed_at.map(At) }
    }
}

/// A destination row, as read and as written.
#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = destinations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct DestinationRow {
    id: i64,
    prefix: String,
    country: Option<String>,
    iso3: Option<String>,
    subdivision: Option<String>,
    description: Option<String>,
    closed_at: Option<At>,
}

impl From<DestinationRow> for Destination {
    fn from(row: DestinationRow) -> Destination {
        let DestinationRow { id, prefix, country, iso3, subdivision, description, closed_at } = row;
        Destination { id, prefix, country, iso3, subdivision, description, closed_at: closed_at.map(|at| at.0) }
    }
}

impl From<&Destination> for DestinationRow {
    fn from(destination: &Destination) -> DestinationRow {
        let Destination { id, prefix, country, iso3, subdivision, description, closed_at } = destination.clone();
        DestinationRow { id, prefix, country, iso3, subdivision, description, closed_at: closed_at.map(At) }
    }
}
