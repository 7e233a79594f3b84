//! The iterator over samples.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use cdr_model::{Cdr, ConferenceRecord, Timestamp};

use super::call::{self, Course};
use super::charges::{self, SampleCharge};
use super::options::SampleOptions;
use super::parties::Profile;
use super::plan::{self, Role, Unit};
use super::random::{Random, mixed};
use super::shape::Shape;
use super::xdr::{self, Switchboard};
use super::zipf::Shares;
use super::{conference, text};

/// A generated record.
#[derive(Clone, Debug, PartialEq)]
pub enum Sample {
    /// A call.
    Call(SampleCall),
    /// A conference.
    Conference(ConferenceRecord),
    /// A charge other than a call, or the charge of a reseller for a call.
    Charge(SampleCharge),
}

impl Sample {
    /// The natural key: that of the call or the charge, or the UUID of the conference.
    pub fn key(&self) -> Cow<'_, str> {
        match self {
            Sample::Call(call) => Cow::Borrowed(&call.key),
            Sample::Charge(charge) => Cow::Borrowed(&charge.key),
            Sample::Conference(conference) => {
                Cow::Owned(format!("sample/{}", conference.uuid.unwrap_or_default().as_hyphenated()))
            }
        }
    }
}

/// A call that is not stored yet: its numbers, its source, its account and its customer are not set.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleCall {
    /// The natural key: `sample/`, the seed, a digest of the other options, and a number from 1 in the order of the
    /// samples. Samples of different options do not conflict in one store.
    pub key: String,
    /// The code of its account.
    pub account: String,
    /// The record.
    pub call: Cdr,
}

/// An iterator over samples, ordered by the start of calls and charges. A conference follows the last call that joined
/// it. The charge of a reseller for a call follows the call.
///
/// Memory use: the schedule of one hour with eight bytes per call, the pending calls of retries and meetings, and the
/// charges of one day for at most 1,000 accounts.
#[derive(Clone, Debug)]
pub struct Samples {
    /// The common prefix of all keys.
    keys: String,
    /// The seed for the random numbers of each hour.
    seed: u64,
    shape: Shape,
    shares: Shares,
    /// The random numbers of the current hour.
    random: Random,
    /// The next hour, counted from the first.
    hour: u64,
    begin: Timestamp,
    pub(super) units: Vec<Unit>,
    /// The next of the units.
    unit: usize,
    /// Pending calls and conferences, by start and order of generation. Retries and meetings are generated as a whole.
    pub(super) waiting: BTreeMap<(Timestamp, u64), (u32, Waiting)>,
    drawn: u64,
    /// The number of single calls generated so far.
    singles: u64,
    /// The number of calls returned so far.
    calls: u64,
    accounts: u32,
    /// The charges of the current day that are not yet returned.
    charges: VecDeque<SampleCharge>,
    /// The charge of the reseller for the call returned last.
    resale: Option<SampleCharge>,
    switchboard: Switchboard,
}

#[derive(Clone, Debug)]
pub(super) enum Waiting {
    Call(Box<Cdr>),
    Conference(Box<ConferenceRecord>),
}

impl Samples {
    /// The samples for the given options.
    pub fn new(options: &SampleOptions) -> Samples {
        let digest = options.digest();
        Samples {
            keys: format!("sample/{}/{:08x}/", options.seed, digest >> 32),
            seed: mixed(options.seed, digest),
            shape: Shape::new(options.calls, options.from, options.days),
            shares: Shares::new(options.account_count()),
            random: Random::new(options.seed),
            hour: 0,
            begin: options.from,
            units: Vec::new(),
            unit: 0,
            waiting: BTreeMap::new(),
            drawn: 0,
            singles: 0,
            calls: 0,
            accounts: options.account_count(),
            charges: VecDeque::new(),
            resale: None,
            switchboard: Switchboard::new(),
        }
    }

