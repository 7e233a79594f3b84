//! `tollbook user`: the users of the server.

use std::path::Path;
use std::process::ExitCode;

use anyhow::anyhow;
use cdr_access::{Role, User, Users};
use cdr_mediation::PortError;

use crate::cli::UserCommand;
use crate::config::Config;
use crate::listing::{Cell, print};
use crate::password;
use crate::terminal::{safe, say};

/// Adds, lists or removes users, or changes a password.
pub(crate) fn run(config: &Config, command: &UserCommand) -> anyhow::Result<ExitCode> {
    match command {
        UserCommand::Add { name, role, password_file } => {
            let store = crate::open(config)?;
            if store.user(name)?.is_some() {
                return Err(PortError::Exists { what: "user", name: name.clone() }.into());
            }
            let password = read(name, password_file.as_deref())?;
            store.add_user(&User::new(name, &password, role.iter().copied())?)?;
            say(format!("added user `{}`: {}", safe(name), names(role)))?;
        }
        UserCommand::List(list) => {
            let users = crate::open(config)?.users()?;
            let roles = |user: &User| user.roles.iter().map(|role| role.name().to_owned()).collect::<Vec<_>>();
            let rows = users.iter().map(|it| [Cell::from(it.name.clone()), roles(it).into()]);
            print(list.format, &["name", "roles"], &config.place.zone, rows)?;
        }
        UserCommand::Remove { name } => {
            crate::open(config)?.remove_user(name)?;
            say(format!("removed user `{}`", safe(name)))?;
        }
        UserCommand::Password { name, password_file } => {
            let store = crate::open(config)?;
            let known = store.user(name)?.ok_or_else(|| anyhow!("there is no user `{}`", safe(name)))?;
            let password = read(name, password_file.as_deref())?;
            store.change_user(&User::new(name, &password, known.roles)?)?;
            say(format!("changed the password of user `{}`", safe(name)))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn read(name: &str, file: Option<&Path>) -> anyhow::Result<String> {
    password::read(&format!("password of `{}`", safe(name)), file)
}

fn names<'a>(roles: impl IntoIterator<Item = &'a Role>) -> String {
    roles.into_iter().map(|role| role.name()).collect::<Vec<_>>().join(", ")
}
