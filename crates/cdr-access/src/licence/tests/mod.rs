//! Tests of admission, delays and texts of licences.

mod admitting;
mod delays;
mod support;
mod texts;
