//! Loads a batch: one transaction, one lookup of all keys, then record by record in the order of the batch.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::super::Conn;
use cdr_mediation::{
    AccountDraft, Batch, BatchReport, CallDraft, CdrSink, ConferenceDraft, Content, CustomerDraft, DestinationDraft,
    Incoming, PortError, ProductDraft, QuarantinedVersion, ServiceDraft, Transaction,
};
use cdr_model::Timestamp;
use diesel::prelude::*;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::super::activity;
use super::super::lines::{NewLines, context_id};
use super::super::loads::{LoadNotes, check_undoing};
use super::super::parts::Touched;
use super::super::rollup::HourChanges;
use super::super::{Engine, Pending, Store};
use super::dialogues::{self, DialogueEnd, Dialogues, Outcome};
use super::forms::{Forms, OtherForm};
use super::fragments::Fragments;
use super::held::{
    BEFORE_RETENTION, CONFLICT, FORM_UNCLEAR, Held, INVITE_MISSING, is_waiting, settle_as_loaded, settle_dialogue,
    was_replaced,
};
use super::keys::{KnownKey, RecordTable, look_up};
use super::record::{Arrival, KeptRecord, keep_call, keep_conference};
use super::retries::Retries;
use super::screen::has_nul;
use super::stored::Stored;
use super::{Accounts, Counters};
use super::{changes, people, reference, reference_changes};
use crate::error::TransactionError;
use crate::key_digest::key_digest;
use crate::rejection::Rejection;
use crate::schema::{customers, sources};

/// What is said about a BYE without an INVITE.
const NO_INVITE: &str =
    "no INVITE of this dialogue was recorded, so its call is not known; one that comes later joins it";

impl CdrSink for Store {
    fn take(&self, batch: &Batch) -> Result<BatchReport, PortError> {
        if batch.records.is_empty() && batch.customer.is_none() {
            return Ok(BatchReport::default());
        }
        check(batch)?;
        let now = (self.0.clock)();
        let taken = self.write_records(|conn| take_one(conn, batch, now, &self.0.engine));
        taken.map_err(|error| self.failed("the records could not be stored", error))
    }

    fn take_each(&self, batches: &[Batch]) -> Result<Vec<BatchReport>, PortError> {
        batches.iter().try_for_each(check)?;
        let now = (self.0.clock)();
        let taken =
            self.write_records(|conn| batches.iter().map(|batch| take_one(conn, batch, now, &self.0.engine)).collect());
        taken.map_err(|error| self.failed("the records could not be stored", error))
    }
}

/// What a batch joins, which lives as long as what is stored of it.
#[derive(Default)]
struct Joining {
    dialogues: OnceCell<Dialogues>,
    /// The current versions of the calls of the dialogues, by their keys.
    known: OnceCell<HashMap<String, KnownKey>>,
}

/// Stores the records of a batch.
pub(super) fn take_one(
    conn: &mut Conn,
    batch: &Batch,
    now: Timestamp,
    engine: &Engine,
) -> Result<BatchReport, TransactionError> {
    Intake::begin(conn, batch, &Joining::default(), now)?.run(engine)
}

/// Refuses a batch with a name that no store can hold.
pub(super) fn check(batch: &Batch) -> Result<(), PortError> {
    let names = [Some(&batch.source), Some(&batch.feed), batch.customer.as_ref()];
    if names.into_iter().flatten().any(|name| has_nul(name)) {
        let why = "the name of a source, a feed or a customer contains the NUL character";
        return Err(PortError::Refused(why.to_owned()));
    }
    Ok(())
}

/// A batch that is being loaded.
struct Intake<'a> {
    conn: &'a mut Conn,
    batch: &'a Batch,
    now: Timestamp,
    arrival: Arrival<'a>,
    /// The current versions of the batch's keys, including records of this batch.
    known: HashMap<&'a str, KnownKey>,
    /// The records that exported ones of the batch claim to be.
    stored: Stored,
    /// The records that calls of the batch may be in another form.
    forms: Forms,
    /// The dialogues of the batch's transactions.
    dialogues: &'a Dialogues,
    /// The current versions of their calls.
    replaced: &'a HashMap<String, KnownKey>,
    /// Whether the quarantine has open entries of this source that a record of this batch may settle.
    waiting: bool,
    /// The parts of lines of this source in quarantine.
    fragments: Fragments,
    /// The entries that the records of the batch are read from.
    retries: Retries,
    /// The lines that are kept.
    lines: NewLines<'a>,
    /// The number of the context of the batch.
    context_id: Option<i64>,
    notes: LoadNotes,
    report: BatchReport,
}

