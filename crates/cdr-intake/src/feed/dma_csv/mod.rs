//! `dma-csv`: calls and conferences as a Polycom (Poly) RealPresence DMA exports them (DMA 7000 Operations Guide, "Call
//! Detail Records"), as CSV or in the export ZIP that holds them.
//!
//! # Form
//!
//! * A file that begins with `PK` is a ZIP archive: its members are read one after the other, by what they hold and not
//!   by their names. A member of one row that begins with two numbers is the counts file; what it says is compared with
//!   the rows that were read, and a difference becomes a warning. Any other file is CSV, of calls, conferences or both.
//! * The second field of a row says what it is: `CALL` or `CONF`. A first row of headings is read over.
//! * Which column is which depends on the version of the DMA, so a [`Layout`] says it: of the given
//!   ones (or the built-in `dma-6.1-reconstructed` and `dma-5.x`) the first whose number of columns fits the row. A
//!   column is put where its `field` says; what its `or` and `otherwise` print in place of nothing is not looked at.
//!   Constants (`version`, `type`) are read over, unless the settings keep them in `extra` by their headings.
//! * A blank field is nothing (but an empty text where the layout would print something else in place of nothing, so
//!   that the row is printed again as it came). Times are `2026-11-21T10:00:00.000+01:00`, by the whole grammar of `xs:dateTime`; one
//!   without an offset is in the zone of the settings. Flags are `TRUE` and `FALSE` in any case.
//!
//! # Beyond the columns
//!
//! `calling` is `origEndpoint`; `called` is `dialString`, or else `destEndpoint`. `failureSignalingCode` (`486:BUSY HERE`)
//! gives `release_code` and `release_reason`; a call without one succeeded (it is for SIP only: the DMA says of no other
//! call that it failed). The DMA does not tell when a call was answered: `connected_at` and `talk` are nothing, and such
//! calls are in no window by the connect. `billed_at` is the end, else the start, and the direction is `out`; both are
//! noted as assumed. `group` is `src:SOURCE:CALLUUID`: segments of a forwarded call share it. No account is named: calls
//! go to the unassigned account.
//!
//! # Traps
//!
//! * **Telepresence rooms** (ITP) come as one row whose fields from the fourth on are comma lists, one value a codec.
//!   Such a row (known by a comma in its UUID or in a time) is kept as printed, by heading, to be printed so again; the
//!   fields take the first of each list.
//! * startTime and endTime may have different offsets (a clock was changed between them).
//! * A forwarded call makes several rows, with the start of its segment each.
//!
//! # Key
//!
//! `CALL/uuid/start` and `CONF/uuid/start`, as they are written. Over 200 bytes: `sha256:` and the digest of that. The
//! digest is SHA-256 over the decoded fields.

mod archive;
mod map;
mod member;
mod profile;

#[cfg(test)]
mod tests;

use std::io::{Cursor, Read};

use cdr_export::Layout;

use super::{Feed, FeedSettings, Origin, Records, checks};
use crate::delimited::{Delimited, Fields};
use crate::error::IntakeError;
use crate::rows::Rows;

/// The layouts that are tried if the settings name none.
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
        let mut rows = Delimited::new(input);
        skip_headings(&mut rows).map_err(unread)?;
        Ok(Box::new(Rows::new(rows, mapping, &origin.file)))
    }
}

fn layouts(settings: &FeedSettings) -> Result<Vec<Layout>, IntakeError> {
    if !settings.layouts.is_empty() {
        return Ok(settings.layouts.clone());
    }
    BUILT_IN.iter().map(|name| Layout::named(name, &[]).map_err(IntakeError::from)).collect()
}

/// Passes over a first row of headings, which a DMA does not write and some layouts do.
fn skip_headings<R: Read>(rows: &mut Delimited<R>) -> std::io::Result<()> {
    if rows.peek()?.is_some_and(|line| line.to_ascii_lowercase().starts_with(b"version,type,")) {
        rows.next(&mut Fields::default(), |_| Ok(()))?;
    }
    Ok(())
}
