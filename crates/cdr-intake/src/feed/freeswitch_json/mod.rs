//! `freeswitch-json`: the records of FreeSWITCH's module `mod_json_cdr` (`src/mod/event_handlers/mod_json_cdr`;
//! `switch_ivr_generate_json_cdr` in `src/switch_ivr.c`), one for each leg: the files `UUID.cdr.json`, files of many records,
//! and the bodies that the module posts.
//!
//! # Form
//!
//! JSON objects, one after another, over one line or several, or as the elements of a list; or lines with one object each in
//! an encoding: `cdr=` and the URL-encoded object, or `cdr=` and the object in Base64, whose plus signs may have become
//! blanks. The first byte shows which. A record has at most 1 MiB.
//!
//! Values in `variables` may be URL-encoded (`encode-values`). They are, unless one of them has a character that FreeSWITCH
//! encodes.
//!
//! | value | becomes |
//! |---|---|
//! | `start_uepoch`, else `start_epoch`, else `start_stamp`; the same of `answer` and `end` | `started_at`, `connected_at`, `ended_at`; 0 is none |
//! | `billusec`, else `billmsec`, else `billsec` | `talk` |
//! | `caller_id_number`, `destination_number`, `caller_id_name` of the newest caller profile | `calling`, `called`, `calling_name` |
//! | `accountcode` | the account, and `account_given` |
//! | `hangup_cause` | `release_reason` |
//! | `hangup_cause_q850`, else the number of `hangup_cause` | `release_cause` |
//! | `sip_term_status` | `release_code` |
//! | `uuid` | `call_uuid` |
//! | `sip_call_id` | `call_id`, or `out_call_id` of a leg that the switch called, whose `call_id` is the `uuid` |
//! | the leg that called the others, by `originating_leg_uuid`, `originator` or the caller profile | `group`, as `src:SOURCE:` and its UUID |
//! | `sip_full_from`, `sip_from_host`, `sip_to_host`, `sip_req_host`, `sip_user_agent` | `from_header`, `from_domain`, `to_domain`, `ruri_domain`, `user_agent` |
//! | `sip_received_ip` and `_port`, else `sip_network_ip` and `_port`, else `network_addr` | `peer_ip`, `peer_port` |
//! | `sip_P-Asserted-Identity`, `sip_P-Preferred-Identity`, `sip_Privacy`, `sip_Remote-Party-ID` | `pai`, `ppi`, `privacy`, `rpid` |
//! | `sip_gateway_name`, `channel_name`, `bridge_channel` | the trunks of account rules |
//!
//! A call with an answer succeeded. `billed_at` is the end, else the answer, else the start. FreeSWITCH's `direction` says
//! whether a leg came to the switch or was made by it, not what its account did: as in
//! [`freeswitch_csv`](super::freeswitch_csv), the direction is `out`. Both are marked as assumed. Any other variable, and any
//! other value of the caller profile, is stored in `extra` if the settings name it.
//!
//! # Traps
//!
//! * Until September 2026, `mod_json_cdr` did not encode the percent signs of values in a URL-encoded body: decoding it also
//!   decodes the values, and a quote in one of them ends its text. Such a record is read once more with every value of
//!   `variables` up to the quote before the next one, and noted. A caller can write what looks like another variable there;
//!   a record with two values of one that counts is refused. `encode-values` `false` avoids all this.
//! * A line that begins with `{` or `c` outside a text begins a record.
//!
//! # Key
//!
//! The `uuid`. The digest of a record is SHA-256 over the variables and the caller profile, however they were encoded: a
//! record that was posted and written to a file is one. [`freeswitch_xml`](super::freeswitch_xml) makes the same of the same
//! leg.

mod document;
mod requoted;

#[cfg(test)]
mod tests;

use std::io::Read;

use cdr_mediation::Content;

use super::freeswitch::{Body, Map, PREFIX};
use super::{Feed, FeedSettings, Likeness, Origin, Records};
use crate::documents::{DocumentMapping, DocumentRecords, Documents, Objects};
use crate::error::IntakeError;
use crate::fault::Fault;
use crate::input::FileSample;
use crate::json::names_of_beginning;
use crate::lines::joined;
use crate::notes::Note;
use crate::text::text;

/// The records of `mod_json_cdr`.
pub struct FreeswitchJson;

impl Feed for FreeswitchJson {
    fn name(&self) -> &'static str {
        "freeswitch-json"
    }

    fn summary(&self) -> &'static str {
        "FreeSWITCH's records as JSON (mod_json_cdr): files, and the bodies that it posts"
    }

    /// Documents need nothing before them.
    fn file_of(&self, _: &[u8], documents: &[&[u8]]) -> Vec<u8> {
        joined(b"", documents)
    }

    fn likeness(&self, sample: &FileSample) -> Likeness {
        let Some(beginning) = Body::beginning(sample) else { return Likeness::None };
        if !beginning.starts_with(['{', '[']) {
            return Body::likeness_of_other(sample);
        }
        let names = names_of_beginning(&beginning);
        let has = |name: &str| names.iter().any(|known| known == name);
        let is_one = has("core-uuid") || has("channel_data") || (has("variables") && has("uuid"));
        if is_one { Likeness::Certain } else { Likeness::Possible }
    }

    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        let documents = Documents::new(input, Objects::after(PREFIX), settings.end);
        Ok(Box::new(DocumentRecords::new(documents, Legs { map: Map::new(origin, settings) }, &origin.file)))
    }
}

/// The legs of a file.
struct Legs {
    map: Map,
}

impl Legs {
    fn call(&self, bytes: &[u8], notes: &mut Vec<Note>) -> Result<Content, Fault> {
        let body = Body::of(bytes)?;
        let document = text(&body.document);
        let (content, note) = match document::leg(&document) {
            Ok(leg) => self.map.content(&leg)?,
            Err(fault) if body.is_url_encoded && fault.reason == "not-json" => {
                let again = requoted::requoted(&document).and_then(|document| document::leg(&document).ok());
                let call = self.map.content(&again.ok_or(fault)?)?;
                let detail =
                    "the percent signs of its values are not encoded: set encode-values in json_cdr.conf.xml to false";
                notes.push(Note { kind: "values-decoded", detail: detail.to_owned() });
                call
            }
            Err(fault) => return Err(fault),
        };
        notes.extend(note);
        Ok(content)
    }
}

impl DocumentMapping for Legs {
    fn contents(&mut self, document: &[u8], notes: &mut Vec<Note>) -> Vec<Result<Content, Fault>> {
        vec![self.call(document, notes)]
    }
}
