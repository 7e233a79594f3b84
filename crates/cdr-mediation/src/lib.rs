//! The work between switch and billing: calls are taken in, listed, and written to files.
//!
//! What it works on stays behind ports: implement [`CdrSource::page`] over your own table and [`write_export`] makes
//! every file from it that Tollbook can make. [`Memory`] is a source and a sink for tests and examples.
//!
//! This crate knows no HTTP and no SQL, and is synchronous.

mod error;
mod export;
mod intake;
mod memory;
mod ports;
mod progress;

pub use error::{MediationError, PortError};
pub use export::{ExportRequest, write_export};
pub use intake::{
    AccountDraft, Batch, CallDraft, ConferenceDraft, Content, CustomerDraft, Incoming, QuarantineEntry, Resolution,
    ServiceDraft, Taken, Version,
};
pub use memory::Memory;
pub use ports::{CdrSink, CdrSource, DirectoryKeeper, Quarantine};
pub use progress::Progress;
