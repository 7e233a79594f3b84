//! `Accept`: whether a client wants XML or JSON (RFC 9110, section 12.5.1).

use super::wire::{BillingStatus, Encoding, PlcmError};

/// The encoding of a status; `None` if the client accepts neither. XML if `Accept` is missing or prefers neither.
pub(super) fn for_status(accept: &str) -> Option<Encoding> {
    choose(accept, |range, encoding| match range {
        _ if *range == encoding.media_type::<BillingStatus>() => Some(3),
        _ if is_plain(range, encoding) => Some(2),
        _ => wild(range),
    })
}

/// The encoding of a fault. A client that accepts any message of the API in JSON, or plain JSON, gets the fault in
/// JSON. A client that accepts neither encoding gets XML.
pub(super) fn for_fault(accept: &str) -> Encoding {
    let chosen = choose(accept, |range, encoding| match range {
        _ if *range == encoding.media_type::<PlcmError>() => Some(4),
        _ if is_plain(range, encoding) => Some(3),
        _ if range.starts_with("application/vnd.plcm.") && range.ends_with(suffix(encoding)) => Some(2),
        _ => wild(range),
    });
    chosen.unwrap_or(Encoding::Xml)
}

/// The encoding of the higher quality. `fits` returns how specifically a media range names an encoding; the most
/// specific range decides.
fn choose(accept: &str, fits: impl Fn(&str, Encoding) -> Option<u8>) -> Option<Encoding> {
    let ranges: Vec<(String, u16)> = accept.split(',').filter_map(range).collect();
    if ranges.is_empty() {
        return Some(Encoding::Xml);
    }
    let quality = |encoding| {
        let closest = ranges.iter().filter_map(|(range, quality)| Some((fits(range, encoding)?, *quality))).max();
        closest.map_or(0, |(_, quality)| quality)
    };
    match (quality(Encoding::Xml), quality(Encoding::Json)) {
        (0, 0) => None,
        (xml, json) if json > xml => Some(Encoding::Json),
        _ => Some(Encoding::Xml),
    }
}

/// One media range and its quality in thousandths; `None` if the text is not a media range.
fn range(text: &str) -> Option<(String, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next().filter(|range| range.contains('/'))?.to_ascii_lowercase();
    let quality = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse::<f32>().ok())?
    });
    let quality = quality.filter(|it| it.is_finite()).unwrap_or(1.0).clamp(0.0, 1.0);
    Some((range, (quality * 1000.0).round() as u16))
}

fn wild(range: &str) -> Option<u8> {
    match range {
        "application/*" => Some(1),
        "*/*" => Some(0),
        _ => None,
    }
}

fn is_plain(range: &str, encoding: Encoding) -> bool {
    match encoding {
        Encoding::Xml => matches!(range, "application/xml" | "text/xml"),
        Encoding::Json => range == "application/json",
    }
}

fn suffix(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Xml => "+xml",
        Encoding::Json => "+json",
    }
}
