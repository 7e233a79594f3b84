//! Causes by which calls end (Cisco, "Call Detail Records Administration Guide for Cisco Unified Communications Manager",
//! "Call Termination Cause Codes").

/// The causes that are neither in Q.850 nor made of a SIP status.
const OWN: [(u32, &str); 9] = [
    (124, "conference full"),
    (125, "out of bandwidth"),
    (126, "call split"),
    (128, "conference drop any party"),
    (129, "precedence out of bandwidth"),
    (131, "call control discovery PSTN failover"),
    (262_144, "conference full"),
    (393_216, "call split"),
    (458_752, "conference drop any party"),
];
/// The last cause of Q.850.
const LAST_OF_Q850: u32 = 127;

/// The meaning of a cause value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cause {
    /// Its number in ITU-T Q.850.
    pub(super) q850: Option<i16>,
    /// The SIP status that it is made of.
    pub(super) sip: Option<i16>,
    /// Its name, or its number if it has none, if it is not in Q.850.
    pub(super) reason: Option<String>,
}

/// Reads a cause value. Zero means that the leg has no cause.
pub(super) fn of(cause: u32) -> Cause {
    if cause == 0 {
        return Cause::default();
    }
    if let Some((_, name)) = OWN.iter().find(|(own, _)| *own == cause) {
        return Cause { reason: Some((*name).to_owned()), ..Cause::default() };
    }
    if cause <= LAST_OF_Q850 {
        return Cause { q850: i16::try_from(cause).ok(), ..Cause::default() };
    }
    let [status, 0, 0, q850] = cause.to_be_bytes() else {
        return Cause { reason: Some(cause.to_string()), ..Cause::default() };
    };
    let q850 = (1..=127).contains(&q850).then_some(i16::from(q850));
    let Some(sip) = sip_status(status).filter(|_| q850.is_some()) else {
        return Cause { reason: Some(cause.to_string()), ..Cause::default() };
    };
    Cause { q850, sip: Some(sip), reason: None }
}

/// The SIP status that the first byte of a cause stands for.
fn sip_status(byte: u8) -> Option<i16> {
    Some(match byte {
        0x01..=0x3f => 399 + i16::from(byte),
        // 480 to 495, and 500 to 505.
        0x40..=0x4f | 0x54..=0x59 => 416 + i16::from(byte),
        0x5a => 513,
        0xa1 => 600,
        0xa2 => 603,
        0xa3 => 604,
        0xa4 => 606,
        0xa7 => 503,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Cause, of};

    #[test]
    fn causes_are_those_of_q850_of_sip_and_ciscos_own() {
        for (cause, q850, sip, reason) in [
            (0, None, None, None),
            (16, Some(16), None, None),
            (127, Some(127), None, None),
            (126, None, None, Some("call split")),
            (393_216, None, None, Some("call split")),
            (458_752, None, None, Some("conference drop any party")),
            (16_777_257, Some(41), Some(400), None),
            (83_886_081, Some(1), Some(404), None),
            (1_073_741_842, Some(18), Some(480), None),
            (1_174_405_137, Some(17), Some(486), None),
            (1_191_182_367, Some(31), Some(487), None),
            (1_459_617_833, Some(41), Some(503), None),
            (1_509_949_567, Some(127), Some(513), None),
            (2_717_909_013, Some(21), Some(603), None),
            (655_360, None, None, Some("655360")),
            (851_976, None, None, Some("851976")),
            (u32::MAX, None, None, Some("4294967295")),
        ] {
            assert_eq!(of(cause), Cause { q850, sip, reason: reason.map(str::to_owned) }, "{cause}");
        }
    }
}
