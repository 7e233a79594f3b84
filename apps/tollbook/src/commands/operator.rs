//! `tollbook operator`: who may sign in to the server.

use std::path::Path;
use std::process::ExitCode;

use anyhow::anyhow;
use cdr_mediation::{Operator, Operators, PortError, Role};

use crate::cli::OperatorCommand;
use crate::config::Config;
use crate::password;
use crate::terminal::{safe, say, table};

/// Adds, lists or removes operators, or gives one another password.
pub(crate) fn run(config: &Config, command: &OperatorCommand) -> anyhow::Result<ExitCode> {
    match command {
        OperatorCommand::Add { name, role, password_file } => {
            let (store, _) = crate::open_or_create(config)?;
            if store.operator(name)?.is_some() {
                return Err(PortError::Exists { what: "operator", name: name.clone() }.into());
            }
            let password = read(name, password_file.as_deref())?;
            store.add_operator(&Operator::new(name, &password, role.iter().copied())?)?;
            say(format!("added operator `{}`: {}", safe(name), names(role)))?;
        }
        OperatorCommand::List => {
            let operators = crate::open(config)?.operators()?;
            let rows = operators.iter().map(|it| [safe(&it.name), names(&it.roles)]);
            say(table(&["name", "roles"], rows))?;
        }
        OperatorCommand::Remove { name } => {
            crate::open(config)?.remove_operator(name)?;
            say(format!("removed operator `{}`", safe(name)))?;
        }
        OperatorCommand::Password { name, password_file } => {
            let store = crate::open(config)?;
            let known = store.operator(name)?.ok_or_else(|| anyhow!("there is no operator `{}`", safe(name)))?;
            let password = read(name, password_file.as_deref())?;
            store.change_operator(&Operator::new(name, &password, known.roles)?)?;
            say(format!("operator `{}` has another password", safe(name)))?;
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
