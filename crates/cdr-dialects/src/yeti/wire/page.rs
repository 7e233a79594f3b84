//! Pages by number, and the links between them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::query::Params;
use crate::yeti::fault::Problem;

/// The default number of resources per page.
const USUAL: u64 = 50;
/// The maximum number of resources per page.
const MOST: u64 = 1000;
/// The characters that are encoded in links: all except the unreserved ones of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The requested part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// From 1.
    number: u64,
    size: u64,
}

/// Links of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct PageLinks {
    first: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    last: String,
}

impl Params {
    /// The page.
    ///
    /// # Errors
    /// Code 118, for each of number and size.
    pub(crate) fn page(&self) -> Result<Page, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut read = |name: &str, otherwise: u64| {
            let Some((_, text)) = self.page.iter().find(|(key, _)| key == name) else { return otherwise };
            let n = leading_integer(text);
            if n < 1 {
                let detail = format!("{n} is not a valid value for {name} page parameter.");
                problems.push(Problem::invalid_page_value(detail));
            }
            u64::try_from(n).unwrap_or(otherwise)
        };
        let (number, size) = (read("number", 1), read("size", USUAL));
        if size > MOST {
            problems.push(Problem::invalid_page_value(format!("size exceeds maximum page size of {MOST}.")));
        }
        if problems.is_empty() { Ok(Page { number, size }) } else { Err(problems) }
    }
}

impl Page {
    /// The number of resources before it.
    pub(crate) fn skip(self) -> u64 {
        (self.number - 1).saturating_mul(self.size)
    }

    /// The maximum number of resources on it.
    pub(crate) fn take(self) -> usize {
        usize::try_from(self.size).unwrap_or(usize::MAX)
    }

    /// The page of a list that is in memory as a whole.
    pub(crate) fn of<T>(self, list: Vec<T>) -> Vec<T> {
        let skip = usize::try_from(self.skip()).unwrap_or(usize::MAX);
        list.into_iter().skip(skip).take(self.take()).collect()
    }

    /// Links to the pages around this one, for a list at this address with `total` resources.
    pub(crate) fn links(self, address: &str, params: &Params, total: u64) -> PageLinks {
        let last = total.div_ceil(self.size).max(1);
        let link = |number| self.link(address, params, number);
        PageLinks {
            first: link(1),
            prev: (self.number > 1).then(|| link(self.number - 1)),
            next: (self.number < last).then(|| link(self.number + 1)),
            last: link(last),
        }
    }

    fn link(self, address: &str, params: &Params, number: u64) -> String {
        let (number, size) = (number.to_string(), self.size.to_string());
        let mut pairs = params.echoed();
        pairs.push(("page[number]".to_owned(), &number));
        pairs.push(("page[size]".to_owned(), &size));
        pairs.sort_by(|(left, _), (right, _)| left.cmp(right));
        let encoded = |text| utf8_percent_encode(text, ENCODED);
        let pairs: Vec<String> =
            pairs.iter().map(|(key, value)| format!("{}={}", encoded(key), encoded(value))).collect();
        format!("{address}?{}", pairs.join("&"))
    }
}

/// The whole number at the beginning of a text, as in Ruby's `to_i`; 0 if there is none.
pub(crate) fn leading_integer(text: &str) -> i64 {
    let text = text.trim_start();
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let mut number: i64 = 0;
    let mut after_digit = false;
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => number = number.saturating_mul(10).saturating_add(i64::from(byte - b'0')),
            // A single underscore between digits is skipped.
            b'_' if after_digit => (),
            _ => break,
        }
        after_digit = byte != b'_';
    }
    if negative { -number } else { number }
}

#[cfg(test)]
mod tests {
    use super::{Page, leading_integer};
    use crate::yeti::wire::Params;

    fn page(query: &str) -> Page {
        Params::read(query).page().unwrap()
    }

    #[test]
    fn pages_are_read_leniently() {
        for (query, skip, take) in [
            ("", 0, 50),
            ("page=3", 100, 50),
            ("page[number]=2&page[size]=10", 10, 10),
            ("page[size]=1000&page[foo]=1", 0, 1000),
            ("page[number]=9223372036854775807&page[size]=1000", u64::MAX, 1000),
        ] {
            assert_eq!((page(query).skip(), page(query).take()), (skip, take), "{query}");
        }
    }

    #[test]
    fn links_lead_to_other_pages_and_repeat_the_parameters() {
        let params =
            Params::read("sort=-status&page[number]=2&page[size]=2&filter[statusEq]=a+b&foo=1&include=account");
        let links = params.page().unwrap().links("http://x/cdr-exports", &params, 5);
        let at = |number| {
            format!(
                "http://x/cdr-exports?filter%5BstatusEq%5D=a%20b&include=account&page%5Bnumber%5D={number}&page%5Bsize%5D=2&sort=-status"
            )
        };
        assert_eq!(links.first, at(1));
        assert_eq!(links.prev, Some(at(1)));
        assert_eq!(links.next, Some(at(3)));
        assert_eq!(links.last, at(3));
        let none = Params::default();
        let links = none.page().unwrap().links("", &none, 0);
        assert_eq!((links.prev, links.next), (None, None));
        assert_eq!(links.last, "?page%5Bnumber%5D=1&page%5Bsize%5D=50");
        assert!(page("page=9").links("", &none, 60).prev.is_some_and(|prev| prev.contains("%5D=8&")));
    }

    #[test]
    fn integers_are_read_from_the_beginning_of_a_text() {
        for (text, expected) in [
            ("12", 12),
            ("12abc", 12),
            ("abc", 0),
            ("", 0),
            (" -7.9", -7),
            ("+3", 3),
            ("1_000", 1000),
            ("1__0", 1),
            ("_1", 0),
            ("99999999999999999999", i64::MAX),
        ] {
            assert_eq!(leading_integer(text), expected, "{text}");
        }
    }
}
