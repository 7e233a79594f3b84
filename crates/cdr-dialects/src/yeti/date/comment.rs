//! Comments at the end of a date: in parentheses, as browsers and mail programs append them, or in brackets.

use super::scan::Scan;
use super::zone;

/// A comment at the end of a text.
pub(super) enum Comment<'a> {
    /// `(Eastern European Standard Time)`. The original takes its parentheses for spaces.
    Parentheses(&'a str),
    /// `[Europe/Berlin]`, after an offset, which counts.
    Brackets,
}

/// The comment that a text ends in, after what stands before it.
pub(super) fn last(text: &str) -> Option<(&str, Comment<'_>)> {
    let ending = |open: char, close: char| text.strip_suffix(close)?.rsplit_once(open);
    let is_name = |inside: &str| inside.starts_with(|it: char| it.is_ascii_alphabetic());
    ending('(', ')')
        .map(|(before, inside)| (before, Comment::Parentheses(inside)))
        .or_else(|| ending('[', ']').filter(|it| is_name(it.1)).map(|(before, _)| (before, Comment::Brackets)))
}

impl<'a> Comment<'a> {
    /// The comment as a part of the text, if it may be one.
    pub(super) fn as_text(&self) -> Option<&'a str> {
        match self {
            Comment::Parentheses(inside) => Some(inside),
            Comment::Brackets => None,
        }
    }

    /// Whether it has neither a number, unless that is of a zone (`utc+2`), nor an era, which the original reads wherever
    /// it stands.
    pub(super) fn is_only_words(&self) -> bool {
        let Comment::Parentheses(text) = *self else { return true };
        let mut zone = Scan::of(text.trim());
        let is_zone = zone::read(&mut zone).is_some() && zone.is_done();
        let is_era = text.split([' ', ',']).any(|word| ["bc", "bce", "b.c.", "b.c.e."].contains(&word));
        is_zone || !(is_era || text.contains(|it: char| it.is_ascii_digit()))
    }
}
