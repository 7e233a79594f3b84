//! The columns of a row, determined by its number of fields.

use crate::delimited::Fields;
use crate::fault::{Fault, number_of_fields};

// The indices of columns that are always present.
pub(super) const ACCOUNTCODE: usize = 0;
pub(super) const SRC: usize = 1;
pub(super) const DST: usize = 2;
pub(super) const CLID: usize = 4;
pub(super) const START: usize = 9;
pub(super) const ANSWER: usize = 10;
pub(super) const END: usize = 11;
pub(super) const BILLSEC: usize = 13;
pub(super) const DISPOSITION: usize = 14;

/// The number of columns that are always present.
const ALWAYS: usize = 16;

/// The columns without a field in a record.
pub(super) const HOMELESS: &[&str] = &[
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "duration",
    "amaflags",
    "userfield",
    "peeraccount",
    "sequence",
];

/// The indices of the optional columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Optional {
    pub(super) uniqueid: Option<usize>,
    pub(super) userfield: Option<usize>,
    pub(super) peeraccount: Option<usize>,
    pub(super) linkedid: Option<usize>,
    pub(super) sequence: Option<usize>,
}

/// The indices of the optional columns of a row.
pub(super) fn optional(fields: &Fields) -> Result<Optional, Fault> {
    let has_new = matches!(fields.len(), 19..=21);
    let [uniqueid, userfield] = match fields.len() {
        16 | 19 => [None, None],
        17 | 20 if is_uniqueid(&fields.text(ALWAYS)) => [Some(ALWAYS), None],
        17 | 20 => [None, Some(ALWAYS)],
        18 | 21 => [Some(ALWAYS), Some(ALWAYS + 1)],
        other => {
            let detail = format!("{}, expected 16 to 21 for Master.csv", number_of_fields(other));
            return Err(Fault::new("columns", detail));
        }
    };
    let new = |from_end: usize| has_new.then(|| fields.len() - from_end);
    Ok(Optional { uniqueid, userfield, peeraccount: new(3), linkedid: new(2), sequence: new(1) })
}

/// The index of a column without a field in a record.
pub(super) fn homeless(name: &str, optional: &Optional) -> Option<usize> {
    match name {
        "dcontext" => Some(3),
        "clid" => Some(CLID),
        "channel" => Some(5),
        "dstchannel" => Some(6),
        "lastapp" => Some(7),
        "lastdata" => Some(8),
        "duration" => Some(12),
        "amaflags" => Some(15),
        "userfield" => optional.userfield,
        "peeraccount" => optional.peeraccount,
        "sequence" => optional.sequence,
        _ => None,
    }
}

/// Whether a text ends in digits, a point and digits, as Asterisk's unique IDs do: seconds since 1970 and a counter,
/// preceded by the name of the system if it has one.
fn is_uniqueid(text: &str) -> bool {
    let Some((before, counter)) = text.rsplit_once('.') else { return false };
    before.ends_with(|c: char| c.is_ascii_digit()) && !counter.is_empty() && counter.bytes().all(|c| c.is_ascii_digit())
}
