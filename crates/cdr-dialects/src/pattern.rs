//! The route that a request matched, for logs and metrics.

/// The route a request matched, as its dialect documents it, without anything the client put into it. A dialect with
/// its own routing stores it in the extensions of the answer. The routes of the other dialects are matched by the app,
/// which knows the pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern(pub &'static str);
