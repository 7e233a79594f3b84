//! The ports of mediation, forwarded to the store of the database in use.

use std::collections::BTreeMap;
use std::io;
use std::ops::RangeInclusive;
use std::sync::Arc;

use cdr_access::{Licence, Licences, Login, Logins, Secrets, User, Users};
use cdr_export::Cut;
use cdr_mediation::{
    AcceptedEntries, AccountDraft, Batch, BatchReport, CallbackTask, CdrSink, CdrSource, Claim, ConfiguredSource,
    CustomerDraft, DestinationDraft, DirectoryEditor, Entered, EntryFilter, EntryPage, EntryTally, ExportEntry,
    ExportJob, ExportLimits, ExportOrder, ExportScope, Finished, Heartbeat, JobLedger, KeptLines, LedgerTally,
    LineChunk, Load, LoadDraft, LoadEnd, Loads, NewWalk, PartVersions, PortError, ProductDraft, Progress, Quarantine,
    QuarantineEntry, RemapReport, Remapped, Remapping, ServiceDraft, SourceHour, Sources, Undone, Walk, WalkLimits,
    Walks, WatchedFile, WatchedFiles,
};
use cdr_model::{
    Account, Cdr, ConferenceRecord, Customer, Destination, Directory, Money, Product, ScannedCall, Service, Timestamp,
};
use cdr_query::{CdrQuery, Cursor, Window};
use uuid::Uuid;

use crate::store::Store;

/// Implements a port for [`Store`]: every method forwards to the same method of the inner store.
macro_rules! forward {
    ($port:ident: $(fn $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)+) => {
        impl $port for Store {
            $(fn $name(&self, $($argument: $kind),*) -> Result<$answer, PortError> {
                $port::$name(&*self.0, $($argument),*)
            })+
        }
    };
}

forward! { CdrSource:
    fn page(query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Vec<Cdr>;
    fn scan(query: &CdrQuery, each: &mut dyn FnMut(Cdr) -> io::Result<()>) -> ();
    fn scan_fields(query: &CdrQuery, each: &mut dyn FnMut(ScannedCall) -> io::Result<()>) -> ();
    fn page_of_fields(query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Vec<ScannedCall>;
    fn list(query: &CdrQuery, skip: u64, take: usize) -> Vec<Cdr>;
    fn jump(query: &CdrQuery, skip: u64) -> (Window, u64);
    fn count(query: &CdrQuery) -> u64;
    fn services(query: &CdrQuery) -> Vec<(i32, u64)>;
    fn conference_page(query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Vec<ConferenceRecord>;
    fn conferences(query: &CdrQuery, each: &mut dyn FnMut(ConferenceRecord) -> io::Result<()>) -> ();
    fn count_conferences(query: &CdrQuery) -> u64;
    fn watermark() -> i64;
    fn part_versions(query: &CdrQuery, cut: Cut, parts: &RangeInclusive<i64>) -> Option<PartVersions>;
    fn balances(accounts: &[i64]) -> BTreeMap<i64, Money>;
    fn directory() -> Arc<Directory>;
}

forward! { CdrSink:
    fn take(batch: &Batch) -> BatchReport;
}

forward! { Sources:
    fn configured_sources() -> Vec<ConfiguredSource>;
    fn configure_source(source: &ConfiguredSource) -> ();
    fn forget_source(name: &str) -> ();
    fn source_hours() -> Vec<SourceHour>;
    fn newest_keys(source: &str, limit: usize) -> Vec<(String, Timestamp)>;
}

forward! { Loads:
    fn begin_load(draft: &LoadDraft) -> i64;
    fn resume_load(id: i64) -> bool;
    fn end_load(id: i64, end: &LoadEnd) -> ();
    fn loads(source: Option<&str>, before: Option<i64>, limit: usize) -> Vec<Load>;
    fn load(id: i64) -> Load;
    fn undo_load(id: i64, progress: &mut dyn FnMut(u64)) -> Undone;
}

forward! { Quarantine:
    fn entries(all: bool, after: i64, limit: usize) -> Vec<QuarantineEntry>;
    fn entry(id: i64) -> QuarantineEntry;
    fn accept(id: i64) -> i64;
    fn discard(id: i64) -> ();
    fn summary(filter: &EntryFilter) -> Vec<EntryTally>;
    fn selected(filter: &EntryFilter, after: i64, limit: usize) -> Vec<QuarantineEntry>;
    fn open_entries(most: u64) -> u64;
    fn discard_all(filter: &EntryFilter, progress: &mut dyn FnMut(u64)) -> u64;
    fn accept_all(filter: &EntryFilter, progress: &mut dyn FnMut(u64)) -> AcceptedEntries;
}

forward! { KeptLines:
    fn next_lines(source: &str, after: i64) -> Option<LineChunk>;
    fn remap(remapping: &Remapping, chunk: Option<i64>, records: &[Remapped]) -> RemapReport;
    fn forget_lines(before: Timestamp) -> u64;
}

forward! { DirectoryEditor:
    fn add_customer(draft: &CustomerDraft) -> Customer;
    fn add_account(draft: &AccountDraft) -> Account;
    fn change_customer(name: &str, draft: &CustomerDraft) -> Customer;
    fn change_account(number: &str, draft: &AccountDraft) -> Account;
    fn change_service(name: &str, draft: &ServiceDraft) -> Service;
    fn change_product(name: &str, draft: &ProductDraft) -> Product;
    fn change_destination(prefix: &str, draft: &DestinationDraft) -> Destination;
}

forward! { JobLedger:
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

forward! { Walks:
    fn begin(walk: &NewWalk<'_>, limits: &WalkLimits, now: Timestamp) -> ();
    fn join(owner: &str, question: &[u8; 32], offset: u64, now: Timestamp) -> Option<Walk>;
    fn give(number: i64, offset: Option<u64>, expires_at: Timestamp) -> ();
}

forward! { WatchedFiles:
    fn watched_files(source: &str) -> Vec<WatchedFile>;
    fn keep_watched_file(source: &str, number: Option<i64>, seen_at: Timestamp, document: &str) -> i64;
    fn forget_watched_file(number: i64) -> ();
}

forward! { Users:
    fn user(name: &str) -> Option<User>;
    fn users() -> Vec<User>;
    fn add_user(user: &User) -> ();
    fn change_user(user: &User) -> ();
    fn remove_user(name: &str) -> ();
}

forward! { Logins:
    fn login(id: i64) -> Option<Login>;
    fn login_named(login: &str) -> Option<Login>;
    fn logins() -> Vec<Login>;
    fn add_login(login: &Login) -> Login;
    fn change_login(login: &Login) -> ();
    fn renew_password(login: &Login, password: &str) -> bool;
    fn remove_login(login: &str) -> ();
}

forward! { Licences:
    fn licence_by_digest(digest: &[u8; 32]) -> Option<Licence>;
    fn licences() -> Vec<Licence>;
    fn add_licence(licence: &Licence) -> Licence;
    fn change_digest(name: &str, digest: &[u8; 32]) -> ();
    fn remove_licence(name: &str) -> ();
}

forward! { Secrets:
    fn secret(name: &str) -> Vec<u8>;
}
