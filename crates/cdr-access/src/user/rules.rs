//! Rules for user names and passwords.

use thiserror::Error;

use super::{Role, User};
use crate::password::{PasswordError, hash_password};

/// The longest name, in characters.
const LONGEST_NAME: usize = 64;
/// The shortest and the longest password, in characters.
const SHORTEST_PASSWORD: usize = 8;
const LONGEST_PASSWORD: usize = 128;

/// Why a user is refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum UserError {
    /// The name has too few characters, or too many.
    #[error("a user's name has 1 to {LONGEST_NAME} characters, this one has {characters}")]
    NameLength {
        /// The number of its characters.
        characters: usize,
    },
    /// The name contains characters that cannot be sent, or a colon, which separates name and password.
    #[error("a user's name must have no colon and no control characters; `{}` has some", .name.escape_debug())]
    NameCharacters {
        /// The name.
        name: String,
    },
    /// The password has too few characters, or too many.
    #[error("a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, this one has {characters}")]
    PasswordLength {
        /// The number of its characters.
        characters: usize,
    },
    /// The password contains characters that cannot be sent.
    #[error("a password must have no control characters, such as a tab or a line break; this one has some")]
    PasswordCharacters,
    /// The password could not be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
}

impl User {
    /// A user with this password. Hashing the password takes some hundredths of a second.
    ///
    /// A name has 1 to 64 characters and no colon, which ends the name in HTTP basic authentication (RFC 7617). A
    /// password has 8 to 128 characters. Neither contains control characters.
    ///
    /// # Errors
    /// If the name or the password does not follow these rules.
    pub fn new(name: &str, password: &str, roles: impl IntoIterator<Item = Role>) -> Result<User, UserError> {
        check_name(name)?;
        check_password(password)?;
        Ok(User { name: name.to_owned(), password: hash_password(password)?, roles: roles.into_iter().collect() })
    }
}

fn check_name(name: &str) -> Result<(), UserError> {
    let characters = name.chars().count();
    if !(1..=LONGEST_NAME).contains(&characters) {
        return Err(UserError::NameLength { characters });
    }
    if name.contains(|c: char| c == ':' || c.is_control()) {
        return Err(UserError::NameCharacters { name: name.to_owned() });
    }
    Ok(())
}

fn check_password(password: &str) -> Result<(), UserError> {
    let characters = password.chars().count();
    if !(SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&characters) {
        return Err(UserError::PasswordLength { characters });
    }
    if password.contains(char::is_control) {
        return Err(UserError::PasswordCharacters);
    }
    Ok(())
}