    /// Schedules the next hour; false after the last one. Each hour has its own stream of random numbers.
    fn next_hour(&mut self) -> bool {
        if self.hour >= self.shape.hours() {
            return false;
        }
        self.begin = self.shape.begin(self.hour);
        self.random = Random::new(mixed(self.seed, self.hour));
        self.unit = 0;
        if self.hour.is_multiple_of(24) {
            let charges = charges::of_day(&self.keys, self.seed, self.begin, self.hour / 24, self.accounts);
            self.charges.extend(charges);
        }
        plan::hour(&mut self.random, self.shape.hour_of_day(self.hour), self.shape.calls(self.hour), &mut self.units);
        self.hour += 1;
        true
    }

    fn single(&mut self, profile: &Profile, at: Timestamp, role: Role) -> Cdr {
        let next_hour = self.begin.plus_micros(3_600_000_000);
        let course = match role {
            Role::EndsOnTheHour => Course::Until(next_hour),
            Role::SpansMidnight => Course::Until(next_hour.plus_micros(self.random.between(1, 1_200_000_000))),
            _ => {
                self.singles += 1;
                Course::of(self.singles)
            }
        };
        call::single(&mut self.random, profile, at, course)
    }

    fn wait(&mut self, at: Timestamp, account: u32, waiting: Waiting) {
        self.waiting.insert((at, self.drawn), (account, waiting));
        self.drawn += 1;
    }

    /// The next charge, if it starts before an instant.
    fn charge_before(&mut self, at: Timestamp) -> Option<Sample> {
        let due = self.charges.front().is_some_and(|next| next.charge.started_at < at);
        if due { self.charges.pop_front().map(Sample::Charge) } else { None }
    }

    fn hand_out(&mut self, account: u32, mut call: Cdr) -> Sample {
        self.calls += 1;
        let mut key = String::with_capacity(self.keys.len() + 10);
        key.push_str(&self.keys);
        text::push_decimal(&mut key, self.calls, 1);
        let profile = Profile::new(account);
        xdr::describe(&mut call, &profile, &mut self.switchboard);
        self.resale = charges::resale(&key, &profile, &call);
        Sample::Call(SampleCall { key, account: profile.code(), call })
    }
}

impl Iterator for Samples {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        if let Some(resale) = self.resale.take() {
            return Some(Sample::Charge(resale));
        }
        loop {
            let unit = self.units.get(self.unit).map(|unit| (self.begin.plus_micros(unit.offset.into()), unit.role));
            let waiting = self.waiting.first_key_value().map(|((at, _), _)| *at);
            let next = [unit.map(|(at, _)| at), waiting].into_iter().flatten().min();
            // The remaining charges of the hour are returned before the next hour is scheduled.
            if let Some(charge) = self.charge_before(next.unwrap_or(self.begin.plus_micros(3_600_000_000))) {
                return Some(charge);
            }
            if let Some(first) = self.waiting.first_entry()
                && unit.is_none_or(|(at, _)| first.key().0 <= at)
            {
                return Some(match first.remove() {
                    (account, Waiting::Call(call)) => self.hand_out(account, *call),
                    (_, Waiting::Conference(conference)) => Sample::Conference(*conference),
                });
            }
            let Some((at, role)) = unit else {
                if self.next_hour() {
                    continue;
                }
                return None;
            };
            self.unit += 1;
            let account = self.shares.drawn(&mut self.random);
            let profile = Profile::new(account);
            match role {
                Role::Single | Role::EndsOnTheHour | Role::SpansMidnight => {
                    let call = self.single(&profile, at, role);
                    return Some(self.hand_out(account, call));
                }
                Role::Retried(count) => {
                    for call in call::attempts(&mut self.random, &profile, at, count) {
                        self.wait(call.started_at, account, Waiting::Call(Box::new(call)));
                    }
                }
                Role::Meeting(count) => {
                    let (calls, conference) = conference::meeting(&mut self.random, &profile, at, count);
                    let last = calls.iter().map(|call| call.started_at).max().unwrap_or(at);
                    for call in calls {
                        self.wait(call.started_at, account, Waiting::Call(Box::new(call)));
                    }
                    self.wait(last, account, Waiting::Conference(Box::new(conference)));
                }
            }
        }
    }
}
