//! The receipt as text with a digest that detects alterations.

use serde::Deserialize;

use super::Receipt;
use crate::differences::VerifyError;
use crate::digest::sha256;
use crate::spec::FORMAT_VERSION;

impl Receipt {
    /// The text that is stored beside the file: pretty-printed JSON, one value per line. Its second line is the SHA-256
    /// of all other lines, so a shell can check it too: `grep -v '^  "digest": ' FILE.receipt.json | sha256sum`.
    pub fn to_text(&self) -> String {
        let (body, digest) = (self.body(), self.digest());
        match body.strip_prefix("{\n") {
            Some(members) => format!("{{\n  \"digest\": \"{digest}\",\n{members}"),
            None => body,
        }
    }

    /// Its own digest, which is in its text.
    pub fn digest(&self) -> String {
        sha256(self.body().as_bytes())
    }

    /// Reads what [`Receipt::to_text`] wrote.
    ///
    /// # Errors
    /// [`VerifyError::NoReceipt`] if the text is not a receipt, [`VerifyError::Newer`] if the version of the receipt or
    /// of the file is not known yet, and [`VerifyError::Altered`] if the text differs in any byte from the text that
    /// [`Receipt::to_text`] would write.
    pub fn from_text(text: &str) -> Result<Receipt, VerifyError> {
        let none = |error: serde_json::Error| VerifyError::NoReceipt(error.to_string());
        let versions: Versions = serde_json::from_str(text).map_err(none)?;
        versions.check()?;
        let receipt: Receipt = serde_json::from_str(text).map_err(none)?;
        if receipt.layout_definition.is_some() != (receipt.version > 1) {
            let why = format!("version {} and `layout_definition` do not go together", receipt.version);
            return Err(VerifyError::NoReceipt(why));
        }
        let written = receipt.to_text();
        if text == written { Ok(receipt) } else { Err(first_difference(&written, text)) }
    }

    fn body(&self) -> String {
        // Serializing strings, numbers and maps with string keys cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// The version members, which receipts of every version have.
#[derive(Deserialize)]
struct Versions {
    #[serde(default = "super::first_version")]
    version: u32,
    format_version: u32,
}

impl Versions {
    fn check(&self) -> Result<(), VerifyError> {
        let versions = [("receipt", self.version, Receipt::VERSION), ("format", self.format_version, FORMAT_VERSION)];
        match versions.into_iter().find(|(_, found, known)| found > known) {
            Some((what, found, known)) => Err(VerifyError::Newer { what, found, known }),
            None => Ok(()),
        }
    }
}

fn first_difference(written: &str, text: &str) -> VerifyError {
    let (mut written, mut text) = (written.split('\n'), text.split('\n'));
    let mut line = 1;
    loop {
        match (written.next(), text.next()) {
            (Some(expected), Some(found)) if expected == found => line += 1,
            (expected, found) => {
                let quote = |part: Option<&str>| part.unwrap_or_default().trim().to_owned();
                return VerifyError::Altered { line, expected: quote(expected), found: quote(found) };
            }
        }
    }
}
