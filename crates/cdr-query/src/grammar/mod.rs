//! The published grammars that people write instants and zones in, readable without the rest of the crate.

mod calendar;
mod cursor;
mod error;
mod near_zone;
mod productions;

pub mod bound;
pub mod local_zone;
pub mod xs_date_time;
pub mod zone;

#[cfg(test)]
mod tests;

pub use bound::read_bound;
pub use error::{BoundError, Found, Part, XsDateTimeError, ZoneError};
pub use local_zone::{Certainty, GapPolicy, LocalZone, OverlapPolicy, Resolved};
pub use xs_date_time::{Rounding, XsDateTime, XsdVersion};
pub use zone::Zone;
