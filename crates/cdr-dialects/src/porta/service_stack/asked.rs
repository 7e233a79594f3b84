//! What a request asks for: the operation, by one of its routes or by a predefined one, or a metadata page.
//!
//! Source: ServiceStack v3, `WebHost.Endpoints/ServiceStackHttpHandlerFactory.cs`, `RestHandler.cs`,
//! `GenericHandler.cs`.

use super::bind::{Bound, Unbound, bind, members_of_body};
use super::dto::Shown;
use super::fault::Thrown;
use super::format::Format;
use super::negotiate::{Preferences, Wanted, split_suffix};
use super::path::{Template, pairs, segments};
use super::service::{Names, Service};

/// A request as received, before anything is decoded.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Incoming<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) accept: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) body: &'a [u8],
}

/// What a request asks for.
pub(crate) enum Asked<T, R: 'static> {
    Operation(Operation<T, R>),
    /// A metadata page, for one format or all of them, and optionally for one operation.
    Metadata(Option<Format>, Option<String>),
    /// The root, which redirects to the metadata pages.
    Root,
    Nothing,
}

/// A call of the operation.
pub(crate) struct Operation<T, R: 'static> {
    /// The route; `None` for a predefined one.
    pub(crate) route: Option<&'static Template<R>>,
    pub(crate) wanted: Wanted,
    /// Whether JSV is indented.
    pub(crate) debug: bool,
    pub(crate) request: Result<T, Thrown>,
}

/// Finds out what a request asks for.
pub(crate) fn ask<S: Service>(incoming: &Incoming<'_>) -> Asked<S::Request, S::Route> {
    let segments = segments(incoming.path);
    let texts: Vec<&str> = segments.iter().map(|segment| segment.text.as_str()).collect();
    match texts.as_slice() {
        [] => Asked::Root,
        [page] if page.eq_ignore_ascii_case("metadata") => Asked::Metadata(None, operation_named(incoming)),
        [format, page] if page.eq_ignore_ascii_case("metadata") && Format::named(format).is_some() => {
            Asked::Metadata(Format::named(format), operation_named(incoming))
        }
        [format, way, rest @ ..] if is_way(way) && rest.len() < 2 && Format::named(format).is_some() => {
            let format = Format::named(format).unwrap_or(Format::Json);
            Asked::Operation(predefined(incoming, format, rest.first().unwrap_or(way), S::NAMES))
        }
        _ => by_template(incoming, S::templates()),
    }
}

/// The second segments of predefined routes, all of which give the same answer.
fn is_way(segment: &str) -> bool {
    ["reply", "syncreply", "oneway", "asynconeway"].iter().any(|way| segment.eq_ignore_ascii_case(way))
}

fn operation_named(incoming: &Incoming<'_>) -> Option<String> {
    parameter(&pairs(incoming.query), "op").map(str::to_owned)
}

fn parameter<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, text)| text.as_str())
}

fn by_template<T: Bound, R>(incoming: &Incoming<'_>, templates: &'static [Template<R>]) -> Asked<T, R> {
    if !matches!(incoming.method, "GET" | "HEAD") {
        return Asked::Nothing;
    }
    let (path, suffix) = split_suffix(incoming.path);
    let segments = segments(path);
    let fitting = templates.iter().filter_map(|template| Some((template, template.fit(&segments)?)));
    // Of equal routes the first.
    let Some((route, vars)) = fitting.min_by_key(|(template, _)| template.strength()) else {
        return Asked::Nothing;
    };
    let query = pairs(incoming.query);
    let wanted = preferences(incoming, &query, suffix, false).wanted();
    let debug = parameter(&query, "debug").is_some();
    let vars = vars.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    let bound = bind([vars, query]);
    let request = bound.map_err(|_| Thrown {
        status: 400,
        reason: "Bad Request",
        code: "RequestBindingException",
        message: "Unable to bind request".to_owned(),
    });
    Asked::Operation(Operation { route: Some(route), wanted, debug, request })
}

fn predefined<T: Bound + Shown, R>(
    incoming: &Incoming<'_>,
    format: Format,
    operation: &str,
    names: Names,
) -> Operation<T, R> {
    let query = pairs(incoming.query);
    let wanted = preferences(incoming, &query, Some(format), true).wanted();
    let debug = parameter(&query, "debug").is_some();
    let request = if operation.eq_ignore_ascii_case(names.operation) {
        read(incoming, format, query, names)
    } else {
        Err(Thrown {
            status: 405,
            reason: "Method Not Allowed",
            code: "NotImplementedException",
            message: format!("The operation '{operation}' does not exist for this service"),
        })
    };
    Operation { route: None, wanted, debug, request }
}

/// The request of a predefined route: the query, overridden by the body.
fn read<T: Bound + Shown>(
    incoming: &Incoming<'_>,
    format: Format,
    query: Vec<(String, String)>,
    names: Names,
) -> Result<T, Thrown> {
    let refused = |message| Thrown { status: 400, reason: "Bad Request", code: "SerializationException", message };
    // The message of the original contains the whole query, including the licence.
    let unbound = |Unbound { member, text }| {
        refused(format!(
            "Could not deserialize '{}' request using KeyValueDataContractDeserializer: '{member}={text}'.",
            names.request_type
        ))
    };
    if matches!(incoming.method, "GET" | "HEAD") {
        return bind([query]).map_err(unbound);
    }
    let media_type = match (incoming.content_type, format) {
        ("", Format::Xml) => "application/xml",
        ("", Format::Jsv) => "application/jsv",
        ("", Format::Csv) => "text/csv",
        ("", Format::Html) => "application/x-www-form-urlencoded",
        ("", Format::Json) => "application/json",
        (given, _) => given,
    };
    let body = members_of_body(T::its_class(), media_type, incoming.body).map_err(|error| {
        let bare = media_type.split(';').next().unwrap_or_default();
        refused(format!("Could not deserialize '{bare}' request using {}': {error}", names.request_type))
    })?;
    bind([query, body]).map_err(unbound)
}

fn preferences<'a>(
    incoming: &Incoming<'a>,
    query: &'a [(String, String)],
    path: Option<Format>,
    predefined: bool,
) -> Preferences<'a> {
    Preferences {
        path,
        predefined,
        format: parameter(query, "format"),
        callback: parameter(query, "callback"),
        accept: incoming.accept,
        content_type: incoming.content_type,
    }
}
