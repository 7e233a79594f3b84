//! `tollbook account`: the accounts on which calls are booked.

use std::process::ExitCode;

use anyhow::Context;
use cdr_mediation::{AccountDraft, CdrSource, DirectoryEditor};
use cdr_model::{Account, Directory, Money};
use cdr_store::Store;

use super::customer::named;
use crate::cli::{AccountCommand, AccountLimits, ListFormat};
use crate::config::{Config, nearest};
use crate::listing::{Cell, print};
use crate::terminal::{bar, safe, say};

/// A column of the list.
type Column = (&'static str, fn(&Account, &Directory) -> Cell);

/// The columns that are always printed.
const ALWAYS: [Column; 5] = [
    ("id", |it, _| it.id.into()),
    ("customer", |it, directory| directory.customers.get(&it.customer_id).map(|it| it.name.clone()).into()),
    ("number", |it, _| it.number.clone().into()),
    ("name", |it, _| it.name.clone().into()),
    ("uuid", |it, _| it.uuid.to_string().into()),
];

/// The columns that a table has if one of the accounts has a value. Other formats always have them.
const GIVEN: [Column; 12] = [
    ("product", |it, directory| it.product_id.map(|id| product(id, directory)).into()),
    ("external id", |it, _| it.external_id.clone().into()),
    ("balance", |it, _| amount(it.balance)),
    ("min balance", |it, _| amount(it.min_balance)),
    ("max balance", |it, _| amount(it.max_balance)),
    ("balance low", |it, _| amount(it.balance_low)),
    ("balance high", |it, _| amount(it.balance_high)),
    ("destination rate limit", |it, _| amount(it.destination_rate_limit)),
    ("max call duration", |it, _| it.max_call_duration.into()),
    ("origination capacity", |it, _| it.origination_capacity.into()),
    ("termination capacity", |it, _| it.termination_capacity.into()),
    ("total capacity", |it, _| it.total_capacity.into()),
];

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

/// A draft with a balance and limits.
fn limited(limits: &AccountLimits) -> AccountDraft {
    AccountDraft {
        balance: limits.balance,
        min_balance: limits.min_balance,
        max_balance: limits.max_balance,
        balance_low: limits.balance_low,
        balance_high: limits.balance_high,
        destination_rate_limit: limits.destination_rate_limit,
        max_call_duration: limits.max_call_duration,
        origination_capacity: limits.origination_capacity,
        termination_capacity: limits.termination_capacity,
        total_capacity: limits.total_capacity,
        ..AccountDraft::default()
    }
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
        AccountCommand::Add { customer, number, id, name, external_id, uuid, product, adopt, limits } => {
            let store = crate::open(config)?;
            let account = store.add_account(&AccountDraft {
                id: *id,
                customer: customer.clone(),
                number: number.clone(),
                name: name.clone(),
                external_id: external_id.clone(),
                uuid: *uuid,
                product_id: *product,
                ..limited(limits)
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
        AccountCommand::Change { customer, account, number, name, external_id, product, limits } => {
            let store = crate::open(config)?;
            found(store.directory()?.as_ref(), customer, account)?;
            let changed = store.change_account(
                account,
                &AccountDraft {
                    customer: customer.clone(),
                    number: number.as_ref().unwrap_or(account).clone(),
                    name: name.clone(),
                    external_id: external_id.clone(),
                    product_id: *product,
                    ..limited(limits)
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
        AccountCommand::List { customer, list } => {
            let directory = crate::open(config)?.directory()?;
            let only = match customer {
                Some(name) => Some(named(&directory, name)?.id),
                None => None,
            };
            let wanted = |it: &&Account| only.is_none_or(|id| it.customer_id == id);
            let accounts: Vec<&Account> = directory.accounts.values().filter(wanted).collect();
            let given = |(_, cell): &&Column| {
                list.format != ListFormat::Table || accounts.iter().any(|it| cell(it, &directory) != Cell::Missing)
            };
            let columns: Vec<&Column> = ALWAYS.iter().chain(GIVEN.iter().filter(given)).collect();
            let headings: Vec<&str> = columns.iter().map(|(heading, _)| *heading).collect();
            let rows =
                accounts.iter().map(|it| columns.iter().map(|(_, cell)| cell(it, &directory)).collect::<Vec<_>>());
            print(list.format, &headings, &config.place.zone, rows)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
