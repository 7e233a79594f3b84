//! Syntax errors: what was found, at which character, and what was expected.

use std::fmt::{self, Display, Formatter};

use thiserror::Error;

/// Why a text is not an `xs:dateTime`, in the form `month 13 at character 6, expected 01 to 12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{found} at character {at}, expected {expected}")]
pub struct XsDateTimeError {
    /// What was found.
    pub found: Found,
    /// The position in characters (not bytes), counted from 1. For a number out of range it is that of the first digit.
    /// For a text that ends too early it is one more than the number of characters.
    pub at: usize,
    /// What was expected, worded to follow "expected".
    pub expected: &'static str,
}

/// What was found instead of the expected text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// The end of the text.
    End,
    /// A character that is not allowed here.
    Character(char),
    /// A well-formed number outside its range.
    Number(Part, u8),
}

impl Display for Found {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Found::End => f.write_str("the text ends"),
            Found::Character(' ') => f.write_str("found a blank"),
            Found::Character(found) => write!(f, "found \"{}\"", found.escape_debug()),
            Found::Number(Part::Year, year) => write!(f, "year {year:04}"),
            Found::Number(part, number) => write!(f, "{part} {number:02}"),
        }
    }
}

/// The numbers of an `xs:dateTime`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// Four digits or more.
    Year,
    /// 01 to 12.
    Month,
    /// 01 to the last day of the month.
    Day,
    /// 00 to 23, or 24:00:00.
    Hour,
    /// 00 to 59.
    Minute,
    /// 00 to 59.
    Second,
    /// 00 to 14.
    OffsetHour,
    /// 00 to 59; only 00 after offset hour 14.
    OffsetMinute,
}

impl Display for Part {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Year => "year",
            Part::Month => "month",
            Part::Day => "day",
            Part::Hour => "hour",
            Part::Minute => "minute",
            Part::Second => "second",
            Part::OffsetHour => "offset hour",
            Part::OffsetMinute => "offset minute",
        })
    }
}

/// Why a text is not a bound of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0}; a bound is a date such as 2026-11-21, or a time such as 2026-11-21T10:00:00, zone optional")]
pub struct BoundError(#[from] pub XsDateTimeError);
