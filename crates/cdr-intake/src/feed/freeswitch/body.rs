//! The bodies that `mod_json_cdr` and `mod_xml_cdr` post, and that they write to files if nobody takes them: a document as it
//! is, URL-encoded, or in Base64, behind `cdr=` or not (`src/mod/event_handlers/mod_json_cdr` and `src/mod/xml_int/mod_xml_cdr`
//! of FreeSWITCH). The first byte shows which.

use std::borrow::Cow;

use data_encoding::BASE64_NOPAD;
use percent_encoding::percent_decode;

use crate::fault::Fault;
use crate::feed::Likeness;
use crate::input::FileSample;
use crate::text::text;

/// What precedes a document that is posted as a form.
pub(in crate::feed) const PREFIX: &str = "cdr=";

/// The characters of a group in Base64.
const GROUP: usize = 4;

/// The document in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::feed) struct Body<'a> {
    pub(in crate::feed) document: Cow<'a, [u8]>,
    /// Whether it was URL-encoded.
    pub(in crate::feed) is_url_encoded: bool,
}

impl<'a> Body<'a> {
    /// The document in these bytes.
    pub(in crate::feed) fn of(bytes: &'a [u8]) -> Result<Body<'a>, Fault> {
        let bytes = bytes.strip_prefix(PREFIX.as_bytes()).unwrap_or(bytes);
        let is_url_encoded = bytes.first() == Some(&b'%');
        let document = if is_url_encoded {
            Cow::Owned(url_decoded(bytes))
        } else if is_base64(bytes) {
            Cow::Owned(base64_decoded(bytes)?)
        } else {
            Cow::Borrowed(bytes)
        };
        Ok(Body { document, is_url_encoded })
    }

    /// The beginning of the first document of a file.
    pub(in crate::feed) fn beginning(sample: &FileSample) -> Option<String> {
        let body = Body::of(sample.beginning().trim_start().as_bytes()).ok()?;
        Some(text(&body.document).into_owned())
    }

    /// What a file may be whose first document is not of the feed's language: a form of FreeSWITCH that is damaged.
    pub(in crate::feed) fn likeness_of_other(sample: &FileSample) -> Likeness {
        if sample.beginning().trim_start().starts_with(PREFIX) { Likeness::Possible } else { Likeness::None }
    }
}

/// The value of a form up to the next one (<https://url.spec.whatwg.org/#urlencoded-parsing>).
fn url_decoded(bytes: &[u8]) -> Vec<u8> {
    let value = bytes.split(|byte| *byte == b'&').next().unwrap_or_default();
    let value: Vec<u8> = value.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&value).collect()
}

/// Whether all bytes may be those of Base64 in a form, whose plus signs a reader of forms has turned into blanks.
fn is_base64(bytes: &[u8]) -> bool {
    let is_one = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-_ %\r\n".contains(byte);
    !bytes.is_empty() && bytes.iter().all(is_one)
}

/// The bytes of Base64 (RFC 4648), with as many padding characters as there are, and without the NULs at the end that
/// FreeSWITCH encodes with the text.
fn base64_decoded(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let symbol = |byte| match byte {
        b'\r' | b'\n' | b'=' => None,
        b' ' | b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        other => Some(other),
    };
    let mut symbols: Vec<u8> = percent_decode(bytes).filter_map(symbol).collect();
    // One symbol alone has not even the bits of one byte.
    let odd = symbols.len() % GROUP;
    symbols.truncate(symbols.len() - usize::from(odd == 1));
    let missing = (GROUP - symbols.len() % GROUP) % GROUP;
    symbols.resize(symbols.len() + missing, b'A');
    let decoded = BASE64_NOPAD.decode(&symbols);
    let mut bytes = decoded.map_err(|error| Fault::new("base64-unreadable", error.to_string()))?;
    bytes.truncate(bytes.len() - missing);
    let length = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    bytes.truncate(length);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;
    use proptest::prelude::*;

    use super::Body;

    fn document(body: &str) -> String {
        String::from_utf8(Body::of(body.as_bytes()).unwrap().document.into_owned()).unwrap()
    }

    #[test]
    fn the_first_byte_shows_the_encoding() {
        for (body, expected) in [
            ("{\"a\":\"x%20y+z\"}", "{\"a\":\"x%20y+z\"}"),
            ("cdr={}", "{}"),
            ("cdr=%7B%22a%22%3A%22x%2520y%2Bz+%22%7D&uuid=1", "{\"a\":\"x%20y+z \"}"),
            ("%3Ccdr/%3E", "<cdr/>"),
            ("cdr=<cdr>a&amp;b=c</cdr>", "<cdr>a&amp;b=c</cdr>"),
            ("cdr=e30=", "{}"),
            ("e30", "{}"),
            ("e30%3D", "{}"),
            ("cdr=eyJhIjoiPj4/Pj4ifQ==", "{\"a\":\">>?>>\"}"),
            ("eyJhIjoi77 9In0=", "{\"a\":\"\u{fffd}\"}"),
            ("eyJhIjoi77-9In0", "{\"a\":\"\u{fffd}\"}"),
            ("e30AAAA=", "{}"),
            ("e30==\r\n==", "{}"),
            ("e30x", "{}1"),
            ("cdr=", ""),
        ] {
            assert_eq!(document(body), expected, "{body}");
        }
        assert_eq!(Body::of(b"e30=%FF").unwrap_err().reason, "base64-unreadable");
    }

    proptest! {
        #[test]
        fn base64_is_read_whatever_became_of_its_padding(text in "[ -~]{0,40}", padding in 0..4usize, cut in any::<bool>()) {
            let encoded = BASE64.encode(text.as_bytes());
            let symbols = encoded.trim_end_matches('=').replace('+', " ");
            let padded = format!("cdr={symbols}{}", "=".repeat(padding));
            prop_assert_eq!(document(&padded), text.clone());
            if cut && symbols.len().is_multiple_of(4) {
                prop_assert_eq!(document(&format!("{padded}A")), text);
            }
        }
    }
}
