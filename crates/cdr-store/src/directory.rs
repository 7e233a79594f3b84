//! Who is who: read into memory, and read anew when its counter has moved.

use std::sync::{Arc, PoisonError};

use cdr_mediation::{AccountDraft, CustomerDraft, DirectoryKeeper, PortError};
use cdr_model::{Account, Customer, Directory, NOBODY, Service, Source};
use diesel::SqliteConnection;
use diesel::prelude::*;

use crate::error::Trouble;
use crate::intake::{Counters, people};
use crate::rows::AccountRow;
use crate::schema::{accounts, counters, customers, services, sources};
use crate::store::Store;

impl DirectoryKeeper for Store {
    fn add_customer(&self, draft: &CustomerDraft) -> Result<Customer, PortError> {
        let added = self.write(|conn| {
            let customer = people::add_customer(conn, draft)?.map_err(PortError::from)?;
            Counters::move_directory(conn)?;
            Ok(customer)
        });
        added.map_err(|trouble| self.failed("the customer could not be added", trouble))
    }

    fn add_account(&self, draft: &AccountDraft) -> Result<Account, PortError> {
        let added = self.write(|conn| {
            let account = people::add_account(conn, draft)?.map_err(PortError::from)?;
            Counters::move_directory(conn)?;
            Ok(account)
        });
        added.map_err(|trouble| self.failed("the account could not be added", trouble))
    }
}

/// The directory as it is now.
pub(crate) fn current(store: &Store) -> Result<Arc<Directory>, Trouble> {
    let mut conn = store.reader()?;
    let moved = counter(&mut conn)?;
    let mut kept = store.0.directory.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at, directory)) = kept.as_ref()
        && *at == moved
    {
        return Ok(directory.clone());
    }
    // The counter and the tables as of one moment.
    let (at, directory) = conn.transaction(|conn| Ok::<_, Trouble>((counter(conn)?, read(conn)?)))?;
    let directory = Arc::new(directory);
    *kept = Some((at, directory.clone()));
    Ok(directory)
}

fn counter(conn: &mut SqliteConnection) -> QueryResult<i64> {
    counters::table.find("directory").select(counters::last).first(conn)
}

fn read(conn: &mut SqliteConnection) -> Result<Directory, Trouble> {
    let customers: Vec<people::CustomerRow> = customers::table.filter(customers::id.ne(NOBODY)).load(conn)?;
    let accounts = accounts::table.select(AccountRow::as_select()).load(conn)?;
    let services: Vec<(i64, String)> = services::table.load(conn)?;
    let sources: Vec<(i64, String, String)> = sources::table.load(conn)?;
    let narrow = |id: i64| {
        i32::try_from(id)
            .map_err(|_| PortError::Refused(format!("the directory has the number {id}, which is too large")))
    };
    Ok(Directory {
        customers: customers.into_iter().map(people::customer).map(|customer| (customer.id, customer)).collect(),
        accounts: accounts.into_iter().map(Account::from).map(|account| (account.id, account)).collect(),
        services: services
            .into_iter()
            .map(|(id, name)| narrow(id).map(|id| (id, Service { id, name })))
            .collect::<Result<_, _>>()?,
        sources: sources
            .into_iter()
            .map(|(id, name, feed)| narrow(id).map(|id| (id, Source { id, name, feed })))
            .collect::<Result<_, _>>()?,
    })
}
