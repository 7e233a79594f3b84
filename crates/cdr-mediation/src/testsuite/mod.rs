//! What implementations of the ports promise, as tests that take any of them; and what tests of code over them need.
//!
//! With the feature `testsuite`. A ledger of your own is tested by
//!
//! ```
//! use cdr_mediation::{JobLedger, MemoryLedger};
//!
//! fn on_every_ledger(case: &dyn Fn(&dyn JobLedger, &dyn JobLedger)) {
//!     let ledger = MemoryLedger::default();
//!     case(&ledger, &ledger);
//! }
//!
//! cdr_mediation::ledger_contract!(on_every_ledger);
//! ```
//!
//! and likewise a spool by [`spool_contract!`](crate::spool_contract). A source is compared with the definition of a query by
//! [`source::agrees`].

#![expect(clippy::unwrap_used, reason = "these are tests: what they meet and do not expect ends them")]

mod clock;
pub mod ledger;
pub mod source;
pub mod spool;

pub use clock::HandClock;

/// A test for each of these functions of a module of this suite.
#[doc(hidden)]
#[macro_export]
macro_rules! contract_tests {
    ($port:ident, $on_every:path, $($name:ident)+) => {
        $(
            #[test]
            fn $name() {
                $crate::testsuite::$port::$name(&$on_every);
            }
        )+
    };
}
