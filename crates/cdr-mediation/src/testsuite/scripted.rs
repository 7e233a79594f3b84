//! Ports with a script: tests decide what happens before a call.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use cdr_model::{Cdr, ConferenceRecord, Directory, PortError, Timestamp};
use cdr_query::{Cancel, CdrQuery, Cursor};
use uuid::Uuid;

use crate::callback::CallbackTask;
use crate::job::{EntryPage, ExportEntry, ExportJob, ExportOrder, ExportScope, Finished};
use crate::ledger::{Claim, Entered, Heartbeat, JobLedger, LedgerTally};
use crate::limits::ExportLimits;
use crate::listing;
use crate::memory::Memory;
use crate::ports::CdrSource;
use crate::progress::Progress;

/// What is read from a [`ScriptedSource`].
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    /// The watermark.
    Watermark,
    /// A page of calls, counted from 1 since the last first page.
    Page(usize),
    /// All calls of a query.
    Scan,
    /// A page of a list in an order with keys, and the signal that cancels it.
    List(Cancel),
}

type ReadScript = Box<dyn FnMut(Read) -> Result<(), PortError> + Send>;

/// Records in memory with a script that runs before they are read.
pub struct ScriptedSource {
    records: Memory,
    pages: Mutex<usize>,
    script: Mutex<ReadScript>,
}

impl ScriptedSource {
    /// A source of these records. Its script does nothing.
    pub fn over(records: Memory) -> ScriptedSource {
        ScriptedSource { records, pages: Mutex::default(), script: Mutex::new(Box::new(|_| Ok(()))) }
    }

    /// Sets the script. A read fails with the script's error.
    pub fn before_reading(&self, script: impl FnMut(Read) -> Result<(), PortError> + Send + 'static) {
        *self.script.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(script);
    }

    fn run(&self, read: Read) -> Result<(), PortError> {
        // A script that panics leaves no state of this source behind.
        (self.script.lock().unwrap_or_else(PoisonError::into_inner))(read)
    }
}

impl fmt::Debug for ScriptedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedSource").finish_non_exhaustive()
    }
}

impl CdrSource for ScriptedSource {
    fn page(&self, query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError> {
        let page = {
            let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
            *pages = if after.is_none() { 1 } else { *pages + 1 };
            *pages
        };
        self.run(Read::Page(page))?;
        self.records.page(query, after, limit)
    }

    fn scan(&self, query: &CdrQuery, each: &mut dyn FnMut(Cdr) -> io::Result<()>) -> Result<(), PortError> {
        self.run(Read::Scan)?;
        self.records.scan(query, each)
    }

    fn list(&self, query: &CdrQuery, skip: u64, take: usize) -> Result<Vec<Cdr>, PortError> {
        if query.order.keys.is_empty() {
            return listing::in_order(&|query, after, limit| self.page(query, after, limit), query, None, skip, take);
        }
        self.run(Read::List(query.cancel.clone()))?;
        self.records.list(query, skip, take)
    }

    fn count(&self, query: &CdrQuery) -> Result<u64, PortError> {
        self.records.count(query)
    }

    fn services(&self, query: &CdrQuery) -> Result<Vec<(i32, u64)>, PortError> {
        self.records.services(query)
    }

    fn conference_page(
        &self,
        query: &CdrQuery,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<ConferenceRecord>, PortError> {
        self.records.conference_page(query, after, limit)
    }

    fn watermark(&self) -> Result<i64, PortError> {
        self.run(Read::Watermark)?;
        self.records.watermark()
    }

    fn directory(&self) -> Result<Arc<Directory>, PortError> {
        self.records.directory()
    }
}

type LedgerScript = Box<dyn FnMut(&'static str) -> Result<(), PortError> + Send>;

/// A ledger with a script that runs before each call.
pub struct ScriptedLedger {
    ledger: Arc<dyn JobLedger>,
    script: Mutex<LedgerScript>,
}

impl ScriptedLedger {
    /// A script over a ledger. It does nothing yet.
    pub fn over(ledger: Arc<dyn JobLedger>) -> ScriptedLedger {
        ScriptedLedger { ledger, script: Mutex::new(Box::new(|_| Ok(()))) }
    }

    /// Sets the script. It gets the name of the method, such as `renew`; a call fails with the script's error.
    pub fn before_calls(&self, script: impl FnMut(&'static str) -> Result<(), PortError> + Send + 'static) {
        *self.script.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(script);
    }

    fn run(&self, method: &'static str) -> Result<(), PortError> {
        (self.script.lock().unwrap_or_else(PoisonError::into_inner))(method)
    }
}

impl fmt::Debug for ScriptedLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedLedger").finish_non_exhaustive()
    }
}

/// Methods that run the script and then the ledger's own.
macro_rules! scripted {
    ($(fn $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)+) => {
        impl JobLedger for ScriptedLedger {
            $(fn $name(&self, $($argument: $kind),*) -> Result<$answer, PortError> {
                self.run(stringify!($name))?;
                self.ledger.$name($($argument),*)
            })+
        }
    };
}

scripted! {
    fn enter_within(limits: &ExportLimits, caller: &str, order: &ExportOrder, at: Timestamp) -> Entered;
    fn find(id: Uuid) -> Option<ExportJob>;
    fn numbered(number: i64) -> Option<ExportJob>;
    fn entries(scope: &ExportScope, each: &mut dyn FnMut(ExportEntry)) -> ();
    fn entry_page(page: &EntryPage) -> (Vec<ExportEntry>, u64);
    fn latest(lane: &str) -> Option<ExportJob>;
    fn claim(at: Timestamp, per_customer: Option<u32>) -> Option<Claim>;
    fn heartbeats() -> Vec<Heartbeat>;
    fn check_writes() -> ();
    fn take_over(heartbeat: &Heartbeat, at: Timestamp) -> Option<Claim>;
    fn renew(claim: &Claim, progress: Progress) -> bool;
    fn complete(claim: &Claim, finished: &Finished) -> bool;
    fn fail(claim: &Claim, reason: &str, at: Timestamp) -> bool;
    fn hand_back(claim: &Claim, at: Timestamp) -> bool;
    fn postpone(claim: &Claim, until: Timestamp, at: Timestamp) -> bool;
    fn withdraw(id: Uuid, at: Timestamp) -> bool;
    fn withdraw_before(before: Timestamp, at: Timestamp) -> u64;
    fn take_callback(now: Timestamp, again_at: Timestamp) -> Option<CallbackTask>;
    fn settle_callback(id: Uuid) -> ();
    fn postpone_callback(id: Uuid, due_at: Timestamp) -> ();
    fn files() -> Vec<String>;
    fn tally() -> LedgerTally;
}
