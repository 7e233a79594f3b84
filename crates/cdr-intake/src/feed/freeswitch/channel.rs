//! The names of channels.

/// The gateway in the name of a channel: `carrier` of `sofia/gateway/carrier/4930`, and the profile of another one:
/// `internal` of `sofia/internal/1000@192.0.2.1`.
pub(in crate::feed) fn trunk(channel: &str) -> Option<String> {
    let mut parts = channel.split('/').skip(1);
    let first = parts.next()?;
    let name = if first == "gateway" { parts.next()? } else { first };
    Some(name.to_owned()).filter(|name| !name.is_empty())
}
