//! The content of a store, to be compared: every call and charge in order, and the number of rows of every table.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::side::Side;
use crate::error::{StoreError, TransactionError};
use crate::rows::CallRow;
use crate::schema::cdrs;
use crate::{postgres, sqlite};

/// The content of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) calls: u64,
    pub(super) talk_us: i128,
    /// In hundred-millionths, over all currencies.
    pub(super) price: i128,
    /// SHA-256 of all calls with all their fields, in the order of their record numbers.
    digest: [u8; 32],
    /// The number of rows of each table.
    pub(super) rows: Vec<(&'static str, i64)>,
}

impl Held {
    /// The content of a store, on whose connection a transaction has `begun` or not.
    pub(super) fn by(side: &mut Side, begun: bool, tables: &[&'static str]) -> Result<Held, StoreError> {
        let (mut held, mut digest) = (Held::default(), Sha256::new());
        let all = || cdrs::table.order(cdrs::number);
        let mut each = |row: CallRow| held.add(row, &mut digest);
        let read = match side {
            Side::File(_, conn) => sqlite::each_row(conn, [all().select(CallRow::as_select())], &mut each),
            Side::Server(_, conn) if begun => {
                postgres::each_row_within(conn, [all().select(CallRow::as_select())], &mut each)
            }
            Side::Server(_, conn) => postgres::each_row(conn, [all().select(CallRow::as_select())], &mut each),
        };
        read.map_err(|error| side.place().error(error))?;
        held.digest = digest.finalize().into();
        for table in tables {
            let rows = side.number(&format!("SELECT count(*) AS value FROM {table}"))?;
            held.rows.push((table, rows.unwrap_or(0)));
        }
        Ok(held)
    }

    fn add(&mut self, row: CallRow, digest: &mut Sha256) -> Result<bool, TransactionError> {
        let call = row.call(true).map_err(|what| diesel::result::Error::DeserializationError(what.into()))?;
        self.calls += 1;
        self.talk_us += i128::from(call.talk_us.unwrap_or(0));
        self.price += i128::from(call.price.map_or(0, |price| price.hundred_millionths()));
        // The record as read, not the stored JSON, which each database formats in its own way.
        digest.update(format!("{call:?}"));
        Ok(true)
    }
}
