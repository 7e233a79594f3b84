//! What a feed needs to read a line on its own.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::delimited::Quoting;
use crate::feed::{FeedSettings, InputSheet};

/// The most bytes before the first record that are kept.
const HEAD_BYTES: usize = 16 * 1024;
/// The most bytes of a record by which it is found.
const SHOWN: usize = 1024;

/// What a feed needs to read a line on its own: what its file had before the first record, such as a heading, and the
/// settings by which it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineContext {
    /// The text before the first record.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub head: String,
    /// The zone of times without an offset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The customer that accounts belonged to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The type of the records, if they were not calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    /// The names of the columns, of a file without a heading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    columns: Vec<String>,
    /// Whether quotes that are not doubled were read.
    #[serde(default, skip_serializing_if = "is_false")]
    is_tolerant: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

impl LineContext {
    /// The context of lines after `head` that are read by these settings, for accounts of this customer.
    pub(crate) fn of(head: String, settings: &FeedSettings, customer: Option<&str>) -> LineContext {
        LineContext {
            head,
            zone: Some(settings.zone.to_string()),
            customer: customer.map(str::to_owned),
            sheet: (settings.sheet != InputSheet::Calls).then(|| settings.sheet.to_string()),
            columns: settings.columns.clone(),
            is_tolerant: settings.quoting == Some(Quoting::Tolerant),
        }
    }

    /// The context in a text; that of an older program, which had none, is empty.
    pub fn read(text: Option<&str>) -> LineContext {
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// The context as text.
    pub(crate) fn write(&self) -> Arc<str> {
        // Texts and lists of texts cannot fail.
        serde_json::to_string(self).unwrap_or_default().into()
    }

    /// Settings for reading the lines again: those that are given, and where nothing is given for the source, those of the
    /// context. `has_zone` is whether the zone is given.
    pub fn settings(&self, given: &FeedSettings, has_zone: bool) -> FeedSettings {
        let own_zone = self.zone.as_deref().filter(|_| !has_zone).and_then(|zone| zone.parse().ok());
        FeedSettings {
            zone: own_zone.unwrap_or(given.zone),
            sheet: self.sheet.as_deref().and_then(|sheet| sheet.parse().ok()).unwrap_or_default(),
            columns: if given.columns.is_empty() { self.columns.clone() } else { given.columns.clone() },
            quoting: given.quoting.or_else(|| self.is_tolerant.then_some(Quoting::Tolerant)),
            ..given.clone()
        }
    }
}

/// What the beginning of a file has before its first record. Nothing if that is not found, as in an archive.
pub(crate) fn head(start: &[u8], record: &[u8]) -> String {
    let start = &start[..start.len().min(HEAD_BYTES + SHOWN)];
    let shown = &record[..record.len().min(SHOWN)];
    if shown.is_empty() || start.starts_with(shown) {
        return String::new();
    }
    let found = |at: &usize| start[*at..].starts_with(shown);
    let lines = || start.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let at = lines().find(found).or_else(|| (0..start.len()).find(found));
    let head = at.filter(|at| *at <= HEAD_BYTES).map(|at| &start[..at]).unwrap_or_default();
    String::from_utf8_lossy(head).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{LineContext, head};
    use crate::{FeedSettings, Quoting};

    #[test]
    fn the_head_is_what_is_before_the_first_record() {
        for (start, record, expected) in [
            (&b"a,b\n1,2\n"[..], &b"1,2"[..], "a,b\n"),
            (b"1,2\n1,2\n", b"1,2", ""),
            // The heading has the text of the record within a line.
            (b"x,1,2\n1,2\n", b"1,2", "x,1,2\n"),
            (b"[{\"a\":1}]", b"{\"a\":1}", "["),
            (b"PK\x03\x04", b"1,2", ""),
            (b"a\n", b"", ""),
        ] {
            assert_eq!(head(start, record), expected, "{}", String::from_utf8_lossy(start));
        }
        let long = [vec![b'#'; 20_000], b"\n1".to_vec()].concat();
        assert_eq!(head(&long, b"1"), "");
    }

    #[test]
    fn settings_that_are_given_win_over_those_of_the_context() {
        let columns = vec!["a".to_owned()];
        let berlin = FeedSettings {
            zone: "Europe/Berlin".parse().unwrap(),
            quoting: Some(Quoting::Tolerant),
            columns: columns.clone(),
            ..FeedSettings::default()
        };
        let context = LineContext::of("x\n".to_owned(), &berlin, Some("Acme"));
        let context = LineContext::read(Some(&context.write()));
        assert_eq!((context.head.as_str(), context.customer.as_deref()), ("x\n", Some("Acme")));
        let settings = context.settings(&FeedSettings::default(), false);
        assert_eq!((settings.zone, settings.quoting, settings.columns), (berlin.zone, berlin.quoting, columns));
        let given = FeedSettings { quoting: Some(Quoting::Strict), columns: vec!["b".to_owned()], ..berlin };
        let settings = context.settings(&FeedSettings { zone: "UTC".parse().unwrap(), ..given.clone() }, true);
        assert_eq!((settings.zone.to_string().as_str(), settings.quoting), ("UTC", Some(Quoting::Strict)));
        assert_eq!(settings.columns, given.columns);
        assert_eq!(LineContext::read(None), LineContext::default());
    }
}
