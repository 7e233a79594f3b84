//! What a block was made from besides the columns of its calls.

use std::borrow::Cow;
use std::collections::BTreeMap;

use cdr_model::{Customer, Directory, NamedIds, Record, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::digest::hex;

/// The entries of the directory that the records of some blocks refer to, and the start of the earliest record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Basis {
    /// Their numbers, each once and in order: customers, accounts, services, sources.
    ids: [Vec<i64>; 4],
    /// In microseconds since 1970.
    pub(crate) earliest: Option<i64>,
}

impl Basis {
    /// Adds a record. [`Basis::settle`] follows after the last one.
    pub(crate) fn add<R: Record>(&mut self, record: &R) {
        let NamedIds { customer, account, service, source } = record.named_ids();
        for (ids, id) in self.ids.iter_mut().zip([customer, account, service, source]) {
            if ids.last() != Some(&id) {
                ids.push(id);
            }
        }
        let start = record.instant(cdr_model::Anchor::Start).map(Timestamp::micros);
        self.earliest = self.earliest.into_iter().chain(start).min();
    }

    /// Sorts the numbers, and drops those that are there twice.
    pub(crate) fn settle(&mut self) {
        for ids in &mut self.ids {
            ids.sort_unstable();
            ids.dedup();
        }
    }

    /// Adds what another block was made from.
    pub(crate) fn merge(&mut self, other: &Basis) {
        for (ids, more) in self.ids.iter_mut().zip(&other.ids) {
            ids.extend(more);
        }
        self.settle();
        self.earliest = self.earliest.into_iter().chain(other.earliest).min();
    }

    /// The digest of what the directory says about these entries, as far as it can be printed.
    pub(crate) fn names(&self, directory: &Directory) -> String {
        let mut digest = Sha256::new();
        let [customers, accounts, services, sources] = &self.ids;
        let mut add = |found: Option<[&str; 2]>| match found {
            None => digest.update([0]),
            Some(texts) => texts.into_iter().for_each(|text| {
                digest.update([1]);
                digest.update((text.len() as u64).to_le_bytes());
                digest.update(text);
            }),
        };
        for id in customers {
            let found = directory.customers.get(id).map(|it| (&*it.name, currencies(it)));
            add(found.as_ref().map(|(name, currencies)| [*name, &**currencies]));
        }
        accounts.iter().for_each(|id| add(directory.accounts.get(id).map(|it| [&*it.number, ""])));
        services.iter().for_each(|id| add(of(&directory.services, *id).map(|it| [&*it.name, ""])));
        sources.iter().for_each(|id| add(of(&directory.sources, *id).map(|it| [&*it.name, ""])));
        hex(&digest.finalize())
    }
}

/// The currency of a customer, and the earlier ones with their ends.
fn currencies(customer: &Customer) -> Cow<'_, str> {
    if customer.earlier.is_empty() {
        return (&*customer.currency).into();
    }
    let earlier = customer.earlier.iter().map(|it| format!("{} until {} ", it.currency, it.until.micros()));
    earlier.chain([customer.currency.clone()]).collect::<String>().into()
}

fn of<T>(entries: &BTreeMap<i32, T>, id: i64) -> Option<&T> {
    entries.get(&i32::try_from(id).ok()?)
}
