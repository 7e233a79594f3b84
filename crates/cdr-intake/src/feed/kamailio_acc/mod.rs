//! `kamailio-acc`: transactions as the module `acc` of Kamailio and OpenSIPS records them: rows of Kamailio's `db_flatstore`
//! and OpenSIPS's `db_flatstore` or `flatstore`, and objects of Kamailio's `acc_json` (the documentation of these modules in
//! <https://www.kamailio.org/docs/modules/stable/> and <https://docs.opensips.org/>).
//!
//! # Form
//!
//! A line is a row, whose fields bars separate, without quotes and without a heading, or a JSON object. The first columns
//! are `method, from_tag, to_tag, callid, sip_code, sip_reason, time`; those after them are the extra ones of the proxy's
//! configuration. Rows of 7 columns have no others, rows of 13 those of Kamailio's default configuration (`src_user,
//! src_domain, src_ip, dst_ouser, dst_user, dst_domain`), and rows of other widths those that the settings name.
//!
//! | column | becomes |
//! |---|---|
//! | `callid` | `call_id`, and `group`, as `src:SOURCE:` and the Call-ID |
//! | `time`, or `time_attr` and `time_exten` | `connected_at` of an INVITE that was answered; `ended_at` of another one and of a BYE |
//! | `setup`, or `created` | `started_at`; without it, the start is the instant at which the transaction ended, which is assumed |
//! | `sip_code`, `sip_reason` | `release_code`, `release_reason` |
//! | `src_user`, or `from_user`, `caller` or `calling` | `calling` |
//! | `dst_ouser`, or `dst_user`, `callee` or `called` | `called` |
//! | `dst_user` beside `dst_ouser` | `called_routed` |
//! | `account`, or `accountcode` | the account, and `account_given` |
//! | `src_domain`, `dst_domain`, `src_ip` | `from_domain`, `ruri_domain`, `peer_ip` |
//! | `duration`, `ms_duration`, `setuptime` | the length of an INVITE that OpenSIPS records as a whole call |
//!
//! Other columns are stored in `extra` if the settings name them.
//!
//! # Calls
//!
//! The transactions of a dialogue, those with the same Call-ID and the same two tags in either order, are one call
//! ([`cdr_mediation::join`]). An INVITE that was not answered is a call that did not succeed. What is no part of a call is
//! left out: transactions other than INVITE and BYE, and those that the other side answered with a challenge (401 or 407).
//!
//! # Key
//!
//! The Call-ID and the two tags, the smaller one first. The digest of a transaction is SHA-256 over its first columns, so
//! the same transaction as a row and as an object is one.

mod columns;
mod map;

#[cfg(test)]
mod tests;

use std::io::Read;

use super::{Feed, FeedSettings, Likeness, Origin, Records};
use crate::delimited::Delimited;
use crate::error::IntakeError;
use crate::input::FileSample;
use crate::rows::LineRecords;

/// The transactions of Kamailio's and OpenSIPS's module `acc`.
pub struct KamailioAcc;

impl Feed for KamailioAcc {
    fn name(&self) -> &'static str {
        "kamailio-acc"
    }

    fn summary(&self) -> &'static str {
        "transactions of the module acc of Kamailio or OpenSIPS: rows of db_flatstore, or objects of acc_json"
    }

    fn reads_lines(&self) -> bool {
        true
    }

    fn likeness(&self, sample: &FileSample) -> Likeness {
        let lines = sample.lines();
        let ones = lines.iter().filter(|line| map::is_line(line)).count();
        if ones * 2 > lines.len() { Likeness::Certain } else { Likeness::None }
    }

    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        if let Some(missing) = columns::missing(&settings.columns) {
            let detail = format!("the columns that the settings name lack `{missing}`");
            return Err(IntakeError::Header { position: origin.file.clone(), detail });
        }
        let mapping = map::Map::new(origin, settings);
        Ok(Box::new(LineRecords::new(Delimited::of(input, settings), mapping, &origin.file)))
    }
}
