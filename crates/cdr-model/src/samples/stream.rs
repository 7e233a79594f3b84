//! The samples, one after another.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::cdr::Cdr;
use crate::conference::ConferenceRecord;
use crate::timestamp::Timestamp;

use super::call::{self, Course};
use super::options::SampleOptions;
use super::parties::Profile;
use super::plan::{self, Role, Unit};
use super::random::{Random, mixed};
use super::shape::Shape;
use super::zipf::Shares;
use super::{conference, text};

/// Something made up.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly all are calls; a box would cost each of them an allocation")]
pub enum Sample {
    /// A call.
    Call(SampleCall),
    /// A conference.
    Conference(ConferenceRecord),
}

impl Sample {
    /// The natural key: the call's, or the conference's UUID.
    pub fn key(&self) -> Cow<'_, str> {
        match self {
            Sample::Call(call) => Cow::Borrowed(&call.key),
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

/// Samples, in the order in which calls start; a conference comes after the last call that joined it.
///
/// Memory: the plan of one hour, eight bytes a call, and the calls of the retries and meetings under way.
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

    fn hand_out(&mut self, account: u32, call: Cdr) -> Sample {
        self.calls += 1;
        let mut key = String::with_capacity(self.keys.len() + 10);
        key.push_str(&self.keys);
        text::push_decimal(&mut key, self.calls, 1);
        Sample::Call(SampleCall { key, account: Profile::new(account).code(), call })
    }
}

impl Iterator for Samples {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        loop {
            let unit = self.units.get(self.unit).map(|unit| (self.begin.plus_micros(unit.offset.into()), unit.role));
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
