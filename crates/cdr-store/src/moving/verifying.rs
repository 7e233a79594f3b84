//! Compares two stores: every call and charge in order, and the number of rows of every table.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, sql_query};
use sha2::{Digest, Sha256};

use crate::error::TransactionError;
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

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The content of both sides, the source first.
pub(super) fn held(
    source: &mut sqlite::Conn,
    target: &mut postgres::Conn,
    tables: &[&'static str],
) -> Result<(Held, Held), TransactionError> {
    macro_rules! side {
        ($side:ident, $conn:expr) => {{
            let (mut held, mut digest) = (Held::default(), Sha256::new());
            let all = cdrs::table.order(cdrs::number).select(CallRow::as_select());
            $side::each_row($conn, all, &mut |row: CallRow| held.add(row, &mut digest))?;
            held.digest = digest.finalize().into();
            for table in tables {
                let counted = sql_query(format!("SELECT count(*) AS count FROM {table}"));
                held.rows.push((*table, counted.get_result::<Count>($conn)?.count));
            }
            held
        }};
    }
    Ok((side!(sqlite, source), side!(postgres, target)))
}

impl Held {
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
