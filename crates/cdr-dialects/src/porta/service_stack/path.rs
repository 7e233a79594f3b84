//! Which route a path takes, and what it says in the route's variables.
//!
//! Source: ServiceStack v3, `ServiceHost/RestPath.cs`, `ServiceController.cs`.

use percent_encoding::percent_decode_str;

/// Whether a text looks as it has to.
pub(crate) type Looks = fn(&str) -> bool;

/// A route: literals, and variables in braces.
#[derive(Debug)]
pub(crate) struct Template<R> {
    /// As documented: `/getCDRS/Account/{License}/…`.
    pub(crate) path: &'static str,
    /// What a variable has to look like, so that the route is told from another one of the same form.
    pub(crate) only_if: Option<(&'static str, Looks)>,
    /// What the service knows the route by.
    pub(crate) route: R,
}

impl<R> Template<R> {
    fn segments(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter(|segment| !segment.is_empty())
    }

    /// What a path says in the variables; nothing if it takes another route.
    pub(crate) fn fit<'a>(&self, segments: &'a [Segment]) -> Option<Vec<(&'static str, &'a str)>> {
        let mut said = Vec::new();
        let mut given = segments.iter();
        for segment in self.segments() {
            let Segment { text, verbatim } = given.next()?;
            match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) if name == VERBATIM => said.push((name, verbatim.as_str())),
                Some(name) => said.push((name, text.as_str())),
                None if text.eq_ignore_ascii_case(segment) => {}
                None => return None,
            }
        }
        let looks_right = |(name, is_it): (&str, Looks)| said.iter().any(|it| it.0 == name && is_it(it.1));
        (given.next().is_none() && self.only_if.is_none_or(looks_right)).then_some(said)
    }

    /// Of several routes that fit, the one with the least of this is meant: that with fewer variables, then one that says how
    /// they look.
    pub(crate) fn strength(&self) -> (usize, bool) {
        (self.segments().filter(|segment| segment.starts_with('{')).count(), self.only_if.is_none())
    }
}

/// The variable in which a `+` is one: a secret may hold it.
const VERBATIM: &str = "License";

/// A segment of a path, decoded.
#[derive(Debug)]
pub(crate) struct Segment {
    /// With blanks for every `+`, as the original takes it.
    pub(crate) text: String,
    verbatim: String,
}

/// The segments of a path, decoded one by one, without empty ones.
pub(crate) fn segments(path: &str) -> Vec<Segment> {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    segments.map(|it| Segment { text: decoded(it), verbatim: percent_decoded(it) }).collect()
}

/// Text of a path or a query, decoded; what is no UTF-8 is replaced.
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
        for (path, said) in [
            ("/getCDRS/Account/secret/12", Some([("License", "secret"), ("IAccount", "12")])),
            ("/GETCDRS//account/secret/12/", Some([("License", "secret"), ("IAccount", "12")])),
            ("/getCDRS/Account/a%2Fb+c/1+2", Some([("License", "a/b+c"), ("IAccount", "1 2")])),
            ("/getCDRS/Account/secret", None),
            ("/getCDRS/Account/secret/12/13", None),
            ("/getCDRS/Accounts/secret/12", None),
        ] {
            assert_eq!(template.fit(&segments(path)).as_deref(), said.as_ref().map(|said| &said[..]), "{path}");
        }
    }

    #[test]
    fn a_query_is_read_in_its_order() {
        let pairs = pairs("a=1&B=%20x+y&&c&a=2");
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("a", "1"), ("B", " x y"), ("c", ""), ("a", "2")]);
    }
}
