//! Whether two stores hold the same: every call and charge, one after the other; counts and sums besides.

use cdr_model::Cdr;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::MoveReport;
use crate::error::Trouble;
use crate::rows::CallRow;
use crate::schema::{cdrs, conferences, intake_keys};
use crate::{postgres, sqlite};

/// What one side holds.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    calls: u64,
    talk_us: i128,
    price: i128,
    /// Over every call, with all that is in it, in the order of numbers.
    digest: [u8; 32],
    conferences: i64,
    keys: i64,
}

/// What both sides hold, or in what they differ.
pub(super) fn compare(
    source: &mut sqlite::Conn,
    target: &mut postgres::Conn,
) -> Result<Result<MoveReport, String>, Trouble> {
    macro_rules! held {
        ($side:ident, $conn:expr) => {{
            let mut adding = Adding::default();
            let all = cdrs::table.order(cdrs::number).select(CallRow::as_select());
            $side::each_row($conn, all, &mut |row: CallRow| adding.add(row))?;
            Held {
                calls: adding.calls,
                talk_us: adding.talk_us,
                price: adding.price,
                digest: adding.digest.finalize().into(),
                conferences: conferences::table.count().get_result($conn)?,
                keys: intake_keys::table.count().get_result($conn)?,
            }
        }};
    }
    let (here, there) = (held!(sqlite, source), held!(postgres, target));
    if here != there {
        return Ok(Err(format!("the file holds {here:?}, the database {there:?}")));
    }
    let Held { calls, talk_us, price, .. } = there;
    Ok(Ok(MoveReport { calls, before: 0, conferences: 0, others: 0, talk_us, price, watermark: 0 }))
}

#[derive(Default)]
struct Adding {
    calls: u64,
    talk_us: i128,
    price: i128,
    digest: Sha256,
}

impl Adding {
    fn add(&mut self, row: CallRow) -> Result<bool, Trouble> {
        let call = Cdr::try_from(row).map_err(|what| diesel::result::Error::DeserializationError(what.into()))?;
        self.calls += 1;
        self.talk_us += i128::from(call.talk_us.unwrap_or(0));
        self.price += i128::from(call.price.map_or(0, |price| price.hundred_millionths()));
        // As the record is read on both sides: JSON is written otherwise by each.
        self.digest.update(format!("{call:?}"));
        Ok(true)
    }
}
