//! Shares, such as `0.5` or `50%`.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The parts of a whole.
const WHOLE: u64 = 10_000;

/// A share from 0 to 1, with four decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u64);

/// The text is not a share.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not a share from 0 to 1, such as 0.5 or 50%")]
pub struct ShareError(String);

impl Share {
    /// All.
    pub const ALL: Share = Share(WHOLE);
    /// One half.
    pub const HALF: Share = Share(WHOLE / 2);

    /// Whether `part` is more than this share of `whole`.
    pub fn is_exceeded(self, part: u64, whole: u64) -> bool {
        u128::from(part) * u128::from(WHOLE) > u128::from(whole) * u128::from(self.0)
    }
}

impl fmt::Display for Share {
    /// In percent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, hundredths) = (self.0 / 100, self.0 % 100);
        if hundredths == 0 { write!(f, "{whole}%") } else { write!(f, "{whole}.{hundredths:02}%") }
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Share, ShareError> {
        let (digits, is_percent) = text.strip_suffix('%').map_or((text, false), |digits| (digits.trim_end(), true));
        let decimals = if is_percent { 2 } else { 4 };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_one = !whole.is_empty() && fraction.len() <= decimals && are_digits(whole) && are_digits(fraction);
        let parts = is_one.then(|| format!("{whole}{fraction:0<decimals$}").parse().ok()).flatten();
        parts.filter(|parts| *parts <= WHOLE).map(Share).ok_or_else(|| ShareError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::Share;

    #[test]
    fn shares_are_read_as_numbers_and_as_percentages() {
        for (text, printed) in
            [("0", "0%"), ("0.5", "50%"), ("50%", "50%"), ("1", "100%"), ("12.5 %", "12.50%"), ("0.0001", "0.01%")]
        {
            assert_eq!(text.parse::<Share>().unwrap().to_string(), printed);
        }
        for text in ["", "%", "1.1", "101%", "-1", "0.00001", "half", ".5", "1e-1", "+1"] {
            let error = text.parse::<Share>().unwrap_err().to_string();
            assert_eq!(error, format!("`{text}` is not a share from 0 to 1, such as 0.5 or 50%"));
        }
    }

    #[test]
    fn a_share_is_exceeded_by_more_than_it() {
        for (part, whole, is_exceeded) in [(1, 2, false), (2, 3, true), (0, 0, false)] {
            assert_eq!(Share::HALF.is_exceeded(part, whole), is_exceeded);
        }
        assert!(!Share::ALL.is_exceeded(u64::MAX, u64::MAX));
    }
}
