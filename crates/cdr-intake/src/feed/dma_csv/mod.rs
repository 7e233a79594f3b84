//! `dma-csv`: calls and conferences as exported by a Polycom (Poly) RealPresence DMA (DMA 7000 Operations Guide, "Call
//! Detail Records"), as CSV or in the export ZIP that contains them.
//!
//! # Form
//!
//! * A file that starts with `PK` is a ZIP archive. Its members are read in order and identified by their content, not
//!   by their names. A member of one row that starts with two numbers is the counts file. Its counts are compared with
//!   the rows that were read; a difference gives a warning. Any other file is CSV with calls, conferences or both.
//! * The second field of a row is its type: `CALL` or `CONF`. A first row of headings is skipped.
//! * The columns depend on the version of the DMA and are defined by a [`Layout`]: the first of the given layouts (or
//!   of the built-in `dma-6.1-reconstructed` and `dma-5.x`) whose number of columns matches the row. A column is stored
//!   in its `field`; its `or` and `otherwise` are ignored. Constants (`version`, `type`) are ignored, unless the
//!   settings store them in `extra` under their headings.
//! * A blank field is null. It is an empty text where the layout would print another value in place of null, so that
//!   the row is printed as received. Times are `2026-11-21T10:00:00.000+01:00`, with the complete grammar of
//!   `xs:dateTime`. A time without an offset is in the zone of the settings. Flags are `TRUE` and `FALSE`,
//!   case-insensitive.
//!
//! # Beyond the columns
//!
//! `calling` is `origEndpoint`; `called` is `dialString`, else `destEndpoint`. `failureSignalingCode` (`486:BUSY HERE`)
//! gives `release_code` and `release_reason`. A call without this code succeeded (the DMA writes it for SIP calls only,
//! and reports no failures of other calls). The DMA does not export when a call was answered: `connected_at` and `talk`
//! are null, and such calls match no window by the connect. `billed_at` is the end, else the start, and the direction
//! is `out`; both are marked as assumed. `group` is `src:SOURCE:CALLUUID`, which the segments of a forwarded call
//! share. The rows name no account, so the calls are booked on the unassigned account.
//!
//! # Traps
//!
//! * **Telepresence rooms** (ITP) are one row whose fields from the fourth on are comma-separated lists with one value
//!   per codec. Such a row (recognised by a comma in its UUID or in a time) is stored as printed, by heading, and
//!   printed unchanged. The fields get the first value of each list.
//! * startTime and endTime may have different offsets if the offset of the zone changed between them.
//! * A forwarded call has several rows, each with the start of its segment.
//!
//! # Key
//!
//! `CALL/uuid/start` and `CONF/uuid/start`, with the texts of the file. A key over 200 bytes becomes `sha256:` and its
//! digest. The digest of a record is SHA-256 over the decoded fields.

mod archive;
mod map;
mod profile;

#[cfg(test)]
mod tests;

use std::io::{Cursor, Read};

use cdr_export::Layout;

use super::{Feed, FeedSettings, Likeness, Origin, Records, checks};
use crate::delimited::{Delimited, Fields};
use crate::error::IntakeError;
use crate::input::FileSample;
use crate::rows::CsvRecords;

/// The layouts that are used if the settings name none.
const BUILT_IN: [&str; 2] = ["dma-6.1-reconstructed", "dma-5.x"];

/// A RealPresence DMA's CSV files, or its export ZIP.
pub struct DmaCsv;

impl Feed for DmaCsv {
    fn name(&self) -> &'static str {
        "dma-csv"
    }

    fn summary(&self) -> &'static str {
        "a RealPresence DMA's calls and conferences, as CSV or in its export ZIP"
    }

    fn unpacking(&self) -> Option<&'static str> {
        None
    }

    fn likeness(&self, sample: &FileSample) -> Likeness {
        let is_archive = sample.lines().first().is_some_and(|line| line.starts_with("PK"));
        if is_archive || sample.most(is_row) { Likeness::Certain } else { Likeness::None }
    }

    fn open<'a>(
        &self,
        mut input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        let profiles = profile::Profiles::of(&layouts(settings)?)?;
        checks::extra(self.name(), &settings.extra, &profiles.constants())?;
        let mapping = map::Map::new(origin, settings, profiles);
        let unread = |source| IntakeError::Input { position: format!("{}:1", origin.file), source };
        let mut begin = Vec::new();
        input.by_ref().take(2).read_to_end(&mut begin).map_err(unread)?;
        let is_archive = begin == b"PK";
        let input = Cursor::new(begin).chain(input);
        if is_archive {
            return Ok(Box::new(archive::Archive::open(input, &origin.file, mapping)?));
        }
        let mut rows = Delimited::of(input, settings);
        skip_headings(&mut rows).map_err(unread)?;
        Ok(Box::new(CsvRecords::new(rows, mapping, &origin.file)))
    }
}

/// Whether a row has the type of a DMA's rows, or is their heading.
fn is_row(row: &[String]) -> bool {
    row.get(1).is_some_and(|kind| ["CALL", "CONF", "type"].contains(&kind.as_str()))
}

fn layouts(settings: &FeedSettings) -> Result<Vec<Layout>, IntakeError> {
    if !settings.layouts.is_empty() {
        return Ok(settings.layouts.clone());
    }
    BUILT_IN.iter().map(|name| Layout::named(name, &[]).map_err(IntakeError::from)).collect()
}

/// Skips a first row of headings. A DMA does not write headings, but some layouts do.
fn skip_headings<R: Read>(rows: &mut Delimited<R>) -> std::io::Result<()> {
    if rows.peek()?.is_some_and(|line| line.to_ascii_lowercase().starts_with(b"version,type,")) {
        rows.next(&mut Fields::default(), |_| Ok(()))?;
    }
    Ok(())
}
