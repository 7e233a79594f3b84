//! Single calls, and calls with several attempts.

use cdr_model::{Assumed, Cdr, Direction, Timestamp};

use super::numbers::{Party, Rate};
use super::parties::Profile;
use super::random::Random;
use super::release::{ANSWERED, Release, cut, talk};
use super::text::push_hex;
use super::{names, numbers, signalling, tariff};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;

/// The course of a call.
#[derive(Clone, Copy, Debug)]
pub(super) enum Course {
    /// Random.
    Drawn,
    /// Answered, with a display name that is hard to write to files.
    Named(&'static str),
    /// Answered, and released immediately.
    ZeroLength,
    /// Answered, and released after one to three days.
    Long,
    /// Answered, without an end in the switch's record.
    Endless,
    /// Answered, and released at this instant.
    Until(Timestamp),
}

impl Course {
    /// The course of the n-th single call. Unusual courses are assigned by count rather than at random, so that even a
    /// few thousand calls include each of them: a difficult name in 60 calls, zero length in 250, days in 4,000, and no
    /// end in 10,000.
    pub(super) fn of(nth: u64) -> Course {
        match nth {
            _ if nth % 10_000 == 5_000 => Course::Endless,
            _ if nth % 4_000 == 2_001 => Course::Long,
            _ if nth % 250 == 125 => Course::ZeroLength,
            _ if nth % 60 == 59 => Course::Named(names::AWKWARD[(nth / 60) as usize % names::AWKWARD.len()]),
            _ => Course::Drawn,
        }
    }
}

/// A single call.
pub(super) fn single(random: &mut Random, profile: &Profile, started_at: Timestamp, course: Course) -> Cdr {
    let mut call = Cdr { started_at, ..Cdr::default() };
    let rate = begin(&mut call, random, profile);
    let release = match course {
        Course::Drawn => Release::drawn(random),
        _ => &ANSWERED,
    };
    if let Course::Named(name) = course {
        call.details.sip.calling_name = Some(name.to_owned());
    }
    end(&mut call, random, release, course);
    tariff::charge(&mut call, profile, rate);
    call
}

/// All attempts of one call, ordered by start. Every attempt but the last fails, and the next one follows within
/// seconds.
pub(super) fn attempts(random: &mut Random, profile: &Profile, started_at: Timestamp, count: u8) -> Vec<Cdr> {
    let mut first = Cdr { started_at, ..Cdr::default() };
    let rate = begin(&mut first, random, profile);
    let mut calls: Vec<Cdr> = Vec::with_capacity(count.into());
    for attempt in 1..=count {
        let mut call = first.clone();
        if let Some(failed) = calls.last().and_then(|call| call.ended_at) {
            call.started_at = failed.plus_micros(cut(random.between(SECOND, 9 * SECOND), grain(&first)));
            call.details.call_uuid = Some(random.uuid());
        }
        call.last_attempt = attempt == count;
        call.details.attempt = Some(attempt.into());
        let release = if call.last_attempt { Release::drawn(random) } else { Release::before_another(random) };
        end(&mut call, random, release, Course::Drawn);
        tariff::charge(&mut call, profile, rate);
        calls.push(call);
    }
    calls
}

/// Fills a call that has a start with the data known when signalling arrives, and returns its rate.
fn begin(call: &mut Cdr, random: &mut Random, profile: &Profile) -> Rate {
    let (direction, calling, called) = match random.below(100) {
        0..60 => {
            let called = numbers::called(random, profile);
            (Direction::Out, Some(numbers::own(random, profile)), called)
        }
        60..96 => (Direction::In, numbers::calling(random), numbers::own(random, profile)),
        _ => {
            let called = numbers::called(random, profile);
            (Direction::Forwarded, numbers::calling(random), called)
        }
    };
    call.direction = direction;
    // A calling number with a plus sign is not changed by the number rules.
    call.details.calling_routed = calling.as_ref().filter(|party| !party.text.starts_with('+')).and_then(Party::routed);
    call.calling = calling.map(|party| party.text);
    call.details.called_routed = called.routed();
    call.called = Some(called.text);
    if random.one_in(4) {
        call.details.sip.calling_name = Some(names::displayed(random));
    }
    identify(call, random, profile);
    signalling::signal(call, profile);
    called.rate
}

/// Sets the identifiers of a call.
pub(super) fn identify(call: &mut Cdr, random: &mut Random, profile: &Profile) {
    let mut call_id = String::with_capacity(22 + profile.company.domain.len());
    push_hex(&mut call_id, random.bits(), 16);
    call_id.push('@');
    call_id.push_str(profile.border());
    call_id.push_str(profile.company.domain);
    call.details.group = Some(["sip:", &call_id].concat());
    call.call_id = Some(call_id);
    call.details.call_uuid = Some(random.uuid());
}

/// The time resolution of the call's switch, in microseconds.
pub(super) fn grain(call: &Cdr) -> i64 {
    if call.started_at.micros() % 1000 == 0 { 1000 } else { 1 }
}

/// Fills a call that has a start with its answer, its talk time and its release.
pub(super) fn end(call: &mut Cdr, random: &mut Random, release: &Release, course: Course) {
    let grain = grain(call);
    let picked_up = call.started_at.plus_micros(release.ring(random, grain));
    if release.is_answered() {
        call.success = true;
        call.connected_at = Some(picked_up);
    }
    let talk = match course {
        _ if !release.is_answered() => 0,
        Course::Drawn | Course::Named(_) => talk(random, grain),
        Course::ZeroLength => 0,
        Course::Long => cut(random.between(24 * HOUR, 72 * HOUR), grain),
        Course::Until(end) => end.micros_since(picked_up).max(0),
        Course::Endless => {
            call.billed_at = picked_up;
            call.assumed.insert(Assumed::BILL);
            return;
        }
    };
    call.talk_us = Some(talk);
    call.ended_at = Some(picked_up.plus_micros(talk));
    call.release_cause = Some(release.cause);
    call.release_code = Some(release.code);
    call.details.sip.release_reason = Some(release.reason.to_owned());
}
