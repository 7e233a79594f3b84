//! Whether something is the missing record.

use cdr_mediation::{QuarantineEntry, QuarantinedVersion};
use cdr_model::Timestamp;

use crate::whereabouts::Missing;

/// What is sought.
#[derive(Debug)]
pub(super) struct Wanted {
    key: Option<String>,
    /// Digits.
    number: Option<String>,
}

impl Wanted {
    pub(super) fn of(missing: &Missing) -> Wanted {
        let significant = |number: &String| digits(number).trim_start_matches('0').to_owned();
        Wanted { key: missing.key.clone(), number: missing.number.as_ref().map(significant) }
    }

    pub(super) fn names_key(&self) -> bool {
        self.key.is_some()
    }

    /// Whether one of these numbers ends with the wanted digits. If no number is wanted, all do.
    pub(super) fn has_number(&self, numbers: [&Option<String>; 2]) -> bool {
        let Some(wanted) = &self.number else { return true };
        numbers.into_iter().flatten().any(|number| digits(number).ends_with(wanted))
    }

    /// Whether it is the wanted call ID. If no key is wanted, all are.
    pub(super) fn has_call_id(&self, call_id: Option<&str>) -> bool {
        self.key.as_deref().is_none_or(|key| call_id == Some(key))
    }

    /// Whether a natural key is the wanted one, or has it as a part.
    pub(super) fn is_key(&self, key: &str) -> bool {
        self.key.as_deref().is_some_and(|wanted| key == wanted || key.split('/').any(|part| part == wanted))
    }

    /// Whether an entry of the quarantine may be the wanted record. One that could be read has a start, which has to lie
    /// around the time; the others have what the switch wrote.
    pub(super) fn is_entry(&self, entry: &QuarantineEntry, around: Option<(Timestamp, Timestamp)>) -> bool {
        if let (Some(QuarantinedVersion::Call(draft)), Some((from, until))) = (&entry.version, around)
            && !(from..until).contains(&draft.call.started_at)
        {
            return false;
        }
        let is_key = |wanted: &String| {
            entry.key.as_deref().is_some_and(|key| self.is_key(key)) || has_word(&entry.raw, wanted.as_bytes())
        };
        let has_digits = |wanted: &String| has_number(&entry.raw, wanted);
        self.key.as_ref().is_none_or(is_key) && self.number.as_ref().is_none_or(has_digits)
    }
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// Whether a telephone number in the text, with or without separators, ends with these digits.
fn has_number(raw: &[u8], wanted: &str) -> bool {
    let is_of_number = |byte: &u8| byte.is_ascii_digit() || b" -().".contains(byte);
    raw.split(|byte| !is_of_number(byte)).any(|number| digits(&String::from_utf8_lossy(number)).ends_with(wanted))
}

/// Whether the text has this word, which is not a part of a longer one.
fn has_word(raw: &[u8], wanted: &[u8]) -> bool {
    let goes_on = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(byte));
    let at = |from: usize| raw.get(from..from + wanted.len()) == Some(wanted);
    let is_word = |from: usize| {
        let before = from.checked_sub(1).and_then(|before| raw.get(before));
        at(from) && !goes_on(before) && !goes_on(raw.get(from + wanted.len()))
    };
    !wanted.is_empty() && (0..raw.len()).any(is_word)
}

#[cfg(test)]
mod tests {
    use super::{Missing, Wanted, has_number, has_word};

    #[test]
    fn numbers_are_compared_by_their_digits() {
        for (sought, stored, expected) in [
            ("+49 30 555-0100", "4930555010 0", true),
            ("0305550100", "+49 (30) 555 0100", true),
            ("5550100", "004930555-0100", true),
            ("5550101", "49305550100", false),
            ("555010", "49305550100", false),
            ("5550100", "", false),
        ] {
            let wanted = Wanted::of(&Missing { number: Some(sought.to_owned()), ..Missing::default() });
            assert_eq!(wanted.has_number([&None, &Some(stored.to_owned())]), expected, "{sought} {stored}");
        }
    }

    #[test]
    fn a_key_is_found_by_its_parts() {
        let wanted = Wanted::of(&Missing { key: Some("1795255200.1".to_owned()), ..Missing::default() });
        for (key, expected) in [
            ("1795255200.1", true),
            ("1795255200.1/2026-11-21 11:00:00/x", true),
            ("1795255200.12/2026-11-21 11:00:00/x", false),
        ] {
            assert_eq!(wanted.is_key(key), expected, "{key}");
        }
    }

    #[test]
    fn keys_and_numbers_are_found_in_what_a_switch_wrote() {
        let raw = b"\"\",\"+49 30 555-0100\",\"200\",\"1795255200.1\",2026-11-21 10:00:00";
        for (key, expected) in
            [("1795255200.1", true), ("1795255200", false), ("200", true), ("20", false), ("", false)]
        {
            assert_eq!(has_word(raw, key.as_bytes()), expected, "{key}");
        }
        for (number, expected) in [("305550100", true), ("200", true), ("555", false), ("5550101", false)] {
            assert_eq!(has_number(raw, number), expected, "{number}");
        }
    }
}
