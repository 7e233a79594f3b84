//! Limits of exports, for each customer and in all.

use std::fmt;

/// Limits of the exports that are to be written and of the files that wait to be collected; `None` for no limit. An
/// order that finds a limit reached is refused. The ledger checks them when it enters an order, in the same
/// transaction, so that several servers cannot exceed them together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportLimits {
    /// The number of pending and running exports of one customer.
    pub pending_per_customer: Option<u64>,
    /// The number of pending and running exports in all.
    pub pending: Option<u64>,
    /// The bytes of the finished files of one customer.
    pub bytes_per_customer: Option<u64>,
    /// The bytes of all finished files.
    pub bytes: Option<u64>,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// Pending and running exports.
    Pending,
    /// Bytes of finished files.
    Bytes,
}

/// A limit that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReachedLimit {
    /// What it counts.
    pub of: Limited,
    /// Whether it is that of the customer, not that of all exports.
    pub is_of_customer: bool,
    /// The limit.
    pub most: u64,
}

impl ExportLimits {
    /// The first limit that an order for this customer finds reached. `count` returns the pending and running exports,
    /// or the bytes of the finished files, of a customer or in all. It is asked only about what is limited.
    ///
    /// # Errors
    /// That of `count`.
    pub fn reached<E>(
        &self,
        customer: Option<i64>,
        mut count: impl FnMut(Limited, Option<i64>) -> Result<u64, E>,
    ) -> Result<Option<ReachedLimit>, E> {
        let all = [
            (Limited::Pending, true, self.pending_per_customer),
            (Limited::Pending, false, self.pending),
            (Limited::Bytes, true, self.bytes_per_customer),
            (Limited::Bytes, false, self.bytes),
        ];
        for (of, is_of_customer, most) in all {
            let Some(most) = most else { continue };
            if is_of_customer && customer.is_none() {
                continue;
            }
            if count(of, customer.filter(|_| is_of_customer))? >= most {
                return Ok(Some(ReachedLimit { of, is_of_customer, most }));
            }
        }
        Ok(None)
    }
}

impl fmt::Display for ReachedLimit {
    /// A sentence for the caller without its full stop. It names no numbers of other customers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = self.most;
        match (self.of, self.is_of_customer) {
            (Limited::Pending, true) => write!(f, "{most} exports are pending, which is the limit; try again later"),
            (Limited::Pending, false) => write!(f, "too many exports are pending on this server; try again later"),
            (Limited::Bytes, true) => write!(
                f,
                "the files of finished exports have reached their limit of {most} bytes; order again when some have expired"
            ),
            (Limited::Bytes, false) => write!(f, "the space for finished exports is used up; try again later"),
        }
    }
}
