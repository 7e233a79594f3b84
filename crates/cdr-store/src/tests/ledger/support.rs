//! Exports for tests of ledgers.

pub(in crate::tests) use cdr_mediation::testsuite::ledger::exports::*;
