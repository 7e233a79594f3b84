//! `tollbook login import`: logins of a Yeti switch, with their numbers and password hashes.
//!
//! The columns are those of the table `sys.api_access` of Yeti, with the name of the customer instead of its number:
//!
//! ```sql
//! SELECT a.login, a.password_digest, c.name AS customer, a.account_ids, a.allowed_ips, a.id
//! FROM sys.api_access a JOIN public.contractors c ON c.id = a.customer_id
//! ```

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context, anyhow, ensure};
use cdr_access::{Login, Logins};
use cdr_mediation::{CdrSource, PortError};
use cdr_model::Directory;
use ipnet::IpNet;
use serde::Deserialize;

use super::{check_name, customer_named};
use crate::cli::network;
use crate::config::Config;
use crate::terminal::{safe, say};

/// A row of the file. Lists are written as by PostgreSQL, `{1,2}`, or separated by commas or spaces.
#[derive(Deserialize)]
struct ImportedLogin {
    login: String,
    password_digest: String,
    customer: String,
    #[serde(default)]
    account_ids: String,
    #[serde(default)]
    allowed_ips: String,
    #[serde(default)]
    id: Option<i64>,
}

/// Adds the logins of a file. All rows are checked before the first is added. Logins that exist with the same number
/// and customer are skipped, so a file can be imported again.
pub(super) fn run(config: &Config, file: &Path) -> anyhow::Result<()> {
    let store = crate::open(config)?;
    let directory = store.directory()?;
    let logins = if file == Path::new("-") {
        read(io::stdin().lock(), &directory)?
    } else {
        let opened = File::open(file).with_context(|| format!("reading {}", file.display()))?;
        read(opened, &directory).with_context(|| file.display().to_string())?
    };
    let mut fresh = Vec::new();
    for login in &logins {
        match store.login_named(&login.login)? {
            None => fresh.push(login),
            Some(known) => ensure!(
                (login.id == 0 || known.id == login.id) && known.customer_id == login.customer_id,
                PortError::Exists { what: "login", name: safe(&login.login) }
            ),
        }
    }
    for login in &fresh {
        store.add_login(login).with_context(|| format!("login `{}`", safe(&login.login)))?;
    }
    say(format!("added {} logins, {} existed already", fresh.len(), logins.len() - fresh.len()))
}

fn read(input: impl Read, directory: &Directory) -> anyhow::Result<Vec<Login>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
    let mut logins = Vec::new();
    for (row, number) in reader.deserialize().zip(1..) {
        let login = row.map_err(anyhow::Error::from).and_then(|row| login(row, directory));
        logins.push(login.with_context(|| format!("row {number}"))?);
    }
    Ok(logins)
}

fn login(row: ImportedLogin, directory: &Directory) -> anyhow::Result<Login> {
    let customer = customer_named(directory, &row.customer)?.id;
    let digest = row.password_digest;
    ensure!(
        ["$2a$", "$2b$", "$2y$"].iter().any(|kind| digest.starts_with(kind)) && digest.len() == 60,
        "the password_digest of `{}` is not a bcrypt hash, as in $2a$12$ and 53 more characters",
        safe(&row.login)
    );
    let accounts = items(&row.account_ids).map(|id| account(id, customer, directory)).collect::<Result<_, _>>()?;
    let allowed_ips = items(&row.allowed_ips).map(network).collect::<Result<Vec<IpNet>, String>>();
    let allowed_ips = allowed_ips.map_err(|error| anyhow!(error))?;
    check_name(&row.login)?;
    let mut login = Login { id: row.id.unwrap_or(0), accounts, ..Login::new(row.login, digest, customer) };
    if !allowed_ips.is_empty() {
        login.allowed_ips = allowed_ips;
    }
    Ok(login)
}

fn account(id: &str, customer: i64, directory: &Directory) -> anyhow::Result<i64> {
    let found = id.parse().ok().and_then(|id: i64| directory.accounts.get(&id));
    let found = found.filter(|account| account.customer_id == customer);
    found.map(|account| account.id).ok_or_else(|| anyhow!("the customer has no account with the id `{}`", safe(id)))
}

/// The items of a list.
fn items(list: &str) -> impl Iterator<Item = &str> {
    list.trim_matches(['{', '}', '[', ']']).split([',', ' ', '"']).filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use cdr_model::{Account, Customer, Directory};

    use super::read;

    const HEADING: &str = "login,password_digest,customer,account_ids,allowed_ips,id\n";
    const DIGEST: &str = "$2a$12$LQv3c1yqBWVHxkd0LHAkCOYz6TtxMQJqhN8/LewdBPj4J/HS.iK8i";

    fn directory() -> Directory {
        let mut directory = Directory::EMPTY;
        for (id, name) in [(1, "Acme"), (2, "Other")] {
            let (name, currency) = (name.to_owned(), "EUR".to_owned());
            directory.customers.insert(id, Customer { id, name, currency, ..Customer::default() });
        }
        for (id, customer_id) in [(11, 1), (12, 1), (21, 2)] {
            directory.accounts.insert(id, Account { id, customer_id, ..Account::default() });
        }
        directory
    }

    #[test]
    fn rows_become_logins() {
        let text = format!(
            "{HEADING}acme,{DIGEST},Acme,\"{{11,12}}\",\"{{192.0.2.0/24,2001:db8::1}}\",7\nother,{DIGEST},Other,,,\nmore,{DIGEST},Acme,{{}},192.0.2.1 10.0.0.0/8,9\n"
        );
        let logins = read(text.as_bytes(), &directory()).unwrap();
        let nets = |at: usize| logins[at].allowed_ips.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(logins.iter().map(|it| (it.id, it.customer_id)).collect::<Vec<_>>(), [(7, 1), (0, 2), (9, 1)]);
        assert_eq!(logins[0].accounts, [11, 12].into());
        assert_eq!(logins[0].password, DIGEST);
        assert_eq!(nets(0), ["192.0.2.0/24", "2001:db8::1/128"]);
        assert!(logins[1].accounts.is_empty() && logins[2].accounts.is_empty(), "all accounts");
        assert_eq!(nets(1), ["0.0.0.0/0", "::/0"]);
        assert_eq!(nets(2), ["192.0.2.1/32", "10.0.0.0/8"]);
    }

    #[test]
    fn invalid_logins_are_reported_with_their_rows() {
        let fine = format!("fine,{DIGEST},Acme,,,\n");
        for (row, message) in [
            (format!("a,{DIGEST},Nobody,,,\n"), "there is no customer `Nobody`"),
            ("a,secret,Acme,,,\n".to_owned(), "not a bcrypt hash"),
            (format!("a,{DIGEST},Acme,{{21}},,\n"), "no account with the id `21`"),
            (format!("a,{DIGEST},Acme,x,,\n"), "no account with the id `x`"),
            (format!("a,{DIGEST},Acme,,192.0.2.0/33,\n"), "`192.0.2.0/33` is not a network"),
            (format!("a,{DIGEST},Acme,,,seven\n"), "invalid digit"),
            (format!(",{DIGEST},Acme,,,\n"), "1 to 128 characters"),
        ] {
            let text = format!("{HEADING}{fine}{row}");
            let error = format!("{:#}", read(text.as_bytes(), &directory()).unwrap_err());
            assert!(error.starts_with("row 2: ") || error.contains("row 2"), "{error}");
            assert!(error.contains(message), "{error}");
        }
    }
}
