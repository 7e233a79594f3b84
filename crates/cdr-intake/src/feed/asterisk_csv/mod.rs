//! `asterisk-csv`: `Master.csv` as Asterisk's module `cdr_csv` writes it (`cdr/cdr_csv.c`; settings in `cdr.conf`).
//!
//! # Columns
//!
//! No header; 16 to 21 fields a row. Always: `accountcode, src, dst, dcontext, clid, channel, dstchannel, lastapp,
//! lastdata, start, answer, end, duration, billsec, disposition, amaflags`. Then, each if its option is set: `uniqueid`
//! (`loguniqueid`), `userfield` (`loguserfield`), and `peeraccount, linkedid, sequence` (`newcdrcolumns`). Their number
//! says which: 16 none, 17 one, 18 both, 19 the three, 20 one and the three, 21 all. Where only one of `uniqueid` and
//! `userfield` can be there, it is the `uniqueid` if it ends in digits, a point and digits (`1700000000.12`,
//! `pbx-1700000000.12`).
//!
//! | column | becomes |
//! |---|---|
//! | `accountcode` | the account, and `account_given` |
//! | `src` | `calling`, or else the number of `clid` |
//! | `dst` | `called` |
//! | `clid` | `calling_name`: the part before `<` of `"Name" <number>` |
//! | `start`, `answer`, `end` | `started_at`, `connected_at`, `ended_at` |
//! | `billsec` | `talk` (seconds since the answer; nothing here was charged yet) |
//! | `disposition` | `release_reason`; `ANSWERED` is success |
//! | `uniqueid` | `call_id` |
//! | `linkedid`, or else `uniqueid` | `group`, as `src:SOURCE:LINKEDID`: it is unique in one source only |
//!
//! `billed_at` is the end, else the answer, else the start, and the direction is `out`; both are noted as assumed. The
//! columns `dcontext, clid, channel, dstchannel, lastapp, lastdata, duration, amaflags, userfield, peeraccount, sequence`
//! have no home and are kept in `extra` if the settings name them.
//!
//! # Traps
//!
//! * A call that was not answered has an empty `answer` **without quotes**; `""` is read the same, and so is an empty
//!   `end`. In columns of text `""` is how Asterisk writes nothing.
//! * Times are local time without an offset, or UTC with `usegmtime`: the settings name the zone. A time that came twice
//!   because the clock went back is the earlier instant, one that never came is moved forward; both are noted.
//! * Names and channels may hold quotes, line breaks, and bytes that are no UTF-8; those are read as Latin-1, a field
//!   at a time.
//! * Several rows share a `uniqueid` (transfers, queues, forks). `sequence` tells them apart, but begins at 0 again when
//!   Asterisk is started, so the start belongs to the key.
//! * An end before its start (the clock was set) is kept as it is. A negative `billsec` is refused.
//!
//! # Key
//!
//! `uniqueid/sequence/start`; without a sequence `uniqueid/start/` and the digest; without a `uniqueid`
//! `-/start/digest/` and the row's number among the equal ones of the file, from 1. Over 200 bytes: `sha256:` and the
//! digest of that. `start` is as it is written. The digest is SHA-256 over the decoded fields. Equal rows are counted as
//! long as at most 50,000 other different rows stand between them; Asterisk writes them next to each other. Without
//! `uniqueid`, equal rows in two files are one.

mod clid;
mod columns;
mod map;
mod ordinals;

#[cfg(test)]
mod tests;

use std::io::Read;

use super::{Feed, FeedSettings, Origin, Records, checks};
use crate::delimited::Delimited;
use crate::error::IntakeError;
use crate::rows::Rows;

/// Asterisk's `Master.csv`.
pub struct AsteriskCsv;

impl Feed for AsteriskCsv {
    fn name(&self) -> &'static str {
        "asterisk-csv"
    }

    fn summary(&self) -> &'static str {
        "Asterisk's Master.csv (cdr_csv), 16 to 21 columns"
    }

    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        checks::extra(self.name(), &settings.extra, columns::HOMELESS)?;
        let mapping = map::Map::new(origin, settings);
        Ok(Box::new(Rows::new(Delimited::new(input), mapping, &origin.file)))
    }
}
