//! `tollbook account`: the accounts on which calls are booked.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Context;
use cdr_mediation::{AccountDraft, BalanceDate, CdrSource, DirectoryEditor};
use cdr_model::{Account, Customer, Directory, Money};
use cdr_store::Store;

use super::customer::{done, first_instant, named};
use crate::cli::{AccountCommand, AccountLimits, ListArgs, ReachedArgs};
use crate::config::{Config, nearest};
use crate::listing::Shown::{Always, ByPrograms, IfGiven};
use crate::listing::{Cell, print_columns};
use crate::terminal::{bar, safe, say};

/// The name of a product, or its number if the product is unknown.
fn product(id: i64, directory: &Directory) -> String {
    directory.products.get(&id).map_or_else(|| id.to_string(), |product| product.name.clone())
}

fn amount(amount: Option<Money>) -> Cell {
    amount.map(|amount| amount.to_string()).into()
}

/// Books the calls of unknown accounts that carry the code of an account on it.
fn adopt_calls(store: &Store, account: &Account) -> anyhow::Result<()> {
    let bar = bar(Some(store.count_adoptable(&account.number)?), "calls");
    let adopted = store.adopt(account.id, &mut |calls| bar.set_position(calls));
    bar.finish_and_clear();
    say(format!("{} calls of unknown accounts that carry its code are booked on it", adopted?))
}

/// A draft with a balance, limits, and how the owner is reached.
fn drafted(
    config: &Config,
    customer: Option<&Customer>,
    limits: &AccountLimits,
    reached: &ReachedArgs,
) -> anyhow::Result<AccountDraft> {
    let opening = limits.balance_date.as_ref().map(|day| first_instant(config, customer, day)).transpose()?;
    let received = limits.balance_received.then_some(BalanceDate::Received);
    Ok(AccountDraft {
        balance: limits.balance,
        balance_at: opening.map(BalanceDate::Opening).or(received),
        min_balance: limits.min_balance,
        max_balance: limits.max_balance,
        balance_low: limits.balance_low,
        balance_high: limits.balance_high,
        destination_rate_limit: limits.destination_rate_limit,
        max_call_duration: limits.max_call_duration,
        origination_capacity: limits.origination_capacity,
        termination_capacity: limits.termination_capacity,
        total_capacity: limits.total_capacity,
        reached: super::customer::reached(config, reached)?,
        ..AccountDraft::default()
    })
}

/// Closes an account, or opens it again.
fn close(config: &Config, customer: &str, account: &str, closed: bool) -> anyhow::Result<()> {
    let store = crate::open(config)?;
    found(store.directory()?.as_ref(), customer, account)?;
    let draft = AccountDraft {
        customer: customer.to_owned(),
        number: account.to_owned(),
        closed: Some(closed),
        ..AccountDraft::default()
    };
    let changed = store.change_account(account, &draft)?;
    say(format!("{} account {} `{}` of `{}`", done(closed), changed.id, safe(&changed.number), safe(customer)))
}

/// Prints accounts, with their current balances.
fn list(config: &Config, customer: Option<&str>, list: &ListArgs) -> anyhow::Result<()> {
    let store = crate::open(config)?;
    let directory = store.directory()?;
    let only = customer.map(|name| named(&directory, name)).transpose()?.map(|customer| customer.id);
    let wanted = |it: &&Account| only.is_none_or(|id| it.customer_id == id);
    let accounts: Vec<&Account> = directory.accounts.values().filter(wanted).collect();
    let dated: Vec<i64> = accounts.iter().filter(|it| it.balance_at.is_some()).map(|it| it.id).collect();
    let balances = if dated.is_empty() { BTreeMap::new() } else { store.balances(&dated)? };
    let owner = |it: &&Account| directory.customers.get(&it.customer_id).map(|it| it.name.clone()).into();
    let opening = |it: &&Account| it.balance_at.and(it.balance);
    print_columns::<&Account>(
        list.format,
        &config.place.zone,
        &[
            ("id", Always, &|it| it.id.into()),
            ("customer", Always, &owner),
            ("number", Always, &|it| it.number.clone().into()),
            ("name", Always, &|it| it.name.clone().into()),
            ("uuid", Always, &|it| it.uuid.to_string().into()),
            ("product", IfGiven, &|it| it.product_id.map(|id| product(id, &directory)).into()),
            ("external id", IfGiven, &|it| it.external_id.clone().into()),
            ("balance", IfGiven, &|it| amount(balances.get(&it.id).copied().or(it.balance))),
            ("opening balance", IfGiven, &|it| amount(opening(it))),
            ("balance date", IfGiven, &|it| it.balance_at.into()),
            ("min balance", IfGiven, &|it| amount(it.min_balance)),
            ("max balance", IfGiven, &|it| amount(it.max_balance)),
            ("balance low", IfGiven, &|it| amount(it.balance_low)),
            ("balance high", IfGiven, &|it| amount(it.balance_high)),
            ("destination rate limit", IfGiven, &|it| amount(it.destination_rate_limit)),
            ("max call duration", IfGiven, &|it| it.max_call_duration.into()),
            ("origination capacity", IfGiven, &|it| it.origination_capacity.into()),
            ("termination capacity", IfGiven, &|it| it.termination_capacity.into()),
            ("total capacity", IfGiven, &|it| it.total_capacity.into()),
            ("email", IfGiven, &|it| it.email.clone().into()),
            ("contact", IfGiven, &|it| it.contact.clone().into()),
            ("address", IfGiven, &|it| it.address.clone().into()),
            ("created", ByPrograms, &|it| it.created_at.into()),
            ("closed", IfGiven, &|it| it.closed_at.into()),
        ],
        &accounts,
    )
}

