//! Tests of admission, delays, scopes and texts of licences.

mod admitting;
mod delays;
mod scopes;
mod support;
mod texts;
