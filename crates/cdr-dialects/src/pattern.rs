//! What a request matched, for logs and metrics.

/// The route a request matched, as its dialect documents it, without anything the client put into it. A dialect that finds its
/// routes by itself leaves it in the extensions of the answer; others are found by the app, which knows then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern(pub &'static str);
