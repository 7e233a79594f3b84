#![doc = include_str!("../README.md")]

mod callback;
mod caller;
mod error;
mod export;
mod intake;
mod job;
mod ledger;
mod listing;
mod mediation;
mod memory;
mod paged;
mod ports;
mod progress;
mod sorted;
mod spool;
#[cfg(feature = "testsuite")]
pub mod testsuite;
mod unreadable;
mod wakeup;
mod worker;

pub use callback::{Callback, CallbackSender, CallbackTask};
pub use caller::{Caller, Visibility};
pub use cdr_model::{Clock, PortError, SystemClock, chain};
pub use error::MediationError;
pub use export::{ExportRequest, write_export};
pub use intake::{
    AccountDraft, Batch, BatchReport, CallDraft, ConferenceDraft, Content, CustomerDraft, DestinationDraft, Exported,
    Incoming, ProductDraft, QuarantineEntry, Resolution, ServiceDraft, Version,
};
pub use job::{
    ExportEntry, ExportJob, ExportOrder, ExportScope, ExportStatus, Finished, JobState, KeptFile, KeptOrder,
};
pub use ledger::{Claim, Entered, Heartbeat, JobLedger, LedgerTally};
pub use mediation::Mediation;
pub use memory::{Memory, MemoryLedger, MemorySpool};
pub use ports::{CdrSink, CdrSource, DirectoryEditor, Quarantine};
pub use progress::{Progress, Step};
pub use sorted::{sorted_page, sorted_scan};
pub use spool::{SaveAs, Spool, SpoolRead, SpoolWrite, UNFINISHED, check_key};
pub use unreadable::Unreadable;
pub use worker::{Outcome, Round, Stop, Worker, WorkerOptions};
