//! The receipt: what an export contains, in numbers, so that the file can be verified.

mod describe;
mod text;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use cdr_model::{Anchor, Timestamp};
use serde::{Deserialize, Serialize};

use crate::package::Package;
use crate::spec::{ExportSpec, FORMAT_VERSION};
use crate::tally::Tally;

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
    /// The total talk time of all rows: exact seconds with six decimals.
    pub talk_seconds: String,
    /// The total amount of all rows by currency (ISO 4217): exact decimals.
    pub money: BTreeMap<String, String>,
    /// The earliest instant of the anchor.
    pub first: Option<Timestamp>,
    /// The latest instant of the anchor.
    pub last: Option<Timestamp>,
    /// How many records that started in the window lack the anchor's instant and so match no window of this anchor.
    /// `None` for an anchor that every record has (start, bill). The caller that queries the records fills it in.
    pub without_anchor: Option<u64>,
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
    pub const VERSION: u32 = 1;

    /// The receipt of a finished file with this name.
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
    pub(crate) fn new(file: String, heading: bool, tally: Tally, crc32: u32) -> SheetReceipt {
        let Tally { rows, bytes, talk_us, money, first, last } = tally;
        SheetReceipt {
            file,
            heading,
            rows,
            bytes,
            crc32: format!("{crc32:08x}"),
            talk_seconds: seconds(talk_us),
            money: money.into_iter().map(|(currency, sum)| (currency, sum.to_string())).collect(),
            first,
            last,
            without_anchor: None,
        }
    }
}

/// Microseconds as seconds with six decimals.
fn seconds(micros: i128) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let micros = micros.unsigned_abs();
    format!("{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}
