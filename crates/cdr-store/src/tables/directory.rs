//! The directory: read into memory, and read again after its counter has changed.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use super::Conn;
use cdr_mediation::{
    AccountDraft, CustomerDraft, DestinationDraft, DirectoryEditor, PortError, ProductDraft, ServiceDraft,
};
use cdr_model::{Account, Customer, Destination, Directory, NOBODY, Product, Service, Source, Timestamp};
use diesel::prelude::*;

use super::intake::{Counters, changes, people, reference_changes};
use super::{Store, WriteLock, snapshot};
use crate::error::TransactionError;
use crate::rows::{AccountRow, CustomerRow, DestinationRow, ProductRow, ServiceRow, narrow};
use crate::schema::{accounts, counters, customers, destinations, products, services, sources};

impl DirectoryEditor for Store {
    fn add_customer(&self, draft: &CustomerDraft) -> Result<Customer, PortError> {
        let added = self.write(WriteLock::Records, |conn| {
            let customer = people::add_customer(conn, draft, (self.0.clock)())?;
            Counters::move_directory(conn)?;
            Ok(customer)
        });
        added.map_err(|error| self.failed("the customer could not be added", error))
    }

    fn add_account(&self, draft: &AccountDraft) -> Result<Account, PortError> {
        let added = self.write(WriteLock::Records, |conn| {
            let account = people::add_account(conn, draft, (self.0.clock)())?;
            Counters::move_directory(conn)?;
            Ok(account)
        });
        added.map_err(|error| self.failed("the account could not be added", error))
    }

    fn change_customer(&self, name: &str, draft: &CustomerDraft) -> Result<Customer, PortError> {
        self.change("customer", |conn, now| changes::change_customer(conn, name, draft, now))
    }

    fn change_account(&self, number: &str, draft: &AccountDraft) -> Result<Account, PortError> {
        self.change("account", |conn, now| changes::change_account(conn, number, draft, now))
    }

    fn change_service(&self, name: &str, draft: &ServiceDraft) -> Result<Service, PortError> {
        self.change("service", |conn, now| reference_changes::change_service(conn, name, draft, now))
    }

    fn change_product(&self, name: &str, draft: &ProductDraft) -> Result<Product, PortError> {
        self.change("product", |conn, now| reference_changes::change_product(conn, name, draft, now))
    }

    fn change_destination(&self, prefix: &str, draft: &DestinationDraft) -> Result<Destination, PortError> {
        self.change("destination", |conn, now| reference_changes::change_destination(conn, prefix, draft, now))
    }
}

impl Store {
    /// Changes an entry of the directory, and moves its counter. A change is refused if it yields nothing.
    fn change<T>(
        &self,
        what: &str,
        change: impl FnOnce(&mut Conn, Timestamp) -> Result<Option<T>, TransactionError>,
    ) -> Result<T, PortError> {
        let changed = self.write(WriteLock::Records, |conn| {
            let nothing = || PortError::Refused(format!("nothing changes: the {what} has these values already"));
            let changed = change(conn, (self.0.clock)())?.ok_or_else(nothing)?;
            Counters::move_directory(conn)?;
            Ok(changed)
        });
        changed.map_err(|error| self.failed(&format!("the {what} could not be changed"), error))
    }
}

/// The current directory.
pub(crate) fn current(store: &Store) -> Result<Arc<Directory>, TransactionError> {
    let mut conn = store.reader()?;
    let moved = counter(&mut conn)?;
    let mut kept = store.0.directory.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at, directory)) = kept.as_ref()
        && *at == moved
    {
        return Ok(directory.clone());
    }
    // The counter and the tables are read from one snapshot.
    let (at, directory) = snapshot(&mut conn, |conn| Ok::<_, TransactionError>((counter(conn)?, read(conn)?)))?;
    let directory = Arc::new(directory);
    *kept = Some((at, directory.clone()));
    Ok(directory)
}

fn counter(conn: &mut Conn) -> QueryResult<i64> {
    counters::table.find("directory").select(counters::last).first(conn)
}

fn read(conn: &mut Conn) -> Result<Directory, TransactionError> {
    let customers = customers::table.filter(customers::id.ne(NOBODY)).select(CustomerRow::as_select()).load(conn)?;
    let accounts = accounts::table.select(AccountRow::as_select()).load(conn)?;
    let services = services::table.select(ServiceRow::as_select()).load(conn)?;
    let of_source = (sources::id, sources::name, sources::feed);
    let sources: Vec<(i64, String, String)> = sources::table.select(of_source).load(conn)?;
    let products = products::table.select(ProductRow::as_select()).load(conn)?;
    let destinations = destinations::table.select(DestinationRow::as_select()).load(conn)?;
    let source = |(id, name, feed)| narrow("source", id).map(|id| (id, Source { id, name, feed }));
    let directory = || {
        Ok(Directory {
            customers: read_all(customers, |it: &Customer| it.id)?,
            accounts: accounts.into_iter().map(Account::from).map(|it| (it.id, it)).collect(),
            services: read_all(services, |it: &Service| it.id)?,
            sources: sources.into_iter().map(source).collect::<Result<_, _>>()?,
            products: products.into_iter().map(Product::from).map(|it| (it.id, it)).collect(),
            destinations: destinations.into_iter().map(Destination::from).map(|it| (it.id, it)).collect(),
        })
    };
    directory().map_err(|what: String| PortError::Refused(format!("the directory: {what}")).into())
}

/// Converts rows to records, by number.
fn read_all<Row, K: Ord, T: TryFrom<Row, Error = String>>(
    rows: Vec<Row>,
    key: impl Fn(&T) -> K,
) -> Result<BTreeMap<K, T>, String> {
    rows.into_iter().map(|row| T::try_from(row).map(|read| (key(&read), read))).collect()
}
