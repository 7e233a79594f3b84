//! The ports of mediation: the source and the sink of records, the quarantine, and the directory.

use std::collections::BTreeMap;
use std::io;
use std::ops::RangeInclusive;
use std::sync::Arc;

use cdr_export::{Cut, PartVersion};
use cdr_model::{
    Account, Cdr, ConferenceRecord, Customer, Destination, Directory, Money, MoneySum, PortError, Product, Record,
    ScannedCall, Service, Timestamp,
};
use cdr_query::{CdrQuery, Cursor, Window};

use crate::balances::OpeningBalance;
use crate::intake::{
    AcceptedEntries, AccountDraft, Batch, BatchReport, CustomerDraft, DestinationDraft, EntryFilter, EntryTally,
    ProductDraft, QuarantineEntry, ServiceDraft,
};
use crate::listing;
use crate::loads::{Load, LoadDraft, LoadEnd, Undone};
use crate::source_hour::SourceHour;
use crate::source_settings::ConfiguredSource;

/// The versions of the parts of a query, by their numbers. A part that is not among them has no calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartVersions {
    /// Each with its version; without one if its calls are being removed.
    pub parts: BTreeMap<i64, Option<PartVersion>>,
    /// Another number after each removal.
    pub removals: i64,
}

/// The page size of the default implementations of [`CdrSource::scan`] and [`CdrSource::count`].
pub(crate) const PAGE: usize = 4096;

