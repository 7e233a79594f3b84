//! Taking a batch: one transaction, one look at the keys, then record by record in the order of the batch.

use std::collections::HashMap;

use super::super::Conn;
use cdr_mediation::{
    AccountDraft, Batch, CallDraft, CdrSink, ConferenceDraft, Content, CustomerDraft, DestinationDraft, Incoming,
    PortError, ProductDraft, ServiceDraft, Taken, Version,
};
use cdr_model::Timestamp;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::super::{Engine, Pending, Store};
use super::denial::Denial;
use super::held::{BEFORE_RETENTION, CONFLICT, Held, is_waiting, settle_as_loaded, was_replaced};
use super::keys::{Known, Sheet, look_up};
use super::record::{Arrival, Kept, keep_call, keep_conference};
use super::screen::{Unfit, has_nul};
use super::{Accounts, Counters};
use super::{goods, people};
use crate::error::Trouble;
use crate::schema::{customers, sources};

impl CdrSink for Store {
    fn take(&self, batch: &Batch) -> Result<Taken, PortError> {
        if batch.records.is_empty() && batch.customer.is_none() {
            return Ok(Taken::default());
        }
        let names = [Some(&batch.source), Some(&batch.feed), batch.customer.as_ref()];
        if names.into_iter().flatten().any(|name| has_nul(name)) {
            return Err(PortError::Refused(
                "the name of a source, a feed or a customer holds the NUL character".to_owned(),
            ));
        }
        let now = (self.0.clock)();
        let taken = self.write_records(|conn| Intake::begin(conn, batch, now)?.run(&self.0.engine));
        taken.map_err(|trouble| self.failed("the records could not be kept", trouble))
    }
}

/// A batch on its way in.
struct Intake<'a> {
    conn: &'a mut Conn,
    batch: &'a Batch,
    now: Timestamp,
    arrival: Arrival<'a>,
    /// What is known of the batch's keys, by this batch too.
    known: HashMap<&'a str, Known>,
    /// Whether something of this source waits in quarantine that could be read, and may be what is loaded now.
    waiting: bool,
    taken: Taken,
}

