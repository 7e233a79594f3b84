//! Changes customers and accounts. A change that would make stored records inconsistent is refused.

use super::super::Conn;
use cdr_mediation::{AccountDraft, CustomerDraft, SourceSettings};
use cdr_model::{Account, Customer, EarlierTerms, NO_CURRENCY, Timestamp};
use diesel::QueryResult;
use diesel::prelude::*;

use super::drafts::{Identity, fit, text};
use super::held::OPEN;
use super::people;
use super::reached::{Reached, closed_at};
use super::reference::refuse_closed_product;
use super::source_edits::edit_settings;
use crate::error::TransactionError;
use crate::rejection::Rejection;
use crate::rows::NewAccount;
use crate::schema::{accounts, cdrs, customers, quarantine};
use crate::types::At;

/// The number of accounts whose records one statement looks for.
const AT_ONCE: usize = 1_000;

/// Refuses another number for an entry: records refer to it.
pub(super) fn keep_number<N: PartialEq + ToString>(what: &str, given: Option<N>, present: &N) -> Result<(), Rejection> {
    match given.filter(|given| given != present) {
        None => Ok(()),
        Some(_) => {
            let detail = format!("the {what} has the number {}, which never changes", present.to_string());
            Err(Rejection::Invalid { reason: "differs", detail })
        }
    }
}

/// Changes the customer of this name. Returns `None` if nothing changes.
pub(crate) fn change_customer(
    conn: &mut Conn,
    name: &str,
    draft: &CustomerDraft,
    now: Timestamp,
) -> Result<Option<Customer>, TransactionError> {
    let Some(present) = people::customer_named(conn, name)? else {
        return Err(Rejection::Missing { what: "customer", name: name.to_owned() }.into());
    };
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    people::check_customer(&CustomerDraft {
        currency: given(&draft.currency),
        zone: given(&draft.zone),
        ..draft.clone()
    })?;
    keep_number("customer", draft.id, &present.id)?;
    if draft.name != present.name {
        people::refuse_taken_name(conn, &draft.name)?;
    }
    let reseller_id = match draft.reseller.as_deref() {
        None => present.reseller_id,
        Some("") => None,
        Some(name) => Some(people::reseller(conn, name)?),
    };
    if reseller_id != present.reseller_id {
        refuse_circle(conn, &present, reseller_id)?;
    }
    let reached = Reached {
        email: present.email.clone(),
        contact: present.contact.clone(),
        address: present.address.clone(),
        created_at: present.created_at,
    };
    let reached = reached.changed(&draft.reached);
    let mut changed = Customer {
        id: present.id,
        reseller_id,
        name: draft.name.clone(),
        external_id: text(draft.external_id.as_ref(), present.external_id.clone()),
        currency: text(draft.currency.as_ref(), Some(present.currency.clone()))
            .unwrap_or_else(|| NO_CURRENCY.to_owned()),
        level: draft.level.unwrap_or(present.level),
        environment: draft.environment.unwrap_or(present.environment),
        zone: text(draft.zone.as_ref(), present.zone.clone()),
        billing_period: draft.billing_period.unwrap_or(present.billing_period),
        email: reached.email,
        contact: reached.contact,
        address: reached.address,
        created_at: reached.created_at,
        balance: draft.balance.or(present.balance),
        credit_limit: draft.credit_limit.or(present.credit_limit),
        closed_at: closed_at(draft.closed, present.closed_at, now),
        earlier: present.earlier.clone(),
    };
    if changed == present {
        return Ok(None);
    }
    if let Some(from) = draft.holds_from {
        changed.earlier.push(until(conn, &present, &changed, from, now)?);
    } else {
        keep_terms(conn, &present, &changed)?;
    }
    if changed.name != present.name {
        rename_everywhere(conn, &present.name, &changed.name)?;
    }
    diesel::update(customers::table.find(present.id)).set(people::row(&changed)?).execute(conn)?;
    Ok(Some(changed))
}

/// Refuses a new currency or time zone of a customer that has records.
fn keep_terms(conn: &mut Conn, present: &Customer, changed: &Customer) -> Result<(), TransactionError> {
    for (what, differs) in
        [("currency", changed.currency != present.currency), ("time zone", changed.zone != present.zone)]
    {
        if differs && has_records(conn, present.id)? {
            let detail = format!(
                "the {what} of the customer `{}` cannot be changed: it has records, and they are in \
                 the one that it has; give the day from which the new one holds",
                present.name
            );
            return Err(Rejection::Invalid { reason: "has-records", detail }.into());
        }
    }
    Ok(())
}

/// The terms that a customer had up to an instant, before a change.
fn until(
    conn: &mut Conn,
    present: &Customer,
    changed: &Customer,
    from: Timestamp,
    now: Timestamp,
) -> Result<EarlierTerms, TransactionError> {
    let invalid = |reason, detail| Err(Rejection::Invalid { reason, detail }.into());
    if changed.currency == present.currency && changed.zone == present.zone {
        return invalid(
            "day-unneeded",
            "only a new currency or time zone holds from a day; all other changes hold for all records".to_owned(),
        );
    }
    if from > now {
        return invalid("day-in-future", format!("{from} is in the future: make the change on that day"));
    }
    if let Some(last) = present.earlier.last().filter(|last| from <= last.until) {
        let detail = format!("the present terms hold since {}; later ones have to begin later", last.until);
        return invalid("day-too-early", detail);
    }
    if changed.currency != present.currency {
        let of_customer = accounts::table.filter(accounts::customer_id.eq(present.id));
        let before = of_customer.filter(accounts::balance_at.lt(At(from))).order(accounts::id);
        if let Some(number) = before.select(accounts::number).first::<String>(conn).optional()? {
            let detail = format!(
                "the account `{number}` has an opening balance of an earlier day, in the old currency: give it one of that \
                 day in the new currency first"
            );
            return invalid("balance-before", detail);
        }
    }
    Ok(EarlierTerms { until: from, currency: present.currency.clone(), zone: present.zone.clone() })
}

