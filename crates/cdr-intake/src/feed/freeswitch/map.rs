//! Mapping a leg to a call.

use cdr_mediation::{CallDraft, Content};
use cdr_model::{Assumed, Cdr, Details, Direction, LocalZone, Sip};
use uuid::Uuid;

use super::leg::Leg;
use super::{causes, channel, times};
use crate::digest::key;
use crate::fault::Fault;
use crate::feed::{FeedSettings, Origin, checks};
use crate::notes::Note;

/// The settings for mapping legs.
pub(in crate::feed) struct Map {
    source: String,
    zone: LocalZone,
    extra: Vec<String>,
}

impl Map {
    pub(in crate::feed) fn new(origin: &Origin, settings: &FeedSettings) -> Map {
        Map { source: origin.source.clone(), zone: settings.zone, extra: settings.extra.clone() }
    }

    /// The call of a leg, and the time in it that the clocks skipped, if there is one.
    pub(in crate::feed) fn content(&self, leg: &Leg) -> Result<(Content, Option<Note>), Fault> {
        let uuid = leg.variable("uuid");
        let uuid: Uuid =
            uuid.parse().map_err(|_| Fault::unreadable("uuid-unreadable", "uuid", uuid, "the UUID of a channel"))?;
        let talk_us = times::talk_us(leg)?;
        let mut times = times::times(leg, self.zone)?.resolve(self.zone);
        let note = times.skipped.take();
        let mut assumed = Assumed::DIRECTION;
        if times.is_assumed {
            assumed.insert(Assumed::LOCAL_TIME);
        }
        let cause = leg.first(&["hangup_cause"]);
        let q850 = leg.variable("hangup_cause_q850").parse().ok().filter(|number| (1..=127).contains(number));
        let mut call = Cdr {
            started_at: times.start,
            connected_at: times.answer,
            ended_at: times.end,
            talk_us: Some(talk_us),
            success: times.answer.is_some(),
            direction: Direction::Out,
            assumed,
            calling: given(leg.profile("caller_id_number")).or_else(|| leg.first(&["sip_from_user"])),
            called: given(leg.profile("destination_number")).or_else(|| leg.first(&["sip_req_user", "sip_to_user"])),
            call_id: leg.first(&["sip_call_id"]).filter(|_| !is_outbound(leg)).or_else(|| Some(uuid.to_string())),
            release_cause: q850.or_else(|| cause.as_deref().and_then(causes::number)),
            release_code: leg.variable("sip_term_status").parse().ok().filter(|code| (100..700).contains(code)),
            details: Details {
                account_given: leg.first(&["accountcode"]),
                call_uuid: Some(uuid),
                group: Some(format!("src:{}:{}", self.source, group(leg, uuid))),
                sip: Sip { release_reason: cause, ..signalling(leg) },
                ..Details::default()
            },
            ..Cdr::default()
        };
        for name in &self.extra {
            let value = leg.first(&[name]).or_else(|| given(leg.profile(name)));
            call.details.extra.extend(value.map(|value| (name.clone(), value)));
        }
        checks::assume_billed(&mut call);
        checks::call(&call)?;
        let account = call.details.account_given.clone();
        let draft = CallDraft {
            key: key(uuid.to_string()),
            digest: leg.digest(),
            account,
            trunks: trunks(leg),
            call,
            ..CallDraft::default()
        };
        Ok((Content::Call(Box::new(draft)), note))
    }
}

fn given(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// Whether the switch called the party of the leg.
fn is_outbound(leg: &Leg) -> bool {
    leg.variable("direction") == "outbound"
}

/// What the legs of a call share: the leg that called the others. Of two legs that the switch called and then connected, it
/// is the smaller one.
fn group(leg: &Leg, uuid: Uuid) -> Uuid {
    let named = |names: &[&str]| {
        let uuids = names.iter().filter_map(|name| leg.variable(name).parse().ok());
        uuids.into_iter().find(|other: &Uuid| *other != uuid)
    };
    let originator = named(&["originating_leg_uuid", "originator"]).or(leg.originator);
    match (originator, is_outbound(leg)) {
        (Some(originator), _) => originator,
        (None, true) => named(&["bridge_uuid", "signal_bond"]).map_or(uuid, |other| other.min(uuid)),
        (None, false) => uuid,
    }
}

/// Members from the signalling.
fn signalling(leg: &Leg) -> Sip {
    let peer_ip = leg.first(&["sip_received_ip", "sip_network_ip"]).or_else(|| given(leg.profile("network_addr")));
    let peer_port = leg.first(&["sip_received_port", "sip_network_port"]);
    Sip {
        calling_name: given(leg.profile("caller_id_name")),
        out_call_id: leg.first(&["sip_call_id"]).filter(|_| is_outbound(leg)),
        from_header: leg.first(&["sip_full_from"]),
        from_domain: leg.first(&["sip_from_host"]),
        to_domain: leg.first(&["sip_to_host"]),
        ruri_domain: leg.first(&["sip_req_host"]),
        user_agent: leg.first(&["sip_user_agent"]),
        peer_ip: peer_ip.and_then(|address| address.parse().ok()),
        peer_port: peer_port.and_then(|port| port.parse().ok()),
        pai: leg.first(&["sip_P-Asserted-Identity"]),
        ppi: leg.first(&["sip_P-Preferred-Identity"]),
        privacy: leg.first(&["sip_Privacy"]),
        rpid: leg.first(&["sip_Remote-Party-ID"]),
        ..Sip::default()
    }
}

/// The gateway of the leg, and those in the names of its channels.
fn trunks(leg: &Leg) -> Vec<String> {
    let gateway = leg.first(&["sip_gateway_name"]);
    let channels = ["channel_name", "bridge_channel"].map(|name| channel::trunk(leg.variable(name)));
    let mut trunks: Vec<String> = Vec::new();
    for trunk in gateway.into_iter().chain(channels.into_iter().flatten()) {
        if !trunks.contains(&trunk) {
            trunks.push(trunk);
        }
    }
    trunks
}