impl<'a> Intake<'a> {
    fn begin(conn: &'a mut Conn, batch: &'a Batch, now: Timestamp) -> Result<Intake<'a>, Trouble> {
        let accounts = Accounts::of(conn, &batch.source, batch.customer.as_deref())?;
        let mut counters = Counters::read(conn)?;
        let source_id = source(conn, &mut counters, batch)?;
        let keys: Vec<&str> = batch.records.iter().filter_map(key).collect();
        let known = look_up(conn, source_id, &keys)?;
        let arrival = Arrival {
            pending: Pending::default(),
            source_id,
            source: &batch.source,
            counters,
            accounts,
            services: HashMap::new(),
        };
        let waiting = is_waiting(conn, source_id)?;
        Ok(Intake { conn, batch, now, arrival, known, waiting, taken: Taken::default() })
    }

    fn run(mut self, engine: &Engine) -> Result<Taken, Trouble> {
        let batch = self.batch;
        for incoming in &batch.records {
            match &incoming.content {
                Content::Call(draft) => self.call(incoming, draft)?,
                Content::Conference(draft) => self.conference(incoming, draft)?,
                Content::Customer(draft) => self.customer(incoming, draft)?,
                Content::Account(draft) => self.account(incoming, draft)?,
                Content::Service(draft) => self.service(incoming, draft)?,
                Content::Product(draft) => self.product(incoming, draft)?,
                Content::Destination(draft) => self.destination(incoming, draft)?,
                Content::Unreadable { reason, detail } => self.hold(incoming, reason, detail)?,
            }
        }
        self.arrival.pending.flush(self.conn, engine)?;
        self.arrival.counters.write(self.conn)?;
        self.taken.accounts_made = self.arrival.accounts.made;
        Ok(self.taken)
    }

    fn call(&mut self, incoming: &'a Incoming, draft: &'a CallDraft) -> Result<(), Trouble> {
        match self.known.get(draft.key.as_str()) {
            Some(known) if known.is(Sheet::Calls, &draft.digest) => self.taken.known += 1,
            _ if self.too_old(draft.call.started_at) => self.refuse(incoming, draft.call.started_at, &draft.digest)?,
            Some(known) => {
                let known = known.clone();
                self.conflict(incoming, &draft.key, &draft.digest, &known, || Version::Call(Box::new(draft.clone())))?;
            }
            None => {
                let kept = keep_call(self.conn, &mut self.arrival, draft, None)?;
                self.kept(incoming, &draft.key, &draft.digest, kept)?;
            }
        }
        Ok(())
    }

    fn conference(&mut self, incoming: &'a Incoming, draft: &'a ConferenceDraft) -> Result<(), Trouble> {
        match self.known.get(draft.key.as_str()) {
            Some(known) if known.is(Sheet::Conferences, &draft.digest) => self.taken.known += 1,
            _ if self.too_old(draft.conference.started_at) => {
                self.refuse(incoming, draft.conference.started_at, &draft.digest)?;
            }
            Some(known) => {
                let known = known.clone();
                let version = || Version::Conference(Box::new(draft.clone()));
                self.conflict(incoming, &draft.key, &draft.digest, &known, version)?;
            }
            None => {
                let kept = keep_conference(self.conn, &mut self.arrival, draft, None)?;
                self.kept(incoming, &draft.key, &draft.digest, kept)?;
            }
        }
        Ok(())
    }

    fn too_old(&self, started_at: Timestamp) -> bool {
        self.batch.floor.is_some_and(|floor| started_at < floor)
    }

    /// What is older than what is kept is noted, but not kept, not even in quarantine.
    fn refuse(&mut self, incoming: &Incoming, started_at: Timestamp, digest: &[u8; 32]) -> Result<(), Trouble> {
        let floor = self.batch.floor.unwrap_or(started_at);
        let detail = format!("it started at {started_at}; what started before {floor} is not kept, nor is this line");
        let held = self.held(incoming, BEFORE_RETENTION, &detail, digest, None);
        self.put(Held { raw: &[], ..held })
    }

    fn kept(
        &mut self,
        incoming: &Incoming,
        key: &'a str,
        digest: &[u8; 32],
        kept: Result<Kept, Unfit>,
    ) -> Result<(), Trouble> {
        match kept {
            Ok(kept) => {
                if self.waiting {
                    // It waited for a customer or a service, which is there now.
                    settle_as_loaded(self.conn, self.arrival.source_id, key, digest, kept.known.number, self.now)?;
                }
                self.known.insert(key, kept.known);
                self.taken.loaded += 1;
                self.taken.unassigned += u64::from(kept.unassigned);
                Ok(())
            }
            Err((reason, detail)) => {
                let key = Some(key).filter(|key| !has_nul(key));
                self.put(self.held(incoming, reason, &detail, digest, key))
            }
        }
    }

    /// The same key with other content: both versions are kept until somebody decides.
    fn conflict(
        &mut self,
        incoming: &Incoming,
        key: &str,
        digest: &[u8; 32],
        known: &Known,
        version: impl FnOnce() -> Version,
    ) -> Result<(), Trouble> {
        if was_replaced(self.conn, self.arrival.source_id, key, digest)? {
            self.taken.known += 1;
            return Ok(());
        }
        let version = version();
        let fit = match &version {
            Version::Call(draft) => super::screen::call(draft),
            Version::Conference(draft) => super::screen::conference(draft),
        };
        if let Err((reason, detail)) = fit {
            return self.put(self.held(incoming, reason, &detail, digest, Some(key)));
        }
        let detail = format!("record {} has the same key `{key}` and other content", known.number);
        let held = self.held(incoming, CONFLICT, &detail, digest, Some(key));
        self.put(Held { conflict: Some((&version, known.number, &known.digest)), ..held })
    }

    fn customer(&mut self, incoming: &Incoming, draft: &CustomerDraft) -> Result<(), Trouble> {
        if let Some(there) = people::customer_named(self.conn, &draft.name)? {
            let reseller = match there.reseller_id {
                None => None,
                Some(id) => Some(customers::table.find(id).select(customers::name).first::<String>(self.conn)?),
            };
            let same = people::is_customer_as_drafted(&there, reseller.as_ref(), draft);
            return self.there(incoming, same, "customer", &draft.name);
        }
        let added = people::add_customer(self.conn, draft)?.map(drop);
        self.added(incoming, added)
    }

    fn account(&mut self, incoming: &Incoming, draft: &AccountDraft) -> Result<(), Trouble> {
        if let Some(customer) = people::customer_named(self.conn, &draft.customer)?
            && let Some(there) = people::account_of(self.conn, customer.id, &draft.number)?
        {
            return self.there(incoming, people::is_as_drafted(&there, draft), "account", &draft.number);
        }
        let added = people::add_account(self.conn, draft)?.map(drop);
        self.added(incoming, added)
    }

    fn service(&mut self, incoming: &Incoming, draft: &ServiceDraft) -> Result<(), Trouble> {
        if let Some(there) = goods::service_named(self.conn, &draft.name)? {
            return self.there(incoming, goods::is_service_as_drafted(&there, draft), "service", &draft.name);
        }
        let added = goods::add_service(self.conn, draft)?.map(drop);
        self.added(incoming, added)
    }

    fn product(&mut self, incoming: &Incoming, draft: &ProductDraft) -> Result<(), Trouble> {
        if let Some(there) = goods::product_named(self.conn, &draft.name)? {
            return self.there(incoming, draft.id.is_none_or(|id| id == there.id), "product", &draft.name);
        }
        let added = goods::add_product(self.conn, draft)?.map(drop);
        self.added(incoming, added)
    }

    fn destination(&mut self, incoming: &Incoming, draft: &DestinationDraft) -> Result<(), Trouble> {
        if let Some(there) = goods::destination_of(self.conn, draft)? {
            return self.there(incoming, goods::is_destination_as_drafted(&there, draft), "destination", &draft.prefix);
        }
        let added = goods::add_destination(self.conn, draft)?.map(drop);
        self.added(incoming, added)
    }

    /// Somebody of this name is there: as the feed says, or otherwise.
    fn there(&mut self, incoming: &Incoming, same: bool, what: &'static str, name: &str) -> Result<(), Trouble> {
        if same {
            self.taken.known += 1;
            return Ok(());
        }
        let (reason, detail) = Denial::Taken { what, name: name.to_owned() }.in_words();
        self.hold(incoming, reason, &detail)
    }

    fn added(&mut self, incoming: &Incoming, added: Result<(), Denial>) -> Result<(), Trouble> {
        match added {
            Ok(()) => {
                self.taken.loaded += 1;
                self.arrival.counters.directory_moved();
                self.arrival.accounts.forget();
                self.arrival.services.clear();
                Ok(())
            }
            Err(denial) => {
                let (reason, detail) = denial.in_words();
                self.hold(incoming, reason, &detail)
            }
        }
    }

    /// Holds back what has no key: by the digest of its bytes.
    fn hold(&mut self, incoming: &Incoming, reason: &str, detail: &str) -> Result<(), Trouble> {
        let digest: [u8; 32] = Sha256::digest(&incoming.raw).into();
        self.put(self.held(incoming, reason, detail, &digest, None))
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
            conflict: None,
        }
    }

    fn put(&mut self, held: Held<'_>) -> Result<(), Trouble> {
        self.taken.quarantined += 1;
        if !held.is_there(self.conn)? {
            held.insert(self.conn, self.arrival.counters.next_entry())?;
        }
        Ok(())
    }
}

fn key(incoming: &Incoming) -> Option<&str> {
    match &incoming.content {
        Content::Call(draft) => Some(&draft.key),
        Content::Conference(draft) => Some(&draft.key),
        _ => None,
    }
}

/// The number of the batch's source, entered when it is first heard of.
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
