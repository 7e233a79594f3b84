//! Verifying a file against its receipt: everything is read again, one row at a time.

mod archive;
mod check;
mod columns;
mod counts;
mod findings;
mod sheet;
mod sums;

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use flate2::bufread::GzDecoder;

use self::check::Check;
use self::findings::Findings;
use crate::differences::VerifyError;
use crate::digest::Digesting;
use crate::package::Package;
use crate::receipt::Receipt;

/// The result for a file that matches its receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The number of sheets that were read.
    pub sheets: usize,
    /// The number of rows that were counted, in all sheets.
    pub rows: u64,
    /// The size of the file in bytes.
    pub bytes: u64,
    /// What the rows confirm of the receipt, a line for each sheet.
    pub confirmed: Vec<String>,
    /// What the receipt says and the rows of this layout do not show, so that only the digests speak for it.
    pub unknown: Vec<String>,
}

/// Reads a file to its end, then sheet by sheet, and compares it with its receipt: size and SHA-256 of the file; name,
/// size, CRC-32 and number of rows of each sheet, and whether the window holds the first and the last instant.
///
/// By the layout in a receipt of version 2 or later the rows are read too. Each has to have the columns of the layout,
/// and they are added up: talk time, money by currency, first and last instant of the anchor, and the control totals of
/// the columns; in a sheet of counts, the numbers of rows of the other sheets. What the layout does not show is listed
/// in [`Verified::unknown`].
///
/// A match shows that file and receipt are consistent. It does not show who made them: neither is signed.
///
/// # Errors
/// [`VerifyError::Differs`] with all differences; [`VerifyError::Io`] if the file cannot be read.
pub fn verify(mut file: impl Read + Seek, receipt: &Receipt) -> Result<Verified, VerifyError> {
    let mut check = Check::new(receipt);
    check.plan();
    check.windows();
    file.seek(SeekFrom::Start(0))?;
    let mut whole = Digesting::new(&mut file);
    io::copy(&mut whole, &mut io::sink())?;
    let bytes = whole.bytes;
    let name = &receipt.file.name;
    check.findings.compare(name, "size", receipt.file.bytes, bytes);
    check.findings.compare(name, "SHA-256", receipt.file.sha256.as_str(), whole.finish().1);

    file.seek(SeekFrom::Start(0))?;
    match receipt.package {
        Package::Zip => check.archive(file, bytes),
        Package::Plain => {
            if let Some(sheet) = check.only_sheet() {
                check.sheet(0, sheet, file);
            }
        }
        Package::Gzip => {
            if let Some(sheet) = check.only_sheet() {
                let mut text = GzDecoder::new(BufReader::new(file));
                check.sheet(0, sheet, &mut text);
                if !text.into_inner().fill_buf()?.is_empty() {
                    check.findings.state(format!("the end of the gzip member is not the end of {name}"));
                }
            }
        }
    }
    let is_numbered = check.is_numbered();
    let Findings { differences, confirmed, mut unknown } = check.findings;
    if !differences.is_empty() {
        return Err(VerifyError::Differs(differences));
    }
    if receipt.layout_definition.is_some() {
        unknown.push("which row of a sheet has which value of a column: an exchange of two keeps the total".to_owned());
        unknown.push("the cells of other columns, for which only the digests speak".to_owned());
    } else {
        unknown.push(format!("sums and instants: a receipt of version {} does not have the layout", receipt.version));
    }
    let query =
        if is_numbered { "the conditions and the order" } else { "the conditions, the order and the watermark" };
    unknown.push(format!("{query} of the query"));
    Ok(Verified { sheets: receipt.sheets.len(), rows: check.rows, bytes, confirmed, unknown })
}
