//! `tollbook calls`: a listing of calls, as a table or for a pipe.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use anyhow::bail;
use cdr_export::{
    Column, CsvStyle, Cut, ExportError, ExportFile, ExportSpec, Kinds, Layout, Package, Sheet, SheetContent, Styles,
};
use cdr_mediation::{CdrSource, MediationError, PortError};
use cdr_model::{Cdr, CdrField, Field, Record};
use cdr_query::{CdrQuery, Condition, Cursor};

use crate::cli::{CallsArgs, ListFormat};
use crate::commands::quarantine::shown;
use crate::config::Config;
use crate::question;
use crate::terminal::{say, table};

/// How many calls are read from the store at a time.
const PAGE: usize = 2000;

/// Lists or counts calls.
pub(crate) fn run(config: &Config, args: &CallsArgs) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    let mut query = question::read(&args.question, !args.oldest_first, config, &store)?;
    if !args.all_kinds {
        query = query.only(Condition::of_kinds(&args.kind));
    }
    if args.count {
        say(store.count(&query)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let fields = args.fields.iter().map(|name| field(name)).collect::<anyhow::Result<Vec<CdrField>>>()?;
    let terminal = io::stdout().is_terminal();
    match args.format.unwrap_or(if terminal { ListFormat::Table } else { ListFormat::Csv }) {
        ListFormat::Table => shown_as_table(&store, &query, &fields, args.limit)?,
        ListFormat::Csv => piped(&store, &query, &fields, args.limit, "csv")?,
        ListFormat::Ndjson => piped(&store, &query, &fields, args.limit, "ndjson")?,
    }
    Ok(ExitCode::SUCCESS)
}

fn field(name: &str) -> anyhow::Result<CdrField> {
    let field = CdrField::named(name)?;
    if field == CdrField::DmaChairPasscode {
        bail!("`{name}` is a secret: it is printed in exports only");
    }
    Ok(field)
}

/// Passes the first `limit` calls of a query to `each`, page by page.
fn first<E: From<PortError>>(
    source: &dyn CdrSource,
    query: &CdrQuery,
    limit: usize,
    each: &mut dyn FnMut(Cdr) -> Result<(), E>,
) -> Result<(), E> {
    let (mut after, mut left) = (None, limit);
    while left > 0 {
        let page = source.page(query, after.as_ref(), left.min(PAGE))?;
        let Some(last) = page.last() else { break };
        after = Some(Cursor::of(last, query));
        left -= page.len();
        page.into_iter().try_for_each(&mut *each)?;
    }
    Ok(())
}

fn shown_as_table(source: &dyn CdrSource, query: &CdrQuery, fields: &[CdrField], limit: usize) -> anyhow::Result<()> {
    let directory = source.directory()?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    first::<anyhow::Error>(source, query, limit, &mut |call| {
        rows.push(fields.iter().map(|field| shown(&call.value(*field, &directory))).collect());
        Ok(())
    })?;
    let heading: Vec<&str> = fields.iter().map(|field| field.name()).collect();
    say(table(&heading, rows))
}

/// Writes a listing for a pipe: a plain export of the fields, in the format of the native layout.
fn piped(
    source: &dyn CdrSource,
    query: &CdrQuery,
    fields: &[CdrField],
    limit: usize,
    format: &str,
) -> anyhow::Result<()> {
    let columns = fields.iter().map(|field| Column::field(field.name(), field.name())).collect();
    let (name, kinds) = ("calls".to_owned(), Kinds::All);
    let sheet = Sheet { name, extension: None, rows: SheetContent::Calls, kinds, columns };
    let layout = Layout {
        name: "listing".to_owned(),
        summary: "a listing of calls".to_owned(),
        archive: None,
        verbatim: false,
        csv: CsvStyle::default(),
        styles: Styles::default(),
        sheets: vec![sheet.clone()],
    };
    let spec = ExportSpec { layout, format: format.to_owned(), package: Package::Plain, zone: "UTC".to_owned() };
    let directory = source.directory()?;
    let written = ExportFile::create(io::stdout().lock(), &spec).map_err(MediationError::from).and_then(|mut file| {
        file.sheet(&sheet, &directory, query.window.anchor, Cut::Rows, |push| {
            first(source, query, limit, &mut |call| Ok::<(), MediationError>(push(call).map_err(PortError::from)?))
        })?;
        Ok(file.finish()?)
    });
    match written {
        // The reader closed the pipe, as in `tollbook calls | head`.
        Err(MediationError::Export(ExportError::Io(error))) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(()),
    }
}
