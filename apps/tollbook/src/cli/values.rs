//! Parsers of values on the command line. Their errors name the accepted values.

use cdr_model::RecordKind;

use crate::filter;

/// A setting: `NAME=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("`{text}` is not NAME=VALUE"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A kind of records, by its name.
pub(super) fn kind(text: &str) -> Result<RecordKind, String> {
    RecordKind::named(text).ok_or_else(|| format!("use one of {}", RecordKind::ALL.map(RecordKind::name).join(", ")))
}

/// An anchor, by its name.
pub(super) fn anchor(text: &str) -> Result<cdr_model::Anchor, cdr_model::AnchorError> {
    text.parse()
}

/// A network, or a single address as a network of one address.
pub(crate) fn network(text: &str) -> Result<ipnet::IpNet, String> {
    let address = || text.parse::<std::net::IpAddr>().map(ipnet::IpNet::from);
    text.parse().or_else(|_| address()).map_err(|_| format!("`{text}` is not a network, as in 192.0.2.0/24"))
}

/// The name of a feed.
pub(super) fn feed_name(text: &str) -> Result<String, String> {
    known(text, cdr_intake::FEEDS.iter().map(|feed| feed.name()))
}

/// How quotes are read.
pub(super) fn quoting(text: &str) -> Result<cdr_intake::Quoting, String> {
    match known(text, ["strict", "tolerant"].into_iter())?.as_str() {
        "tolerant" => Ok(cdr_intake::Quoting::Tolerant),
        _ => Ok(cdr_intake::Quoting::Strict),
    }
}

/// A rule by which calls belong to an account: the members of a TOML table.
pub(super) fn rule(text: &str) -> Result<cdr_mediation::AccountRule, String> {
    #[derive(serde::Deserialize)]
    struct Rules {
        rule: cdr_mediation::AccountRule,
    }
    let Rules { rule } = toml::from_str(&format!("rule = {{ {text} }}")).map_err(|error| error.message().to_owned())?;
    cdr_intake::AccountRules::of(std::slice::from_ref(&rule)).map_err(|error| error.to_string())?;
    Ok(rule)
}

/// The long help of `--feed`.
pub(super) fn feed_help() -> String {
    let feeds = cdr_intake::FEEDS.iter().map(|feed| format!("- {}: {}", feed.name(), feed.summary()));
    format!("The format of the files:\n\n{}", feeds.collect::<Vec<_>>().join("\n"))
}

/// The name of a format.
pub(super) fn format_name(text: &str) -> Result<String, String> {
    known(text, cdr_export::FORMATS.iter().map(|format| format.name()))
}

fn known<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Result<String, String> {
    let names: Vec<&str> = names.collect();
    if names.contains(&text) { Ok(text.to_owned()) } else { Err(format!("use one of {}", names.join(", "))) }
}

/// The long help of `--where`.
pub(super) fn where_help() -> String {
    format!(
        "Only calls that meet a condition; may be given several times, and then all must hold.\n\n{}\n\nLengths of time \
         have a unit: 90s, 5m, 1h. Instants are written as for --from; a date is the whole day. Customers, accounts, \
         services and sources are named; addresses may be networks, as in peer_ip=192.0.2.0/24. A missing value meets \
         no comparison. `tollbook field list` lists the fields.",
        filter::GRAMMAR
    )
}
