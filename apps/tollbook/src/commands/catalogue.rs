//! `tollbook field`: the fields of a record.

use std::process::ExitCode;

use cdr_intake::{InputSheet, native};
use cdr_model::{CdrField, ConferenceField, Field};

use crate::cli::{FieldCommand, FieldsOf, ListArgs};
use crate::config::Config;
use crate::listing::{Cell, print};

/// Lists the fields of a kind of records.
pub(crate) fn fields(config: &Config, command: &FieldCommand) -> anyhow::Result<ExitCode> {
    let FieldCommand::List { of, list } = command;
    match of {
        FieldsOf::Calls => fields_of::<CdrField>(config, *list, InputSheet::Calls)?,
        FieldsOf::Conferences => fields_of::<ConferenceField>(config, *list, InputSheet::Conferences)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn fields_of<F: Field>(config: &Config, list: ListArgs, sheet: InputSheet) -> anyhow::Result<()> {
    let rows = F::ALL.iter().map(|field| {
        [
            Cell::from(field.name()),
            field.kind().to_string().into(),
            Cell::Boolean(native::reads(sheet, field.name())),
            field.meaning().into(),
        ]
    });
    print(list.format, &["name", "takes", "set by a feed", "meaning"], &config.place.zone, rows)
}
