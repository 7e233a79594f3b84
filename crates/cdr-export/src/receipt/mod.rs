//! The receipt: what an export contains, in numbers, so that anybody can hold the file against it.

mod describe;
mod text;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use cdr_model::{Anchor, Timestamp};
use serde::{Deserialize, Serialize};

use crate::package::Package;
use crate::plan::{ExportPlan, FORMAT_VERSION};
use crate::tally::Tally;

/// What an export contains. It holds nothing of the moment when it was made: the same export gives the same receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The version of the receipt itself, up to [`Receipt::VERSION`]; the first one is not written down.
    #[serde(default = "first_version", skip_serializing_if = "is_first_version")]
    pub version: u32,
    /// [`FORMAT_VERSION`] of the program that made the file.
    pub format_version: u32,
    /// The name of the layout.
    pub layout: String,
    /// The name of the format.
    pub format: String,
    /// What holds the sheets.
    pub package: Package,
    /// Which records.
    pub window: WindowFacts,
    /// The other conditions, in words.
    pub conditions: Vec<String>,
    /// The order of the rows, in words.
    pub order: String,
    /// The highest record number the file may contain; `None` if its source does not number.
    pub watermark: Option<i64>,
    /// Its sheets, in the order of the file.
    pub sheets: Vec<SheetReceipt>,
    /// The file itself.
    pub file: FileReceipt,
}

/// Which instant of a record, between which bounds (`from ≤ t < until`), and the zone in which times are printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowFacts {
    /// Which of a record's instants decides.
    pub anchor: Anchor,
    /// The first instant in it; `-infinity` for no bound.
    pub from: Timestamp,
    /// The first instant after it; `infinity` for no bound.
    pub until: Timestamp,
    /// The zone of the export.
    pub zone: String,
}

/// What one sheet contains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetReceipt {
    /// The name of its file.
    pub file: String,
    /// Whether a heading stands above the rows; it does not count as one.
    pub heading: bool,
    /// How many rows.
    pub rows: u64,
    /// Bytes of its text, uncompressed.
    pub bytes: u64,
    /// CRC-32 of its text (the one of ZIP and gzip), eight hexadecimal digits.
    pub crc32: String,
    /// How long the parties talked, all rows together: seconds with six decimals, exact.
    pub talk_seconds: String,
    /// The amounts of all rows by currency (ISO 4217): exact decimals.
    pub money: BTreeMap<String, String>,
    /// The earliest instant of the anchor.
    pub first: Option<Timestamp>,
    /// The latest instant of the anchor.
    pub last: Option<Timestamp>,
    /// How many records that started in the window lack the anchor's instant, and so are in no window of this anchor;
    /// `None` for an anchor that every record has (start, bill). Whoever asks for the records counts them and enters it.
    pub without_anchor: Option<u64>,
}

/// What the file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReceipt {
    /// Its name, without folders.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// What a receipt says of the question that was asked; whoever asked it knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryFacts {
    /// Which of a record's instants decides.
    pub anchor: Anchor,
    /// The first instant in the window; [`Timestamp::MIN`] for no bound.
    pub from: Timestamp,
    /// The first instant after it; [`Timestamp::MAX`] for no bound.
    pub until: Timestamp,
    /// The other conditions, in words; none of them breaks the line.
    pub conditions: Vec<String>,
    /// The order, in words.
    pub order: String,
    /// The highest record number; `None` if the source does not number.
    pub watermark: Option<i64>,
}

fn first_version() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_first_version(version: &u32) -> bool {
    *version == first_version()
}

impl Receipt {
    /// The version of the receipts that this program writes. It reads these and all that were before.
    pub const VERSION: u32 = 1;

    /// The receipt of a finished file, that has this name from now on.
    pub fn new(
        facts: QueryFacts,
        plan: &ExportPlan,
        sheets: Vec<SheetReceipt>,
        name: impl Into<String>,
        file: FileReceipt,
    ) -> Receipt {
        let QueryFacts { anchor, from, until, conditions, order, watermark } = facts;
        Receipt {
            version: Receipt::VERSION,
            format_version: FORMAT_VERSION,
            layout: plan.layout.name.clone(),
            format: plan.format.clone(),
            package: plan.package,
            window: WindowFacts { anchor, from, until, zone: plan.zone.clone() },
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
