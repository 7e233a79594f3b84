//! `cucm-csv`: the CDR files of a Cisco Unified Communications Manager (Cisco, "Call Detail Records Administration Guide for
//! Cisco Unified Communications Manager", "CDR Field Descriptions").
//!
//! # Form
//!
//! Files named `cdr_CLUSTER_NODE_TIME_SEQUENCE`, without an extension. The first line names the columns, the second one
//! their SQL types, and each further line is a call. Columns are found by their names, in any case and order, as releases
//! add columns and move others. Headings and types in the middle of a file, of several files that were put together, are
//! skipped; a heading holds for the rows after it. Files named `cmr_…` have other records and are refused.
//!
//! | column | becomes |
//! |---|---|
//! | `dateTimeOrigination`, `dateTimeConnect`, `dateTimeDisconnect` | `started_at`, `connected_at`, `ended_at` |
//! | `duration` | `talk` |
//! | `callingPartyNumber` | `calling` |
//! | `outpulsedCallingPartyNumber` | `calling_routed`, if it is another number |
//! | `originalCalledPartyNumber`, else `finalCalledPartyNumber` | `called` |
//! | `finalCalledPartyNumber` | `called_routed`, if it is another number |
//! | `clientMatterCode`, else `authCodeDescription` | the account, and `account_given` |
//! | `origIpv4v6Addr`, else `origIpAddr` | `peer_ip` |
//! | `origCause_value`, else `destCause_value` | `release_cause`, `release_code`, `release_reason` |
//! | `pkid` | `call_uuid` |
//! | `globalCallId_ClusterID`, `globalCallID_callManagerId`, `globalCallID_callId` | `group`, as `src:SOURCE:CLUSTER/NODE/CALL` |
//! | `origDeviceSessionID`, `destDeviceSessionID` | `call_id`, `out_call_id` |
//! | `huntPilotDN`, `finalCalledPartyNumber`, `totalWaitTimeInQueue` | `queue.group`, `queue.agent`, `queue.hold` |
//! | `origDeviceName`, `destDeviceName` | the trunks for account rules |
//!
//! A call with a connect succeeded. `billed_at` is the end, else the connect, else the start, and the direction is `out`;
//! both are marked as assumed. Other columns are stored in `extra` if the settings name them.
//!
//! # Traps
//!
//! * Times are seconds since 1970 in UTC; 0 is none.
//! * `origIpAddr` is a signed number of 32 bits whose octets are in reverse order; 0 is none.
//! * The side that clears a call has the cause, and the other one 0. A cause above 127 is Cisco's own, or is made of a SIP
//!   status and a cause of Q.850: then it gives `release_code` and `release_cause`. Cisco's own causes have no number in
//!   Q.850 and give `release_reason` only.
//! * A call that is transferred or joined to a conference has several rows with the same group, each with its own part of
//!   the talk time. A row that ends so has the cause 393216 (`call split`): it is neither a failure nor the end of the call,
//!   and succeeded if it was connected.
//! * Calls that were not answered, or took no time, are only written if the service parameter CDR Log Calls with Zero
//!   Duration Flag says so.
//! * `authorizationCodeValue` is the code that a user enters to be allowed a call. It is a secret, and not read unless the
//!   settings name it.
//!
//! # Key
//!
//! The `pkid`. The digest of a record is SHA-256 over the names and values of the columns that have one.

mod causes;
mod map;

#[cfg(test)]
mod tests;

use std::io::Read;

use super::named::Names;
use super::{Feed, FeedSettings, Likeness, Origin, Records};
use crate::delimited::Delimited;
use crate::error::IntakeError;
use crate::input::FileSample;
use crate::rows::CsvRecords;

/// The columns by which files of call management records are recognised.
const QUALITY: [&str; 2] = ["cdrrecordtype", "numberpacketssent"];

/// The CDR files of a Cisco Unified Communications Manager.
pub struct CucmCsv;

impl Feed for CucmCsv {
    fn name(&self) -> &'static str {
        "cucm-csv"
    }

    fn summary(&self) -> &'static str {
        "the CDR files of a Cisco Unified Communications Manager"
    }

    fn reads_lines(&self) -> bool {
        true
    }

    fn likeness(&self, sample: &FileSample) -> Likeness {
        let names = sample.rows().first().map(|row| Names::of(row)).unwrap_or_default();
        let is_one = names.have(&map::REQUIRED) || names.have(&QUALITY);
        if is_one { Likeness::Certain } else { Likeness::None }
    }

    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        let mut rows = Delimited::of(input, settings);
        let unread = |source| IntakeError::Input { position: format!("{}:1", origin.file), source };
        let first = rows.peek_row().map_err(unread)?;
        let names = first.as_ref().map(|row| Names::of(row)).unwrap_or_default();
        if names.have(&QUALITY) {
            let why =
                "these are call management records (cmr_…), which measure the quality of calls: load the files cdr_…";
            return Err(IntakeError::refused(&origin.file, why));
        }
        if first.is_some() && !names.have(&map::REQUIRED) {
            let detail = "the first line does not name the columns of calls, among them cdrRecordType, \
                          globalCallID_callId, dateTimeOrigination and pkid"
                .to_owned();
            return Err(IntakeError::Header { position: format!("{}:{}", origin.file, rows.line()), detail });
        }
        // The first heading is skipped like any other.
        Ok(Box::new(CsvRecords::new(rows, map::Map::new(names, origin, settings), &origin.file)))
    }
}
