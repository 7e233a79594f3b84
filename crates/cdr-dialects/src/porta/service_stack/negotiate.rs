//! Chooses the format of an answer by `callback`, suffix, `format` and `Accept`, in this order.
//!
//! Source: ServiceStack v3, `Extensions/HttpRequestExtensions.cs` (`GetResponseContentType`), `RestHandler.cs`.

use super::format::Format;

/// The parts of a request that choose the format of its answer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Preferences<'a> {
    /// The suffix of the path, or the format of a predefined route.
    pub(crate) path: Option<Format>,
    /// Whether it is a predefined route, on which `format` takes precedence over the path.
    pub(crate) predefined: bool,
    /// The parameter `format`.
    pub(crate) format: Option<&'a str>,
    /// The parameter `callback`.
    pub(crate) callback: Option<&'a str>,
    pub(crate) accept: &'a str,
    pub(crate) content_type: &'a str,
}

/// The chosen format of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) format: Format,
    /// The JavaScript function that JSON is passed to (JSONP).
    pub(crate) callback: Option<String>,
    /// Whether the request chose the format by suffix or parameter, not only by `Accept`.
    pub(crate) named: bool,
}

impl Preferences<'_> {
    /// The format that they choose.
    pub(crate) fn wanted(&self) -> Wanted {
        if let Some(callback) = self.callback.filter(|callback| !callback.is_empty()) {
            return Wanted { format: Format::Json, callback: Some(callback.to_owned()), named: true };
        }
        let parameter = self.format.and_then(by_parameter);
        let (first, second) = if self.predefined { (parameter, self.path) } else { (self.path, parameter) };
        match first.or(second) {
            Some(format) => Wanted { format, callback: None, named: true },
            None => Wanted { format: by_accept(self.accept, self.content_type), callback: None, named: false },
        }
    }
}

/// The path without the suffix that names a format, and the format. A suffix is in lower case; anything else after the
/// last dot belongs to the value.
pub(crate) fn split_suffix(path: &str) -> (&str, Option<Format>) {
    let found = path.rsplit_once('.').and_then(|(rest, suffix)| {
        let format = Format::ALL.into_iter().find(|format| format.name() == suffix)?;
        Some((rest, Some(format)))
    });
    found.unwrap_or((path, None))
}

/// `format` is cut at its first dot. For JSON, XML and JSV it only has to contain the name of the format.
fn by_parameter(text: &str) -> Option<Format> {
    let text = text.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let mentioned = [Format::Json, Format::Xml, Format::Jsv].into_iter().find(|format| text.contains(format.name()));
    mentioned.or_else(|| Format::named(&text).filter(|format| matches!(format, Format::Csv | Format::Html)))
}

/// The first accepted format in the original's order of preference, regardless of quality. HTML if nothing is accepted.
fn by_accept(accept: &str, content_type: &str) -> Format {
    const PREFERRED: [Format; 5] = [Format::Html, Format::Json, Format::Xml, Format::Jsv, Format::Csv];
    let ranges: Vec<&str> = accept.split(',').map(bare).filter(|range| !range.is_empty()).collect();
    let accepted = |format: Format| ranges.iter().any(|range| by_media_type(range) == Some(format));
    let sent = by_media_type(bare(content_type)).filter(|format| *format != Format::Html);
    let anything = ranges.contains(&"*/*");
    match sent.filter(|format| accepted(*format)) {
        Some(format) => format,
        None => match PREFERRED.into_iter().find(|format| accepted(*format)) {
            Some(format) => format,
            // A client that sends a body in a format and accepts any format gets the same format back.
            None if anything => sent.unwrap_or(Format::Html),
            None => Format::Html,
        },
    }
}

/// A media type without its parameters.
fn bare(range: &str) -> &str {
    range.split(';').next().unwrap_or_default().trim()
}

/// The format that a media type stands for. The original accepted `text/xml` and `text/jsv` only in requests, and
/// failed on `text/plain`.
pub(crate) fn by_media_type(media_type: &str) -> Option<Format> {
    Some(match media_type.to_ascii_lowercase().as_str() {
        "text/html" => Format::Html,
        "application/json" | "text/plain" => Format::Json,
        "application/xml" | "text/xml" => Format::Xml,
        "application/jsv" | "text/jsv" | "text/x-jsv" => Format::Jsv,
        "text/csv" => Format::Csv,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Format, Preferences, split_suffix};

    #[test]
    fn accepted_formats_are_preferred_in_the_order_of_the_original() {
        for (accept, content_type, format) in [
            ("", "", Format::Html),
            ("*/*", "", Format::Html),
            ("image/webp", "", Format::Html),
            ("text/html", "", Format::Html),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "", Format::Html),
            ("application/json, text/javascript, */*; q=0.01", "", Format::Json),
            ("application/xml,application/json", "", Format::Json),
            ("application/xml;q=1, Application/JSV;q=0.1", "", Format::Xml),
            ("application/jsv", "", Format::Jsv),
            ("text/csv", "", Format::Csv),
            ("text/csv, text/xml", "", Format::Xml),
            ("text/plain", "", Format::Json),
            ("*/*", "application/json", Format::Json),
            ("*/*", "text/jsv; charset=utf-8", Format::Jsv),
            ("", "application/json", Format::Html),
            ("application/xml,application/json", "application/xml", Format::Xml),
        ] {
            let wanted = Preferences { accept, content_type, ..Preferences::default() }.wanted();
            assert_eq!(wanted.format, format, "{accept} {content_type}");
        }
    }

    #[test]
    fn a_named_format_takes_precedence_over_accept() {
        let html = Preferences { accept: "text/html", ..Preferences::default() };
        for (preferences, format, callback) in [
            (Preferences { format: Some("JSON"), ..html }, Format::Json, None),
            (Preferences { format: Some("xml.x"), ..html }, Format::Xml, None),
            (Preferences { format: Some("application/jsv"), ..html }, Format::Jsv, None),
            (Preferences { format: Some("csv"), ..html }, Format::Csv, None),
            (Preferences { format: Some("text/csv"), ..html }, Format::Html, None),
            (Preferences { format: Some("foo"), ..html }, Format::Html, None),
            (Preferences { format: Some("json"), path: Some(Format::Jsv), ..html }, Format::Jsv, None),
            (
                Preferences { format: Some("json"), path: Some(Format::Jsv), predefined: true, ..html },
                Format::Json,
                None,
            ),
            (Preferences { format: Some("foo"), path: Some(Format::Jsv), predefined: true, ..html }, Format::Jsv, None),
            (Preferences { callback: Some("cb"), path: Some(Format::Xml), ..html }, Format::Json, Some("cb")),
            (Preferences { callback: Some(""), ..html }, Format::Html, None),
        ] {
            let wanted = preferences.wanted();
            assert_eq!((wanted.format, wanted.callback.as_deref()), (format, callback), "{preferences:?}");
        }
    }

    #[test]
    fn only_known_lower_case_suffixes_are_recognised() {
        for (path, split) in [
            ("/a/2015-06-30.json", ("/a/2015-06-30", Some(Format::Json))),
            ("/a/2015-06-30.JSON", ("/a/2015-06-30.JSON", None)),
            ("/a/23:59:59.000", ("/a/23:59:59.000", None)),
            ("/a.csv/b", ("/a.csv/b", None)),
            ("/a.b.html", ("/a.b", Some(Format::Html))),
        ] {
            assert_eq!(split_suffix(path), split);
        }
    }
}
