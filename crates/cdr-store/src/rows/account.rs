//! The row of an account.

use cdr_model::{Account, Money};
use diesel::prelude::*;

use crate::schema::accounts;
use crate::types::{At, KeptAmount, KeptUuid};

/// An account row as read.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub(crate) struct AccountRow {
    id: i64,
    customer_id: i64,
    number: String,
    name: String,
    external_id: Option<String>,
    uuid: KeptUuid,
    balance: Option<KeptAmount>,
    min_balance: Option<KeptAmount>,
    max_balance: Option<KeptAmount>,
    balance_low: Option<KeptAmount>,
    balance_high: Option<KeptAmount>,
    destination_rate_limit: Option<KeptAmount>,
    max_call_duration: Option<i64>,
    origination_capacity: Option<i64>,
    termination_capacity: Option<i64>,
    total_capacity: Option<i64>,
    product_id: Option<i64>,
    email: Option<String>,
    contact: Option<String>,
    address: Option<String>,
    created_at: Option<At>,
    closed_at: Option<At>,
    balance_at: Option<At>,
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Account {
        let amount = |kept: Option<KeptAmount>| kept.map(|kept| kept.0);
        Account {
            id: row.id,
            customer_id: row.customer_id,
            number: row.number,
            name: row.name,
            external_id: row.external_id,
            uuid: row.uuid.0,
            balance: amount(row.balance),
            min_balance: amount(row.min_balance),
            max_balance: amount(row.max_balance),
            balance_low: amount(row.balance_low),
            balance_high: amount(row.balance_high),
            destination_rate_limit: amount(row.destination_rate_limit),
            max_call_duration: row.max_call_duration,
            origination_capacity: row.origination_capacity,
            termination_capacity: row.termination_capacity,
            total_capacity: row.total_capacity,
            product_id: row.product_id,
            email: row.email,
            contact: row.contact,
            address: row.address,
            created_at: row.created_at.map(|at| at.0),
            closed_at: row.closed_at.map(|at| at.0),
            balance_at: row.balance_at.map(|at| at.0),
        }
    }
}

/// An account row as written.
#[derive(Debug, Insertable, AsChangeset)]
#[diesel(table_name = accounts, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct NewAccount<'a> {
    id: i64,
    customer_id: i64,
    number: &'a str,
    name: &'a str,
    external_id: Option<&'a str>,
    uuid: KeptUuid,
    balance: Option<String>,
    min_balance: Option<String>,
    max_balance: Option<String>,
    balance_low: Option<String>,
    balance_high: Option<String>,
    destination_rate_limit: Option<String>,
    max_call_duration: Option<i64>,
    origination_capacity: Option<i64>,
    termination_capacity: Option<i64>,
    total_capacity: Option<i64>,
    product_id: Option<i64>,
    email: Option<&'a str>,
    contact: Option<&'a str>,
    address: Option<&'a str>,
    created_at: Option<At>,
    closed_at: Option<At>,
    balance_at: Option<At>,
}

impl<'a> From<&'a Account> for NewAccount<'a> {
    fn from(account: &'a Account) -> NewAccount<'a> {
        let text = |amount: Option<Money>| amount.map(|amount| amount.to_string());
        NewAccount {
            id: account.id,
            customer_id: account.customer_id,
            number: &account.number,
            name: &account.name,
            external_id: account.external_id.as_deref(),
            uuid: KeptUuid(account.uuid),
            balance: text(account.balance),
            min_balance: text(account.min_balance),
            max_balance: text(account.max_balance),
            balance_low: text(account.balance_low),
            balance_high: text(account.balance_high),
            destination_rate_limit: text(account.destination_rate_limit),
            max_call_duration: account.max_call_duration,
            origination_capacity: account.origination_capacity,
            termination_capacity: account.termination_capacity,
            total_capacity: account.total_capacity,
            product_id: account.product_id,
            email: account.email.as_deref(),
            contact: account.contact.as_deref(),
            address: account.address.as_deref(),
            created_at: account.created_at.map(At),
            closed_at: account.closed_at.map(At),
            balance_at: account.balance_at.map(At),
        }
    }
}
