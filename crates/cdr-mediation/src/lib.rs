#![doc = include_str!("../README.md")]

mod balances;
mod callback;
mod caller;
mod error;
mod export;
mod intake;
mod job;
mod kept;
mod ledger;
mod limits;
mod lines;
mod listing;
mod loads;
mod mediation;
mod memory;
mod paged;
mod ports;
mod progress;
mod read_queue;
mod request;
mod sorted;
mod source_hour;
mod source_settings;
mod spool;
#[cfg(feature = "testsuite")]
pub mod testsuite;
mod transactions;
mod unreadable;
mod waiting;
mod wakeup;
mod walk;
mod walking;
mod watched;
mod worker;

pub use balances::OpeningBalance;
pub use callback::{Callback, CallbackSender, CallbackTask};
pub use caller::{Caller, Visibility};
pub use cdr_model::{Clock, PortError, SystemClock, Timestamp, chain};
pub use error::MediationError;
pub use export::{assemble_export, write_export, write_export_keeping};
pub use intake::{
    AcceptedEntries, AccountDraft, BalanceDate, Batch, BatchReport, CallDraft, ConferenceDraft, Content, CustomerDraft,
    DestinationDraft, EntryFilter, EntryTally, Exported, Incoming, JoinTime, ProductDraft, QuarantineEntry,
    QuarantinedVersion, ReachedDraft, Resolution, RowForm, ServiceDraft, Transaction, TransactionPart, UnknownAccounts,
};
pub use job::{
    EntryPage, ExportEntry, ExportJob, ExportOrder, ExportScope, ExportStatus, Finished, JobState, KeptFile, KeptOrder,
};
pub use kept::{Assembled, KeptBlocks, PackFile, PackStore};
pub use ledger::{Claim, Entered, Heartbeat, JobLedger, LedgerTally};
pub use limits::{ExportLimits, Limited, ReachedLimit};
pub use lines::{KeptLine, KeptLines, LineChunk, RemapReport, Remapped, RemappedInto, Remapping};
pub use loads::{Load, LoadDraft, LoadEnd, LoadKind, LoadState, Undone};
pub use mediation::Mediation;
pub use memory::{Memory, MemoryLedger, MemoryPacks, MemorySpool, MemoryWalks};
pub use ports::{CdrSink, CdrSource, DirectoryEditor, Loads, PartVersions, Quarantine, Sources};
pub use progress::{Progress, Step};
pub use read_queue::{QueuedReader, ReadQueue};
pub use request::ExportRequest;
pub use sorted::{by_number, read_list, sorted_page, sorted_scan};
pub use source_hour::SourceHour;
pub use source_settings::{AccountRule, ConfiguredSource, SourceSettings};
pub use spool::{SaveAs, Spool, SpoolRead, SpoolWrite, UNFINISHED, check_key};
pub use transactions::{Joined, join};
pub use unreadable::Unreadable;
pub use waiting::longest_wait;
pub use walk::{NewWalk, Walk, WalkLimits, Walks};
pub use watched::{WatchedFile, WatchedFiles};
pub use worker::{Outcome, Round, Stop, Worker, WorkerOptions};
