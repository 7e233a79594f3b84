//! The samples, one after another.

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

/// Something made up.
#[derive(Clone, Debug, PartialEq)]
pub enum Sample {
    /// A call.
    Call(SampleCall),
    /// A conference.
    Conference(ConferenceRecord),
    /// A charge that is no call, or what a reseller is charged for one.
    Charge(SampleCharge),
}

impl Sample {
    /// The natural key: the call's or the charge's, or the conference's UUID.
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

/// A call that no store has taken yet: its numbers, its source, account and customer are not given.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleCall {
    /// The natural key: `sample/`, the seed, a digest of the other options, and a number from 1 in the order in which
    /// samples come. Samples of other options never contradict these in a store that has both.
    pub key: String,
    /// The code of its account.
    pub account: String,
    /// The record.
    pub call: Cdr,
}

/// Samples, in the order in which calls and charges start; a conference comes after the last call that joined it, and what a
/// reseller is charged for a call comes after the call.
///
/// Memory: the plan of one hour, eight bytes a call, the calls of the retries and meetings under way, and the charges of a
/// day, of a thousand accounts at most.
#[derive(Clone, Debug)]
pub struct Samples {
    /// What all keys begin with.
    keys: String,
    /// What each hour's stream of chance begins with.
    seed: u64,
    shape: Shape,
    shares: Shares,
    /// Of the hour at hand.
    random: Random,
    /// The next hour, counted from the first.
    hour: u64,
    begin: Timestamp,
    pub(super) units: Vec<Unit>,
    /// The next of the units.
    unit: usize,
    /// Retries and meetings are drawn whole; what of them starts later waits here, by its start and the order drawn.
    pub(super) waiting: BTreeMap<(Timestamp, u64), (u32, Waiting)>,
    drawn: u64,
    /// Calls on their own so far.
    singles: u64,
    /// Calls handed out so far.
    calls: u64,
    accounts: u32,
    /// What is charged this day and has not been handed out.
    charges: VecDeque<SampleCharge>,
    /// What the call that was handed out last costs its reseller.
    resale: Option<SampleCharge>,
    switchboard: Switchboard,
}

#[derive(Clone, Debug)]
pub(super) enum Waiting {
    Call(Box<Cdr>),
    Conference(Box<ConferenceRecord>),
}

impl Samples {
    /// The samples of some options.
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

    /// Plans the next hour; false after the last. Each has a stream of chance of its own.
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
            // The day's charges that are left come before the next hour, of which nothing is known yet.
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
