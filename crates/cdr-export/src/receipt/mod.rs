//! The receipt: what an export contains, in numbers, so that the file can be verified.

mod describe;
mod text;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use cdr_model::{Anchor, Timestamp};
use serde::{Deserialize, Serialize};

use crate::layout::Layout;
use crate::package::Package;
use crate::spec::{ExportSpec, FORMAT_VERSION};
use crate::tally::Tally;
use crate::total::{ColumnTotal, RunningTotal, TotalKind, seconds};

/// What an export contains. It does not record when the export was written: the same export gives the same receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The version of the receipt itself, up to [`Receipt::VERSION`]. Version 1 is omitted from the text.
    #[serde(default = "first_version", skip_serializing_if = "is_first_version")]
    pub version: u32,
    /// [`FORMAT_VERSION`] of the program that wrote the file.
    pub format_version: u32,
    /// The name of the layout.
    pub layout: String,
    /// The name of the format.
    pub format: String,
    /// The package that holds the sheets.
    pub package: Package,
    /// The window of the records.
    pub window: WindowFacts,
    /// The other conditions, as text.
    pub conditions: Vec<String>,
    /// The order of the rows, as text.
    pub order: String,
    /// The highest record number the file may contain; `None` if its source does not number records.
    pub watermark: Option<i64>,
    /// Its sheets, in the order of the file.
    pub sheets: Vec<SheetReceipt>,
    /// The file itself.
    pub file: FileReceipt,
    /// The whole layout, by which the file is read. `None` in version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout_definition: Option<Layout>,
}

/// The anchor and the bounds of the window (`from ≤ t < until`), and the zone in which times are printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowFacts {
    /// Which of a record's instants the window applies to.
    pub anchor: Anchor,
    /// The first instant in the window; `-infinity` for no bound.
    pub from: Timestamp,
    /// The first instant after the window; `infinity` for no bound.
    pub until: Timestamp,
    /// The zone of the export.
    pub zone: String,
}

/// What one sheet contains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetReceipt {
    /// The name of its file.
    pub file: String,
    /// Whether the rows have a heading. The heading is not counted as a row.
    pub heading: bool,
    /// The number of rows.
    pub rows: u64,
    /// The size of its uncompressed text in bytes.
    pub bytes: u64,
    /// The CRC-32 of its text (as in ZIP and gzip), eight hexadecimal digits.
    pub crc32: String,
    /// The total talk time of all rows: exact seconds with six decimals. `None` in the receipt of a reader who may not
    /// see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub talk_seconds: Option<String>,
    /// The total amount of all rows by currency (ISO 4217): exact decimals. `None` as for the talk time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<BTreeMap<String, String>>,
    /// The earliest instant of the anchor.
    pub first: Option<Timestamp>,
    /// The latest instant of the anchor.
    pub last: Option<Timestamp>,
    /// How many records that started in the window lack the anchor's instant and so match no window of this anchor.
    /// `None` for an anchor that every record has (start, bill). The caller that queries the records fills it in.
    pub without_anchor: Option<u64>,
    /// The control totals of its columns of instants, lengths of time and amounts. Empty in version 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub totals: Vec<ColumnTotal>,
}

/// The identity of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReceipt {
    /// Its name, without folders.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// What a receipt states about the query. The caller that ran the query supplies it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryFacts {
    /// Which of a record's instants the window applies to.
    pub anchor: Anchor,
    /// The first instant in the window; [`Timestamp::MIN`] for no bound.
    pub from: Timestamp,
    /// The first instant after it; [`Timestamp::MAX`] for no bound.
    pub until: Timestamp,
    /// The other conditions, as text without line breaks.
    pub conditions: Vec<String>,
    /// The order of the rows, as text.
    pub order: String,
    /// The highest record number; `None` if the source does not number records.
    pub watermark: Option<i64>,
}

fn first_version() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_first_version(version: &u32) -> bool {
    *version == first_version()
}

impl Receipt {
    /// The version of the receipts that this program writes. It reads this version and all earlier ones.
    pub const VERSION: u32 = 2;

    /// The receipt of a finished file with this name. It has one sheet for each of the layout, in its order.
    pub fn new(
        facts: QueryFacts,
        spec: &ExportSpec,
        sheets: Vec<SheetReceipt>,
        name: impl Into<String>,
        file: FileReceipt,
    ) -> Receipt {
        let QueryFacts { anchor, from, until, conditions, order, watermark } = facts;
        Receipt {
            version: Receipt::VERSION,
            format_version: FORMAT_VERSION,
            layout: spec.layout.name.clone(),
            layout_definition: Some(spec.layout.clone()),
            format: spec.format.clone(),
            package: spec.package,
            window: WindowFacts { anchor, from, until, zone: spec.zone.clone() },
            conditions,
            order,
            watermark,
            sheets,
            file: FileReceipt { name: name.into(), ..file },
        }
    }
}

impl SheetReceipt {
    pub(crate) fn new(
        file: String,
        heading: bool,
        tally: Tally,
        columns: Vec<(String, TotalKind)>,
        crc32: u32,
    ) -> SheetReceipt {
        let Tally { rows, bytes, talk_us, money, first, last, mut totals } = tally;
        // A sheet without rows has no blocks, and so no totals.
        totals.resize(columns.len(), RunningTotal::default());
        let named = columns.into_iter().zip(&totals).map(|((column, kind), total)| total.named(column, kind));
        SheetReceipt {
            file,
            heading,
            rows,
            bytes,
            crc32: format!("{crc32:08x}"),
            talk_seconds: Some(seconds(talk_us)),
            money: Some(money.into_iter().map(|(currency, sum)| (currency, sum.to_string())).collect()),
            first,
            last,
            without_anchor: None,
            totals: named.collect(),
        }
    }
}
