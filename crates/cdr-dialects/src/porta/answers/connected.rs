//! Calls of several legs: transferred, forwarded, or called back.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::Arc;

use cdr_model::Cdr;
use cdr_query::CdrQuery;

use super::scan::Asker;
use super::{Answering, of_rows};
use crate::porta::options::DictionaryKey;
use crate::porta::service_stack::{Dto, Entry, Rows};
use crate::porta::to_wire::Printer;
use crate::porta::wire::{ConnectedCall, ConnectedCallDataRecord, PortaCdrResponse};

/// The result of the first pass for a call, before its legs are read again.
#[derive(Debug, Default)]
struct Group {
    /// Its number among the calls of several legs, from 1.
    id: i64,
    legs: usize,
    /// Its dictionary key.
    key: String,
    /// The call ids of its first two legs. Each of them refers to the other.
    first: Option<String>,
    second: Option<String>,
}

/// Calls by the id that their legs share.
type Groups = HashMap<String, Group>;

impl Answering<'_> {
    /// The legs one by one, and grouped by call. Memory holds one entry per call, and the legs of incomplete calls.
    pub(super) fn connected(&self) -> io::Result<PortaCdrResponse> {
        let groups = Arc::new(self.groups()?);
        let mut sizes: Vec<(i64, &str, u64)> =
            groups.values().map(|group| (group.id, group.key.as_str(), group.legs as u64)).collect();
        sizes.sort_unstable();
        let mut keys: Vec<(String, u64)> = Vec::new();
        for (_, key, legs) in &sizes {
            match keys.iter_mut().find(|(known, _)| known == key) {
                Some((_, sum)) => *sum += legs,
                None => keys.push(((*key).to_owned(), *legs)),
            }
        }
        let of = |key: &str| Legs {
            asker: self.asker.clone(),
            printer: self.printer.clone(),
            query: self.question.query.clone(),
            groups: groups.clone(),
            key: key.to_owned(),
        };
        let flat = keys.iter().map(|(key, _)| -> Entry { (key.clone(), Box::new(Flat(of(key)))) });
        let calls = keys.iter().map(|(key, _)| -> Entry { (key.clone(), Box::new(Calls(of(key)))) });
        let legs = keys.iter().map(|(_, legs)| legs).sum();
        Ok(PortaCdrResponse {
            connected_call_data_records: Some(flat.collect()),
            connected_calls_records: Some(calls.collect()),
            ..of_rows(legs)
        })
    }

    /// The calls of two or more legs, numbered in the order of their first leg.
    fn groups(&self) -> io::Result<Groups> {
        let mut groups = Groups::new();
        let mut order: Vec<String> = Vec::new();
        let printer = &self.printer;
        self.asker.scan(&self.question.query, &mut |cdr, _| {
            let Some(shared) = shared(&cdr) else { return Ok(()) };
            let group = groups.entry(shared.to_owned()).or_insert_with(|| {
                order.push(shared.to_owned());
                let key = match printer.options.key {
                    DictionaryKey::Service => printer.service_name(cdr.service_id),
                    DictionaryKey::Account => {
                        printer.directory.accounts.get(&cdr.account_id).map(|account| account.number.clone())
                    }
                };
                Group { key: key.unwrap_or_default(), first: cdr.call_id.clone(), ..Group::default() }
            });
            group.legs += 1;
            if group.legs == 2 {
                group.second = cdr.call_id;
            }
            Ok(())
        })?;
        let mut next = 0;
        for shared in &order {
            match groups.get_mut(shared) {
                Some(group) if group.legs > 1 => {
                    next += 1;
                    group.id = next;
                }
                _ => drop(groups.remove(shared)),
            }
        }
        Ok(groups)
    }
}

/// The id that the legs of one call share: that of the leg that this one continues, or its own.
fn shared(cdr: &Cdr) -> Option<&str> {
    let xdr = cdr.details.xdr.as_deref()?;
    xdr.incoming_conf_id.as_deref().or(xdr.conf_id.as_deref()).filter(|id| !id.is_empty())
}

/// The legs of the calls with one key, read from the store.
struct Legs {
    asker: Asker,
    printer: Printer,
    query: CdrQuery,
    groups: Arc<Groups>,
    key: String,
}

impl Legs {
    /// Passes the calls in the order of their numbers. Legs are held until their call is complete and all calls before
    /// it have been passed.
    fn each_call(&self, put: &mut dyn FnMut(i64, Vec<ConnectedCallDataRecord>) -> io::Result<()>) -> io::Result<()> {
        let mut groups: Vec<i64> =
            self.groups.values().filter(|group| group.key == self.key).map(|group| group.id).collect();
        groups.sort_unstable_by(|left, right| right.cmp(left));
        let mut waiting: BTreeMap<i64, (usize, Vec<ConnectedCallDataRecord>)> = BTreeMap::new();
        self.asker.scan(&self.query, &mut |cdr, _| {
            let Some(group) = shared(&cdr).and_then(|shared| self.groups.get(shared)) else { return Ok(()) };
            if group.key != self.key {
                return Ok(());
            }
            let (legs, so_far) = waiting.entry(group.id).or_insert_with(|| (group.legs, Vec::new()));
            let legs = *legs;
            let mut leg = self.printer.leg(cdr);
            leg.groupid = group.id;
            leg.rank = super::number(so_far.len() as u64 + 1);
            leg.call_id_1 = if so_far.is_empty() { group.second.clone() } else { group.first.clone() };
            so_far.push(leg);
            if so_far.len() < legs {
                return Ok(());
            }
            while let Some(group) = groups.last().copied()
                && waiting.get(&group).is_some_and(|(legs, so_far)| so_far.len() >= *legs)
            {
                groups.pop();
                if let Some((_, legs)) = waiting.remove(&group) {
                    put(group, legs)?;
                }
            }
            Ok(())
        })
    }
}

/// The legs one by one.
struct Flat(Legs);

impl Rows for Flat {
    fn is_empty(&self) -> bool {
        self.0.groups.is_empty()
    }

    fn each(&self, put: &mut dyn FnMut(&dyn Dto) -> io::Result<()>) -> io::Result<()> {
        self.0.each_call(&mut |_, legs| legs.iter().try_for_each(|leg| put(leg)))
    }
}

/// The legs grouped by call.
struct Calls(Legs);

impl Rows for Calls {
    fn is_empty(&self) -> bool {
        self.0.groups.is_empty()
    }

    fn each(&self, put: &mut dyn FnMut(&dyn Dto) -> io::Result<()>) -> io::Result<()> {
        self.0.each_call(&mut |id, legs| put(&ConnectedCall { group_id: id, cdrs: Some(Box::new(legs)) }))
    }
}
