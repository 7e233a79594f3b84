//! Which account a call belongs to.

use std::collections::HashMap;

use cdr_mediation::{AccountDraft, PortError};
use cdr_model::{Customer, NOBODY};
use diesel::prelude::*;

use super::super::Conn;
use super::counters::Counters;
use super::denial::Denial;
use super::people;
use super::screen::Unfit;
use crate::error::Trouble;
use crate::schema::accounts;

/// An account, and its customer. What is booked on a customer itself has the customer's number with a minus for its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Booked {
    pub(crate) account_id: i64,
    pub(crate) customer_id: i64,
    /// Whether nobody knows whose the call is.
    pub(crate) unassigned: bool,
}

/// Finds accounts by the codes that switches write, and remembers them for the length of a batch.
#[derive(Debug)]
pub(crate) struct Accounts {
    source: String,
    /// The customer under whom accounts are made.
    customer: Option<Customer>,
    unassigned: Option<Booked>,
    by_code: HashMap<String, Option<Booked>>,
    by_customer: HashMap<(String, String), Option<Booked>>,
    /// Customers on whom themselves something is booked.
    themselves: HashMap<String, Booked>,
    /// The accounts that were made, as `customer/number`.
    pub(crate) made: Vec<String>,
}

impl Accounts {
    /// For the calls of a source, with the customer under whom accounts are made.
    pub(crate) fn of(conn: &mut Conn, source: &str, customer: Option<&str>) -> Result<Accounts, Trouble> {
        let customer = match customer {
            None => None,
            Some(name) => {
                let missing = || PortError::NotFound { what: "customer", name: name.to_owned() };
                Some(people::customer_named(conn, name)?.ok_or_else(missing)?)
            }
        };
        Ok(Accounts {
            source: source.to_owned(),
            customer,
            unassigned: None,
            by_code: HashMap::new(),
            by_customer: HashMap::new(),
            themselves: HashMap::new(),
            made: Vec::new(),
        })
    }

    /// Forgets what was looked up: the directory has changed.
    pub(crate) fn forget(&mut self) {
        self.by_code.clear();
        self.by_customer.clear();
        self.themselves.clear();
    }

    /// The account of a record, made if need be. A code that nobody has, or several have, is the unassigned account's; what
    /// names a customer and no code is booked on the customer itself.
    pub(crate) fn find(
        &mut self,
        conn: &mut Conn,
        counters: &mut Counters,
        code: Option<&str>,
        customer: Option<&str>,
    ) -> Result<Result<Booked, Unfit>, Trouble> {
        let Some(code) = code.filter(|code| !code.is_empty()) else {
            return match customer {
                Some(name) => self.of_itself(conn, name),
                None => Ok(Ok(self.unassigned(conn, counters)?)),
            };
        };
        let found = match (customer, &self.customer) {
            (Some(name), given) if given.as_ref().is_none_or(|given| given.name != name) => {
                match self.of_named(conn, name, code)? {
                    Ok(found) => found,
                    Err(unfit) => return Ok(Err(unfit)),
                }
            }
            (_, Some(given)) => {
                let given = given.clone();
                Some(self.of_given(conn, counters, &given, code)?)
            }
            (_, None) => self.of_anybody(conn, code)?,
        };
        match found {
            Some(booked) => Ok(Ok(booked)),
            None => Ok(Ok(self.unassigned(conn, counters)?)),
        }
    }

    /// The customer's own ledger, which has its number with a minus.
    fn of_itself(&mut self, conn: &mut Conn, name: &str) -> Result<Result<Booked, Unfit>, Trouble> {
        if let Some(found) = self.themselves.get(name) {
            return Ok(Ok(*found));
        }
        let Some(customer) = people::customer_named(conn, name)? else {
            return Ok(Err(Denial::Missing { what: "customer", name: name.to_owned() }.in_words()));
        };
        let found = booked(-customer.id, customer.id);
        self.themselves.insert(name.to_owned(), found);
        Ok(Ok(found))
    }

    /// The account of the customer whom the feed names.
    fn of_named(&mut self, conn: &mut Conn, name: &str, code: &str) -> Result<Result<Option<Booked>, Unfit>, Trouble> {
        let place = (name.to_owned(), code.to_owned());
        if let Some(found) = self.by_customer.get(&place) {
            return Ok(Ok(*found));
        }
        let Some(customer) = people::customer_named(conn, name)? else {
            return Ok(Err(Denial::Missing { what: "customer", name: name.to_owned() }.in_words()));
        };
        let found = people::account_of(conn, customer.id, code)?.map(|account| booked(account.id, customer.id));
        self.by_customer.insert(place, found);
        Ok(Ok(found))
    }

    /// The account of the batch's customer, made if it is missing.
    fn of_given(
        &mut self,
        conn: &mut Conn,
        counters: &mut Counters,
        customer: &Customer,
        code: &str,
    ) -> Result<Booked, Trouble> {
        if let Some(Some(found)) = self.by_code.get(code) {
            return Ok(*found);
        }
        let account = match people::account_of(conn, customer.id, code)? {
            Some(account) => account,
            None => {
                let draft = AccountDraft { number: code.to_owned(), ..AccountDraft::default() };
                let account = people::put_account(conn, customer.id, &draft)?.map_err(PortError::from)?;
                counters.directory_moved();
                self.made.push(format!("{}/{code}", customer.name));
                account
            }
        };
        let found = booked(account.id, customer.id);
        self.by_code.insert(code.to_owned(), Some(found));
        Ok(found)
    }

    /// The one account with this number, whosever it is.
    fn of_anybody(&mut self, conn: &mut Conn, code: &str) -> Result<Option<Booked>, Trouble> {
        if let Some(found) = self.by_code.get(code) {
            return Ok(*found);
        }
        let rows: Vec<(i64, i64)> = accounts::table
            .filter(accounts::number.eq(code))
            .filter(accounts::customer_id.ne(NOBODY))
            .select((accounts::id, accounts::customer_id))
            .limit(2)
            .load(conn)?;
        let found = match rows.as_slice() {
            [(account, customer)] => Some(booked(*account, *customer)),
            _ => None,
        };
        self.by_code.insert(code.to_owned(), found);
        Ok(found)
    }

    /// The source's account for calls of nobody known.
    fn unassigned(&mut self, conn: &mut Conn, counters: &mut Counters) -> Result<Booked, Trouble> {
        if let Some(found) = self.unassigned {
            return Ok(found);
        }
        let number = format!("unassigned:{}", self.source);
        let account = match people::account_of(conn, NOBODY, &number)? {
            Some(account) => account,
            None => {
                let name = Some(format!("Calls of {} that are nobody's", self.source));
                let draft = AccountDraft { number, name, ..AccountDraft::default() };
                let account = people::put_account(conn, NOBODY, &draft)?.map_err(PortError::from)?;
                counters.directory_moved();
                account
            }
        };
        let found = Booked { account_id: account.id, customer_id: NOBODY, unassigned: true };
        self.unassigned = Some(found);
        Ok(found)
    }
}

fn booked(account_id: i64, customer_id: i64) -> Booked {
    Booked { account_id, customer_id, unassigned: false }
}
