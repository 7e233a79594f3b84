//! `porta-xdr`: xDRs of PortaBilling, as its API lists them (PortaOne, "PortaBilling XML / JSON API Reference",
//! `get_xdr_list` and `get_customer_xdrs`, `XDRInfo`; "Description of xDR record fields").
//!
//! # Form
//!
//! * **An answer**: a JSON object whose member `xdr_list` is a list of xDRs, of any length, on any number of lines; several
//!   answers after each other, such as the pages of a list; an array of xDRs. `XDRSInfo`, as a PortaCDR web service names
//!   the list, is read too.
//! * **JSON lines**: an xDR on each line.
//! * **CSV** with the names of `XDRInfo` as heading, in any order and case.
//!
//! | member | becomes |
//! |---|---|
//! | `i_xdr` | `source_ref` |
//! | `CLI`, `CLD` | `calling`, `called` |
//! | `account_id` | the account, and `account_given` |
//! | `connect_time` or `unix_connect_time` | `connected_at` |
//! | `disconnect_time` or `unix_disconnect_time` | `ended_at` |
//! | `setup_time`, else the connect | `started_at` |
//! | `bill_time` | `billed_at` |
//! | `charged_amount` | `price` |
//! | `charged_quantity`, `used_quantity` | of a call `billed`, `talk` (seconds); else `xdr.quantity`, `xdr.used_quantity` |
//! | `service`, else `i_service` | the service, and the kind |
//! | `bit_flags` | `xdr.bit_flags`, `direction`, `recorded` |
//! | `disconnect_cause`, `disconnect_reason` | `release_cause`, `release_reason` |
//! | `call_id` | `call_id` |
//! | `h323_conf_id`, `h323_incoming_conf_id` | `xdr.conf_id`, `xdr.incoming_conf_id` |
//! | `h323_incoming_conf_id`, else `h323_conf_id`, else `call_id` | `group`, as `src:SOURCE:ID` |
//! | `rating_pattern`, `history`, `bill_status`, `service_flags` | `xdr.rating_pattern` and so on |
//! | `i_dest`, `i_rate` | `destination_id`, `rate_id` |
//! | `call_recording_url`, `call_recording_server_url`, `cr_download_links` | `xdr.recordings`, `recorded` |
//!
//! Other members are stored in `extra` if the settings name them. A member is missing if its companion such as
//! `charged_amountSpecified`, which .NET adds, is false.
//!
//! # Kinds
//!
//! The service gives the kind: Voice Calls (or number 3) calls, Subscriptions (or number 4) subscriptions, Payments
//! payments, Credits / Adjustments adjustments, any other usage, and an adjustment if its amount is negative. A voice call
//! with the `xdr_type` `customer` is a resale: what a reseller is charged for a call of its customers.
//!
//! # Traps
//!
//! * Times are UTC. Of a time that is given twice, the seconds since 1970 count.
//! * An xDR has no start of signalling: the start is the connect, marked as assumed. The length of a call without
//!   `used_quantity` is the time from connect to disconnect, marked as assumed.
//! * Attempts that failed are listed only if the request has `show_unsuccessful`; they have `failed`.
//! * Numbers of services and destinations are those of the installation.
//!
//! # Key
//!
//! `i_xdr`, which is unique among the xDRs of accounts and among those of customers; those of customers have
//! `customer/` before it. It is one of a customer if `xdr_type` says so, or if it is none of a call and names no account.
//! The digest of a record is SHA-256 over the names and values of the members that every answer has.

mod list;
mod map;
mod records;
mod services;

#[cfg(test)]
mod tests;

use std::io::{Cursor, Read};

use super::named::Names;
use super::{Feed, FeedSettings, Likeness, Origin, Records};
use crate::delimited::{Delimited, Fields};
use crate::error::IntakeError;
use crate::input::FileSample;
use crate::json::names;
use crate::lines::joined;
use crate::rows::{CsvRecords, LineRecords};
use crate::text::text;

