//! Kinds of values: type, range and description.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

/// The kind of value that a setting accepts.
pub enum ValueKind<T: 'static> {
    /// One of these names.
    Choice(&'static [(&'static str, T)]),
    /// A whole number.
    Whole {
        /// The smallest number.
        min: i64,
        /// The largest number; [`i64::MAX`] for no upper bound: larger numbers are then read as [`i64::MAX`].
        max: i64,
        /// The unit, such as `seconds`; empty for a plain number.
        unit: &'static str,
        /// Converts the number to the value.
        make: fn(i64) -> T,
    },
    /// A text in a format of its own.
    Form {
        /// A description of the format, worded to follow "is not".
        takes: &'static str,
        /// Parses the text.
        read: fn(&str) -> Result<T, ValueError>,
    },
}

/// Why a text is not a value of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ValueError {
    /// It is not in the format that [`ValueKind::takes`] describes.
    #[error("it is not in the accepted format")]
    Format,
    /// For another reason.
    #[error("{0}")]
    Reason(String),
}

/// `true` or `false`.
pub const YES_OR_NO: ValueKind<bool> = ValueKind::Choice(&[("true", true), ("false", false)]);

impl ValueKind<usize> {
    /// A count within a range.
    pub const fn count(min: i64, max: i64) -> ValueKind<usize> {
        ValueKind::Whole { min, max, unit: "", make: |count| usize::try_from(count).unwrap_or_default() }
    }
}

impl ValueKind<Duration> {
    /// Seconds, with a minimum.
    pub const fn seconds(min: i64) -> ValueKind<Duration> {
        ValueKind::Whole {
            min,
            max: u32::MAX as i64,
            unit: "seconds",
            make: |seconds| Duration::from_secs(seconds.unsigned_abs()),
        }
    }
}

impl ValueKind<Option<Duration>> {
    /// Seconds, or 0 for no limit.
    pub const SECONDS_OR_UNLIMITED: ValueKind<Option<Duration>> = ValueKind::Whole {
        min: 0,
        max: u32::MAX as i64,
        unit: "seconds",
        make: |seconds| (seconds > 0).then(|| Duration::from_secs(seconds.unsigned_abs())),
    };
}

impl ValueKind<String> {
    /// Any text.
    pub const TEXT: ValueKind<String> = ValueKind::Form { takes: "a text", read: |text| Ok(text.to_owned()) };
}

impl<T: FromStr<Err: Display> + 'static> ValueKind<T> {
    /// A text that is parsed by its type.
    pub const fn parsed(takes: &'static str) -> ValueKind<T> {
        ValueKind::Form {
            takes,
            read: |text| text.parse().map_err(|error: T::Err| ValueError::Reason(error.to_string())),
        }
    }
}

impl<T: 'static> ValueKind<T> {
    /// A description of accepted values, worded to follow "it takes" or "is not".
    pub fn takes(&self) -> String {
        match self {
            ValueKind::Choice(choices) => {
                let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
                match words.split_last() {
                    Some((last, [])) => (*last).to_owned(),
                    Some((last, others)) => format!("{} or {last}", others.join(", ")),
                    None => String::new(),
                }
            }
            ValueKind::Whole { min, max, unit, .. } => {
                let of = if unit.is_empty() { String::new() } else { format!(" of {unit}") };
                match (*min, *max) {
                    (min, max) if max >= i64::from(u32::MAX) && min > 0 => format!("a number{of}, {min} or more"),
                    (0, max) if max >= i64::from(u32::MAX) => format!("a number{of}, zero or more"),
                    (i64::MIN, i64::MAX) => "a whole number".to_owned(),
                    (min, max) => format!("a number{of} from {min} to {max}"),
                }
            }
            ValueKind::Form { takes, .. } => (*takes).to_owned(),
        }
    }
}

impl<T: Clone + 'static> ValueKind<T> {
    /// Parses a text.
    ///
    /// # Errors
    /// If the text is not accepted.
    pub fn read(&self, text: &str) -> Result<T, ValueError> {
        match self {
            ValueKind::Choice(choices) => {
                choices.iter().find(|(word, _)| *word == text).map(|(_, value)| value.clone()).ok_or(ValueError::Format)
            }
            ValueKind::Whole { min, max, make, .. } => match text.parse::<i128>() {
                // Without an upper bound, larger numbers are clamped.
                Ok(number) if *max == i64::MAX && number > i128::from(*max) => Ok(make(*max)),
                Ok(number) if (i128::from(*min)..=i128::from(*max)).contains(&number) => {
                    Ok(make(i64::try_from(number).unwrap_or(*max)))
                }
                _ => Err(ValueError::Format),
            },
            ValueKind::Form { read, .. } => read(text),
        }
    }
}

/// The items of a comma-separated list, trimmed and without empty items.
pub fn comma_separated(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}
