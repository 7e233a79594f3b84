//! The text of a licence, which is a secret: whoever knows it is let in.

use std::fmt;
use std::ops::RangeInclusive;

use thiserror::Error;

use crate::secret::new_secret;
use cdr_model::PortError;

/// How many characters a text may have.
const LENGTH: RangeInclusive<usize> = 8..=256;

/// The text of a licence. It can be had from [`reveal`](LicenceText::reveal) alone, so that it is not printed by accident:
/// `Debug` hides it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct LicenceText(String);

/// Why a text cannot be a licence. None of them says the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LicenceTextError {
    /// It is too short to be a secret, or too long for a path.
    #[error("a licence has 8 to 256 characters, this one has {characters}")]
    Length {
        /// How many it has.
        characters: usize,
    },
    /// It cannot be one segment of a path.
    #[error("a licence holds no `/` and no control characters, such as a tab; this one does")]
    NoSegment,
    /// Clients would lose its first or last character.
    #[error("a licence neither begins nor ends with a blank; this one does")]
    Blank,
}

impl LicenceText {
    /// A text that nobody has yet: 256 random bits as 64 hexadecimal digits, which stand in a path as they are.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn random() -> Result<LicenceText, PortError> {
        Ok(LicenceText(new_secret()?.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// A text that clients use already: 8 to 256 characters, none of them `/` or a control character, and no blanks around.
    ///
    /// # Errors
    /// When it is something else.
    pub fn brought(text: impl Into<String>) -> Result<LicenceText, LicenceTextError> {
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

    /// The text, for the one it is given to.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LicenceText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LicenceText").finish_non_exhaustive()
    }
}
