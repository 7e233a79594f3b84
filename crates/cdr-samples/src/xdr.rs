//! Data of a billing system and of a hunt group about a call. They are derived from the call's identifiers, so that the
//! stream of random numbers is not advanced.

use cdr_model::{Cdr, Direction, Queue, Recording, Timestamp, Xdr};

use super::parties::Profile;
use super::random::mixed;
use super::text::{push_decimal, push_hex};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;

const GROUPS: [&str; 4] = ["Sales", "Support", "Reception", "Night Desk"];

/// The number of accounts whose last incoming call can still be forwarded.
const PLACES: usize = 64;

/// The last answered incoming call of some accounts: the account, the hash for the identifier that its legs share, and
/// its start.
#[derive(Clone, Debug)]
pub(super) struct Switchboard([Option<(u32, u64, Timestamp)>; PLACES]);

impl Switchboard {
    pub(super) fn new() -> Switchboard {
        Switchboard([None; PLACES])
    }

    /// The identifier of the incoming leg that a forwarded call continues: an answered call of the last hour, or a leg
    /// of another switch. `None` for a call that is not forwarded.
    fn connect(&mut self, call: &Cdr, account: u32, shared: u64) -> Option<u64> {
        let place = &mut self.0[account as usize % PLACES];
        match call.direction {
            Direction::In if call.success => *place = Some((account, shared, call.started_at)),
            Direction::Forwarded => {
                let recent = |at: Timestamp| call.started_at.micros_since(at) < HOUR;
                return Some(match *place {
                    Some((k, shared, at)) if k == account && recent(at) => {
                        *place = None;
                        shared
                    }
                    _ => mixed(shared, 9),
                });
            }
            _ => {}
        }
        None
    }
}

/// Sets the data of a billing system except the price. Some calls get data of a hunt group, some a recording.
pub(super) fn describe(call: &mut Cdr, profile: &Profile, switchboard: &mut Switchboard) {
    let bits = mixed(call.details.call_uuid.map_or(0, |uuid| uuid.as_u64_pair().1), 3);
    // All attempts of a call share its identifier.
    let shared = call.call_id.as_deref().map_or(bits, digest);
    let incoming = switchboard.connect(call, profile.k, shared);
    let mut xdr = Xdr { conf_id: Some(conf_id(shared)), incoming_conf_id: incoming.map(conf_id), ..Xdr::default() };
    let recorded = call.details.recorded == Some(true);
    if (bits >> 8).is_multiple_of(4) {
        xdr.bit_flags = Some(call.direction.bit_flags() + if recorded { 64 } else { 0 });
    }
    if recorded && (bits >> 16).is_multiple_of(4) {
        xdr.recordings.push(recording(call, profile));
    }
    if (bits >> 24).is_multiple_of(8)
        && let (true, Some(billed)) = (call.success, call.billed_us)
    {
        xdr.rating_pattern = Some(pattern(profile));
        xdr.history = Some(history(call.talk_us.unwrap_or(0), billed));
        xdr.bill_status = Some("O".to_owned());
    }
    call.details.xdr = Some(Box::new(xdr));
    if call.direction == Direction::In && call.details.telepresence.is_none() {
        call.details.queue = queue(call, bits >> 32).map(Box::new);
    }
}

/// How a hunt group handled an incoming call; `None` if the call was not routed through a hunt group.
fn queue(call: &Cdr, bits: u64) -> Option<Queue> {
    let group = Some(GROUPS[(bits >> 8) as usize % GROUPS.len()].to_owned());
    let waited = |until: Timestamp| until.micros_since(call.started_at);
    match call.connected_at {
        Some(answered) if bits.is_multiple_of(6) => {
            let mut agent = String::with_capacity(3);
            push_decimal(&mut agent, 200 + (bits >> 12) % 20, 3);
            Some(Queue { group, agent: Some(agent), talk_us: call.talk_us, hold_us: Some(waited(answered)) })
        }
        None if bits.is_multiple_of(12) => {
            Some(Queue { group, agent: None, talk_us: None, hold_us: call.ended_at.map(waited) })
        }
        _ => None,
    }
}

fn recording(call: &Cdr, profile: &Profile) -> Recording {
    let server = ["https://recordings.", profile.company.domain].concat();
    let uuid = call.details.call_uuid.unwrap_or_default();
    Recording { url: format!("{server}/{}.mp3", uuid.as_simple()), server_url: Some(server) }
}

/// The intervals in which it was rated, in seconds.
fn pattern(profile: &Profile) -> String {
    let (initial, next) = profile.intervals;
    format!("{initial}/{next}")
}

fn history(talk_us: i64, billed_us: i64) -> String {
    format!("Rounded up from {} to {} s", talk_us / SECOND, billed_us / SECOND)
}

/// The conf id that the legs of one call share: four groups of eight hexadecimal digits, as in H.323 billing.
fn conf_id(shared: u64) -> String {
    let mut id = String::with_capacity(35);
    for half in [mixed(shared, 7), mixed(shared, 8)] {
        for part in [half >> 32, half & 0xffff_ffff] {
            if !id.is_empty() {
                id.push(' ');
            }
            push_hex(&mut id, part, 8);
        }
    }
    id.make_ascii_uppercase();
    id
}

/// A hash of a text.
fn digest(text: &str) -> u64 {
    text.as_bytes().chunks(8).fold(text.len() as u64, |so_far, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        mixed(so_far, u64::from_le_bytes(word))
    })
}
