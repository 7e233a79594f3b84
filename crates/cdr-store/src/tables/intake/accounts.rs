//! Finds the account that a call is booked on.

use std::collections::HashMap;

use cdr_mediation::{AccountDraft, PortError, UnknownAccounts};
use cdr_model::{Customer, NOBODY, Timestamp};
use diesel::prelude::*;

use super::super::Conn;
use super::counters::Counters;
use super::people;
use crate::error::TransactionError;
use crate::rejection::Rejection;
use crate::schema::accounts;

/// An account and its customer. For records booked on the customer itself, the account is the negated number of the
/// customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Booked {
    pub(crate) account_id: i64,
    pub(crate) customer_id: i64,
    /// Whether the account of the call is unknown, and the call is booked on the unassigned account of its source.
    pub(crate) unassigned: bool,
}

/// Finds accounts by the codes that switches write, and caches them for one batch.
#[derive(Debug)]
pub(crate) struct Accounts {
    source: String,
    /// The customer of the batch, to which new accounts are added.
    customer: Option<Customer>,
    unknown: UnknownAccounts,
    /// When the batch was received.
    now: Timestamp,
    unassigned: Option<Booked>,
    by_code: HashMap<String, Option<Booked>>,
    by_customer: HashMap<String, HashMap<String, Option<Booked>>>,
    /// Customers that have records booked on themselves.
    themselves: HashMap<String, Booked>,
    /// The accounts that were created, as `customer/number`.
    pub(crate) made: Vec<String>,
}

impl Accounts {
    /// For the calls of a source. New accounts are added to `customer`.
    pub(crate) fn of(
        conn: &mut Conn,
        source: &str,
        customer: Option<&str>,
        unknown: UnknownAccounts,
        now: Timestamp,
    ) -> Result<Accounts, TransactionError> {
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
            unknown,
            now,
            unassigned: None,
            by_code: HashMap::new(),
            by_customer: HashMap::new(),
            themselves: HashMap::new(),
            made: Vec::new(),
        })
    }

    /// Clears the cache after the directory has changed.
    pub(crate) fn forget(&mut self) {
        self.by_code.clear();
        self.by_customer.clear();
        self.themselves.clear();
    }

    /// The account of a record, created if it is missing and the batch has a customer. A code that no account has, or
    /// that several customers have, maps to the unassigned account. A record that names a customer but no code is
    /// booked on the customer itself.
    pub(crate) fn find(
        &mut self,
        conn: &mut Conn,
        counters: &mut Counters,
        code: Option<&str>,
        customer: Option<&str>,
    ) -> Result<Booked, TransactionError> {
        let Some(code) = code.filter(|code| !code.is_empty()) else {
            return match customer {
                Some(name) => self.of_itself(conn, name),
                None => self.unassigned(conn, counters),
            };
        };
        let found = match (customer, &self.customer) {
            (Some(name), given) if given.as_ref().is_none_or(|given| given.name != name) => {
                self.of_named(conn, name, code)?
            }
            (_, Some(_)) => self.of_given(conn, counters, code)?,
            (_, None) => self.of_anybody(conn, code)?,
        };
        match found {
            Some(booked) => Ok(booked),
            None if self.unknown == UnknownAccounts::Quarantine => {
                let detail = format!("there is no account `{code}`; add it, then load this again");
                Err(Rejection::Invalid { reason: "account-unknown", detail }.into())
            }
            None => self.unassigned(conn, counters),
        }
    }

    /// The customer itself, with its negated number as the account.
    fn of_itself(&mut self, conn: &mut Conn, name: &str) -> Result<Booked, TransactionError> {
        if let Some(found) = self.themselves.get(name) {
            return Ok(*found);
        }
        let Some(customer) = people::customer_named(conn, name)? else {
            return Err(Rejection::Missing { what: "customer", name: name.to_owned() }.into());
        };
        let found = booked(-customer.id, customer.id);
        self.themselves.insert(name.to_owned(), found);
        Ok(found)
    }

    /// The account of the customer that the feed names.
    fn of_named(&mut self, conn: &mut Conn, name: &str, code: &str) -> Result<Option<Booked>, TransactionError> {
        if let Some(found) = self.by_customer.get(name).and_then(|accounts| accounts.get(code)) {
            return Ok(*found);
        }
        let Some(customer) = people::customer_named(conn, name)? else {
            return Err(Rejection::Missing { what: "customer", name: name.to_owned() }.into());
        };
        let found = people::account_of(conn, customer.id, code)?.map(|account| booked(account.id, customer.id));
        self.by_customer.entry(name.to_owned()).or_default().insert(code.to_owned(), found);
        Ok(found)
    }

    /// The account of the batch's customer, created if it is missing.
    fn of_given(
        &mut self,
        conn: &mut Conn,
        counters: &mut Counters,
        code: &str,
    ) -> Result<Option<Booked>, TransactionError> {
        if let Some(found @ Some(_)) = self.by_code.get(code) {
            return Ok(*found);
        }
        let Some(customer) = &self.customer else { return Ok(None) };
        let account = match people::account_of(conn, customer.id, code)? {
            Some(account) => account,
            None if self.unknown != UnknownAccounts::Create => return Ok(None),
            None => {
                let draft = AccountDraft { number: code.to_owned(), ..AccountDraft::default() };
                let account = people::put_account(conn, customer.id, &draft, self.now)
                    .map_err(TransactionError::of_whole_batch)?;
                counters.directory_moved();
                self.made.push(format!("{}/{code}", customer.name));
                account
            }
        };
        let found = Some(booked(account.id, customer.id));
        self.by_code.insert(code.to_owned(), found);
        Ok(found)
    }

    /// The account with this number if exactly one customer has it.
    fn of_anybody(&mut self, conn: &mut Conn, code: &str) -> Result<Option<Booked>, TransactionError> {
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

    /// The account of the source for calls that match no account.
    fn unassigned(&mut self, conn: &mut Conn, counters: &mut Counters) -> Result<Booked, TransactionError> {
        if let Some(found) = self.unassigned {
            return Ok(found);
        }
        let number = format!("unassigned:{}", self.source);
        let account = match people::account_of(conn, NOBODY, &number)? {
            Some(account) => account,
            None => {
                let name = Some(format!("Calls of {} that are nobody's", self.source));
                let draft = AccountDraft { number, name, ..AccountDraft::default() };
                let account =
                    people::put_account(conn, NOBODY, &draft, self.now).map_err(TransactionError::of_whole_batch)?;
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
