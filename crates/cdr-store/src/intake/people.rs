//! Adding customers, accounts and services.

use cdr_mediation::{AccountDraft, CustomerDraft, PortError, ServiceDraft};
use cdr_model::{Account, Customer, NO_CURRENCY, NOBODY, Service};
use diesel::prelude::*;
use diesel::{QueryResult, SqliteConnection};
use uuid::Uuid;

use super::screen;
use crate::rows::{AccountRow, NewAccount};
use crate::schema::{accounts, customers, services};

/// A customer as a row.
pub(crate) type CustomerRow = (i64, Option<i64>, String, Option<String>, String);

/// Why somebody was not added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Denial {
    /// The name or the number is taken.
    Taken { what: &'static str, name: String },
    /// The one it belongs to is not there.
    Missing { what: &'static str, name: String },
    /// It cannot be kept as it is.
    Unfit { reason: &'static str, detail: String },
}

impl From<Denial> for PortError {
    fn from(denial: Denial) -> PortError {
        match denial {
            Denial::Taken { what, name } => PortError::Exists { what, name },
            Denial::Missing { what, name } => PortError::NotFound { what, name },
            Denial::Unfit { detail, .. } => PortError::Refused(detail),
        }
    }
}

impl Denial {
    /// The reason's name in the quarantine, and the same in words.
    pub(crate) fn in_words(self) -> (&'static str, String) {
        match self {
            Denial::Taken { what, name } => {
                ("differs", format!("the {what} `{name}` is there already, and is another one"))
            }
            Denial::Missing { what: "customer", name } => {
                ("customer-unknown", format!("there is no customer `{name}`; add it, then load this again"))
            }
            Denial::Missing { what, name } => ("unknown", format!("there is no {what} `{name}`")),
            Denial::Unfit { reason, detail } => (reason, detail),
        }
    }
}

/// The row as a customer.
pub(crate) fn customer(row: CustomerRow) -> Customer {
    let (id, reseller_id, name, external_id, currency) = row;
    Customer { id, reseller_id, name, external_id, currency }
}

/// The customer of this name.
pub(crate) fn customer_named(conn: &mut SqliteConnection, name: &str) -> QueryResult<Option<Customer>> {
    let named = customers::table.filter(customers::name.eq(name)).filter(customers::id.ne(NOBODY));
    Ok(named.first::<CustomerRow>(conn).optional()?.map(customer))
}

/// The account of this number that a customer has.
pub(crate) fn account_of(conn: &mut SqliteConnection, customer: i64, number: &str) -> QueryResult<Option<Account>> {
    let numbered = accounts::table.filter(accounts::customer_id.eq(customer)).filter(accounts::number.eq(number));
    Ok(numbered.select(AccountRow::as_select()).first(conn).optional()?.map(Account::from))
}

/// The service of this name.
pub(crate) fn service_named(conn: &mut SqliteConnection, name: &str) -> QueryResult<Option<Service>> {
    let named = services::table.filter(services::name.eq(name)).first::<(i64, String)>(conn).optional()?;
    Ok(named.and_then(|(id, name)| i32::try_from(id).ok().map(|id| Service { id, name })))
}

/// Adds a customer.
pub(crate) fn add_customer(
    conn: &mut SqliteConnection,
    draft: &CustomerDraft,
) -> QueryResult<Result<Customer, Denial>> {
    let currency = draft.currency.as_deref().unwrap_or(NO_CURRENCY);
    if let Err(denial) =
        fit(draft.id, &draft.name, [draft.reseller.as_deref(), draft.external_id.as_deref(), Some(currency)])
    {
        return Ok(Err(denial));
    }
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        let detail = format!("`{currency}` is no currency: three capitals, such as EUR (ISO 4217)");
        return Ok(Err(Denial::Unfit { reason: "currency-unreadable", detail }));
    }
    let taken: i64 = customers::table.filter(customers::name.eq(&draft.name)).count().get_result(conn)?;
    if taken > 0 {
        return Ok(Err(Denial::Taken { what: "customer", name: draft.name.clone() }));
    }
    let reseller_id = match &draft.reseller {
        None => None,
        Some(name) => match customer_named(conn, name)? {
            Some(reseller) => Some(reseller.id),
            None => return Ok(Err(Denial::Missing { what: "customer", name: name.clone() })),
        },
    };
    let highest = customers::table.select(diesel::dsl::max(customers::id)).first::<Option<i64>>(conn)?;
    let used = |conn: &mut SqliteConnection, id| customers::table.find(id).count().get_result::<i64>(conn);
    let id = match number(conn, draft.id, highest, "customer number", used)? {
        Ok(id) => id,
        Err(denial) => return Ok(Err(denial)),
    };
    let added = Customer {
        id,
        reseller_id,
        name: draft.name.clone(),
        external_id: draft.external_id.clone(),
        currency: currency.to_owned(),
    };
    diesel::insert_into(customers::table)
        .values((
            customers::id.eq(added.id),
            customers::reseller_id.eq(added.reseller_id),
            customers::name.eq(&added.name),
            customers::external_id.eq(&added.external_id),
            customers::currency.eq(&added.currency),
        ))
        .execute(conn)?;
    Ok(Ok(added))
}

/// Adds an account to a customer.
pub(crate) fn add_account(conn: &mut SqliteConnection, draft: &AccountDraft) -> QueryResult<Result<Account, Denial>> {
    let others = [Some(draft.customer.as_str()), draft.name.as_deref(), draft.external_id.as_deref()];
    if let Err(denial) = fit(draft.id, &draft.number, others) {
        return Ok(Err(denial));
    }
    let Some(customer) = customer_named(conn, &draft.customer)? else {
        return Ok(Err(Denial::Missing { what: "customer", name: draft.customer.clone() }));
    };
    put_account(conn, customer.id, draft)
}

/// Adds an account to a customer who is there.
pub(crate) fn put_account(
    conn: &mut SqliteConnection,
    customer_id: i64,
    draft: &AccountDraft,
) -> QueryResult<Result<Account, Denial>> {
    let limits =
        [draft.max_call_duration, draft.origination_capacity, draft.termination_capacity, draft.total_capacity];
    if let Some(limit) = limits.into_iter().flatten().find(|limit| *limit < 0) {
        let detail = format!("the limit {limit} is not 0 or more");
        return Ok(Err(Denial::Unfit { reason: "limit-out-of-range", detail }));
    }
    if account_of(conn, customer_id, &draft.number)?.is_some() {
        return Ok(Err(Denial::Taken { what: "account", name: draft.number.clone() }));
    }
    let highest = accounts::table.select(diesel::dsl::max(accounts::id)).first::<Option<i64>>(conn)?;
    let used = |conn: &mut SqliteConnection, id| accounts::table.find(id).count().get_result::<i64>(conn);
    let id = match number(conn, draft.id, highest, "account with the id", used)? {
        Ok(id) => id,
        Err(denial) => return Ok(Err(denial)),
    };
    let uuid = match draft.uuid {
        Some(uuid) if uuid_is_taken(conn, uuid)? => {
            return Ok(Err(Denial::Taken { what: "account with the uuid", name: uuid.to_string() }));
        }
        Some(uuid) => uuid,
        None => Uuid::new_v4(),
    };
    let added = Account {
        id,
        customer_id,
        number: draft.number.clone(),
        name: draft.name.clone().unwrap_or_else(|| draft.number.clone()),
        external_id: draft.external_id.clone(),
        uuid,
        balance: draft.balance,
        min_balance: draft.min_balance,
        max_balance: draft.max_balance,
        balance_low: draft.balance_low,
        balance_high: draft.balance_high,
        destination_rate_limit: draft.destination_rate_limit,
        max_call_duration: draft.max_call_duration,
        origination_capacity: draft.origination_capacity,
        termination_capacity: draft.termination_capacity,
        total_capacity: draft.total_capacity,
    };
    diesel::insert_into(accounts::table).values(NewAccount::from(&added)).execute(conn)?;
    Ok(Ok(added))
}

fn uuid_is_taken(conn: &mut SqliteConnection, uuid: Uuid) -> QueryResult<bool> {
    let same = accounts::table.filter(accounts::uuid.eq(uuid.as_bytes().as_slice()));
    diesel::select(diesel::dsl::exists(same)).get_result(conn)
}

/// Whether an account that is there is as a draft says; what the draft does not say may be anything.
pub(crate) fn is_as_drafted(account: &Account, draft: &AccountDraft) -> bool {
    fn says<T: PartialEq>(given: Option<&T>, kept: Option<&T>) -> bool {
        given.is_none_or(|given| Some(given) == kept)
    }
    let amounts = [
        (draft.balance, account.balance),
        (draft.min_balance, account.min_balance),
        (draft.max_balance, account.max_balance),
        (draft.balance_low, account.balance_low),
        (draft.balance_high, account.balance_high),
        (draft.destination_rate_limit, account.destination_rate_limit),
    ];
    let limits = [
        (draft.max_call_duration, account.max_call_duration),
        (draft.origination_capacity, account.origination_capacity),
        (draft.termination_capacity, account.termination_capacity),
        (draft.total_capacity, account.total_capacity),
    ];
    says(draft.id.as_ref(), Some(&account.id))
        && says(draft.name.as_ref(), Some(&account.name))
        && says(draft.external_id.as_ref(), account.external_id.as_ref())
        && says(draft.uuid.as_ref(), Some(&account.uuid))
        && amounts.iter().all(|(given, kept)| says(given.as_ref(), kept.as_ref()))
        && limits.iter().all(|(given, kept)| says(given.as_ref(), kept.as_ref()))
}

/// Adds a service.
pub(crate) fn add_service(conn: &mut SqliteConnection, draft: &ServiceDraft) -> QueryResult<Result<Service, Denial>> {
    if let Err(denial) = fit(draft.id.map(i64::from), &draft.name, []) {
        return Ok(Err(denial));
    }
    if service_named(conn, &draft.name)?.is_some() {
        return Ok(Err(Denial::Taken { what: "service", name: draft.name.clone() }));
    }
    let highest = services::table.select(diesel::dsl::max(services::id)).first::<Option<i64>>(conn)?;
    let used = |conn: &mut SqliteConnection, id| services::table.find(id).count().get_result::<i64>(conn);
    let id = match number(conn, draft.id.map(i64::from), highest, "service number", used)? {
        Ok(id) => id,
        Err(denial) => return Ok(Err(denial)),
    };
    let Ok(narrow) = i32::try_from(id) else { return Ok(Err(no_number_left("service number"))) };
    diesel::insert_into(services::table).values((services::id.eq(id), services::name.eq(&draft.name))).execute(conn)?;
    Ok(Ok(Service { id: narrow, name: draft.name.clone() }))
}

/// What every name and number has to be like.
fn fit<const N: usize>(id: Option<i64>, name: &str, others: [Option<&str>; N]) -> Result<(), Denial> {
    if name.is_empty() {
        return Err(Denial::Unfit {
            reason: "name-missing",
            detail: "it has no name, or its number is empty".to_owned(),
        });
    }
    if let Some(id) = id.filter(|id| *id < 1) {
        return Err(Denial::Unfit { reason: "id-out-of-range", detail: format!("the number {id} is not 1 or more") });
    }
    if screen::has_nul(name) || others.into_iter().flatten().any(screen::has_nul) {
        return Err(Denial::Unfit { reason: screen::NUL, detail: "a text holds the NUL character".to_owned() });
    }
    Ok(())
}

/// The number wished for, or the next one.
fn number(
    conn: &mut SqliteConnection,
    wished: Option<i64>,
    highest: Option<i64>,
    what: &'static str,
    used: impl FnOnce(&mut SqliteConnection, i64) -> QueryResult<i64>,
) -> QueryResult<Result<i64, Denial>> {
    Ok(match wished {
        Some(id) if used(conn, id)? > 0 => Err(Denial::Taken { what, name: id.to_string() }),
        Some(id) => Ok(id),
        None => highest.unwrap_or(0).checked_add(1).ok_or_else(|| no_number_left(what)),
    })
}

fn no_number_left(what: &str) -> Denial {
    Denial::Unfit {
        reason: "id-out-of-range",
        detail: format!("no {what} is left after the highest one; give one that is free"),
    }
}
