//! When an export is tried again after a failure that may pass: a full disk, or a store, spool folder or bucket that is busy
//! or cannot be reached.

use std::time::Duration;

use cdr_model::PortError;

use crate::error::MediationError;

/// The waits before the first attempts, in seconds.
const SOON: [u64; 4] = [1, 10, 60, 300];
/// The waits after those, in seconds, for an hour.
const LATER: u64 = 300;
const LATER_TIMES: u32 = 12;

/// How long an export waits that was postponed this many times before; `None` if it is not tried again.
pub(super) fn wait_after(postponed: u32) -> Option<Duration> {
    let seconds = match SOON.get(postponed as usize) {
        Some(soon) => *soon,
        None if postponed < SOON.len() as u32 + LATER_TIMES => LATER,
        None => return None,
    };
    Some(Duration::from_secs(seconds))
}

/// Whether the failure may pass, so that a later attempt may succeed.
pub(super) fn may_pass(problem: &MediationError) -> bool {
    matches!(problem, MediationError::Port(error) if is_passing(error))
}

/// The same for the error of a port.
pub(super) fn is_passing(error: &PortError) -> bool {
    matches!(error, PortError::Unavailable { .. })
}

#[cfg(test)]
mod tests {
    use super::wait_after;
    use crate::waiting::longest_wait;
    use cdr_model::Timestamp;

    #[test]
    fn the_waits_grow_and_last_for_an_hour() {
        let waits: Vec<u64> = (0..).map_while(wait_after).map(|wait| wait.as_secs()).collect();
        assert_eq!(waits, [&[1, 10, 60, 300][..], &[300; 12]].concat());
        assert!(
            waits.iter().all(|wait| Timestamp::from_seconds(*wait as i64) < longest_wait(Timestamp::from_seconds(0)))
        );
    }
}
