//! Licences, which admit client programs.

use std::collections::{BTreeMap, BTreeSet};

use super::Conn;
use cdr_access::{Licence, LicenceScope, Licences};
use cdr_mediation::PortError;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::store::is_about;
use super::{Store, WriteLock, snapshot};
use crate::error::TransactionError;
use crate::schema::{counters, licence_customers, licences};

const READING: &str = "the licences could not be read";

/// Stands in the column of the environment for [`LicenceScope::Everything`]. Environments are numbered from 1.
const EVERYTHING: i64 = 0;

/// Number, name, digest, environment.
type LicenceRow = (i64, String, Vec<u8>, Option<i64>);

impl Licences for Store {
    fn licence_by_digest(&self, digest: &[u8; 32]) -> Result<Option<Licence>, PortError> {
        let found = self.read(|conn| {
            let found = snapshot(conn, |conn| {
                let of_this = licences::table.filter(licences::digest.eq(digest.as_slice()));
                let Some(row) = of_this.first::<LicenceRow>(conn).optional()? else { return Ok(None) };
                let customers = licence_customers::table.filter(licence_customers::licence_id.eq(row.0));
                let customers = customers.select(licence_customers::customer_id).load::<i64>(conn)?;
                Ok::<_, DieselError>(Some((row, customers)))
            })?;
            found.map(|(row, customers)| self.licence_of(row, customers.into_iter().collect())).transpose()
        });
        found.map_err(|error| self.failed(READING, error))
    }

    fn licences(&self) -> Result<Vec<Licence>, PortError> {
        let found = self.read(|conn| {
            let (rows, pairs) = snapshot(conn, |conn| {
                let rows = licences::table.order(licences::id).load::<LicenceRow>(conn)?;
                Ok::<_, DieselError>((rows, licence_customers::table.load::<(i64, i64)>(conn)?))
            })?;
            let mut customers = BTreeMap::<i64, BTreeSet<i64>>::new();
            for (licence, customer) in pairs {
                customers.entry(licence).or_default().insert(customer);
            }
            let licence = |row: LicenceRow| {
                let customers = customers.remove(&row.0).unwrap_or_default();
                self.licence_of(row, customers)
            };
            rows.into_iter().map(licence).collect()
        });
        found.map_err(|error| self.failed(READING, error))
    }

    fn add_licence(&self, licence: &Licence) -> Result<Licence, PortError> {
        let added = self.write(WriteLock::Licences, |conn| {
            let last = counters::table.find("licence");
            let id = last.select(counters::last).first::<i64>(conn)? + 1;
            let licence = Licence { id, ..licence.clone() };
            insert(conn, &licence)?;
            diesel::update(last).set(counters::last.eq(id)).execute(conn)?;
            Ok(licence)
        });
        added.map_err(|error| self.failed("the licence could not be added", error))
    }

    fn change_digest(&self, name: &str, digest: &[u8; 32]) -> Result<(), PortError> {
        let changed = self.write(WriteLock::Licences, |conn| {
            let named = licences::table.filter(licences::name.eq(name));
            let known: Option<Vec<u8>> = named.select(licences::digest).first(conn).optional()?;
            // The unique index over digests does not reject an update to the same value.
            if known.is_some_and(|known| known == digest) {
                return Err(taken().into());
            }
            let change = licences::digest.eq(digest.as_slice());
            let changed = diesel::update(named).set(change).execute(conn).map_err(|error| refused(error, name))?;
            Ok(one(changed, name)?)
        });
        changed.map_err(|error| self.failed("the licence could not be changed", error))
    }

    fn remove_licence(&self, name: &str) -> Result<(), PortError> {
        let removed = self.write(WriteLock::Licences, |conn| {
            let rows = diesel::delete(licences::table.filter(licences::name.eq(name))).execute(conn)?;
            Ok(one(rows, name)?)
        });
        removed.map_err(|error| self.failed("the licence could not be removed", error))
    }
}

impl Store {
    fn licence_of(
        &self,
        (id, name, digest, environment): LicenceRow,
        customers: BTreeSet<i64>,
    ) -> Result<Licence, TransactionError> {
        let damaged = |what: &str| self.damaged(format!("licence `{name}`: {what}"));
        let digest: [u8; 32] = digest.try_into().map_err(|_| damaged("the digest does not have 32 bytes"))?;
        let scope = match environment {
            Some(EVERYTHING) if customers.is_empty() => LicenceScope::Everything,
            None => LicenceScope::Customers(customers),
            Some(_) if !customers.is_empty() => Err(damaged("it has an environment and customers"))?,
            Some(number) => {
                let number = i32::try_from(number).map_err(|_| damaged("the environment is out of range"))?;
                LicenceScope::Environment(number)
            }
        };
        Ok(Licence { id, name, digest, scope })
    }
}

fn insert(conn: &mut Conn, licence: &Licence) -> Result<(), TransactionError> {
    let (environment, customers) = match &licence.scope {
        LicenceScope::Everything => (Some(EVERYTHING), None),
        LicenceScope::Environment(number) => (Some(i64::from(*number)), None),
        LicenceScope::Customers(customers) => (None, Some(customers)),
    };
    let row = (
        licences::id.eq(licence.id),
        licences::name.eq(&licence.name),
        licences::digest.eq(licence.digest.as_slice()),
        licences::environment.eq(environment),
    );
    let inserted = diesel::insert_into(licences::table).values(row).execute(conn);
    inserted.map_err(|error| refused(error, &licence.name))?;
    for customer in customers.into_iter().flatten() {
        let row = (licence_customers::licence_id.eq(licence.id), licence_customers::customer_id.eq(customer));
        match diesel::insert_into(licence_customers::table).values(row).execute(conn) {
            Err(DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => {
                return Err(PortError::NotFound { what: "customer", name: customer.to_string() }.into());
            }
            inserted => inserted?,
        };
    }
    Ok(())
}

/// Maps the error of a statement that writes a licence.
fn refused(error: DieselError, name: &str) -> TransactionError {
    match &error {
        DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
            if is_about(info.message(), "licences", "digest") {
                taken().into()
            } else {
                PortError::Exists { what: "licence", name: name.to_owned() }.into()
            }
        }
        _ => error.into(),
    }
}

fn taken() -> PortError {
    PortError::Refused("this text is already in use; choose another".to_owned())
}

/// Fails unless the statement changed one row.
fn one(rows: usize, name: &str) -> Result<(), PortError> {
    if rows == 1 { Ok(()) } else { Err(PortError::NotFound { what: "licence", name: name.to_owned() }) }
}
