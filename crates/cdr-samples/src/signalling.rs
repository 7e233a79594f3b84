//! Signalling data of a call: domains, tags, user agents, peers and identities.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use cdr_model::{Cdr, Direction};

use super::numbers::{self, ABROAD};
use super::parties::Profile;
use super::random::mixed;
use super::text::{push_decimal, push_hex};

/// Fictitious devices.
const AGENTS: [&str; 7] = [
    "Larkphone/3.1.4 (build 77)",
    "DeskView 10/3.1.4-rc2",
    "Marmalade SBC 9.2.0",
    "PebblePBX 16.8.0",
    "Softphone 11.0",
    "RoomView \"Duo\", 2.9",
    "GroupView 500/6.2.0",
];

/// Networks reserved for documentation (RFC 5737).
const NETWORKS: [[u8; 3]; 3] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];

/// UDP, TCP and TLS with their ports (yeti-web's numbering of transport protocols).
const TRANSPORTS: [(i16, u16); 4] = [(1, 5060), (1, 5060), (2, 5060), (3, 5061)];

/// Sets the signalling data of a call that has its direction, its parties and its identifier.
pub(super) fn signal(call: &mut Cdr, profile: &Profile) {
    // Derived from the identifier, so that the stream of random numbers is not advanced.
    let bits = mixed(call.details.call_uuid.map_or(0, |uuid| uuid.as_u64_pair().1), 2);
    let domain = profile.company.domain;
    let from = if call.direction == Direction::Out { domain } else { ABROAD[(bits % 3) as usize] };
    let sip = &mut call.details.sip;
    sip.from_domain = Some(from.to_owned());
    sip.to_domain = Some(domain.to_owned());
    sip.ruri_domain = Some([profile.border(), domain].concat());
    let mut tag = String::with_capacity(20);
    push_decimal(&mut tag, u64::from(profile.k % 12) + 1, 1);
    tag.push('-');
    push_hex(&mut tag, bits, 16);
    sip.local_tag = Some(tag);
    // Carriers do not send their user agent.
    if call.direction == Direction::Out {
        sip.user_agent = Some(AGENTS[profile.k as usize % AGENTS.len()].to_owned());
    }
    sip.peer_ip = Some(peer(profile));
    let (transport, port) = TRANSPORTS[profile.k as usize % TRANSPORTS.len()];
    sip.peer_transport = Some(transport);
    // TCP clients use an ephemeral port.
    sip.peer_port = Some(if transport == 2 { 49_152 + (bits >> 48) as u16 % 16_384 } else { port });
    if call.direction == Direction::Forwarded {
        let own = numbers::own_line(profile, bits);
        sip.diversion = Some(format!("<sip:+{own}@{domain}>;reason=unconditional;counter=1"));
    }
    if call.calling.as_ref().is_some_and(|calling| calling.contains("anonymous")) {
        // RFC 3325, section 9.1: hidden from the callee, known to the network.
        sip.privacy = Some("id".to_owned());
        sip.pai = Some(format!("<sip:+{}@{from}>", numbers::subscriber(bits)));
    }
    match bits >> 32 & 63 {
        0 => sip.ppi = Some(format!("<sip:+{}@{from}>", numbers::subscriber(bits))),
        1 => {
            sip.rpid = Some(format!("<sip:+{}@{from}>;party=calling;screen=yes", numbers::subscriber(bits)));
            sip.rpid_privacy = Some("off".to_owned());
        }
        _ => {}
    }
}

/// The address of an account's switch. One in nine accounts uses IPv6 (RFC 3849).
fn peer(profile: &Profile) -> IpAddr {
    let k = profile.k;
    if k % 9 == 4 {
        return Ipv6Addr::new(0x2001, 0xdb8, (k >> 16) as u16, k as u16, 0, 0, 0, 0x5060).into();
    }
    let [a, b, c] = NETWORKS[k as usize % NETWORKS.len()];
    Ipv4Addr::new(a, b, c, (k % 254) as u8 + 1).into()
}
