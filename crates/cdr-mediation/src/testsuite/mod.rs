//! The contracts of the ports as tests for any implementation, and support for tests of code that uses the ports.
//!
//! Requires the feature `testsuite`. A ledger of your own is tested by
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
//! a spool by [`spool_contract!`](crate::spool_contract), kept blocks by [`packs_contract!`](crate::packs_contract), a sink
//! by [`sink_contract!`](crate::sink_contract), and walks by [`walks_contract!`](crate::walks_contract).
//! [`source::agrees`] and [`conferences::agrees`] compare a source with the definition of a query.

#![expect(clippy::unwrap_used, reason = "these are tests: an unexpected result fails them")]

mod clock;
pub mod conferences;
mod fixture;
pub mod ledger;
pub mod packs;
mod scripted;
pub mod sink;
pub mod source;
pub mod spool;
pub mod walks;

pub use clock::HandClock;
pub use fixture::Fixture;
pub use scripted::{Read, ScriptedLedger, ScriptedSource};

/// Defines a test for each of these functions of a module of this suite.
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
