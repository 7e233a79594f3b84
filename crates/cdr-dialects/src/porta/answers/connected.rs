//! Calls of several legs: transferred, forwarded, or called back.
//!
//! A call belongs to the window of its first leg, with all its legs. A leg belongs to the call if it comes within 24 hours
//! of the first one; a later leg that shares the same begins a call of its own. So which legs are a call does not depend on
//! the window, and each is in exactly one of windows that adjoin. Legs are looked up by what the legs of a call share, at
//! any time.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;

use cdr_model::{Cdr, CdrField, Record, RecordKind, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, Test, Window};

use super::scan::Asker;
use super::{Answering, number, of_rows};
use crate::porta::options::DictionaryKey;
use crate::porta::service_stack::{Dto, NamedObjects, Objects};
use crate::porta::to_wire::Printer;
use crate::porta::wire::{ConnectedCall, ConnectedCallDataRecord, PortaCdrResponse};

/// How long after the first leg of a call its last one can come, in microseconds: 24 hours.
const LASTS_US: i64 = 24 * 60 * 60 * 1_000_000;
/// The number of calls whose legs are looked up at a time.
const AT_A_TIME: usize = 500;

/// A call of several legs.
#[derive(Debug)]
struct Group {
    /// What its legs share.
    shared: String,
    /// Its number in the answer, from 1.
    id: i64,
    legs: u64,
    /// Its dictionary key, from its first leg.
    key: String,
    /// The place of its first leg in the order of the query.
    first: (Timestamp, i64),
}

impl Answering {
    /// The legs one by one, and grouped by call. Memory holds one entry per call of several legs.
    pub(super) fn connected(&self) -> io::Result<PortaCdrResponse> {
        let legs = Legs::of(self);
        let groups = self.groups(&legs)?;
        let mut keys: Vec<(String, Vec<Group>)> = Vec::new();
        let total = groups.iter().map(|group| group.legs).sum();
        for group in groups {
            match keys.iter_mut().find(|(key, _)| *key == group.key) {
                Some((_, groups)) => groups.push(group),
                None => keys.push((group.key.clone(), vec![group])),
            }
        }
        let keys = keys.into_iter().map(|(key, groups)| {
            (key, OfKey { legs: legs.clone(), printer: self.printer.clone(), groups: Arc::new(groups) })
        });
        let (flat, calls) = keys
            .map(|(key, of_key)| -> (NamedObjects, NamedObjects) {
                ((key.clone(), Box::new(Flat(of_key.clone()))), (key, Box::new(Calls(of_key))))
            })
            .unzip();
        Ok(PortaCdrResponse {
            connected_call_data_records: Some(flat),
            connected_calls_records: Some(calls),
            ..of_rows(total)
        })
    }

    /// The calls of two or more legs whose first leg is in the window, numbered in the order of that leg.
    fn groups(&self, legs: &Legs) -> io::Result<Vec<Group>> {
        let query = &self.question.query;
        let window = query.window;
        // The first leg may be of another customer, and the customer's own legs outside of the window.
        let until = window.until.plus_micros(LASTS_US);
        let shared = [CdrField::XdrConfId, CdrField::XdrIncomingConfId];
        let candidates = CdrQuery { window: Window { until, ..window }, ..query.clone() }.selecting(shared);
        let candidates = candidates.only(condition(CdrField::XdrGroup, Test::Present)?);
        let (mut found, mut known) = (Vec::new(), HashSet::new());
        let mut waiting: HashSet<String> = HashSet::new();
        let mut settle = |waiting: &mut HashSet<String>| -> io::Result<()> {
            let calls = legs
                .read(waiting.drain(), |query| query.selecting([CdrField::XdrConfId, CdrField::XdrIncomingConfId]))?;
            for (shared, legs) in calls.iter().flat_map(|(shared, calls)| calls.iter().map(move |legs| (shared, legs)))
            {
                let Some(first) = legs.first().filter(|_| legs.len() > 1) else { continue };
                let at = query.order.instant(&window, first);
                if window.covers(at) && known.insert(first.number()) {
                    let (legs, key, first) = (legs.len() as u64, self.key(first), (at, first.number()));
                    found.push(Group { shared: shared.clone(), id: 0, legs, key, first });
                }
            }
            Ok(())
        };
        self.asker.scan(&candidates, &mut |cdr, _| {
            waiting.extend(shared_by(&cdr).map(str::to_owned));
            if waiting.len() == AT_A_TIME { settle(&mut waiting) } else { Ok(()) }
        })?;
        settle(&mut waiting)?;
        found.sort_unstable_by_key(|group| group.first);
        for (id, group) in (1..).zip(&mut found) {
            group.id = id;
        }
        Ok(found)
    }

    /// The dictionary key of a call whose first leg is this.
    fn key(&self, first: &Cdr) -> String {
        let (printer, account) = (&self.printer, || self.printer.directory.accounts.get(&first.account_id));
        let key = match printer.options.key {
            DictionaryKey::Service => printer.service_name(first.service_id),
            DictionaryKey::Account => account().map(|account| account.number.clone()),
        };
        key.unwrap_or_default()
    }
}

/// What the legs of a call share.
fn shared_by(cdr: &Cdr) -> Option<&str> {
    cdr.details.xdr.as_deref()?.group()
}

