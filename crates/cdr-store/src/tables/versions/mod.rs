//! New versions of stored records: the last one of a withdrawn record, and those of calls that change their accounts.
//!
//! A withdrawn version is replaced by itself: no watermark is between its number and that of what replaced it.

mod keys;

use cdr_model::{Assumed, Cdr, ConferenceRecord, Record, RecordKind, Timestamp};
use diesel::prelude::*;

use super::intake::Counters;
use super::parts::Touched;
use super::rollup::HourChanges;
use super::{Conn, Pending, PendingRow, Store, kept_details};
use crate::error::TransactionError;
use crate::rows::{Counted, GivenToCall, NewCall, NewConference};
use crate::schema::{cdrs, conferences};
use crate::types::At;

pub(crate) use keys::{KeyRow, take_keys};

/// The records that get a new version in one transaction, few enough that other writers wait only briefly.
pub(crate) const CHUNK: i64 = 2_000;

/// The numbers that one statement names.
pub(crate) const AT_ONCE: usize = 1_000;

/// Where a call is booked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Booking {
    pub(crate) account_id: i64,
    pub(crate) customer_id: i64,
    pub(crate) assumed: Assumed,
}

/// New versions that a transaction writes at its end.
pub(crate) struct Changes<'a> {
    counters: Counters,
    pending: Pending<'a>,
    touched: Touched,
    counts: HourChanges,
}

impl<'a> Changes<'a> {
    pub(crate) fn begin(conn: &mut Conn) -> QueryResult<Changes<'a>> {
        let counters = Counters::read(conn)?;
        Ok(Changes {
            counters,
            pending: Pending::default(),
            touched: Touched::default(),
            counts: HourChanges::default(),
        })
    }

    /// Withdraws a call.
    pub(crate) fn withdraw_call(&mut self, conn: &mut Conn, call: &'a Cdr) -> Result<(), TransactionError> {
        self.count_no_more(call);
        let number = self.counters.next_record();
        let booking = Booking { account_id: call.account_id, customer_id: call.customer_id, assumed: call.assumed };
        let row = NewCall::new(call, given(call, &Cdr::default(), number, booking)?);
        let kind = i64::from(RecordKind::Withdrawn.code());
        self.replace_call(conn, call, NewCall { replaced_by: Some(number), kind, ..row })
    }

    /// Books a call, whose details were read, elsewhere. Its key goes to the new version.
    pub(crate) fn book_call(
        &mut self,
        conn: &mut Conn,
        call: &'a Cdr,
        key: Option<&'a KeyRow>,
        booking: Booking,
    ) -> Result<(), TransactionError> {
        self.count_no_more(call);
        let number = self.counters.next_record();
        let row = NewCall::new(call, given(call, call, number, booking)?);
        self.touched.call(booking.account_id, call.started_at, |anchor| call.instant(anchor));
        let counted = Counted { account_id: booking.account_id, customer_id: booking.customer_id, ..counted(call) };
        self.counts.add(counted, |anchor| call.instant(anchor));
        if let Some(key) = key {
            self.pending.push(conn, PendingRow::Key(key.of_version(number, booking.account_id)))?;
        }
        self.replace_call(conn, call, row)
    }

    /// Withdraws a conference.
    pub(crate) fn withdraw_conference(
        &mut self,
        conn: &mut Conn,
        conference: &ConferenceRecord,
    ) -> Result<(), TransactionError> {
        let number = self.counters.next_record();
        let source = i64::from(conference.source_id);
        let row = NewConference::new(conference, number, conference.id, source).replaced_by(number);
        diesel::insert_into(conferences::table).values(row).execute(conn)?;
        let old = conferences::table.find(conference.number);
        diesel::update(old).set(conferences::replaced_by.eq(number)).execute(conn)?;
        Ok(())
    }

    /// Keeps the key of a version that is replaced where no load finds it, so that an export at an earlier watermark
    /// prints it.
    pub(crate) fn free_key(&mut self, conn: &mut Conn, key: &'a KeyRow) -> Result<(), TransactionError> {
        self.pending.push(conn, PendingRow::Key(key.freed()))
    }

    /// Writes what was collected.
    pub(crate) fn finish(mut self, store: &Store, conn: &mut Conn) -> Result<(), TransactionError> {
        let engine = &store.0.engine;
        self.pending.flush(conn, engine)?;
        self.touched.write(conn, self.counters.last_record())?;
        self.counts.write(conn)?;
        Ok(self.counters.write(conn, engine)?)
    }

    /// Notes that a version is no longer current.
    fn count_no_more(&mut self, call: &Cdr) {
        let instant = |anchor| -> Option<Timestamp> { call.instant(anchor) };
        self.touched.call(call.account_id, call.started_at, instant);
        self.counts.take_away(counted(call), instant);
    }

    fn replace_call(&mut self, conn: &mut Conn, old: &Cdr, row: NewCall<'a>) -> Result<(), TransactionError> {
        let number = row.number;
        self.pending.push(conn, PendingRow::Call(row))?;
        // The full primary key, so that PostgreSQL visits only the partition of the row.
        let old = cdrs::table.find((old.account_id, At(old.started_at), old.number));
        diesel::update(old).set(cdrs::replaced_by.eq(number)).execute(conn)?;
        Ok(())
    }
}

fn counted(call: &Cdr) -> Counted {
    Counted {
        account_id: call.account_id,
        customer_id: call.customer_id,
        kind: i64::from(call.kind.code()),
        service_id: i64::from(call.service_id),
        last_attempt: call.last_attempt,
    }
}

/// The values of a new version of a call, with the details of another one.
fn given(call: &Cdr, details: &Cdr, number: i64, booking: Booking) -> Result<GivenToCall, TransactionError> {
    let details =
        kept_details(details, None, None).map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    Ok(GivenToCall {
        number,
        id: call.id,
        source_id: i64::from(call.source_id),
        account_id: booking.account_id,
        customer_id: booking.customer_id,
        service_id: i64::from(call.service_id),
        assumed: booking.assumed,
        details,
        price_text: call.price.map(|price| price.to_string()),
    })
}
