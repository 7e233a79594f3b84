//! Reading the records of a small body that a switch has posted.

use std::sync::Arc;

use cdr_mediation::{Incoming, chain};
use sha2::{Digest as _, Sha256};

use super::{BATCH_BYTES, LoadOptions, assign, by_source};
use crate::digest::hex;
use crate::error::IntakeError;
use crate::fault::Fault;
use crate::feed::{Feed, FeedSettings, FileEnd, Origin};
use crate::input;
use crate::kept::{LineContext, head};

/// The most records of a body that are read at once.
const RECORDS: usize = 1000;
/// The digits of its digest that name a body in positions.
const DIGITS: usize = 16;

/// Reads all records of a body, which is complete. Whatever it is, nothing is lost: a body that cannot be read is one
/// unreadable record, and so is one that ends early, beside the records before that.
///
/// The second part is what a line of it needs to be read again, as in [`Batch::context`](cdr_mediation::Batch::context).
///
/// Returns `None` if it has more than a thousand records, or more than 8 MiB unpacked: [`load`](super::load) is for those.
pub fn read_body(
    feed: &dyn Feed,
    body: &[u8],
    settings: &FeedSettings,
    options: &LoadOptions,
) -> Option<(Vec<Incoming>, Arc<str>)> {
    let name = format!("posted {}", &hex(&Sha256::digest(body))[..DIGITS]);
    let (mut records, mut start) = (Vec::new(), Vec::new());
    match read(feed, body, &name, settings, options, &mut start, &mut records) {
        Ok(true) => {}
        Ok(false) => return None,
        Err(error) => {
            let detail = chain(&error).to_string();
            let content = Fault::new("body-unreadable", detail).into_content();
            records.push(Incoming { position: name, raw: body.to_vec(), content });
        }
    }
    assign(&mut records, &options.accounts);
    let head = records.first().map(|first: &Incoming| head(&start, &first.raw)).unwrap_or_default();
    let context = LineContext::of(head, settings, options.customer.as_deref()).write();
    let options = LoadOptions { names_sources: false, ..options.clone() };
    Some((by_source(records, &options).into_iter().flat_map(|(_, records)| records).collect(), context))
}

/// Reads records, and says whether these are all.
fn read(
    feed: &dyn Feed,
    body: &[u8],
    name: &str,
    settings: &FeedSettings,
    options: &LoadOptions,
    start: &mut Vec<u8>,
    into: &mut Vec<Incoming>,
) -> Result<bool, IntakeError> {
    let origin = Origin { source: options.source.clone(), file: name.to_owned() };
    let settings = FeedSettings { end: FileEnd::Complete, ..settings.clone() };
    let opened = input::open(Box::new(body), feed, name, &settings)?;
    *start = opened.start;
    let mut bytes = 0;
    for incoming in feed.open(opened.text, &origin, &settings)? {
        let incoming = incoming?;
        bytes += incoming.raw.len();
        if into.len() == RECORDS || bytes > BATCH_BYTES {
            return Ok(false);
        }
        into.push(incoming);
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use cdr_mediation::{Content, Incoming};
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::read_body;
    use crate::testing::fixture;
    use crate::{FeedSettings, LoadOptions, feed_named};

    fn read(feed: &str, body: &[u8]) -> Option<Vec<Incoming>> {
        let feed = feed_named(feed).unwrap();
        read_body(feed, body, &FeedSettings::default(), &LoadOptions::from_source("pbx")).map(|(records, _)| records)
    }

    /// What becomes of each record: `call`, or the reason why it cannot be read.
    fn outcomes(feed: &str, body: &[u8]) -> Vec<&'static str> {
        let outcome = |incoming: Incoming| match incoming.content {
            Content::Call(_) => "call",
            Content::Unreadable { reason, .. } => reason,
            _ => "another",
        };
        read(feed, body).unwrap().into_iter().map(outcome).collect()
    }

    #[test]
    fn whatever_a_body_is_nothing_of_it_is_lost() {
        let call = br#"{"started_at":"2026-11-21T10:00:00Z","called":"1"}"#;
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(call).unwrap();
        let packed = packed.finish().unwrap();
        for (body, expected) in [
            (&b""[..], &[][..]),
            (call, &["call"]),
            (&[&call[..], b"\n", call].concat(), &["call", "call"]),
            (&call[..20], &["not-json"]),
            (&packed, &["call"]),
            (&packed[..packed.len() - 9], &["body-unreadable"]),
            (b"PK\x03\x04", &["body-unreadable"]),
            (b"started_at,calls\n", &["body-unreadable"]),
        ] {
            assert_eq!(outcomes("native", body), expected, "{}", String::from_utf8_lossy(body));
        }
        // No check of the whole refuses it.
        assert_eq!(outcomes("asterisk-csv", &fixture("intake/wrongzone.csv")), ["call"]);
        assert!(outcomes("asterisk-csv", &fixture("intake/wrong-feed.csv")).iter().all(|reason| *reason == "columns"));
    }

    #[test]
    fn a_long_body_is_left_to_a_load() {
        let line = b"{\"started_at\":\"2026-11-21T10:00:00Z\"}\n";
        assert_eq!(read("native", &line.repeat(1000)).unwrap().len(), 1000);
        assert!(read("native", &line.repeat(1001)).is_none());
    }
}
