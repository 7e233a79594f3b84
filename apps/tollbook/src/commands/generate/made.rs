//! What the records of a sample are.

use std::fmt;

use cdr_samples::Sample;

/// How many records of each kind were generated.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) calls: u64,
    pub(super) charges: u64,
    pub(super) conferences: u64,
    /// Services, products, destinations, customers and accounts.
    pub(super) entries: u64,
}

impl Made {
    pub(super) fn add(&mut self, sample: &Sample) {
        match sample {
            Sample::Call(_) => self.calls += 1,
            Sample::Charge(_) => self.charges += 1,
            Sample::Conference(_) => self.conferences += 1,
        }
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Made { calls, charges, conferences, entries } = self;
        write!(
            f,
            "they are {calls} calls, {charges} charges, {conferences} conferences, and {entries} services, products, \
             destinations, customers and accounts; two of the services are in every store"
        )
    }
}
