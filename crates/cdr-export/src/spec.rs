//! The specification of an export: plain data with everything the writer needs.

use cdr_model::Zone;
use serde::{Deserialize, Serialize};

use crate::error::ExportError;
use crate::format::Format;
use crate::layout::Layout;
use crate::package::Package;

/// The version of everything outside the specification that determines the bytes: where blocks are split, and how they
/// are compressed. Files of different versions hold the same rows, but not the same bytes. Receipts of every version up to
/// this one are verified.
///
/// | version | compression |
/// |---|---|
/// | 1 | matches at the starts of fields, from three places |
/// | 2 | as version 0.1.0 of `cdr-deflate` |
pub const FORMAT_VERSION: u32 = 2;

/// The specification of an export file. It contains the whole layout, so it has the same meaning wherever it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportSpec {
    /// The sheets, columns and styles.
    pub layout: Layout,
    /// The name of a format in [`FORMATS`](crate::FORMATS).
    pub format: String,
    /// The package that holds the sheets.
    pub package: Package,
    /// The zone in which local times are printed: an IANA name, `UTC`, or an offset from `-14:00` to `+14:00`.
    pub zone: String,
}

impl ExportSpec {
    /// Checks that a file can be written from it.
    ///
    /// # Errors
    /// [`ExportError::Layout`], [`ExportError::UnknownFormat`], [`ExportError::UnknownZone`], and
    /// [`ExportError::OneSheet`] for a layout of several sheets in a package that holds one; see [`Layout::only`].
    pub fn check(&self) -> Result<(), ExportError> {
        self.parts().map(drop)
    }

    /// The customary name of the file: the layout's archive name for an archive, else the name of its sheet.
    ///
    /// # Errors
    /// As [`ExportSpec::check`].
    pub fn file_name(&self) -> Result<String, ExportError> {
        let (format, _) = self.parts()?;
        let sheet = self.layout.sheets.first().map(|sheet| sheet.file_name(format.extension())).unwrap_or_default();
        Ok(match self.package {
            Package::Plain => sheet,
            Package::Gzip => format!("{sheet}.gz"),
            Package::Zip => self.layout.archive.clone().unwrap_or_else(|| format!("{}.zip", self.layout.name)),
        })
    }

    pub(crate) fn parts(&self) -> Result<(&'static dyn Format, Zone), ExportError> {
        self.layout.check()?;
        let format = <dyn Format>::named(&self.format)?;
        if !self.package.holds_several() && self.layout.sheets.len() > 1 {
            return Err(ExportError::OneSheet {
                package: self.package.name(),
                sheets: self.layout.sheets.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", "),
            });
        }
        Ok((format, self.zone.parse()?))
    }
}
