//! The query string: filters, order, page, sparse fields, inclusions.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::schema::underscored;
use crate::yeti::fault::Problem;

/// The known parameters of a request, decoded but not yet interpreted. Others are dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params {
    /// `filter[KEY]=…`, in the order of the request; of repeated keys the last one.
    filters: Vec<Asked>,
    /// `filter=…`, which is invalid.
    bare_filter: Option<String>,
    /// `sort=…`.
    pub(super) sort: Option<String>,
    /// `page[KEY]=…`; `page=…` is the number.
    pub(super) page: Vec<(String, String)>,
    /// `fields[TYPE]=…`.
    pub(super) fields: Vec<(String, String)>,
    /// `fields=…`, which is invalid.
    pub(super) bare_fields: Option<String>,
    /// `include=…`.
    pub(super) include: Option<String>,
}

/// A filter in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Its key as the client spells it.
    pub(crate) key: String,
    /// Its key with underscores, by which it is identified.
    pub(crate) name: String,
    /// Its value, which may be a list.
    pub(crate) value: String,
}

impl Params {
    /// Reads a raw query string, as HTML forms encode it.
    pub(crate) fn read(query: &str) -> Params {
        let mut params = Params::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (key, value) = (decoded(key), decoded(value));
            match bracketed(&key) {
                Some(("filter", key)) => params.ask(key, value),
                Some(("page", key)) => put(&mut params.page, key, value),
                Some(("fields", key)) => put(&mut params.fields, key, value),
                Some(_) => (),
                None => match &*key {
                    "filter" => params.bare_filter = Some(value),
                    "page" => put(&mut params.page, "number", value),
                    "fields" => params.bare_fields = Some(value),
                    "sort" => params.sort = Some(value),
                    "include" => params.include = Some(value),
                    _ => (),
                },
            }
        }
        params
    }

    /// The filters.
    ///
    /// # Errors
    /// Code 120 for a filter without a name.
    pub(crate) fn filters(&self) -> Result<&[Asked], Vec<Problem>> {
        match self.bare_filter.as_deref() {
            None | Some("") => Ok(&self.filters),
            Some(filter) => Err(vec![Problem::invalid_filters_syntax(filter)]),
        }
    }

    /// The parameters as links repeat them, in alphabetical order and without a page.
    pub(super) fn echoed(&self) -> Vec<(String, &str)> {
        let mut echoed = Vec::new();
        echoed.extend(self.fields.iter().map(|(key, value)| (format!("fields[{key}]"), value.as_str())));
        echoed.extend(self.filters.iter().map(|asked| (format!("filter[{}]", asked.key), asked.value.as_str())));
        echoed.extend(self.include.iter().map(|value| ("include".to_owned(), value.as_str())));
        echoed.extend(self.sort.iter().map(|value| ("sort".to_owned(), value.as_str())));
        echoed.sort_by(|(left, _), (right, _)| left.cmp(right));
        echoed
    }

    fn ask(&mut self, key: &str, value: String) {
        let asked = Asked { key: key.to_owned(), name: underscored(key), value };
        match self.filters.iter_mut().find(|it| it.key == key) {
            Some(before) => *before = asked,
            None => self.filters.push(asked),
        }
    }
}

impl Asked {
    /// The values: one line of CSV, in which quotes protect commas, without blanks around them. A text that is not CSV,
    /// such as a lone quote, is one value. Empty if all values are blank.
    pub(crate) fn values(&self) -> Vec<String> {
        let values = csv_line(&self.value).unwrap_or_else(|| vec![self.value.clone()]);
        let values: Vec<String> = values.iter().map(|value| value.trim().to_owned()).collect();
        if values.iter().all(String::is_empty) { Vec::new() } else { values }
    }
}

/// The fields of the first line of a text; `None` if a quote is where CSV allows none (RFC 4180, 2).
fn csv_line(text: &str) -> Option<Vec<String>> {
    let (mut fields, mut rest) = (Vec::new(), text);
    loop {
        let mut field = String::new();
        if let Some(quoted) = rest.strip_prefix('"') {
            rest = quoted;
            loop {
                let (part, after) = rest.split_once('"')?;
                field.push_str(part);
                match after.strip_prefix('"') {
                    Some(more) => {
                        field.push('"');
                        rest = more;
                    }
                    None => {
                        rest = after;
                        break;
                    }
                }
            }
        } else {
            let (plain, after) = rest.split_at(rest.find([',', '\r', '\n']).unwrap_or(rest.len()));
            if plain.contains('"') {
                return None;
            }
            field.push_str(plain);
            rest = after;
        }
        fields.push(field);
        match rest.chars().next() {
            None | Some('\r' | '\n') => return Some(fields),
            Some(',') => rest = &rest[1..],
            Some(_) => return None,
        }
    }
}

fn put(list: &mut Vec<(String, String)>, key: &str, value: String) {
    match list.iter_mut().find(|(it, _)| it == key) {
        Some((_, before)) => *before = value,
        None => list.push((key.to_owned(), value)),
    }
}

/// Splits `name[key]`.
pub(super) fn bracketed(key: &str) -> Option<(&str, &str)> {
    let (name, rest) = key.split_once('[')?;
    Some((name, rest.strip_suffix(']')?))
}

/// Decodes a text as in HTML forms. Invalid UTF-8 is replaced.
pub(super) fn decoded(text: &str) -> String {
    let spaced = if text.contains('+') { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn brackets_may_be_encoded_or_not() {
        let plain = Params::read("filter[status_eq]=Failed&page[size]=2&fields[cdr-exports]=status&x=1&x[y]=2");
        let encoded = "filter%5Bstatus_eq%5D=Failed&page%5bsize%5d=2&fields%5Bcdr-exports%5D=status";
        assert_eq!(plain, Params::read(encoded));
        let [asked] = plain.filters().unwrap() else { panic!("{plain:?}") };
        assert_eq!((&*asked.key, &*asked.name, &*asked.value), ("status_eq", "status_eq", "Failed"));
        let echoed: Vec<String> = plain.echoed().into_iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(echoed, ["fields[cdr-exports]=status", "filter[status_eq]=Failed"]);
    }

    #[test]
    fn values_are_one_line_of_csv() {
        for (value, expected) in [
            ("a", &["a"][..]),
            ("a,b", &["a", "b"]),
            ("a%2Cb", &["a", "b"]),
            ("\"a,b\",c", &["a,b", "c"]),
            ("\"say+\"\"no\"\"\"", &["say \"no\""]),
            ("a,,b", &["a", "", "b"]),
            ("it\"s", &["it\"s"]),
            // Blanks around values are trimmed.
            ("+a+,%09b%20", &["a", "b"]),
            ("\"+a\",b", &["a", "b"]),
            ("+", &[]),
            ("+,+", &[]),
            ("", &[]),
            ("\"\"", &[]),
            // What is not CSV is one value.
            ("\"", &["\""]),
            ("+\"+", &["\""]),
            ("\"a", &["\"a"]),
            ("a\"b,c", &["a\"b,c"]),
            ("\"a\"b,c", &["\"a\"b,c"]),
            ("5\"", &["5\""]),
            ("a%0Ab", &["a"]),
        ] {
            let params = Params::read(&format!("filter[x]={value}"));
            assert_eq!(params.filters().unwrap()[0].values(), expected, "{value}");
        }
    }
}