impl<'a> Intake<'a> {
    fn begin(
        conn: &'a mut Conn,
        batch: &'a Batch,
        joining: &'a Joining,
        now: Timestamp,
    ) -> Result<Intake<'a>, TransactionError> {
        check_undoing(conn, &batch.source)?;
        let accounts = Accounts::of(conn, &batch.source, batch.customer.as_deref(), batch.unknown_accounts, now)?;
        let mut counters = Counters::read(conn)?;
        let source_id = source(conn, &mut counters, batch)?;
        let dialogues = Dialogues::of(conn, source_id, batch, now)?;
        let dialogues = joining.dialogues.get_or_init(|| dialogues);
        let keys: Vec<&str> = batch.records.iter().filter_map(key).chain(dialogues.keys()).collect();
        let known = look_up(conn, source_id, &keys)?;
        let of_dialogues =
            || dialogues.keys().filter_map(|key| Some((key.to_owned(), known.get(key)?.clone()))).collect();
        let replaced = joining.known.get_or_init(of_dialogues);
        let stored = Stored::of(conn, &batch.records, &known)?;
        let forms = Forms::of(conn, source_id, &batch.records, &known)?;
        let arrival = Arrival {
            pending: Pending::default(),
            source_id,
            source: &batch.source,
            counters,
            accounts,
            services: HashMap::new(),
            touched: Touched::default(),
            counts: HourChanges::default(),
        };
        let waiting = is_waiting(conn, source_id)?;
        let fragments = Fragments::of(conn, source_id)?;
        let notes = LoadNotes::begin(batch.load, &arrival.counters);
        let (retries, lines, report) = (Retries::default(), NewLines::of(batch), BatchReport::default());
        let intake = Intake {
            conn,
            batch,
            now,
            arrival,
            known,
            stored,
            forms,
            dialogues,
            replaced,
            waiting,
            fragments,
            retries,
            lines,
            context_id: None,
            notes,
            report,
        };
        Ok(intake)
    }

    fn run(mut self, engine: &Engine) -> Result<BatchReport, TransactionError> {
        let batch = self.batch;
        let ends = self.join()?;
        let mut transactions = HashSet::new();
        for (at, incoming) in batch.records.iter().enumerate() {
            self.retries.begin(batch.entries.get(at).copied());
            match &incoming.content {
                Content::Call(draft) => self.call(incoming, draft)?,
                Content::Transaction(one) => self.transaction(incoming, one, &ends, &mut transactions)?,
                Content::Conference(draft) => self.conference(incoming, draft)?,
                Content::Customer(draft) => self.customer(incoming, draft)?,
                Content::Account(draft) => self.account(incoming, draft)?,
                Content::Service(draft) => self.service(incoming, draft)?,
                Content::Product(draft) => self.product(incoming, draft)?,
                Content::Destination(draft) => self.destination(incoming, draft)?,
                Content::Unreadable { reason, detail } => self.hold(incoming, reason, detail)?,
            }
        }
        self.report.accounts_created = std::mem::take(&mut self.arrival.accounts.made);
        self.retries.settle(self.conn, self.now)?;
        if !self.lines.is_empty() {
            let context_id = self.context_id()?;
            self.lines.write(self.conn, batch, self.arrival.source_id, context_id, self.now)?;
        }
        self.notes.write(self.conn, &self.arrival.counters, &self.report)?;
        if batch.records.iter().any(is_of_a_switch) {
            activity::note(self.conn, self.arrival.source_id, self.now, &self.report, self.notes.latest())?;
        }
        self.arrival.finish(self.conn, engine)?;
        Ok(self.report)
    }

    /// Stores the calls that are joined, and says what became of each dialogue.
    fn join(&mut self) -> Result<HashMap<Uuid, DialogueEnd>, TransactionError> {
        let dialogues = self.dialogues;
        let mut ends = HashMap::with_capacity(dialogues.all.len());
        for (id, dialogue) in &dialogues.all {
            let end = match &dialogue.outcome {
                Outcome::Open => DialogueEnd::Open,
                Outcome::Call { draft, incoming } => self.joined(draft, incoming, dialogue.was_held())?,
                Outcome::Orphan { key, digest, incoming } => {
                    let held = self.held(incoming, INVITE_MISSING, NO_INVITE, digest, Some(key));
                    self.put_uncounted(held)?;
                    DialogueEnd::Held
                }
            };
            ends.insert(*id, end);
        }
        dialogues.finish(self.conn, &ends)?;
        Ok(ends)
    }

    /// Stores a joined call, or the version of it that follows from a further transaction.
    fn joined(
        &mut self,
        draft: &'a CallDraft,
        incoming: &'a Incoming,
        was_held: bool,
    ) -> Result<DialogueEnd, TransactionError> {
        let known = self.replaced.get(&draft.key);
        if known.is_some_and(|known| known.is(RecordTable::Calls, &draft.digest)) {
            return Ok(DialogueEnd::Joined);
        }
        let kept = match keep_call(self.conn, &mut self.arrival, draft, known) {
            Ok(kept) => kept,
            Err(error) => {
                let (reason, detail) = error.rejection()?.reason_and_detail();
                self.put_uncounted(self.held(incoming, reason, &detail, &draft.digest, Some(&draft.key)))?;
                return Ok(DialogueEnd::Held);
            }
        };
        if was_held {
            let (source_id, number) = (self.arrival.source_id, kept.known.number);
            settle_dialogue(self.conn, source_id, &draft.key, number, self.now)?;
        }
        self.known.insert(&draft.key, kept.known);
        self.notes.add(draft.call.started_at);
        self.report.unassigned += u64::from(kept.unassigned);
        Ok(DialogueEnd::Joined)
    }

    /// Counts a transaction. `before` are those of the batch before it.
    fn transaction(
        &mut self,
        incoming: &'a Incoming,
        transaction: &Transaction,
        ends: &HashMap<Uuid, DialogueEnd>,
        before: &mut HashSet<(Uuid, [u8; 32])>,
    ) -> Result<(), TransactionError> {
        let digest = transaction.draft.digest;
        if !dialogues::is_stored(self.batch, transaction) {
            return self.refuse(incoming, transaction.at, &digest);
        }
        let dialogue = key_digest(self.arrival.source_id, &transaction.draft.key);
        let is_first = before.insert((dialogue, digest));
        if ends.get(&dialogue) == Some(&DialogueEnd::Held) {
            self.report.quarantined += 1;
        } else if is_first && self.dialogues.is_new(dialogue, digest) {
            self.report.loaded += 1;
        } else {
            self.report.known += 1;
        }
        Ok(())
    }

    fn call(&mut self, incoming: &'a Incoming, draft: &'a CallDraft) -> Result<(), TransactionError> {
        match self.known.get(draft.key.as_str()) {
            Some(known) if known.is(RecordTable::Calls, draft.identity()) && self.stored.shows_call(known, draft) => {
                self.report.known += 1;
                self.retries.done(known.number);
                self.fragments.settle(self.conn, incoming, known.number, self.now)?;
            }
            known => match (self.forms.find(draft), known.cloned()) {
                (OtherForm::Same(number), _) => {
                    self.report.known += 1;
                    self.retries.done(number);
                    self.fragments.settle(self.conn, incoming, number, self.now)?;
                }
                (OtherForm::Unclear(number), None) => self.unclear(incoming, draft, number)?,
                (_, known) => self.other_call(incoming, draft, known)?,
            },
        }
        Ok(())
    }

    /// Handles a call that the store does not have with this content.
    fn other_call(
        &mut self,
        incoming: &'a Incoming,
        draft: &'a CallDraft,
        known: Option<KnownKey>,
    ) -> Result<(), TransactionError> {
        match known {
            _ if self.too_old(draft.call.started_at) => {
                self.refuse(incoming, draft.call.started_at, draft.identity())?
            }
            Some(known) => {
                // An export that was edited is identified by its own content.
                let is_edited = known.is(RecordTable::Calls, draft.identity());
                let digest = if is_edited { &draft.digest } else { draft.identity() };
                let version = || QuarantinedVersion::Call(Box::new(CallDraft { digest: *digest, ..draft.clone() }));
                self.conflict(incoming, &draft.key, digest, &known, version)?;
            }
            None => {
                let kept = keep_call(self.conn, &mut self.arrival, draft, None);
                if let Ok(kept) = &kept {
                    self.forms.note(draft, kept.known.number);
                }
                self.kept(incoming, &draft.key, draft.call.started_at, draft.identity(), kept)?;
            }
        }
        Ok(())
    }

    /// Holds a call that may be a record in another form.
    fn unclear(&mut self, incoming: &Incoming, draft: &CallDraft, number: i64) -> Result<(), TransactionError> {
        let detail = format!(
            "record {number} has the same values in the columns that both have, and nothing else tells whether it is the \
             same call"
        );
        let held = self.held(incoming, FORM_UNCLEAR, &detail, draft.identity(), Some(&draft.key));
        self.put(held)
    }

    fn conference(&mut self, incoming: &'a Incoming, draft: &'a ConferenceDraft) -> Result<(), TransactionError> {
        match self.known.get(draft.key.as_str()) {
            Some(known)
                if known.is(RecordTable::Conferences, draft.identity())
                    && self.stored.shows_conference(known, draft) =>
            {
                self.report.known += 1;
                self.retries.done(known.number);
            }
            _ if self.too_old(draft.conference.started_at) => {
                self.refuse(incoming, draft.conference.started_at, draft.identity())?;
            }
            Some(known) => {
                let known = known.clone();
                let is_edited = known.is(RecordTable::Conferences, draft.identity());
                let digest = if is_edited { &draft.digest } else { draft.identity() };
                let version =
                    || QuarantinedVersion::Conference(Box::new(ConferenceDraft { digest: *digest, ..draft.clone() }));
                self.conflict(incoming, &draft.key, digest, &known, version)?;
            }
            None => {
                let kept = keep_conference(self.conn, &mut self.arrival, draft, None);
                self.kept(incoming, &draft.key, draft.conference.started_at, draft.identity(), kept)?;
            }
        }
        Ok(())
    }

    fn too_old(&self, started_at: Timestamp) -> bool {
        self.batch.floor.is_some_and(|floor| started_at < floor)
    }

    /// Notes a record that is older than the retention period. Its content is not stored, not even in quarantine.
    fn refuse(
        &mut self,
        incoming: &Incoming,
        started_at: Timestamp,
        digest: &[u8; 32],
    ) -> Result<(), TransactionError> {
        let floor = self.batch.floor.unwrap_or(started_at);
        let detail = format!(
            "it started at {started_at}; records that started before {floor} are not stored, and neither is this line"
        );
        let held = self.held(incoming, BEFORE_RETENTION, &detail, digest, None);
        self.put(Held { raw: &[], ..held })
    }

    fn kept(
        &mut self,
        incoming: &'a Incoming,
        key: &'a str,
        started_at: Timestamp,
        digest: &[u8; 32],
        kept: Result<KeptRecord, TransactionError>,
    ) -> Result<(), TransactionError> {
        match kept {
            Ok(kept) => {
                if self.waiting {
                    // It may have waited for a customer or a service that has been added since.
                    settle_as_loaded(self.conn, self.arrival.source_id, key, digest, kept.known.number, self.now)?;
                }
                self.fragments.settle(self.conn, incoming, kept.known.number, self.now)?;
                self.retries.done(kept.known.number);
                self.lines.add(kept.known.number, started_at, &incoming.raw);
                self.known.insert(key, kept.known);
                self.notes.add(started_at);
                self.report.loaded += 1;
                self.report.unassigned += u64::from(kept.unassigned);
                Ok(())
            }
            Err(error) => {
                let (reason, detail) = error.rejection()?.reason_and_detail();
                let key = Some(key).filter(|key| !has_nul(key));
                let held = self.held(incoming, reason, &detail, digest, key);
                self.put(held)
            }
        }
    }

    /// Handles a known key with different content: both versions are kept until the entry is resolved.
    fn conflict(
        &mut self,
        incoming: &Incoming,
        key: &str,
        digest: &[u8; 32],
        known: &KnownKey,
        version: impl FnOnce() -> QuarantinedVersion,
    ) -> Result<(), TransactionError> {
        if was_replaced(self.conn, self.arrival.source_id, key, digest)? {
            self.report.known += 1;
            self.retries.done(known.number);
            return Ok(());
        }
        let version = version();
        let fit = match &version {
            QuarantinedVersion::Call(draft) => super::screen::call(draft),
            QuarantinedVersion::Conference(draft) => super::screen::conference(draft),
        };
        if let Err(rejection) = fit {
            let (reason, detail) = rejection.reason_and_detail();
            let held = self.held(incoming, reason, &detail, digest, Some(key));
            return self.put(held);
        }
        let detail = format!("record {} has the same key `{key}` but different content", known.number);
        let held = self.held(incoming, CONFLICT, &detail, digest, Some(key));
        self.put(Held { conflict: Some((&version, known.number, &known.digest)), ..held })
    }

    fn customer(&mut self, incoming: &Incoming, draft: &CustomerDraft) -> Result<(), TransactionError> {
        if let Some(existing) = people::customer_named(self.conn, &draft.name)? {
            if self.batch.updates {
                let changed = changes::change_customer(self.conn, &draft.name, draft, self.now);
                return self.changed(incoming, changed);
            }
            let reseller = match existing.reseller_id {
                None => None,
                Some(id) => Some(customers::table.find(id).select(customers::name).first::<String>(self.conn)?),
            };
            let same = people::is_customer_as_drafted(&existing, reseller.as_ref(), draft);
            return self.existing(incoming, same, "customer", &draft.name);
        }
        let added = people::add_customer(self.conn, draft, self.now).map(drop);
        self.added(incoming, added)
    }

    fn account(&mut self, incoming: &Incoming, draft: &AccountDraft) -> Result<(), TransactionError> {
        if let Some(customer) = people::customer_named(self.conn, &draft.customer)?
            && let Some(existing) = people::account_of(self.conn, customer.id, &draft.number)?
        {
            if self.batch.updates {
                let changed = changes::change_account(self.conn, &draft.number, draft, self.now);
                return self.changed(incoming, changed);
            }
            return self.existing(incoming, people::is_as_drafted(&existing, draft), "account", &draft.number);
        }
        let added = people::add_account(self.conn, draft, self.now).map(drop);
        self.added(incoming, added)
    }

    fn service(&mut self, incoming: &Incoming, draft: &ServiceDraft) -> Result<(), TransactionError> {
        if let Some(existing) = reference::service_named(self.conn, &draft.name)? {
            if self.batch.updates {
                let changed = reference_changes::change_service(self.conn, &draft.name, draft, self.now);
                return self.changed(incoming, changed);
            }
            return self.existing(incoming, reference::is_service_as_drafted(&existing, draft), "service", &draft.name);
        }
        let added = reference::add_service(self.conn, draft, self.now).map(drop);
        self.added(incoming, added)
    }

    fn product(&mut self, incoming: &Incoming, draft: &ProductDraft) -> Result<(), TransactionError> {
        if let Some(existing) = reference::product_named(self.conn, &draft.name)? {
            if self.batch.updates {
                let changed = reference_changes::change_product(self.conn, &draft.name, draft, self.now);
                return self.changed(incoming, changed);
            }
            return self.existing(incoming, reference::is_product_as_drafted(&existing, draft), "product", &draft.name);
        }
        let added = reference::add_product(self.conn, draft, self.now).map(drop);
        self.added(incoming, added)
    }

    fn destination(&mut self, incoming: &Incoming, draft: &DestinationDraft) -> Result<(), TransactionError> {
        if let Some(existing) = reference::destination_of(self.conn, draft)? {
            if self.batch.updates {
                let changed = reference_changes::change_destination(self.conn, &existing.prefix, draft, self.now);
                return self.changed(incoming, changed);
            }
            let same = reference::is_destination_as_drafted(&existing, draft);
            return self.existing(incoming, same, "destination", &draft.prefix);
        }
        let added = reference::add_destination(self.conn, draft, self.now).map(drop);
        self.added(incoming, added)
    }

    /// Handles an entry whose name already exists: it is known if the values are the same, and goes to quarantine
    /// otherwise.
    fn existing(
        &mut self,
        incoming: &Incoming,
        same: bool,
        what: &'static str,
        name: &str,
    ) -> Result<(), TransactionError> {
        if same {
            self.report.known += 1;
            self.retries.done(0);
            return Ok(());
        }
        let (reason, detail) = Rejection::Exists { what, name: name.to_owned() }.reason_and_detail();
        self.hold(incoming, reason, &detail)
    }

    fn added(&mut self, incoming: &Incoming, added: Result<(), TransactionError>) -> Result<(), TransactionError> {
        match added {
            Ok(()) => {
                self.report.loaded += 1;
                self.retries.done(0);
                self.directory_moved();
                Ok(())
            }
            Err(error) => self.refused(incoming, error),
        }
    }

    /// Counts a change of an entry, which is none if nothing differs.
    fn changed<T>(
        &mut self,
        incoming: &Incoming,
        changed: Result<Option<T>, TransactionError>,
    ) -> Result<(), TransactionError> {
        match changed {
            Ok(Some(_)) => {
                self.report.changed += 1;
                self.retries.done(0);
                self.directory_moved();
                Ok(())
            }
            Ok(None) => {
                self.report.known += 1;
                self.retries.done(0);
                Ok(())
            }
            Err(error) => self.refused(incoming, error),
        }
    }

    fn directory_moved(&mut self) {
        self.arrival.counters.directory_moved();
        self.arrival.accounts.forget();
        self.arrival.services.clear();
    }

    fn refused(&mut self, incoming: &Incoming, error: TransactionError) -> Result<(), TransactionError> {
        let (reason, detail) = error.rejection()?.reason_and_detail();
        self.hold(incoming, reason, &detail)
    }

    /// Puts a record without a key into quarantine, under the digest of its bytes.
    fn hold(&mut self, incoming: &Incoming, reason: &str, detail: &str) -> Result<(), TransactionError> {
        let digest: [u8; 32] = Sha256::digest(&incoming.raw).into();
        let held = self.held(incoming, reason, detail, &digest, None);
        self.put(held)
    }

    fn held<'h>(
        &self,
        incoming: &'h Incoming,
        reason: &'h str,
        detail: &'h str,
        digest: &'h [u8; 32],
        key: Option<&'h str>,
    ) -> Held<'h>
    where
        'a: 'h,
    {
        Held {
            source_id: self.arrival.source_id,
            feed: &self.batch.feed,
            customer: self.batch.customer.as_deref(),
            reason,
            detail,
            position: &incoming.position,
            received_at: self.now,
            raw: &incoming.raw,
            digest,
            key,
            context_id: None,
            conflict: None,
        }
    }

    fn put(&mut self, held: Held<'_>) -> Result<(), TransactionError> {
        self.report.quarantined += 1;
        if let Some(entry) = self.retries.stays() {
            return Ok(held.replace(self.conn, entry)?);
        }
        self.put_uncounted(held)
    }

    /// Puts a record into quarantine that is not one of the batch.
    fn put_uncounted(&mut self, held: Held<'_>) -> Result<(), TransactionError> {
        if !held.is_there(self.conn)? {
            let held = Held { context_id: self.context_id()?, ..held };
            held.insert(self.conn, self.arrival.counters.next_entry())?;
        }
        Ok(())
    }

    /// The number of the context of the batch.
    fn context_id(&mut self) -> Result<Option<i64>, TransactionError> {
        if let (None, Some(context)) = (self.context_id, &self.batch.context) {
            self.context_id = Some(context_id(self.conn, context)?);
        }
        Ok(self.context_id)
    }
}

/// Whether it is no row of the directory.
fn is_of_a_switch(incoming: &Incoming) -> bool {
    matches!(incoming.content, Content::Call(_) | Content::Conference(_) | Content::Unreadable { .. })
}

fn key(incoming: &Incoming) -> Option<&str> {
    match &incoming.content {
        Content::Call(draft) => Some(&draft.key),
        Content::Conference(draft) => Some(&draft.key),
        _ => None,
    }
}

/// The number of the batch's source, which is added if it is new.
fn source(conn: &mut Conn, counters: &mut Counters, batch: &Batch) -> QueryResult<i64> {
    let named = sources::table.filter(sources::name.eq(&batch.source)).select(sources::id);
    if let Some(id) = named.first::<i64>(conn).optional()? {
        return Ok(id);
    }
    let highest = sources::table.select(diesel::dsl::max(sources::id)).first::<Option<i64>>(conn)?;
    let id = highest.unwrap_or(0) + 1;
    diesel::insert_into(sources::table)
        .values((sources::id.eq(id), sources::name.eq(&batch.source), sources::feed.eq(&batch.feed)))
        .execute(conn)?;
    counters.directory_moved();
    Ok(id)
}