/// The bytes at the beginning of a file that decide its form.
const BEGINNING: u64 = 64 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// The column by which an xDR is known.
const ID: &str = "i_xdr";

/// xDRs of PortaBilling.
pub struct PortaXdr;

impl Feed for PortaXdr {
    fn name(&self) -> &'static str {
        "porta-xdr"
    }

    fn summary(&self) -> &'static str {
        "xDRs of PortaBilling: answers of get_xdr_list, JSON lines, or CSV with the names of XDRInfo"
    }

    /// Objects are put into a list of their own.
    fn file_of(&self, head: &[u8], lines: &[&[u8]]) -> Vec<u8> {
        if lines.first().is_some_and(|line| line.trim_ascii_start().starts_with(b"{")) {
            [b"[", lines.join(&b",\n"[..]).as_slice(), b"]"].concat()
        } else {
            joined(head, lines)
        }
    }

    fn likeness(&self, sample: &FileSample) -> Likeness {
        let Some(first) = sample.lines().first() else { return Likeness::None };
        let is_one = if first.trim_start().starts_with(['{', '[']) {
            has_list(sample.lines()) || sample.lines().iter().any(|line| has_member(line, ID))
        } else {
            sample.rows().first().is_some_and(|row| is_heading(&Names::of(row)))
        };
        if is_one { Likeness::Certain } else { Likeness::None }
    }

    fn open<'a>(
        &self,
        mut input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        let unread = |source| IntakeError::Input { position: format!("{}:1", origin.file), source };
        let mut begin = Vec::new();
        input.by_ref().take(BEGINNING).read_to_end(&mut begin).map_err(unread)?;
        if begin.starts_with(BYTE_ORDER_MARK) {
            begin.drain(..BYTE_ORDER_MARK.len());
        }
        let map = map::Map::new(origin, settings);
        let first = begin.trim_ascii_start().first().copied();
        let is_list = first == Some(b'[') || (first == Some(b'{') && is_answer(&begin));
        let input = Cursor::new(begin).chain(input);
        if is_list {
            return Ok(Box::new(records::ListRecords::new(input, map, &origin.file, settings.end)));
        }
        let mut rows = Delimited::of(input, settings);
        if first == Some(b'{') {
            return Ok(Box::new(LineRecords::new(rows, map, &origin.file)));
        }
        let line = rows.line();
        let heading = rows.peek_row().map_err(unread)?;
        let names = heading.as_ref().map(|row| Names::of(row)).unwrap_or_default();
        if heading.is_some() && !is_heading(&names) {
            let detail =
                "the first line does not name the members of xDRs, among them i_xdr and connect_time".to_owned();
            return Err(IntakeError::Header { position: format!("{}:{line}", origin.file), detail });
        }
        rows.next(&mut Fields::default(), |_| Ok(())).map_err(unread)?;
        Ok(Box::new(CsvRecords::new(rows, map::Table { map, names }, &origin.file)))
    }
}

/// Whether a text that begins like this is an answer with a list: one of its first lines names it.
fn is_answer(begin: &[u8]) -> bool {
    let begin = text(begin);
    let first = begin.trim_start().lines().next().unwrap_or_default();
    // JSON lines: an xDR may have any text in it.
    let is_line = names(first).is_some_and(|names| !names.iter().any(|name| list::LISTS.contains(&name.as_str())));
    !is_line && has_list(&[begin])
}

fn has_list<L: AsRef<str>>(lines: &[L]) -> bool {
    lines.iter().any(|line| list::LISTS.iter().any(|list| has_member(line.as_ref(), list)))
}

/// Whether a text has a member of this name.
fn has_member(text: &str, name: &str) -> bool {
    let quoted = format!("\"{name}\"");
    text.match_indices(&quoted).any(|(at, _)| text[at + quoted.len()..].trim_start().starts_with(':'))
}

fn is_heading(names: &Names) -> bool {
    names.have(&[ID]) && ["connect_time", "unix_connect_time"].iter().any(|name| names.have(&[name]))
}
