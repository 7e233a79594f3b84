//! `tollbook calls`: a list of calls, as a table or for a pipe.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use anyhow::bail;
use cdr_export::{
    Column, CsvStyle, Cut, ExportFile, ExportSpec, Kinds, Layout, Package, Sheet, SheetContent, Spreadsheet, Styles,
};
use cdr_mediation::{CdrSource, MediationError, PortError};
use cdr_model::{Cdr, CdrField, Field, LocalZone, Record};
use cdr_query::{CdrQuery, Condition, Cursor};

use crate::cli::{CallsArgs, ListFormat};
use crate::config::Config;
use crate::listing::{Cell, JsonArray, List, unless_closed, width};
use crate::question;
use crate::terminal::{say, say_aside, say_rest};

/// How many calls a terminal shows if no limit is given.
const SHOWN: usize = 50;
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
    let terminal = io::stdout().is_terminal();
    let format = args.format.unwrap_or(if terminal { ListFormat::Table } else { ListFormat::Csv });
    let (fields, shown_by_default) = if args.fields.is_empty() {
        (fitting(width().filter(|_| format == ListFormat::Table)), FIELDS.len())
    } else {
        (args.fields.iter().map(|name| field(name)).collect::<anyhow::Result<Vec<CdrField>>>()?, 0)
    };
    if fields.iter().any(|field| matches!(field, CdrField::Key | CdrField::Digest)) {
        query = query.with_identity();
    }
    let limit = args.limit.or(terminal.then_some(SHOWN));
    let calls = Listing { source: &store, query: &query, limit };
    let printed = match format {
        ListFormat::Table => calls.as_table(&fields, &config.place.zone),
        ListFormat::Csv => calls.written(io::stdout().lock(), &fields, "csv"),
        ListFormat::Ndjson => calls.written(io::stdout().lock(), &fields, "ndjson"),
        ListFormat::Json => calls.as_array(&fields),
    };
    unless_closed(printed)?;
    if fields.len() < shown_by_default {
        // No longer than a narrow terminal is wide.
        say_aside(format!("{} of {shown_by_default} fields; --fields shows others", fields.len()))?;
    }
    if let Some(limit) = limit.filter(|_| terminal) {
        let all = store.count(&query)?;
        say_rest(all.min(limit as u64), all)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The default fields in the order of their columns, with a width in which a column can be read, and with their place
/// among those that a narrow terminal does without: the highest goes first.
const FIELDS: [(CdrField, usize, u8); 9] = [
    (CdrField::Number, 8, 4),
    (CdrField::StartedAt, 24, 0),
    (CdrField::Account, 8, 3),
    (CdrField::Calling, 16, 0),
    (CdrField::Called, 16, 0),
    (CdrField::Talk, 10, 0),
    (CdrField::Success, 7, 2),
    (CdrField::ReleaseReason, 14, 5),
    (CdrField::Price, 8, 1),
];

/// The default fields that fit on a terminal of this width. Without a width all do.
fn fitting(width: Option<usize>) -> Vec<CdrField> {
    let taken =
        |most: u8| FIELDS.iter().filter(|(.., place)| *place <= most).map(|(_, width, _)| width + 3).sum::<usize>();
    let most = (0..=5).rev().find(|most| width.is_none_or(|width| taken(*most) <= width + 1)).unwrap_or(0);
    FIELDS.iter().filter(|(.., place)| *place <= most).map(|(field, ..)| *field).collect()
}

fn field(name: &str) -> anyhow::Result<CdrField> {
    let field = CdrField::named(name)?;
    if field.is_secret() {
        bail!("`{name}` is a secret: it is printed in exports only");
    }
    Ok(field)
}

/// The calls that are listed.
struct Listing<'a> {
    source: &'a dyn CdrSource,
    query: &'a CdrQuery,
    limit: Option<usize>,
}

impl Listing<'_> {
    /// Passes each call to `each`, while they are read.
    fn each(&self, each: &mut dyn FnMut(Cdr) -> io::Result<()>) -> Result<(), PortError> {
        let Some(limit) = self.limit else { return self.source.scan(self.query, each) };
        let (mut after, mut left) = (None, limit);
        while left > 0 {
            let page = self.source.page(self.query, after.as_ref(), left.min(PAGE))?;
            let Some(last) = page.last() else { break };
            after = Some(Cursor::of(last, self.query));
            left -= page.len();
            page.into_iter().try_for_each(&mut *each)?;
        }
        Ok(())
    }

    fn as_table(&self, fields: &[CdrField], zone: &LocalZone) -> anyhow::Result<()> {
        let directory = self.source.directory()?;
        let heading: Vec<&str> = fields.iter().map(|field| field.name()).collect();
        let mut list = List::begin(ListFormat::Table, &heading, zone)?;
        self.each(&mut |call| {
            let cells: Vec<Cell> = fields.iter().map(|field| Cell::of(&call.value(*field, &directory))).collect();
            list.row(&cells)
        })?;
        Ok(list.end()?)
    }

    fn as_array(&self, fields: &[CdrField]) -> anyhow::Result<()> {
        let mut array = JsonArray::new(io::stdout().lock());
        self.written(&mut array, fields, "ndjson")?;
        Ok(array.end()?)
    }

    /// Writes a plain export of the fields, in the format of the native layout.
    fn written(&self, out: impl Write, fields: &[CdrField], format: &str) -> anyhow::Result<()> {
        let sheet = sheet(fields);
        let layout = layout(sheet.clone());
        let spec = ExportSpec { layout, format: format.to_owned(), package: Package::Plain, zone: "UTC".to_owned() };
        let directory = self.source.directory()?;
        let mut file = ExportFile::create(out, &spec).map_err(MediationError::from)?;
        file.sheet(&sheet, &directory, self.query.window.anchor, Cut::Rows, |push| {
            Ok::<(), MediationError>(self.each(push)?)
        })?;
        file.finish().map_err(MediationError::from)?;
        Ok(())
    }
}

fn sheet(fields: &[CdrField]) -> Sheet {
    let columns = fields.iter().map(|field| Column::field(field.name(), field.name())).collect();
    let (name, kinds) = ("calls".to_owned(), Kinds::All);
    Sheet { name, extension: None, rows: SheetContent::Calls, kinds, columns }
}

fn layout(sheet: Sheet) -> Layout {
    Layout {
        name: "listing".to_owned(),
        summary: "a list of calls".to_owned(),
        archive: None,
        verbatim: false,
        spreadsheet: Spreadsheet::Off,
        csv: CsvStyle::default(),
        styles: Styles::default(),
        sheets: vec![sheet],
    }
}

#[cfg(test)]
mod tests {
    use cdr_model::Field;

    use super::fitting;

    #[test]
    fn a_narrow_terminal_shows_fewer_fields() {
        for (width, shown) in [
            (None, "number,started_at,account,calling,called,talk,success,release_reason,price"),
            (Some(200), "number,started_at,account,calling,called,talk,success,release_reason,price"),
            (Some(120), "number,started_at,account,calling,called,talk,success,price"),
            (Some(110), "started_at,account,calling,called,talk,success,price"),
            (Some(100), "started_at,calling,called,talk,success,price"),
            (Some(90), "started_at,calling,called,talk,price"),
            (Some(80), "started_at,calling,called,talk"),
            (Some(20), "started_at,calling,called,talk"),
        ] {
            let names: Vec<&str> = fitting(width).iter().map(|field| field.name()).collect();
            assert_eq!(names.join(","), shown, "{width:?}");
        }
    }
}
