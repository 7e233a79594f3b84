//! What mediation needs from outside: where records are read from, where they are put, who is who.

use std::io;
use std::sync::Arc;

use cdr_model::{Account, Cdr, ConferenceRecord, Customer, Directory, PortError, Record};
use cdr_query::{CdrQuery, Cursor};

use crate::intake::{AccountDraft, Batch, CustomerDraft, QuarantineEntry, Taken};

/// Records asked for at a time by [`CdrSource::scan`] and [`CdrSource::count`] as they are written here.
const PAGE: usize = 4096;

/// Where CDRs are read from. Implement [`page`](CdrSource::page) to embed mediation over your own records; the rest is
/// written over it, and a source that can do better overrides it.
pub trait CdrSource: Send + Sync {
    /// Up to `limit` calls for which [`CdrQuery::matches`] is true, in the query's order, beginning after a place in it.
    ///
    /// # Errors
    /// When the records cannot be read.
    fn page(&self, query: &CdrQuery, after: Option<Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError>;

    /// Every matching call in the query's order. What `each` returns as an error ends the scan.
    ///
    /// # Errors
    /// When the records cannot be read to the end, or `each` fails ([`PortError::PassedOn`]).
    fn scan(&self, query: &CdrQuery, each: &mut dyn FnMut(Cdr) -> io::Result<()>) -> Result<(), PortError> {
        pages(query, |after| self.page(query, after, PAGE), each)
    }

    /// How many calls match.
    ///
    /// # Errors
    /// When the records cannot be read.
    fn count(&self, query: &CdrQuery) -> Result<u64, PortError> {
        let mut rows = 0;
        self.scan(query, &mut |_| {
            rows += 1;
            Ok(())
        })?;
        Ok(rows)
    }

    /// The services of the records that match, in the order of their first record in the query's order, each with how many
    /// there are.
    ///
    /// # Errors
    /// When the records cannot be read.
    fn services(&self, query: &CdrQuery) -> Result<Vec<(i32, u64)>, PortError> {
        let mut services: Vec<(i32, u64)> = Vec::new();
        self.scan(query, &mut |record| {
            match services.iter_mut().find(|(service, _)| *service == record.service_id) {
                Some((_, rows)) => *rows += 1,
                None => services.push((record.service_id, 1)),
            }
            Ok(())
        })?;
        Ok(services)
    }

    /// Up to `limit` conferences for which [`CdrQuery::matches_conference`] is true, as [`CdrSource::page`] has the calls.
    /// A source without conferences has none.
    ///
    /// # Errors
    /// When they cannot be read.
    fn conference_page(
        &self,
        query: &CdrQuery,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<ConferenceRecord>, PortError> {
        let _ = (query, after, limit);
        Ok(Vec::new())
    }

    /// Every matching conference in the query's order.
    ///
    /// # Errors
    /// As [`CdrSource::scan`].
    fn conferences(
        &self,
        query: &CdrQuery,
        each: &mut dyn FnMut(ConferenceRecord) -> io::Result<()>,
    ) -> Result<(), PortError> {
        pages(query, |after| self.conference_page(query, after, PAGE), each)
    }

    /// How many conferences match.
    ///
    /// # Errors
    /// When they cannot be read.
    fn count_conferences(&self, query: &CdrQuery) -> Result<u64, PortError> {
        let mut rows = 0;
        self.conferences(query, &mut |_| {
            rows += 1;
            Ok(())
        })?;
        Ok(rows)
    }

    /// The highest record number: a query at this mark answers the same for ever. A source that never numbers says that
    /// everything is there already.
    ///
    /// # Errors
    /// When it cannot be read.
    fn watermark(&self) -> Result<i64, PortError> {
        Ok(i64::MAX)
    }

    /// Who is who, for layouts that print names.
    ///
    /// # Errors
    /// When it cannot be read.
    fn directory(&self) -> Result<Arc<Directory>, PortError> {
        Ok(Arc::default())
    }
}

/// Walks through an answer page by page.
fn pages<R: Record>(
    query: &CdrQuery,
    page: impl Fn(Option<Cursor>) -> Result<Vec<R>, PortError>,
    each: &mut dyn FnMut(R) -> io::Result<()>,
) -> Result<(), PortError> {
    let mut after = None;
    loop {
        let page = page(after)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(Cursor::of(last, query));
        let full = page.len() == PAGE;
        page.into_iter().try_for_each(&mut *each)?;
        if !full {
            return Ok(());
        }
    }
}

/// Where records are put.
pub trait CdrSink: Send + Sync {
    /// Takes a batch whole or not at all. Records get their numbers in the order of the batch, in the order of commits:
    /// whoever sees a number sees all smaller ones.
    ///
    /// A record whose key is known adds nothing; one whose key is known with other content goes to quarantine, and so
    /// does what could not be read.
    ///
    /// # Errors
    /// When it cannot be kept; nothing of it is, then.
    fn take(&self, batch: &Batch) -> Result<Taken, PortError>;
}

/// Records that could not be loaded, kept until somebody decides.
pub trait Quarantine: Send + Sync {
    /// Entries in the order of their ids, after one, at most so many; the open ones, or all.
    ///
    /// # Errors
    /// When they cannot be read.
    fn entries(&self, all: bool, after: i64, limit: usize) -> Result<Vec<QuarantineEntry>, PortError>;

    /// One entry.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn entry(&self, id: i64) -> Result<QuarantineEntry, PortError>;

    /// Loads the version in quarantine in place of the one it conflicts with, which is kept as replaced. Returns the
    /// new record number.
    ///
    /// # Errors
    /// [`PortError::Refused`] if it is settled already, or could never be read.
    fn accept(&self, id: i64) -> Result<i64, PortError>;

    /// Settles an entry without loading it. It stays on record.
    ///
    /// # Errors
    /// [`PortError::Refused`] if it is settled already.
    fn discard(&self, id: i64) -> Result<(), PortError>;
}

/// Customers and accounts, kept.
pub trait DirectoryKeeper: Send + Sync {
    /// Adds a customer.
    ///
    /// # Errors
    /// [`PortError::Exists`] when the name or number is taken.
    fn add_customer(&self, draft: &CustomerDraft) -> Result<Customer, PortError>;

    /// Adds an account to a customer.
    ///
    /// # Errors
    /// [`PortError::NotFound`] without the customer, [`PortError::Exists`] when its number is taken there.
    fn add_account(&self, draft: &AccountDraft) -> Result<Account, PortError>;
}
