//! The room of an answer. It is taken before any row is read, so that an answer that is refused has cost nothing.

use std::sync::Arc;
use std::time::Duration;

use super::sent::SENT_AT_ONCE;
use super::starting::StartingPlace;
use crate::bounds::{Bounds, Entered, Full};
use crate::buffers::{Buffered, Buffers};

/// An answer of at most so many rows is short: it is gathered whole, and needs no place among those that are sent.
pub(super) const SHORT: u64 = 1_000;
/// The bytes that are reserved for a row of a short answer: what the longest rows take in the widest format, XML.
const ROW: usize = 2_560;
/// A short answer that becomes longer than this is long after all.
pub(super) const WHOLE: usize = SHORT as usize * ROW;
/// An answer of so many rows is taken by the connection at once.
const AT_ONCE: u64 = SENT_AT_ONCE as u64 / 1_024;

/// Where answers take their room.
#[derive(Clone)]
pub(super) struct Rooms {
    /// Long answers that are being sent.
    pub(super) open: Arc<Bounds>,
    /// The bytes of answers that wait to be sent.
    pub(super) buffers: Arc<Buffers>,
    /// How long an answer waits for its place.
    pub(super) stall: Duration,
}

/// The room of an answer.
pub(super) struct Room {
    /// Among the answers that begin. An answer that had to wait does not stand in the way of those.
    pub(super) starting: StartingPlace,
    /// Its bytes that wait to be sent.
    pub(super) buffered: Buffered,
    /// Among the long answers that are sent, if it is one.
    pub(super) entered: Option<Entered>,
}

impl Rooms {
    /// The room of an answer of so many rows: bytes for a short one, or a place, for which it may have to wait.
    ///
    /// # Errors
    /// With the bound that is reached.
    pub(super) async fn take(&self, rows: u64, tenant: &str, starting: StartingPlace) -> Result<Room, Full> {
        let mut buffered = self.buffers.begin(tenant);
        let is_short = rows <= AT_ONCE || (rows <= SHORT && buffered.reserve(rows as usize * ROW).is_ok());
        if is_short {
            return Ok(Room { starting, buffered, entered: None });
        }
        if let Ok(entered) = self.open.try_enter(tenant) {
            return Ok(Room { starting, buffered, entered: Some(entered) });
        }
        starting.release();
        let entered = self.open.enter(tenant, self.stall).await?;
        Ok(Room { starting, buffered, entered: Some(entered) })
    }
}
