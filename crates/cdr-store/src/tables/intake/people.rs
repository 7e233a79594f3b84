//! Adds customers and accounts.

use super::super::Conn;
use cdr_mediation::{AccountDraft, BalanceDate, CustomerDraft, ReachedDraft};
use cdr_model::{Account, Customer, NO_CURRENCY, NOBODY, Timestamp, Zone};
use diesel::QueryResult;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use uuid::Uuid;

use super::drafts::{Identity, damaged, fit, matches, number};
use super::reached::{Reached, check_reached, closed_at, refuse_closed};
use super::reference;
use super::screen::has_nul;
use crate::error::TransactionError;
use crate::rejection::Rejection;
use crate::rows::{AccountRow, CustomerRow, NewAccount, NewCustomer};
use crate::schema::{accounts, customers};
use crate::types::KeptUuid;

/// The customer of this name.
pub(crate) fn customer_named(conn: &mut Conn, name: &str) -> QueryResult<Option<Customer>> {
    if has_nul(name) {
        return Ok(None);
    }
    let named = customers::table.filter(customers::name.eq(name)).filter(customers::id.ne(NOBODY));
    let row = named.select(CustomerRow::as_select()).first(conn).optional()?;
    row.map(Customer::try_from).transpose().map_err(damaged)
}

/// The account of a customer with this number.
pub(crate) fn account_of(conn: &mut Conn, customer: i64, number: &str) -> QueryResult<Option<Account>> {
    if has_nul(number) {
        return Ok(None);
    }
    let numbered = accounts::table.filter(accounts::customer_id.eq(customer)).filter(accounts::number.eq(number));
    Ok(numbered.select(AccountRow::as_select()).first(conn).optional()?.map(Account::from))
}

/// Adds a customer.
pub(crate) fn add_customer(
    conn: &mut Conn,
    draft: &CustomerDraft,
    now: Timestamp,
) -> Result<Customer, TransactionError> {
    check_customer(draft)?;
    refuse_taken_name(conn, &draft.name)?;
    let reseller_id = draft.reseller.as_deref().map(|name| reseller(conn, name)).transpose()?;
    let highest = customers::table.select(diesel::dsl::max(customers::id)).first::<Option<i64>>(conn)?;
    let used = |conn: &mut Conn, id| customers::table.find(id).count().get_result::<i64>(conn);
    let id = number(conn, draft.id, highest, "customer number", used)?;
    let defaults = Customer::default();
    let reached = Reached { created_at: Some(now), ..Reached::default() }.changed(&draft.reached);
    let added = Customer {
        id,
        reseller_id,
        name: draft.name.clone(),
        external_id: draft.external_id.clone(),
        currency: draft.currency.clone().unwrap_or_else(|| NO_CURRENCY.to_owned()),
        level: draft.level.unwrap_or(defaults.level),
        environment: draft.environment.unwrap_or(defaults.environment),
        zone: draft.zone.clone(),
        billing_period: draft.billing_period.unwrap_or(defaults.billing_period),
        email: reached.email,
        contact: reached.contact,
        address: reached.address,
        created_at: reached.created_at,
        balance: draft.balance,
        credit_limit: draft.credit_limit,
        closed_at: closed_at(draft.closed, None, now),
        earlier: Vec::new(),
    };
    diesel::insert_into(customers::table).values(row(&added)?).execute(conn)?;
    Ok(added)
}

/// The row of a customer.
pub(super) fn row(customer: &Customer) -> QueryResult<NewCustomer<'_>> {
    NewCustomer::try_from(customer).map_err(|error| DieselError::SerializationError(error.into()))
}

/// Checks the values of a customer, without the store.
pub(super) fn check_customer(draft: &CustomerDraft) -> Result<(), Rejection> {
    let currency = draft.currency.as_deref().unwrap_or(NO_CURRENCY);
    let others = [draft.reseller.as_deref(), draft.external_id.as_deref(), Some(currency), draft.zone.as_deref()];
    fit(draft.id, Identity { of: "customer", what: "name", text: &draft.name }, others)?;
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        let detail =
            format!("`{currency}` is not a currency code: it must be three capital letters, such as EUR (ISO 4217)");
        return Err(Rejection::Invalid { reason: "currency-unreadable", detail });
    }
    if let Some(Err(error)) = draft.zone.as_deref().map(str::parse::<Zone>) {
        return Err(Rejection::Invalid { reason: "zone-unknown", detail: error.to_string() });
    }
    if let Some(environment) = draft.environment.filter(|environment| *environment < 1) {
        let detail = format!("the environment {environment} is not 1 or more");
        return Err(Rejection::Invalid { reason: "environment-out-of-range", detail });
    }
    if let Some(limit) = draft.credit_limit.filter(|limit| limit.hundred_millionths() < 0) {
        let detail = format!("the credit limit {limit} is not 0 or more");
        return Err(Rejection::Invalid { reason: "limit-out-of-range", detail });
    }
    check_reached(&draft.reached)
}

