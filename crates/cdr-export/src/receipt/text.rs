//! The receipt as a text that shows when it was altered.

use serde::Deserialize;

use super::Receipt;
use crate::differences::VerifyError;
use crate::digest::sha256;
use crate::plan::FORMAT_VERSION;

impl Receipt {
    /// The text that is kept beside the file: JSON for people, one value a line. Its second line is the SHA-256 of all
    /// others, so a shell can check it too: `grep -v '^  "digest": ' FILE.receipt.json | sha256sum`.
    pub fn to_text(&self) -> String {
        let body = self.body();
        let digest = sha256(body.as_bytes());
        match body.strip_prefix("{\n") {
            Some(members) => format!("{{\n  \"digest\": \"{digest}\",\n{members}"),
            None => body,
        }
    }

    /// Reads what [`Receipt::to_text`] wrote.
    ///
    /// # Errors
    /// [`VerifyError::NoReceipt`], [`VerifyError::Newer`] of a receipt or a file of a version that is not known yet, and
    /// [`VerifyError::Altered`] if it is not, byte for byte, what would be written.
    pub fn from_text(text: &str) -> Result<Receipt, VerifyError> {
        let none = |error: serde_json::Error| VerifyError::NoReceipt(error.to_string());
        let versions: Versions = serde_json::from_str(text).map_err(none)?;
        versions.check()?;
        let receipt: Receipt = serde_json::from_str(text).map_err(none)?;
        let written = receipt.to_text();
        if text == written { Ok(receipt) } else { Err(first_difference(&written, text)) }
    }

    fn body(&self) -> String {
        // Strings, numbers and maps with text for keys: nothing of that can fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// What a receipt of any version says of its versions.
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
