//! Suggests the time zone that was probably meant by an unknown name.

use chrono_tz::TZ_VARIANTS;

use super::offset::fixed_offset;

/// Longer texts are not misspelt names, and comparing them would take too long.
const LONGEST: usize = 40;

/// The largest edit distance of a suggestion.
const TYPOS: usize = 2;

pub(super) fn near_zone(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    near_offset(text).or_else(|| near_name(text).map(str::to_owned))
}

/// `+0200`, `+2`, `UTC+2`, `GMT-05:30`: offsets in other spellings. They take precedence over names, since `Etc/GMT+2`
/// lies west of Greenwich, which is not what `GMT+2` usually means.
fn near_offset(text: &str) -> Option<String> {
    let upper = text.trim().to_ascii_uppercase();
    if upper == "Z" {
        return Some("UTC".to_owned());
    }
    let offset = upper.strip_prefix("UTC").or_else(|| upper.strip_prefix("GMT")).unwrap_or(&upper).trim();
    let digits = offset.strip_prefix(['+', '-'])?;
    let sign = offset.get(..1)?;
    let (hours, minutes) = match (digits.split_once(':'), digits.len()) {
        (Some(parts), _) => parts,
        (None, 1 | 2) => (digits, "00"),
        (None, 3 | 4) => digits.split_at_checked(digits.len() - 2)?,
        _ => return None,
    };
    let candidate = format!("{sign}{hours:0>2}:{minutes:0>2}");
    fixed_offset(&candidate).map(|_| candidate)
}

fn near_name(text: &str) -> Option<&'static str> {
    let wanted = text.trim().replace(' ', "_");
    if wanted.is_empty() {
        return None;
    }
    let names = || TZ_VARIANTS.iter().map(|zone| zone.name());
    let same = names().find(|name| name.eq_ignore_ascii_case(&wanted));
    let city = || names().find(|name| city_of(name).is_some_and(|city| city.eq_ignore_ascii_case(&wanted)));
    let typo = || {
        names()
            // A short name with one letter changed, or a name with another digit, is often a different zone.
            .filter(|name| name.len() > 2 * TYPOS && !name.contains(|c: char| c.is_ascii_digit()))
            .map(|name| (distance(name, &wanted), name))
            .filter(|(typos, _)| *typos <= TYPOS)
            .min_by_key(|(typos, _)| *typos)
            .map(|(_, name)| name)
    };
    same.or_else(city).or_else(typo)
}

/// The city of a zone name: `Berlin` of `Europe/Berlin`.
fn city_of(name: &str) -> Option<&str> {
    name.rsplit_once('/').filter(|(area, _)| *area != "Etc").map(|(_, city)| city)
}

/// The edit distance between two names in bytes (Levenshtein), ignoring case. `usize::MAX` if their lengths differ by
/// more than [`TYPOS`].
fn distance(left: &str, right: &str) -> usize {
    if left.len().abs_diff(right.len()) > TYPOS {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.bytes().enumerate() {
        let mut diagonal = i;
        let mut last = i + 1;
        for (cell, r) in row.iter_mut().skip(1).zip(right.bytes()) {
            let replaced = diagonal + usize::from(!l.eq_ignore_ascii_case(&r));
            diagonal = *cell;
            last = replaced.min(diagonal + 1).min(last + 1);
            *cell = last;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}
