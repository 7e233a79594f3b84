//! What shapes the bytes of blocks besides the calls.

use std::fmt;

use cdr_model::ZONE_DATA;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::block::Cut;
use crate::digest::hex;
use crate::layout::{Layout, Sheet};
use crate::spec::{ExportSpec, FORMAT_VERSION};

/// To be raised with every change of what a cell prints, so that blocks of earlier programs are not used.
const PRINTED: u32 = 1;

/// The length of a key in characters.
const KEY: usize = 32;

/// Identifies everything that shapes the bytes of blocks but the calls: the sheet, the format, the zone and its data, the
/// cut, the query but its window, the version of this program. Blocks with different keys have nothing in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackKey(String);

#[derive(Serialize)]
struct Shape<'a, Q> {
    program: &'static str,
    printed: u32,
    format_version: u32,
    layout: &'a Layout,
    sheet: &'a Sheet,
    format: &'a str,
    compressed: bool,
    zone: &'a str,
    zone_data: &'static str,
    cut: &'static str,
    query: &'a Q,
}

impl PackKey {
    /// The key of a sheet of an export. `query` is everything that decides which rows it has, and in which order, but the
    /// bounds of the window and the watermark.
    ///
    /// # Errors
    /// If `query` has no JSON.
    pub fn new(
        spec: &ExportSpec,
        sheet: &Sheet,
        cut: Cut,
        query: &impl Serialize,
    ) -> Result<PackKey, serde_json::Error> {
        let layout = Layout {
            name: String::new(),
            summary: String::new(),
            archive: None,
            sheets: Vec::new(),
            ..spec.layout.clone()
        };
        let shape = Shape {
            program: env!("CARGO_PKG_VERSION"),
            printed: PRINTED,
            format_version: FORMAT_VERSION,
            layout: &layout,
            sheet: &Sheet { name: String::new(), ..sheet.clone() },
            format: &spec.format,
            compressed: spec.package.compresses(),
            zone: &spec.zone,
            zone_data: ZONE_DATA,
            cut: match cut {
                Cut::Hour => "hour",
                Cut::Day => "day",
                Cut::Rows => "rows",
            },
            query,
        };
        Ok(PackKey(hex(&Sha256::digest(serde_json::to_vec(&shape)?)[..KEY / 2])))
    }

    /// The key and the period of the name of a pack.
    pub fn split(name: &str) -> Option<(&str, i64)> {
        let (key, period) = name.split_at_checked(KEY)?;
        Some((key, period.strip_prefix('-')?.parse().ok()?))
    }

    /// The name of the pack with the blocks of a period: letters, digits and `-`.
    pub fn name(&self, period: i64) -> String {
        format!("{self}-{period}")
    }
}

impl fmt::Display for PackKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
