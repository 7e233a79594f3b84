//! Finished exports whose files hold records that are removed.

use cdr_model::Timestamp;
use diesel::prelude::*;
use serde::Deserialize;

use super::super::Conn;
use super::row::{COMPLETED, NewState, WITHDRAWN};
use crate::schema::exports;
use crate::types::JsonText;

/// Receipts read at a time.
const CHUNK: i64 = 200;

/// The part of a receipt that says how old the records of a file are. All versions of receipts have it.
#[derive(Deserialize)]
struct Aged {
    sheets: Vec<AgedSheet>,
}

#[derive(Deserialize)]
struct AgedSheet {
    first: Option<Timestamp>,
}

/// Withdraws the completed exports whose files hold a record whose instant of the anchor is before `floor`. `at` is the
/// wall-clock time. Returns the number of withdrawn exports.
pub(crate) fn withdraw_aged(conn: &mut Conn, floor: Timestamp, at: Timestamp) -> QueryResult<usize> {
    let (mut last, mut aged) = (i64::MIN, Vec::new());
    loop {
        let completed = exports::table.filter(exports::state.eq(COMPLETED)).filter(exports::number.gt(last));
        let rows: Vec<(i64, Option<JsonText>)> =
            completed.order(exports::number).select((exports::number, exports::receipt)).limit(CHUNK).load(conn)?;
        let Some((newest, _)) = rows.last() else { break };
        last = *newest;
        let is_aged = |receipt: &Option<JsonText>| receipt.as_ref().is_some_and(|text| holds_before(&text.0, floor));
        aged.extend(rows.iter().filter(|(_, receipt)| is_aged(receipt)).map(|(number, _)| *number));
    }
    let mut withdrawn = 0;
    for numbers in aged.chunks(CHUNK as usize) {
        let still = exports::table.filter(exports::number.eq_any(numbers)).filter(exports::state.eq(COMPLETED));
        withdrawn += diesel::update(still).set(NewState::bare(WITHDRAWN, at)).execute(conn)?;
    }
    Ok(withdrawn)
}

/// Whether a file holds a record from before an instant, by its receipt.
fn holds_before(receipt: &str, floor: Timestamp) -> bool {
    let read = serde_json::from_str::<Aged>(receipt);
    read.is_ok_and(|receipt| receipt.sheets.iter().any(|sheet| sheet.first.is_some_and(|first| first < floor)))
}
