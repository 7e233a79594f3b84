//! The receipt as a text that shows when it was altered.

use super::Receipt;
use crate::digest::sha256;
use crate::error::VerifyError;
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
    /// [`VerifyError::NoReceipt`], [`VerifyError::OtherVersion`], and [`VerifyError::Altered`] if it is not, byte for
    /// byte, what would be written.
    pub fn from_text(text: &str) -> Result<Receipt, VerifyError> {
        let receipt: Receipt = serde_json::from_str(text).map_err(|error| VerifyError::NoReceipt(error.to_string()))?;
        if receipt.format_version != FORMAT_VERSION {
            return Err(VerifyError::OtherVersion { found: receipt.format_version, known: FORMAT_VERSION });
        }
        let written = receipt.to_text();
        if text == written { Ok(receipt) } else { Err(first_difference(&written, text)) }
    }

    fn body(&self) -> String {
        // Strings, numbers and maps with text for keys: nothing of that can fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
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