/// A source of CDRs. Implement [`page`](CdrSource::page) to embed mediation over your own records. The other methods
/// have default implementations on top of it, which a source can override with faster ones.
pub trait CdrSource: Send + Sync {
    /// Up to `limit` calls for which [`CdrQuery::matches`] is true, in the query's order, starting after a cursor.
    /// Fields that [`CdrQuery::fields`] does not contain may be omitted; see [`CdrQuery::selecting`]. A source that
    /// cannot read in an order with keys calls [`sorted_page`](crate::sorted_page).
    ///
    /// # Errors
    /// If the records cannot be read. A source whose pages take long ends with [`PortError::Cancelled`] once the signal
    /// of [`CdrQuery::cancel`] has arrived; the other methods do so between two pages.
    fn page(&self, query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError>;

    /// Every matching call in the query's order. An error of `each` ends the scan.
    ///
    /// # Errors
    /// If the records cannot be read to the end, or `each` fails ([`PortError::PassedOn`]).
    fn scan(&self, query: &CdrQuery, each: &mut dyn FnMut(Cdr) -> io::Result<()>) -> Result<(), PortError> {
        pages(query, |after| self.page(query, after, PAGE), each)
    }

    /// As [`CdrSource::scan`], for a reader that prints calls: they have their number, the instant of the window's anchor
    /// and the fields of [`CdrQuery::fields`]. A source that has its records in columns can pass the rows of batches
    /// ([`CallBatch`](cdr_model::CallBatch)). By default whole calls are read.
    ///
    /// # Errors
    /// As [`CdrSource::scan`].
    fn scan_fields(
        &self,
        query: &CdrQuery,
        each: &mut dyn FnMut(ScannedCall) -> io::Result<()>,
    ) -> Result<(), PortError> {
        self.scan(query, &mut |call| each(call.into()))
    }

    /// Up to `limit` calls in the query's order, starting after a cursor, as [`CdrSource::scan_fields`] passes them.
    ///
    /// # Errors
    /// As [`CdrSource::page`].
    fn page_of_fields(
        &self,
        query: &CdrQuery,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<ScannedCall>, PortError> {
        Ok(self.page(query, after, limit)?.into_iter().map(ScannedCall::from).collect())
    }

    /// Up to `take` calls in the query's order, without the first `skip`: a page of a list. By default the calls before
    /// it are read and dropped, in an order with keys by their places alone; see [`read_list`](crate::read_list).
    ///
    /// # Errors
    /// If the records cannot be read.
    fn list(&self, query: &CdrQuery, skip: u64, take: usize) -> Result<Vec<Cdr>, PortError> {
        let page = &|query: &CdrQuery, after: Option<&Cursor>, limit| self.page(query, after, limit);
        listing::list(&|query, each| self.scan(query, each), page, query, skip, take)
    }

    /// Where a list goes on after its first `skip` calls: a part of the query's window to whose end the list is the same, and
    /// how many of the first calls in it are still to be skipped. A source that knows the numbers of calls returns a small part
    /// and a small number.
    ///
    /// # Errors
    /// If the records cannot be read.
    fn jump(&self, query: &CdrQuery, skip: u64) -> Result<(Window, u64), PortError> {
        Ok((query.window, skip))
    }

    /// The number of matching calls.
    ///
    /// # Errors
    /// If the records cannot be read.
    fn count(&self, query: &CdrQuery) -> Result<u64, PortError> {
        let mut rows = 0;
        self.scan(query, &mut |_| {
            rows += 1;
            Ok(())
        })?;
        Ok(rows)
    }

    /// The services of the matching records with their number of records, in the order of the first record of each in
    /// the query's order.
    ///
    /// # Errors
    /// If the records cannot be read.
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

    /// The versions of the parts that have calls: of the hours of the window's anchor, or for [`Cut::Day`] of the days of all
    /// accounts that the query names, both of UTC and counted from 1970. Whatever changes what a query finds in a part gives
    /// it a version that it never had; read after the watermark of the query. By default nothing is known of versions, and
    /// nothing is kept of exports.
    ///
    /// # Errors
    /// If they cannot be read.
    fn part_versions(
        &self,
        query: &CdrQuery,
        cut: Cut,
        parts: &RangeInclusive<i64>,
    ) -> Result<Option<PartVersions>, PortError> {
        let _ = (query, cut, parts);
        Ok(None)
    }

    /// Up to `limit` conferences for which [`CdrQuery::matches_conference`] is true, like [`CdrSource::page`] for
    /// calls. The default is for sources without conferences.
    ///
    /// # Errors
    /// If the conferences cannot be read.
    fn conference_page(
        &self,
        query: &CdrQuery,
        after: Option<&Cursor>,
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

    /// The number of matching conferences.
    ///
    /// # Errors
    /// If the conferences cannot be read.
    fn count_conferences(&self, query: &CdrQuery) -> Result<u64, PortError> {
        let mut rows = 0;
        self.conferences(query, &mut |_| {
            rows += 1;
            Ok(())
        })?;
        Ok(rows)
    }

    /// The highest record number. A query at this watermark always gives the same answer. The default, [`i64::MAX`], is
    /// for sources that do not number their records.
    ///
    /// # Errors
    /// If it cannot be read.
    fn watermark(&self) -> Result<i64, PortError> {
        Ok(i64::MAX)
    }

    /// The balances of accounts with an opening balance, by their numbers: it, without the prices of their current records of
    /// all kinds that started at its date or later. Other accounts are left out. By default the records are scanned.
    ///
    /// # Errors
    /// If the records cannot be read, or a balance is out of the range of [`Money`].
    fn balances(&self, accounts: &[i64]) -> Result<BTreeMap<i64, Money>, PortError> {
        let directory = self.directory()?;
        let mut found = BTreeMap::new();
        for id in accounts {
            let Some(opening) = directory.accounts.get(id).and_then(OpeningBalance::of) else { continue };
            let mut charged = MoneySum::default();
            self.scan(&opening.records(*id)?, &mut |record| {
                record.price.into_iter().for_each(|price| charged.add(price));
                Ok(())
            })?;
            found.insert(*id, opening.without(&charged)?);
        }
        Ok(found)
    }

    /// The directory, for layouts that print names.
    ///
    /// # Errors
    /// If it cannot be read.
    fn directory(&self) -> Result<Arc<Directory>, PortError> {
        Ok(Arc::default())
    }
}

/// Reads an answer page by page.
pub(crate) fn pages<R: Record>(
    query: &CdrQuery,
    page: impl Fn(Option<&Cursor>) -> Result<Vec<R>, PortError>,
    each: &mut dyn FnMut(R) -> io::Result<()>,
) -> Result<(), PortError> {
    let mut after = None;
    loop {
        if query.cancel.is_cancelled() {
            return Err(PortError::Cancelled);
        }
        let page = page(after.as_ref())?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(Cursor::of(last, query));
        let full = page.len() == PAGE;
        page.into_iter().try_for_each(&mut *each)?;
        if !full {
            return Ok(());
        }
    }
}

/// A sink for records.
pub trait CdrSink: Send + Sync {
    /// Stores a batch completely or not at all. Records are numbered in the order of the batch, and batches in the
    /// order of commits: a reader that sees a number also sees all smaller ones.
    ///
    /// A record whose key is known with the same content adds nothing. A record whose key is known with other content
    /// goes to quarantine, and so does an unreadable record.
    ///
    /// # Errors
    /// If the batch cannot be stored; no part of it is stored in that case.
    fn take(&self, batch: &Batch) -> Result<BatchReport, PortError>;

    /// Stores several batches, together if the store can: completely or not at all. The reports have their order.
    ///
    /// # Errors
    /// If they cannot be stored. Of a store that stores them one by one, those before the faulty one stay.
    fn take_each(&self, batches: &[Batch]) -> Result<Vec<BatchReport>, PortError> {
        batches.iter().map(|batch| self.take(batch)).collect()
    }
}

/// The settings of sources.
pub trait Sources: Send + Sync {
    /// All sources that have settings, in the order of their names.
    ///
    /// # Errors
    /// If they cannot be read.
    fn configured_sources(&self) -> Result<Vec<ConfiguredSource>, PortError>;

    /// Stores the settings of a source, in place of those that it has. A source that is new is added.
    ///
    /// # Errors
    /// [`PortError::NotFound`] if the customer does not exist.
    fn configure_source(&self, source: &ConfiguredSource) -> Result<(), PortError>;

    /// Removes the settings of a source. Its records stay.
    ///
    /// # Errors
    /// [`PortError::NotFound`] if it has none.
    fn forget_source(&self, name: &str) -> Result<(), PortError>;

    /// What the sources delivered, by the hour of its receipt, in the order of names and hours. The hours of more than eight
    /// days ago are together in the hour 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// If it cannot be read.
    fn source_hours(&self) -> Result<Vec<SourceHour>, PortError>;

    /// The natural keys and the starts of the records of a source with the highest record numbers, the newest first, at most
    /// `limit`. They are sought among the newest ten thousand records of all sources.
    ///
    /// # Errors
    /// If they cannot be read.
    fn newest_keys(&self, source: &str, limit: usize) -> Result<Vec<(String, Timestamp)>, PortError>;
}

/// The ledger of loads: what was loaded together, and can be undone together.
pub trait Loads: Send + Sync {
    /// Notes that a load begins, and returns its number. Batches name it with [`Batch::load`].
    ///
    /// # Errors
    /// If it cannot be noted.
    fn begin_load(&self, draft: &LoadDraft) -> Result<i64, PortError>;

    /// Goes on with a load that has ended or whose process has, if nothing of it was undone, and returns whether it does.
    ///
    /// # Errors
    /// If it cannot be noted.
    fn resume_load(&self, id: i64) -> Result<bool, PortError>;

    /// Notes how a load ended. One that is not running is unchanged.
    ///
    /// # Errors
    /// If it cannot be noted.
    fn end_load(&self, id: i64, end: &LoadEnd) -> Result<(), PortError>;

    /// Up to `limit` loads, the newest first: of one source or of all, and with numbers below `before`.
    ///
    /// # Errors
    /// If they cannot be read.
    fn loads(&self, source: Option<&str>, before: Option<i64>, limit: usize) -> Result<Vec<Load>, PortError>;

    /// One load.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn load(&self, id: i64) -> Result<Load, PortError>;

    /// Withdraws all records of a load, so that no later watermark shows them and the same file can be loaded again, and
    /// removes its open entries from the quarantine. An export at an earlier watermark stays as it was. It works in short
    /// transactions; `progress` is called with the number of records withdrawn so far. If it is stopped, the next call
    /// continues.
    ///
    /// # Errors
    /// [`PortError::NotFound`], or [`PortError::Refused`] if it is undone already or was refused.
    fn undo_load(&self, id: i64, progress: &mut dyn FnMut(u64)) -> Result<Undone, PortError>;
}

/// The quarantine: records that could not be loaded, stored until a user decides about them.
pub trait Quarantine: Send + Sync {
    /// Up to `limit` entries with IDs greater than `after`, in the order of their IDs; all entries, or only open ones.
    ///
    /// # Errors
    /// If the entries cannot be read.
    fn entries(&self, all: bool, after: i64, limit: usize) -> Result<Vec<QuarantineEntry>, PortError>;

    /// One entry.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn entry(&self, id: i64) -> Result<QuarantineEntry, PortError>;

    /// Loads the version in quarantine in place of the one that it conflicts with, which is stored as replaced. Returns
    /// the new record number.
    ///
    /// # Errors
    /// [`PortError::Refused`] if the entry is already settled, or has no version that can be read.
    fn accept(&self, id: i64) -> Result<i64, PortError>;

    /// Settles an entry without loading it. The entry itself is not deleted.
    ///
    /// # Errors
    /// [`PortError::Refused`] if the entry is already settled.
    fn discard(&self, id: i64) -> Result<(), PortError>;

    /// The open entries that a filter selects, by source and reason, in that order.
    ///
    /// # Errors
    /// If the entries cannot be read.
    fn summary(&self, filter: &EntryFilter) -> Result<Vec<EntryTally>, PortError>;

    /// Up to `limit` of the open entries that a filter selects, with IDs greater than `after`, in the order of their IDs.
    ///
    /// # Errors
    /// If the entries cannot be read.
    fn selected(&self, filter: &EntryFilter, after: i64, limit: usize) -> Result<Vec<QuarantineEntry>, PortError>;

    /// How many entries are open, counted up to `most`.
    ///
    /// # Errors
    /// If they cannot be counted.
    fn open_entries(&self, most: u64) -> Result<u64, PortError>;

    /// Settles the open entries that a filter selects without loading them, in short transactions. `progress` is called
    /// with the number so far. Returns the number.
    ///
    /// # Errors
    /// If they cannot be written.
    fn discard_all(&self, filter: &EntryFilter, progress: &mut dyn FnMut(u64)) -> Result<u64, PortError>;

    /// Accepts the open entries that a filter selects, as [`Quarantine::accept`], in short transactions. Those that cannot be
    /// accepted stay open.
    ///
    /// # Errors
    /// If they cannot be written.
    fn accept_all(&self, filter: &EntryFilter, progress: &mut dyn FnMut(u64)) -> Result<AcceptedEntries, PortError>;
}

/// The store of customers, accounts, services, products and destinations.
///
/// A change takes the entry by the name that it has, and a draft with the name that it is to have. What the draft does not
/// give stays, and an empty text takes a value away. Numbers of entries and identifiers of accounts never change.
/// All changes are refused ([`PortError::Refused`]) if a value is invalid or nothing changes.
pub trait DirectoryEditor: Send + Sync {
    /// Adds a customer.
    ///
    /// # Errors
    /// [`PortError::Exists`] if the name or number is in use.
    fn add_customer(&self, draft: &CustomerDraft) -> Result<Customer, PortError>;

    /// Adds an account to a customer.
    ///
    /// # Errors
    /// [`PortError::NotFound`] if the customer does not exist, [`PortError::Exists`] if the customer already has an
    /// account with this number.
    fn add_account(&self, draft: &AccountDraft) -> Result<Account, PortError>;

    /// Changes a customer. A new name is also written into the settings of sources and the open entries of the quarantine
    /// that name the customer.
    ///
    /// # Errors
    /// [`PortError::NotFound`] if the customer or its reseller does not exist, [`PortError::Exists`] if the name is in use,
    /// [`PortError::Refused`] also for the currency or the time zone of a customer that has records, unless the draft says from
    /// when it holds.
    fn change_customer(&self, name: &str, draft: &CustomerDraft) -> Result<Customer, PortError>;

    /// Changes an account of the customer that the draft names. A new number is also written into the rules of sources.
    ///
    /// # Errors
    /// [`PortError::NotFound`] if the customer, the account or the product does not exist, [`PortError::Exists`] if the
    /// customer has another account with the new number.
    fn change_account(&self, number: &str, draft: &AccountDraft) -> Result<Account, PortError>;

    /// Changes a service. Records keep their kinds.
    ///
    /// # Errors
    /// [`PortError::NotFound`] if it does not exist, [`PortError::Exists`] if the name is in use.
    fn change_service(&self, name: &str, draft: &ServiceDraft) -> Result<Service, PortError>;

    /// Changes the name of a product.
    ///
    /// # Errors
    /// [`PortError::NotFound`] if it does not exist, [`PortError::Exists`] if the name is in use.
    fn change_product(&self, name: &str, draft: &ProductDraft) -> Result<Product, PortError>;

    /// Changes the destination with this prefix. If several have it, the draft gives the number of the one that is meant.
    ///
    /// # Errors
    /// [`PortError::NotFound`] if it does not exist.
    fn change_destination(&self, prefix: &str, draft: &DestinationDraft) -> Result<Destination, PortError>;
}
