//! Keys: names that mean one file in one folder, and nothing else.

use cdr_mediation::PortError;

use crate::delivery::PASSING;

/// The longest key, in bytes: with what a passing name ends in, a file name may have 255.
const LONGEST: usize = 200;

/// The key, if it is one.
///
/// # Errors
/// [`PortError::Refused`], saying what keys are made of.
pub(crate) fn checked(key: &str) -> Result<&str, PortError> {
    let said = |what: &str| PortError::Refused(format!("the key `{}` {what}", key.escape_debug()));
    if key.is_empty() || key.len() > LONGEST {
        return Err(PortError::Refused(format!("a key has 1 to {LONGEST} letters, this one {}", key.len())));
    }
    if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.') {
        return Err(said("holds something else than the letters a to z, digits, `-` and `.`"));
    }
    if key.starts_with('.') {
        return Err(said("begins with a dot"));
    }
    if key.ends_with(PASSING) {
        return Err(said("ends in `.part`, as files do that are not finished"));
    }
    Ok(key)
}
