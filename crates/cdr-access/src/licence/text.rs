//! The text of a licence, which is a secret that grants access.

use std::fmt;
use std::ops::RangeInclusive;

use data_encoding::HEXLOWER;
use thiserror::Error;

use crate::secret::new_secret;
use cdr_model::PortError;

/// The allowed number of characters of a text.
const LENGTH: RangeInclusive<usize> = 8..=256;

/// The text of a licence. Only [`reveal`](LicenceText::reveal) returns it, so that it is not printed by accident:
/// `Debug` omits it, and `Display` is not implemented.
#[derive(Clone, PartialEq, Eq)]
pub struct LicenceText(String);

/// Why a text cannot be a licence. The messages do not include the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LicenceTextError {
    /// It is too short to be a secret, or too long for a path.
    #[error("a licence has 8 to 256 characters, this one has {characters}")]
    Length {
        /// The number of its characters.
        characters: usize,
    },
    /// It cannot be a segment of a path.
    #[error("a licence must have no `/` and no control characters, such as a tab; this one has some")]
    NoSegment,
    /// Clients would trim its first or last character.
    #[error("a licence must not start or end with a blank; this one does")]
    Blank,
}

impl LicenceText {
    /// A new text: 256 random bits as 64 hexadecimal digits, which need no escaping in a path.
    ///
    /// # Errors
    /// If the system's random source fails.
    pub fn random() -> Result<LicenceText, PortError> {
        Ok(LicenceText(HEXLOWER.encode(&new_secret()?)))
    }

    /// An existing text that clients already use: 8 to 256 characters, without `/`, control characters, and leading or
    /// trailing blanks.
    ///
    /// # Errors
    /// If the text does not follow these rules.
    pub fn given(text: impl Into<String>) -> Result<LicenceText, LicenceTextError> {
        let text = text.into();
        let characters = text.chars().count();
        if !LENGTH.contains(&characters) {
            return Err(LicenceTextError::Length { characters });
        }
        if text.contains(|c: char| c == '/' || c.is_control()) {
            return Err(LicenceTextError::NoSegment);
        }
        if text.trim().len() != text.len() {
            return Err(LicenceTextError::Blank);
        }
        Ok(LicenceText(text))
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LicenceText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LicenceText").finish_non_exhaustive()
    }
}
