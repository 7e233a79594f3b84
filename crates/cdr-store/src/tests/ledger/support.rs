//! Exports to enter in ledgers.

pub(in crate::tests) use cdr_mediation::testsuite::ledger::exports::*;
