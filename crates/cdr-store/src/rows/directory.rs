//! The rows of customers, services and destinations.

use cdr_model::{Customer, Destination, Service};
use diesel::prelude::*;

use super::{kind, narrow};
use crate::schema::{customers, destinations, services};

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
        })
    }
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
}

impl<'a> From<&'a Customer> for NewCustomer<'a> {
    fn from(customer: &'a Customer) -> NewCustomer<'a> {
        let Customer { id, reseller_id, name, external_id, currency, level, environment, zone, billing_period } =
            customer;
        NewCustomer {
            id: *id,
            reseller_id: *reseller_id,
            name,
            external_id: external_id.as_deref(),
            currency,
            level: level.name(),
            environment: i64::from(*environment),
            zone: zone.as_deref(),
            billing_period: billing_period.to_string(),
        }
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
        })
    }
}

impl From<&Service> for ServiceRow {
    fn from(service: &Service) -> ServiceRow {
        let Service { id, name, kind, flags } = service.clone();
        ServiceRow { id: i64::from(id), name, kind: i64::from(kind.code()), flags }
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
}

impl From<DestinationRow> for Destination {
    fn from(row: DestinationRow) -> Destination {
        let DestinationRow { id, prefix, country, iso3, subdivision, description } = row;
        Destination { id, prefix, country, iso3, subdivision, description }
    }
}

impl From<&Destination> for DestinationRow {
    fn from(destination: &Destination) -> DestinationRow {
        let Destination { id, prefix, country, iso3, subdivision, description } = destination.clone();
        DestinationRow { id, prefix, country, iso3, subdivision, description }
    }
}
