//! Tests of admission and delays of logins.

mod admitting;
mod delays;
mod support;
