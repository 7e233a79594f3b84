//! Blocks that are kept, so that the next export with the same rows need not read and encode them again.
//!
//! A block is used again if the calls of its part (its hour, or its day) are the same: if the source gives the part the same
//! version as then, and the watermark of the export is not below that version. What is kept can be removed at any
//! moment, and is never needed: a block that is missing or damaged is made anew, with the same bytes.

mod assembled;
mod keeper;
mod plan;
mod sealing;
mod upkeep;
mod writing;

use std::fmt;
use std::sync::Arc;

use cdr_model::{PortError, Timestamp};

pub use assembled::Assembled;
pub(crate) use assembled::Assembling;
pub(crate) use plan::Plan;
pub(crate) use writing::write_sheet;

use crate::spool::{SpoolRead, SpoolWrite};

/// Stores packs of blocks by their names, which consist of letters, digits and `-`. A pack exists completely or not at
/// all. It need not survive a crash.
pub trait PackStore: Send + Sync {
    /// Starts a pack. It exists once it is published, in place of one of the same name.
    ///
    /// # Errors
    /// If it cannot be written.
    fn begin(&self, name: &str) -> Result<Box<dyn SpoolWrite>, PortError>;

    /// Opens a pack.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn open(&self, name: &str) -> Result<Box<dyn SpoolRead>, PortError>;

    /// Notes that a pack was used. It may be noted more roughly than to the second.
    ///
    /// # Errors
    /// If it cannot be noted.
    fn note_use(&self, name: &str) -> Result<(), PortError>;

    /// Removes a pack. Removing one that does not exist succeeds.
    ///
    /// # Errors
    /// If it cannot be removed.
    fn remove(&self, name: &str) -> Result<(), PortError>;

    /// All packs.
    ///
    /// # Errors
    /// If they cannot be listed.
    fn list(&self) -> Result<Vec<PackFile>, PortError>;

    /// Removes unfinished packs of writers that crashed.
    ///
    /// # Errors
    /// If one cannot be removed.
    fn clear(&self) -> Result<(), PortError>;
}

/// A pack in a [`PackStore`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackFile {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was last used, or written.
    pub used_at: Timestamp,
}

/// Where blocks are kept, and how many. Cheap to clone.
#[derive(Clone)]
pub struct KeptBlocks {
    packs: Arc<dyn PackStore>,
    most: u64,
}

impl KeptBlocks {
    /// Keeps blocks in packs of at most `most` bytes in all. Beyond that the packs that were not used for the longest time are
    /// removed. With 0 none are kept or used.
    pub fn new(packs: Arc<dyn PackStore>, most: u64) -> KeptBlocks {
        KeptBlocks { packs, most }
    }
}

impl fmt::Debug for KeptBlocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptBlocks").field("most", &self.most).finish_non_exhaustive()
    }
}