/// Refuses a name that a customer has.
pub(super) fn refuse_taken_name(conn: &mut Conn, name: &str) -> Result<(), TransactionError> {
    let taken: i64 = customers::table.filter(customers::name.eq(name)).count().get_result(conn)?;
    if taken > 0 {
        return Err(Rejection::Exists { what: "customer", name: name.to_owned() }.into());
    }
    Ok(())
}

/// The number of a customer that is to be the reseller of another one.
pub(super) fn reseller(conn: &mut Conn, name: &str) -> Result<i64, TransactionError> {
    let found = customer_named(conn, name)?;
    Ok(found.ok_or_else(|| Rejection::Missing { what: "customer", name: name.to_owned() })?.id)
}

/// Whether an existing customer matches a draft. Fields that the draft does not give may have any value.
pub(crate) fn is_customer_as_drafted(customer: &Customer, reseller: Option<&String>, draft: &CustomerDraft) -> bool {
    let CustomerDraft { id, name: _, reseller: above, external_id, currency, level, environment, zone, .. } = draft;
    let reached = [&customer.email, &customer.contact, &customer.address];
    matches(id.as_ref(), Some(&customer.id))
        && matches(above.as_ref(), reseller)
        && matches(external_id.as_ref(), customer.external_id.as_ref())
        && matches(currency.as_ref(), Some(&customer.currency))
        && matches(level.as_ref(), Some(&customer.level))
        && matches(environment.as_ref(), Some(&customer.environment))
        && matches(zone.as_ref(), customer.zone.as_ref())
        && matches(draft.billing_period.as_ref(), Some(&customer.billing_period))
        && is_reached_as_drafted(&draft.reached, reached, customer.created_at)
        && matches(draft.balance.as_ref(), customer.balance.as_ref())
        && matches(draft.credit_limit.as_ref(), customer.credit_limit.as_ref())
        && matches(draft.closed.as_ref(), Some(&customer.closed_at.is_some()))
}

/// Whether the e-mail address, the contact, the address and the date of an entry match a draft.
fn is_reached_as_drafted(draft: &ReachedDraft, kept: [&Option<String>; 3], created_at: Option<Timestamp>) -> bool {
    let given = [&draft.email, &draft.contact, &draft.address];
    given.iter().zip(kept).all(|(given, kept)| matches(given.as_ref(), kept.as_ref()))
        && matches(draft.created_at.as_ref(), created_at.as_ref())
}

/// Adds an account to a customer.
pub(crate) fn add_account(conn: &mut Conn, draft: &AccountDraft, now: Timestamp) -> Result<Account, TransactionError> {
    let others = [Some(draft.customer.as_str()), draft.name.as_deref(), draft.external_id.as_deref()];
    fit(draft.id, Identity { of: "account", what: "number", text: &draft.number }, others)?;
    let Some(customer) = customer_named(conn, &draft.customer)? else {
        return Err(Rejection::Missing { what: "customer", name: draft.customer.clone() }.into());
    };
    refuse_closed("customer", &customer.name, customer.closed_at)?;
    put_account(conn, customer.id, draft, now)
}

/// Adds an account to an existing customer, also to a closed one: the calls of a closed customer are not lost.
pub(crate) fn put_account(
    conn: &mut Conn,
    customer_id: i64,
    draft: &AccountDraft,
    now: Timestamp,
) -> Result<Account, TransactionError> {
    check_account(conn, draft)?;
    if let Some(product) = draft.product_id {
        reference::refuse_closed_product(conn, product)?;
    }
    let balance_at = balance_at(draft, None)?;
    if account_of(conn, customer_id, &draft.number)?.is_some() {
        return Err(Rejection::Exists { what: "account", name: draft.number.clone() }.into());
    }
    let highest = accounts::table.select(diesel::dsl::max(accounts::id)).first::<Option<i64>>(conn)?;
    let used = |conn: &mut Conn, id| accounts::table.find(id).count().get_result::<i64>(conn);
    let id = number(conn, draft.id, highest, "account with the id", used)?;
    let uuid = match draft.uuid {
        Some(uuid) if uuid_is_taken(conn, uuid)? => {
            return Err(Rejection::Exists { what: "account with the uuid", name: uuid.to_string() }.into());
        }
        Some(uuid) => uuid,
        None => Uuid::new_v4(),
    };
    let reached = Reached { created_at: Some(now), ..Reached::default() }.changed(&draft.reached);
    let added = Account {
        id,
        customer_id,
        number: draft.number.clone(),
        name: draft.name.clone().unwrap_or_else(|| draft.number.clone()),
        external_id: draft.external_id.clone(),
        uuid,
        balance: draft.balance,
        balance_at,
        min_balance: draft.min_balance,
        max_balance: draft.max_balance,
        balance_low: draft.balance_low,
        balance_high: draft.balance_high,
        destination_rate_limit: draft.destination_rate_limit,
        max_call_duration: draft.max_call_duration,
        origination_capacity: draft.origination_capacity,
        termination_capacity: draft.termination_capacity,
        total_capacity: draft.total_capacity,
        product_id: draft.product_id,
        email: reached.email,
        contact: reached.contact,
        address: reached.address,
        created_at: reached.created_at,
        closed_at: closed_at(draft.closed, None, now),
    };
    diesel::insert_into(accounts::table).values(NewAccount::from(&added)).execute(conn)?;
    Ok(added)
}

