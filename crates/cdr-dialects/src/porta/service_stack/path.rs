//! Matches paths against routes, and reads the values of a route's variables.
//!
//! Source: ServiceStack v3, `ServiceHost/RestPath.cs`, `ServiceController.cs`.

use percent_encoding::percent_decode_str;

/// Whether a text has the required form.
pub(crate) type Looks = fn(&str) -> bool;

/// A route: literals, and variables in braces.
#[derive(Debug)]
pub(crate) struct Template<R> {
    /// As documented: `/getCDRS/Account/{License}/…`.
    pub(crate) path: &'static str,
    /// The form that a variable must have, which distinguishes the route from another one of the same form.
    pub(crate) only_if: Option<(&'static str, Looks)>,
    /// How the service identifies the route.
    pub(crate) route: R,
}

impl<R> Template<R> {
    fn segments(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter(|segment| !segment.is_empty())
    }

    /// The values of the variables in a path; `None` if the path does not match.
    pub(crate) fn fit<'a>(&self, segments: &'a [Segment]) -> Option<Vec<(&'static str, &'a str)>> {
        let mut vars = Vec::new();
        let mut given = segments.iter();
        for segment in self.segments() {
            let Segment { text, verbatim } = given.next()?;
            match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) if name == VERBATIM => vars.push((name, verbatim.as_str())),
                Some(name) => vars.push((name, text.as_str())),
                None if text.eq_ignore_ascii_case(segment) => {}
                None => return None,
            }
        }
        let looks_right = |(name, is_it): (&str, Looks)| vars.iter().any(|it| it.0 == name && is_it(it.1));
        (given.next().is_none() && self.only_if.is_none_or(looks_right)).then_some(vars)
    }

    /// The key by which one of several matching routes is chosen; the lowest wins. A route with fewer variables comes
    /// first, then one that restricts their form.
    pub(crate) fn strength(&self) -> (usize, bool) {
        (self.segments().filter(|segment| segment.starts_with('{')).count(), self.only_if.is_none())
    }
}

/// The variable in which a `+` is not decoded to a space, since a licence may contain it.
const VERBATIM: &str = "License";

/// A segment of a path, decoded.
#[derive(Debug)]
pub(crate) struct Segment {
    /// With every `+` decoded to a space, as in the original.
    pub(crate) text: String,
    verbatim: String,
}

/// The segments of a path, decoded one by one, without empty ones.
pub(crate) fn segments(path: &str) -> Vec<Segment> {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    segments.map(|it| Segment { text: decoded(it), verbatim: percent_decoded(it) }).collect()
}

/// Text of a path or a query, decoded; invalid UTF-8 is replaced.
pub(crate) fn decoded(text: &str) -> String {
    percent_decoded(&text.replace('+', " "))
}

fn percent_decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The names and values of a query or of a form, decoded, in their order.
pub(crate) fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(k, v)| (decoded(k), decoded(v))).collect()
}

#[cfg(test)]
mod tests {
    use super::{Template, pairs, segments};

    #[test]
    fn literals_are_compared_without_case_and_variables_take_any_text() {
        let template = Template { path: "/getCDRS/Account/{License}/{IAccount}", only_if: None, route: () };
        for (path, vars) in [
            ("/getCDRS/Account/secret/12", Some([("License", "secret"), ("IAccount", "12")])),
            ("/GETCDRS//account/secret/12/", Some([("License", "secret"), ("IAccount", "12")])),
            ("/getCDRS/Account/a%2Fb+c/1+2", Some([("License", "a/b+c"), ("IAccount", "1 2")])),
            ("/getCDRS/Account/secret", None),
            ("/getCDRS/Account/secret/12/13", None),
            ("/getCDRS/Accounts/secret/12", None),
        ] {
            assert_eq!(template.fit(&segments(path)).as_deref(), vars.as_ref().map(|vars| &vars[..]), "{path}");
        }
    }

    #[test]
    fn a_query_is_read_in_its_order() {
        let pairs = pairs("a=1&B=%20x+y&&c&a=2");
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("a", "1"), ("B", " x y"), ("c", ""), ("a", "2")]);
    }
}
