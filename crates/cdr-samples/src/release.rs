//! Releases of calls, and their ring and talk times.

use super::random::Random;

/// Why a call ended.
#[derive(Debug)]
pub(super) struct Release {
    /// Its frequency in thousandths, among single calls and last attempts.
    weight: u64,
    /// Its frequency in thousandths, among attempts that are followed by another.
    again: u64,
    /// The ITU-T Q.850 cause.
    pub(super) cause: i16,
    /// The SIP status code.
    pub(super) code: i16,
    /// The reason phrase.
    pub(super) reason: &'static str,
    /// The range of times from the start to the answer or the failure, in milliseconds.
    ring: (i64, i64),
}

const fn release(weight: u64, again: u64, cause: i16, code: i16, reason: &'static str, ring: (i64, i64)) -> Release {
    Release { weight, again, cause, code, reason, ring }
}

/// Answered, and released by either party.
pub(super) static ANSWERED: Release = release(560, 0, 16, 200, "Bye", (900, 24_000));
/// Not answered.
pub(super) static NO_ANSWER: Release = release(150, 200, 19, 480, "Temporarily Unavailable", (18_000, 40_000));

/// Failed. Causes and codes are mapped as in RFC 3398, sections 7.2.4.1 and 8.2.6.1. A call that the caller abandoned
/// has normal clearing and 487.
static FAILED: [Release; 9] = [
    release(105, 200, 17, 486, "Busy Here", (300, 4_000)),
    release(90, 0, 16, 487, "Request Terminated", (2_000, 35_000)),
    release(35, 450, 34, 503, "Service Unavailable", (20, 900)),
    release(25, 0, 1, 404, "Not Found", (20, 700)),
    release(14, 0, 21, 603, "Decline", (1_000, 12_000)),
    release(7, 80, 27, 502, "Bad Gateway", (100, 3_000)),
    release(6, 0, 28, 484, "Address Incomplete", (10, 300)),
    release(5, 50, 41, 500, "Server Internal Error", (20, 1_500)),
    release(3, 20, 102, 408, "Request Timeout", (32_000, 32_500)),
];

impl Release {
    /// The release of a call.
    pub(super) fn drawn(random: &mut Random) -> &'static Release {
        Release::nth(random.below(1000), |release| release.weight)
    }

    /// The release of an attempt that is followed by another.
    pub(super) fn before_another(random: &mut Random) -> &'static Release {
        Release::nth(random.below(1000), |release| release.again)
    }

    fn nth(mut place: u64, weight: fn(&Release) -> u64) -> &'static Release {
        for release in [&ANSWERED, &NO_ANSWER].into_iter().chain(&FAILED) {
            match place.checked_sub(weight(release)) {
                Some(rest) => place = rest,
                None => return release,
            }
        }
        &NO_ANSWER
    }

    /// Whether the call was answered.
    pub(super) fn is_answered(&self) -> bool {
        self.code == 200
    }

    /// Microseconds from the start to the answer or the failure, in whole `grain`s.
    pub(super) fn ring(&self, random: &mut Random, grain: i64) -> i64 {
        cut(random.between(self.ring.0 * 1000, self.ring.1 * 1000), grain)
    }
}

/// Truncates a duration to the resolution of the switch.
pub(super) fn cut(micros: i64, grain: i64) -> i64 {
    micros - micros.rem_euclid(grain)
}

/// The 64-quantiles of the talk time in milliseconds: a log-normal distribution with a median of 75 s and σ = 1.25,
/// truncated to 0.4 s and one hour. It is a table because the last bit of a logarithm differs between machines.
const TALK: [i64; 65] = [
    400, 5_079, 7_309, 9_231, 11_021, 12_746, 14_440, 16_122, 17_806, 19_503, 21_221, 22_966, 24_743, 26_558, 28_416,
    30_321, 32_278, 34_290, 36_364, 38_503, 40_712, 42_996, 45_362, 47_814, 50_360, 53_004, 55_756, 58_622, 61_612,
    64_733, 67_998, 71_416, 75_000, 78_764, 82_723, 86_895, 91_298, 95_953, 100_886, 106_123, 111_697, 117_643,
    124_002, 130_825, 138_166, 146_094, 154_687, 164_040, 174_269, 185_514, 197_950, 211_797, 227_334, 244_928,
    265_065, 288_410, 315_900, 348_909, 389_554, 441_304, 510_371, 609_362, 769_625, 1_107_468, 3_600_000,
];

/// Microseconds of talk, in whole `grain`s.
pub(super) fn talk(random: &mut Random, grain: i64) -> i64 {
    let place = random.below(64) as usize;
    cut(random.between(TALK[place] * 1000, TALK[place + 1] * 1000), grain)
}

#[cfg(test)]
mod tests {
    use super::{ANSWERED, FAILED, NO_ANSWER, Random, Release, TALK, talk};

    #[test]
    fn weights_are_thousandths() {
        let all = || [&ANSWERED, &NO_ANSWER].into_iter().chain(&FAILED);
        assert_eq!(all().map(|release| release.weight).sum::<u64>(), 1000);
        assert_eq!(all().map(|release| release.again).sum::<u64>(), 1000);
        assert!((0..2_000).all(|seed| !Release::before_another(&mut Random::new(seed)).is_answered()));
    }

    #[test]
    fn half_of_all_calls_talk_less_than_75_seconds() {
        assert!(TALK.is_sorted());
        let mut random = Random::new(5);
        let short = (0..10_000).filter(|_| talk(&mut random, 1) < 75_000_000).count();
        assert!((4_800..5_200).contains(&short), "{short}");
    }
}