fn condition(field: CdrField, test: Test) -> io::Result<Condition> {
    Condition::new(field, test).map_err(io::Error::other)
}

/// Looks up the legs of calls: those of the customer, and beside a call of one of its accounts those on any account that
/// the caller may see.
#[derive(Clone)]
struct Legs {
    asker: Asker,
    /// The conditions of the question without the customer and its window.
    query: CdrQuery,
    customer: Option<i64>,
}

impl Legs {
    fn of(answering: &Answering) -> Legs {
        let question = &answering.question;
        let mut query = question.query.clone();
        query.window = Window::all(query.window.anchor);
        query.conditions.retain(|condition| condition.field() != CdrField::CustomerId);
        Legs { asker: answering.asker.clone(), query, customer: question.customer }
    }

    /// The calls whose legs share these, each with its legs in the order of the query.
    fn read(
        &self,
        shared: impl Iterator<Item = String>,
        selecting: impl FnOnce(CdrQuery) -> CdrQuery,
    ) -> io::Result<HashMap<String, Vec<Vec<Cdr>>>> {
        let mut found: HashMap<String, Vec<Cdr>> = HashMap::new();
        let shared: Vec<Operand> = shared.map(Operand::Text).collect();
        if shared.is_empty() {
            return Ok(HashMap::new());
        }
        let query = selecting(self.query.clone().only(condition(CdrField::XdrGroup, Test::In(shared))?));
        self.asker.scan(&query, &mut |cdr, _| {
            if let Some(shared) = shared_by(&cdr).map(str::to_owned) {
                found.entry(shared).or_default().push(cdr);
            }
            Ok(())
        })?;
        Ok(found.into_iter().map(|(shared, legs)| (shared, self.calls(legs))).collect())
    }

    /// The calls that records are legs of, which share the same and are in the order of the query.
    fn calls(&self, records: Vec<Cdr>) -> Vec<Vec<Cdr>> {
        let (mut calls, mut until) = (Vec::<Vec<Cdr>>::new(), Timestamp::MIN);
        for record in records {
            let at = self.query.order.instant(&self.query.window, &record);
            match calls.last_mut() {
                Some(legs) if at <= until => legs.push(record),
                _ => {
                    until = at.plus_micros(LASTS_US);
                    calls.push(vec![record]);
                }
            }
        }
        let is_own = |cdr: &Cdr| Some(cdr.customer_id) == self.customer;
        let is_call = |cdr: &Cdr| cdr.kind == RecordKind::Call && cdr.account_id > 0;
        for legs in &mut calls {
            // What another payer is charged for a leg is not another leg.
            let has_call = legs.iter().any(|cdr| is_own(cdr) && is_call(cdr));
            legs.retain(|cdr| is_own(cdr) || (has_call && is_call(cdr)));
        }
        calls
    }
}

/// The calls of one key, whose legs are read from the store while they are written.
#[derive(Clone)]
struct OfKey {
    legs: Legs,
    printer: Printer,
    groups: Arc<Vec<Group>>,
}

impl OfKey {
    /// Passes the calls in the order of their numbers.
    fn each_call(&self, put: &mut dyn FnMut(i64, Vec<ConnectedCallDataRecord>) -> io::Result<()>) -> io::Result<()> {
        for groups in self.groups.chunks(AT_A_TIME) {
            let mut found = self.legs.read(groups.iter().map(|group| group.shared.clone()), |query| query)?;
            for group in groups {
                let calls = found.get_mut(&group.shared);
                let is_it = |legs: &Vec<Cdr>| legs.first().is_some_and(|first| first.number() == group.first.1);
                let legs = calls.and_then(|calls| Some(calls.swap_remove(calls.iter().position(is_it)?)));
                put(group.id, self.printed(group, legs.unwrap_or_default()))?;
            }
        }
        Ok(())
    }

    /// Each leg refers to the first one, and the first one to the second one.
    fn printed(&self, group: &Group, legs: Vec<Cdr>) -> Vec<ConnectedCallDataRecord> {
        let call_id = |at: usize| legs.get(at).and_then(|leg| leg.call_id.clone());
        let (first, second) = (call_id(0), call_id(1));
        let printed = legs.into_iter().enumerate().map(|(at, leg)| ConnectedCallDataRecord {
            groupid: group.id,
            rank: number(at as u64 + 1),
            call_id_1: if at == 0 { second.clone() } else { first.clone() },
            ..self.printer.leg(leg)
        });
        printed.collect()
    }
}

/// The legs one by one.
struct Flat(OfKey);

impl Objects for Flat {
    fn is_empty(&self) -> bool {
        self.0.groups.is_empty()
    }

    fn each(&self, put: &mut dyn FnMut(&dyn Dto) -> io::Result<()>) -> io::Result<()> {
        self.0.each_call(&mut |_, legs| legs.iter().try_for_each(|leg| put(leg)))
    }
}

/// The legs grouped by call.
struct Calls(OfKey);

impl Objects for Calls {
    fn is_empty(&self) -> bool {
        self.0.groups.is_empty()
    }

    fn each(&self, put: &mut dyn FnMut(&dyn Dto) -> io::Result<()>) -> io::Result<()> {
        self.0.each_call(&mut |id, legs| put(&ConnectedCall { group_id: id, cdrs: Some(Box::new(legs)) }))
    }
}
