//! Tests of the grammars: tables of accepted and refused texts, and property tests.

mod bound;
mod fuzzed;
mod generated;
mod refused;
mod xs_date_time;
mod xs_date_time_laws;