/// The account of a customer with this number, or an error with the name that is most like it.
fn found<'a>(directory: &'a Directory, customer: &str, number: &str) -> anyhow::Result<&'a Account> {
    let of = named(directory, customer)?.id;
    let accounts = || directory.accounts.values().filter(|account| account.customer_id == of);
    accounts().find(|account| account.number == number).with_context(|| {
        let numbers = accounts().map(|account| account.number.clone());
        let near = nearest(number, numbers).map(|near| format!("; did you mean `{}`?", safe(&near)));
        format!("the customer `{}` has no account `{}`{}", safe(customer), safe(number), near.unwrap_or_default())
    })
}

/// Adds, changes or lists accounts, or gives them the calls that carry their codes.
pub(crate) fn run(config: &Config, command: &AccountCommand) -> anyhow::Result<ExitCode> {
    match command {
        AccountCommand::Add { customer, number, id, name, external_id, uuid, product, adopt, limits, reached } => {
            let store = crate::open(config)?;
            let directory = store.directory()?;
            let draft = drafted(config, directory.customer_named(customer), limits, reached)?;
            let account = store.add_account(&AccountDraft {
                id: *id,
                customer: customer.clone(),
                number: number.clone(),
                name: name.clone(),
                external_id: external_id.clone(),
                uuid: *uuid,
                product_id: *product,
                ..draft
            })?;
            let (number, customer) = (safe(&account.number), safe(customer));
            say(format!("added account {} `{number}` of `{customer}`, {}", account.id, account.uuid))?;
            if *adopt {
                adopt_calls(&store, &account)?;
            } else if let calls @ 1.. = store.count_adoptable(&account.number)? {
                say(format!(
                    "{calls} calls of unknown accounts carry its code; `tollbook account adopt` books them on it"
                ))?;
            }
        }
        AccountCommand::Change { customer, account, number, name, external_id, product, limits, reached } => {
            let store = crate::open(config)?;
            let directory = store.directory()?;
            found(&directory, customer, account)?;
            let draft = drafted(config, directory.customer_named(customer), limits, reached)?;
            let changed = store.change_account(
                account,
                &AccountDraft {
                    customer: customer.clone(),
                    number: number.as_ref().unwrap_or(account).clone(),
                    name: name.clone(),
                    external_id: external_id.clone(),
                    product_id: *product,
                    ..draft
                },
            )?;
            say(format!("changed account {} `{}` of `{}`", changed.id, safe(&changed.number), safe(customer)))?;
            if changed.number != *account {
                say("exports print the new number from now on, also at earlier watermarks")?;
            }
        }
        AccountCommand::Adopt { customer, number } => {
            let store = crate::open(config)?;
            let directory = store.directory()?;
            let account = found(&directory, customer, number)?;
            adopt_calls(&store, account)?;
        }
        AccountCommand::Close { customer, account } => close(config, customer, account, true)?,
        AccountCommand::Reopen { customer, account } => close(config, customer, account, false)?,
        AccountCommand::List { customer, list: args } => list(config, customer.as_deref(), args)?,
    }
    Ok(ExitCode::SUCCESS)
}