/// Changes an account of the customer that the draft names. Returns `None` if nothing changes.
pub(crate) fn change_account(
    conn: &mut Conn,
    number: &str,
    draft: &AccountDraft,
    now: Timestamp,
) -> Result<Option<Account>, TransactionError> {
    let Some(customer) = people::customer_named(conn, &draft.customer)? else {
        return Err(Rejection::Missing { what: "customer", name: draft.customer.clone() }.into());
    };
    let Some(present) = people::account_of(conn, customer.id, number)? else {
        return Err(Rejection::Missing { what: "account", name: number.to_owned() }.into());
    };
    let others = [draft.name.as_deref(), draft.external_id.as_deref()];
    fit(draft.id, Identity { of: "account", what: "number", text: &draft.number }, others)?;
    keep_number("account", draft.id, &present.id)?;
    keep_number("account", draft.uuid, &present.uuid)?;
    people::check_account(conn, draft)?;
    if draft.number != present.number && people::account_of(conn, customer.id, &draft.number)?.is_some() {
        return Err(Rejection::Exists { what: "account", name: draft.number.clone() }.into());
    }
    let balance_at = people::balance_at(draft, Some(&present))?;
    if let Some(product) = draft.product_id.filter(|id| present.product_id != Some(*id)) {
        refuse_closed_product(conn, product)?;
    }
    let reached = Reached {
        email: present.email.clone(),
        contact: present.contact.clone(),
        address: present.address.clone(),
        created_at: present.created_at,
    };
    let reached = reached.changed(&draft.reached);
    let changed = Account {
        id: present.id,
        customer_id: present.customer_id,
        uuid: present.uuid,
        number: draft.number.clone(),
        name: text(draft.name.as_ref(), Some(present.name.clone())).unwrap_or_else(|| draft.number.clone()),
        external_id: text(draft.external_id.as_ref(), present.external_id.clone()),
        balance: draft.balance.or(present.balance),
        balance_at,
        min_balance: draft.min_balance.or(present.min_balance),
        max_balance: draft.max_balance.or(present.max_balance),
        balance_low: draft.balance_low.or(present.balance_low),
        balance_high: draft.balance_high.or(present.balance_high),
        destination_rate_limit: draft.destination_rate_limit.or(present.destination_rate_limit),
        max_call_duration: draft.max_call_duration.or(present.max_call_duration),
        origination_capacity: draft.origination_capacity.or(present.origination_capacity),
        termination_capacity: draft.termination_capacity.or(present.termination_capacity),
        total_capacity: draft.total_capacity.or(present.total_capacity),
        product_id: draft.product_id.or(present.product_id),
        email: reached.email,
        contact: reached.contact,
        address: reached.address,
        created_at: reached.created_at,
        closed_at: closed_at(draft.closed, present.closed_at, now),
    };
    if changed == present {
        return Ok(None);
    }
    if changed.number != present.number {
        edit_settings(conn, |settings| renumber(settings, &customer.name, &present.number, &changed.number))?;
    }
    diesel::update(accounts::table.find(present.id)).set(NewAccount::from(&changed)).execute(conn)?;
    Ok(Some(changed))
}

/// Refuses a reseller that is the customer itself, or below it.
fn refuse_circle(conn: &mut Conn, customer: &Customer, reseller: Option<i64>) -> Result<(), TransactionError> {
    let mut above = reseller;
    while let Some(id) = above {
        if id == customer.id {
            let detail = format!("the customer `{}` cannot be below itself", customer.name);
            return Err(Rejection::Invalid { reason: "reseller-circle", detail }.into());
        }
        above = customers::table.find(id).select(customers::reseller_id).first(conn)?;
    }
    Ok(())
}

/// Whether a customer has records, in any version: on its accounts, or on itself.
fn has_records(conn: &mut Conn, customer: i64) -> QueryResult<bool> {
    let of_customer = accounts::table.filter(accounts::customer_id.eq(customer)).select(accounts::id);
    let mut all: Vec<i64> = of_customer.load(conn)?;
    all.push(-customer);
    for chunk in all.chunks(AT_ONCE) {
        let of_chunk = cdrs::table.filter(cdrs::account_id.eq_any(chunk)).select(cdrs::number);
        if of_chunk.first::<i64>(conn).optional()?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes the new name of a customer where it is kept as a text.
fn rename_everywhere(conn: &mut Conn, from: &str, to: &str) -> Result<(), TransactionError> {
    let waiting = quarantine::table.filter(quarantine::customer.eq(from)).filter(quarantine::resolution.eq(OPEN));
    diesel::update(waiting).set(quarantine::customer.eq(to)).execute(conn)?;
    edit_settings(conn, |settings| {
        let rules = settings.accounts.iter_mut().map(|rule| &mut rule.customer);
        for customer in rules.chain([&mut settings.customer]) {
            if customer.as_deref() == Some(from) {
                *customer = Some(to.to_owned());
            }
        }
    })
}

/// Writes the new number of an account into the rules of a source that name it.
fn renumber(settings: &mut SourceSettings, customer: &str, from: &str, to: &str) {
    let of_source = settings.customer.as_deref();
    for rule in &mut settings.accounts {
        if rule.account == from && rule.customer.as_deref().or(of_source) == Some(customer) {
            to.clone_into(&mut rule.account);
        }
    }
}
