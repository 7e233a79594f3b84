//! Instants, clocks, and time zones of local times.

mod clock;
mod local_zone;
mod near_zone;
mod offset;
#[cfg(test)]
mod tests;
mod timestamp;
mod zone;

pub use clock::{Clock, SystemClock};
pub use local_zone::{Certainty, GapPolicy, LocalZone, OverlapPolicy, Resolved};
pub use timestamp::Timestamp;
pub use zone::{ZONE_DATA, Zone};
