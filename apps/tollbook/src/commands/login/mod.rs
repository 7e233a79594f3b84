//! `tollbook login`: the logins of customers.

mod import;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{anyhow, ensure};
use cdr_access::{Login, Logins, hash_password};
use cdr_mediation::{CdrSource, PortError};
use cdr_model::{Clock, Customer, Directory, SystemClock};
use ipnet::IpNet;

use super::customer::done;
use crate::cli::{LoginCommand, LoginScope};
use crate::config::Config;
use crate::listing::Shown::{Always, IfGiven};
use crate::listing::{Cell, print_columns};
use crate::password;
use crate::terminal::{safe, say};

/// The permitted length of a password, in characters; the same as for users.
const PASSWORD: RangeInclusive<usize> = 8..=128;
/// The permitted length of the name of a login, in characters.
const NAME: RangeInclusive<usize> = 1..=128;

/// Adds, lists, changes, removes or imports logins.
pub(crate) fn run(config: &Config, command: &LoginCommand) -> anyhow::Result<ExitCode> {
    match command {
        LoginCommand::Add { name, customer, id, scope, password_file } => {
            let store = crate::open(config)?;
            if store.login_named(name)?.is_some() {
                return Err(PortError::Exists { what: "login", name: name.clone() }.into());
            }
            let directory = store.directory()?;
            let customer = customer_named(&directory, customer)?;
            ensure!(customer.closed_at.is_none(), "the customer `{}` is closed; reopen it first", safe(&customer.name));
            let accounts = numbered(&directory, customer.id, &scope.account)?;
            check_name(name)?;
            let password = hash(name, password_file.as_deref())?;
            let mut login = Login { id: id.unwrap_or(0), accounts, ..Login::new(name, password, customer.id) };
            if !scope.allow_ip.is_empty() {
                login.allowed_ips.clone_from(&scope.allow_ip);
            }
            let login = store.add_login(&login)?;
            say(format!("added login {} `{}` of `{}`", login.id, safe(name), safe(&customer.name)))?;
        }
        LoginCommand::List(list) => {
            let store = crate::open(config)?;
            let directory = store.directory()?;
            print_columns::<Login>(
                list.format,
                &config.place.zone,
                &[
                    ("id", Always, &|it| it.id.into()),
                    ("login", Always, &|it| it.login.clone().into()),
                    ("customer", Always, &|it| {
                        directory.customers.get(&it.customer_id).map(|it| it.name.clone()).into()
                    }),
                    ("accounts", Always, &|it| accounts(it, &directory)),
                    ("from", Always, &|it| it.allowed_ips.iter().map(IpNet::to_string).collect::<Vec<_>>().into()),
                    ("password", Always, &password_kind),
                    ("closed", IfGiven, &|it| closed(it, &directory)),
                ],
                &store.logins()?,
            )?;
        }
        LoginCommand::Change { name, scope, all_accounts, password, password_file } => {
            let store = crate::open(config)?;
            let known = store.login_named(name)?.ok_or_else(|| anyhow!("there is no login `{}`", safe(name)))?;
            let renewed = *password || password_file.is_some();
            let asks = renewed || *all_accounts || !scope.account.is_empty() || !scope.allow_ip.is_empty();
            ensure!(asks, "no change given: use --account, --all-accounts, --allow-ip, --password or --password-file");
            let mut login = changed(known, scope, *all_accounts, &*store.directory()?)?;
            if renewed {
                login.password = hash(name, password_file.as_deref())?;
            }
            store.change_login(&login)?;
            say(format!("changed login `{}`", safe(name)))?;
        }
        LoginCommand::Close { name } => close(config, name, true)?,
        LoginCommand::Reopen { name } => close(config, name, false)?,
        LoginCommand::Remove { name } => {
            crate::open(config)?.remove_login(name)?;
            say(format!("removed login `{}`", safe(name)))?;
        }
        LoginCommand::Import { file } => import::run(config, file)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The customer of this name.
pub(super) fn customer_named<'a>(directory: &'a Directory, name: &str) -> anyhow::Result<&'a Customer> {
    directory.customer_named(name).ok_or_else(|| anyhow!("there is no customer `{}`", safe(name)))
}

/// The accounts of a customer with these numbers.
fn numbered(directory: &Directory, customer: i64, numbers: &[String]) -> anyhow::Result<BTreeSet<i64>> {
    let find = |number: &String| {
        let mut all = directory.accounts_numbered(number);
        let found = all.find(|account| account.customer_id == customer);
        found.map(|account| account.id).ok_or_else(|| anyhow!("the customer has no account `{}`", safe(number)))
    };
    numbers.iter().map(find).collect()
}

fn changed(known: Login, scope: &LoginScope, all_accounts: bool, directory: &Directory) -> anyhow::Result<Login> {
    let mut login = known;
    if all_accounts {
        login.accounts.clear();
    } else if !scope.account.is_empty() {
        login.accounts = numbered(directory, login.customer_id, &scope.account)?;
    }
    if !scope.allow_ip.is_empty() {
        login.allowed_ips.clone_from(&scope.allow_ip);
    }
    Ok(login)
}

/// Closes a login, or opens it again.
fn close(config: &Config, name: &str, closed: bool) -> anyhow::Result<()> {
    let store = crate::open(config)?;
    let known = store.login_named(name)?.ok_or_else(|| anyhow!("there is no login `{}`", safe(name)))?;
    ensure!(
        known.closed_at.is_some() != closed,
        "nothing changes: the login is {} already",
        if closed { "closed" } else { "open" }
    );
    let closed_at = closed.then(|| SystemClock::default().now());
    store.change_login(&Login { closed_at, ..known })?;
    say(format!("{} login `{}`", done(closed), safe(name)))
}

/// The accounts that a login may read.
fn accounts(login: &Login, directory: &Directory) -> Cell {
    let account = |id: &i64| directory.accounts.get(id).map_or_else(|| id.to_string(), |it| it.number.clone());
    match login.accounts.iter().map(account).collect::<Vec<_>>() {
        all if all.is_empty() => Cell::from("all"),
        some => some.into(),
    }
}

fn password_kind(login: &Login) -> Cell {
    if login.password.starts_with("$argon2") { "argon2id".into() } else { "bcrypt, until the next sign-in".into() }
}

/// Since when a login is closed, itself or with its customer.
fn closed(login: &Login, directory: &Directory) -> Cell {
    let of_customer = directory.customers.get(&login.customer_id).and_then(|customer| customer.closed_at);
    login.closed_at.into_iter().chain(of_customer).min().into()
}

/// A new password, hashed.
fn hash(name: &str, file: Option<&Path>) -> anyhow::Result<String> {
    let password = password::read(&format!("password of `{}`", safe(name)), file)?;
    let characters = password.chars().count();
    ensure!(PASSWORD.contains(&characters), "a password has 8 to 128 characters, this one has {characters}");
    ensure!(
        !password.contains(char::is_control),
        "a password must have no control characters, such as a tab; this one has some"
    );
    Ok(hash_password(&password)?)
}

fn check_name(name: &str) -> anyhow::Result<()> {
    let characters = name.chars().count();
    ensure!(NAME.contains(&characters), "a login has 1 to 128 characters, this one has {characters}");
    ensure!(!name.contains(char::is_control), "a login must have no control characters; `{}` has some", safe(name));
    Ok(())
}
