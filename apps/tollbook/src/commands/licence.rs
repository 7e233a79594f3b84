//! `tollbook licence`: the credentials of programs for the PortaCDR API.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::ensure;
use cdr_access::{Licence, LicenceAuthenticator, LicenceScope, LicenceText, Licences};
use cdr_mediation::{CdrSource, PortError, SystemClock};
use cdr_model::Directory;
use cdr_store::Store;

use super::login::customer_named;
use crate::cli::{LicenceCommand, ScopeArgs};
use crate::config::Config;
use crate::listing::{Cell, print};
use crate::password;
use crate::terminal::{safe, say};

/// The permitted length of a name, in characters.
const NAME: RangeInclusive<usize> = 1..=128;

/// Adds, lists, rotates or removes licences.
pub(crate) fn run(config: &Config, command: &LicenceCommand) -> anyhow::Result<ExitCode> {
    match command {
        LicenceCommand::Add { name, scope, licence_file } => {
            let store = crate::open(config)?;
            // Checked before the text is asked for.
            if store.licences()?.iter().any(|licence| licence.name == *name) {
                return Err(PortError::Exists { what: "licence", name: safe(name) }.into());
            }
            check_name(name)?;
            let scope = scope_of(scope, &*store.directory()?)?;
            let text = text(name, licence_file.as_deref())?;
            let licence = authenticator(&store).add(name, &text, scope)?;
            let visible = safe(&shown(&licence, &*store.directory()?));
            say(format!("added licence {} `{}`: {visible}", licence.id, safe(name)))?;
            show_generated(&text, licence_file.as_deref())?;
        }
        LicenceCommand::List(list) => {
            let store = crate::open(config)?;
            let directory = store.directory()?;
            let rows = store.licences()?.into_iter().map(|licence| {
                let visible = shown(&licence, &directory);
                [Cell::from(licence.id), licence.name.into(), visible.into()]
            });
            print(list.format, &["id", "name", "sees"], &config.place.zone, rows)?;
        }
        LicenceCommand::Rotate { name, licence_file } => {
            let store = crate::open(config)?;
            ensure!(
                store.licences()?.iter().any(|licence| licence.name == *name),
                PortError::NotFound { what: "licence", name: safe(name) }
            );
            let text = text(name, licence_file.as_deref())?;
            authenticator(&store).rotate(name, &text)?;
            say(format!("licence `{}` has a new text; the old one is refused", safe(name)))?;
            show_generated(&text, licence_file.as_deref())?;
        }
        LicenceCommand::Remove { name } => {
            crate::open(config)?.remove_licence(name)?;
            say(format!("removed licence `{}`", safe(name)))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn authenticator(store: &Store) -> LicenceAuthenticator {
    let store = Arc::new(store.clone());
    LicenceAuthenticator::new(store.clone(), store, Arc::new(SystemClock::default()))
}

/// The text from the file, or a generated one.
fn text(name: &str, file: Option<&Path>) -> anyhow::Result<LicenceText> {
    let Some(file) = file else { return Ok(LicenceText::random()?) };
    let file = Some(file).filter(|file| *file != Path::new("-"));
    Ok(LicenceText::given(password::read(&format!("licence of `{}`", safe(name)), file)?)?)
}

/// Shows a generated text. A text from `file` is not shown.
fn show_generated(text: &LicenceText, file: Option<&Path>) -> anyhow::Result<()> {
    if file.is_some() {
        return Ok(());
    }
    say(format!("{}\nIt is not shown again. It gives access to anyone who has it.", text.reveal()))
}

fn scope_of(args: &ScopeArgs, directory: &Directory) -> anyhow::Result<LicenceScope> {
    if args.all {
        return Ok(LicenceScope::Everything);
    }
    if let Some(number) = args.environment {
        return Ok(LicenceScope::Environment(number));
    }
    let customers = args.customer.iter().map(|name| Ok(customer_named(directory, name)?.id));
    Ok(LicenceScope::Customers(customers.collect::<anyhow::Result<BTreeSet<i64>>>()?))
}

/// The customers whose records a licence gives access to, as text.
fn shown(licence: &Licence, directory: &Directory) -> String {
    let customer = |id: &i64| directory.customers.get(id).map_or_else(|| id.to_string(), |it| it.name.clone());
    match &licence.scope {
        LicenceScope::Everything => "everything".to_owned(),
        LicenceScope::Environment(number) => format!("environment {number}"),
        LicenceScope::Customers(ids) if ids.is_empty() => "no customers".to_owned(),
        LicenceScope::Customers(ids) => ids.iter().map(customer).collect::<Vec<_>>().join(", "),
    }
}

fn check_name(name: &str) -> anyhow::Result<()> {
    let characters = name.chars().count();
    ensure!(NAME.contains(&characters), "the name of a licence has 1 to 128 characters, this one has {characters}");
    ensure!(
        !name.contains(char::is_control),
        "the name of a licence must have no control characters; `{}` has some",
        safe(name)
    );
    Ok(())
}
