//! `tollbook layout`: the sheets and columns of an export.

use std::process::ExitCode;

use crate::cli::LayoutCommand;
use crate::config::Config;
use crate::layouts;
use crate::listing::{Cell, print};
use crate::terminal::document;

/// Lists layouts, or prints the text of one.
pub(crate) fn run(config: &Config, command: &LayoutCommand) -> anyhow::Result<ExitCode> {
    let folder = config.place.layouts.as_deref();
    match command {
        LayoutCommand::List(list) => {
            let rows = layouts::all(folder)?.into_iter().map(|(layout, _)| {
                let sheets: Vec<String> = layout.sheets.iter().map(|sheet| sheet.name.clone()).collect();
                [Cell::from(layout.name), sheets.into(), layout.summary.into()]
            });
            print(list.format, &["name", "sheets", "description"], &config.place.zone, rows)?;
        }
        LayoutCommand::Show { name } => {
            // Looked up by name first, for the error that lists the existing names.
            let layout = layouts::named(name, folder)?;
            let found = layouts::all(folder)?.into_iter().find(|(other, _)| other.name == layout.name);
            document(found.map(|(_, text)| text).unwrap_or_default().trim_end())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
