//! The columns of a row, determined by its number of fields.

use std::collections::HashMap;

use cdr_mediation::RowForm;

use crate::delimited::Fields;
use crate::digest::digested;
use crate::fault::{Fault, number_of_fields};
use crate::feed::asterisk::{Columns, is_uniqueid};

/// The columns that are always present, in their order.
const ALWAYS: [&str; 16] = [
    "accountcode",
    "src",
    "dst",
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
];
const UNIQUEID: &str = "uniqueid";
const USERFIELD: &str = "userfield";
/// The columns that Asterisk adds together.
const NEW: [&str; 3] = ["peeraccount", "linkedid", "sequence"];

/// The numbers of columns that rows have.
pub(super) const WIDTHS: std::ops::RangeInclusive<usize> = 16..=21;

/// The columns of rows of each number of fields.
pub(super) struct Widths {
    extra: Vec<String>,
    /// By the number of fields, and whether the first one after the usual ones is a unique ID.
    known: HashMap<(usize, bool), Columns>,
}

impl Widths {
    /// The columns, of which those in `extra` are stored there.
    pub(super) fn new(extra: &[String]) -> Widths {
        Widths { extra: extra.to_vec(), known: HashMap::new() }
    }

    /// The columns of a row of this number of fields.
    pub(super) fn of(&mut self, fields: &Fields) -> Result<&Columns, Fault> {
        check(fields)?;
        let has_uniqueid = is_uniqueid(&fields.text(ALWAYS.len()));
        let extra = &self.extra;
        let columns = self.known.entry((fields.len(), has_uniqueid));
        Ok(columns.or_insert_with(|| Columns::named(&headings(fields.len(), has_uniqueid), extra)))
    }
}

/// Rejects a row whose number of fields no configuration of Asterisk has.
pub(super) fn check(fields: &Fields) -> Result<(), Fault> {
    if WIDTHS.contains(&fields.len()) {
        return Ok(());
    }
    let detail = format!("{}, expected 16 to 21 for Master.csv", number_of_fields(fields.len()));
    Err(Fault::new("columns", detail))
}

/// Whether these are the headings of a file whose columns are in the usual order.
pub(super) fn are_headings(names: &[String]) -> bool {
    let found: Vec<String> = names.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    found.len() >= ALWAYS.len()
        && [true, false].iter().any(|has_uniqueid| found == headings(found.len(), *has_uniqueid))
}

/// The form of a row: what its switch writes with all settings of columns, and what it would write with fewer.
pub(super) fn form(fields: &Fields) -> RowForm {
    let width = fields.len();
    let mut parts = fields.iter();
    let shared = digested(parts.by_ref().take(ALWAYS.len()));
    let options = optional(width, is_uniqueid(&fields.text(ALWAYS.len()))).len();
    let options: Vec<&[u8]> = parts.take(options).collect();
    let narrower: &[&[&[u8]]] = match options[..] {
        [uniqueid, userfield] => &[&[], &[uniqueid], &[userfield], &[uniqueid, userfield]],
        [only] => &[&[], &[only]],
        _ => &[&[]],
    };
    let narrower = narrower.iter().filter(|options| ALWAYS.len() + options.len() < width);
    let narrower = narrower.map(|options| digested(options.iter().copied())).collect();
    RowForm { columns: u8::try_from(width).unwrap_or(u8::MAX), shared, narrower }
}

/// The columns that have options of their own, in a row with so many fields.
fn optional(width: usize, has_uniqueid: bool) -> &'static [&'static str] {
    match width {
        17 | 20 if has_uniqueid => &[UNIQUEID],
        17 | 20 => &[USERFIELD],
        18 | 21 => &[UNIQUEID, USERFIELD],
        _ => &[],
    }
}

/// The headings of a row with so many fields.
fn headings(width: usize, has_uniqueid: bool) -> Vec<&'static str> {
    let new: &[&str] = if width >= 19 { &NEW } else { &[] };
    [&ALWAYS, optional(width, has_uniqueid), new].concat()
}