/// Checks the limits and the product of an account.
pub(super) fn check_account(conn: &mut Conn, draft: &AccountDraft) -> Result<(), TransactionError> {
    let limits =
        [draft.max_call_duration, draft.origination_capacity, draft.termination_capacity, draft.total_capacity];
    if let Some(limit) = limits.into_iter().flatten().find(|limit| *limit < 0) {
        let detail = format!("the limit {limit} is not 0 or more");
        return Err(Rejection::Invalid { reason: "limit-out-of-range", detail }.into());
    }
    if let Some(product) = draft.product_id
        && !reference::has_product(conn, product)?
    {
        return Err(Rejection::Missing { what: "product", name: product.to_string() }.into());
    }
    Ok(check_reached(&draft.reached)?)
}

/// The date of the balance that an account is to have, of one that has a balance already or none.
pub(super) fn balance_at(draft: &AccountDraft, present: Option<&Account>) -> Result<Option<Timestamp>, Rejection> {
    let invalid = |reason, detail: &str| Err(Rejection::Invalid { reason, detail: detail.to_owned() });
    let (has, dated) = present.map_or((false, None), |present| (present.balance.is_some(), present.balance_at));
    match draft.balance_at {
        Some(BalanceDate::Received) => Ok(None),
        Some(BalanceDate::Opening(at)) if draft.balance.is_some() || (has && dated == Some(at)) => Ok(Some(at)),
        Some(BalanceDate::Opening(_)) => {
            invalid("balance-missing", "a date of an opening balance needs the balance too")
        }
        None if draft.balance.is_some_and(|given| present.and_then(|it| it.balance) != Some(given))
            && dated.is_some() =>
        {
            invalid(
                "balance-date-missing",
                "the account has an opening balance: give the date of the new one too, or say that it was received",
            )
        }
        None => Ok(dated),
    }
}

fn uuid_is_taken(conn: &mut Conn, uuid: Uuid) -> QueryResult<bool> {
    let same = accounts::table.filter(accounts::uuid.eq(KeptUuid(uuid)));
    diesel::select(diesel::dsl::exists(same)).get_result(conn)
}

/// Whether an existing account matches a draft. Fields that the draft does not give may have any value.
pub(crate) fn is_as_drafted(account: &Account, draft: &AccountDraft) -> bool {
    let amounts = [
        (draft.balance, account.balance),
        (draft.min_balance, account.min_balance),
        (draft.max_balance, account.max_balance),
        (draft.balance_low, account.balance_low),
        (draft.balance_high, account.balance_high),
        (draft.destination_rate_limit, account.destination_rate_limit),
    ];
    let numbers = [
        (draft.max_call_duration, account.max_call_duration),
        (draft.origination_capacity, account.origination_capacity),
        (draft.termination_capacity, account.termination_capacity),
        (draft.total_capacity, account.total_capacity),
        (draft.product_id, account.product_id),
    ];
    matches(draft.id.as_ref(), Some(&account.id))
        && matches(draft.name.as_ref(), Some(&account.name))
        && matches(draft.external_id.as_ref(), account.external_id.as_ref())
        && is_reached_as_drafted(
            &draft.reached,
            [&account.email, &account.contact, &account.address],
            account.created_at,
        )
        && matches(draft.closed.as_ref(), Some(&account.closed_at.is_some()))
        && draft.balance_at.is_none_or(|given| match given {
            BalanceDate::Opening(at) => account.balance_at == Some(at),
            BalanceDate::Received => account.balance_at.is_none(),
        })
        && matches(draft.uuid.as_ref(), Some(&account.uuid))
        && amounts.iter().all(|(given, kept)| matches(given.as_ref(), kept.as_ref()))
        && numbers.iter().all(|(given, kept)| matches(given.as_ref(), kept.as_ref()))
}
