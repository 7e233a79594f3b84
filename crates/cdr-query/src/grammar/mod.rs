//! Parsers for published grammars of instants. They do not depend on the rest of the crate.

mod calendar;
mod cursor;
mod error;
mod productions;
mod version;

pub mod bound;
pub mod xs_date_time;

#[cfg(test)]
mod tests;

pub use bound::{read_bound, read_day};
pub use error::{BoundError, Found, Part, XsDateTimeError};
pub use version::XsdVersion;
pub use xs_date_time::{Rounding, XsDateTime};
