//! Checks that a record can be stored.

use std::collections::BTreeMap;

use cdr_mediation::{CallDraft, ConferenceDraft};
use cdr_model::{Cdr, ConferenceRecord, Details, Queue, Rating, Recording, Sip, Telepresence, Timestamp, Xdr};

use crate::rejection::Rejection;

/// The reason for a text with a NUL character, which ends a text in many other programs.
pub(crate) const NUL: &str = "nul-character";

/// The first instant of 1970.
const FIRST_START: Timestamp = Timestamp::from_seconds(0);
/// The first instant of the year 10000.
const AFTER_LAST: Timestamp = Timestamp::from_seconds(253_402_300_800);
/// The first instant of the year 0, the earliest one that the text forms of instants can express.
const FIRST_INSTANT: Timestamp = Timestamp::from_seconds(-62_167_219_200);

/// Whether a text contains the NUL character.
pub(crate) fn has_nul(text: &str) -> bool {
    text.as_bytes().contains(&0)
}

/// Rejects a call that cannot be stored.
pub(crate) fn call(draft: &CallDraft) -> Result<(), Rejection> {
    let CallDraft { key, digest: _, account, customer, service, trunks: _, exported: _, form: _, call } = draft;
    let Cdr { calling, called, call_id, details, .. } = call;
    let typed = [
        ("key", Some(key)),
        ("account", account.as_ref()),
        ("customer", customer.as_ref()),
        ("service", service.as_ref()),
        ("calling", calling.as_ref()),
        ("called", called.as_ref()),
        ("call_id", call_id.as_ref()),
    ];
    nul_in(typed)?;
    let Details {
        call_uuid: _,
        source_ref,
        group,
        attempt: _,
        account_given,
        calling_routed,
        called_routed,
        recorded: _,
        sip,
        rating,
        xdr,
        queue,
        telepresence,
        extra,
    } = details;
    nul_in([
        ("source_ref", source_ref.as_ref()),
        ("group", group.as_ref()),
        ("account_given", account_given.as_ref()),
        ("calling_routed", calling_routed.as_ref()),
        ("called_routed", called_routed.as_ref()),
    ])?;
    nul_in_sip(sip)?;
    if let Some(rating) = rating {
        let Rating {
            initial_rate: _,
            next_rate: _,
            fee: _,
            price_no_vat: _,
            vat: _,
            initial_interval: _,
            next_interval: _,
            rate_prefix,
            reverse_billing: _,
            rate_id: _,
        } = rating.as_ref();
        nul_in([("rate_prefix", rate_prefix.as_ref())])?;
    }
    if let Some(xdr) = xdr {
        nul_in_xdr(xdr)?;
    }
    if let Some(queue) = queue {
        let Queue { group, agent, talk_us: _, hold_us: _ } = queue.as_ref();
        nul_in([("queue.group", group.as_ref()), ("queue.agent", agent.as_ref())])?;
    }
    nul_among("extra", extra)?;
    if let Some(telepresence) = telepresence {
        let Telepresence {
            call_type,
            dialin: _,
            conf_requires_chair: _,
            term_conf_after_chair_drops: _,
            chair_join_time,
            texts,
            printed,
        } = telepresence.as_ref();
        nul_in([("dma.call_type", call_type.as_ref())])?;
        nul_among("dma", texts)?;
        nul_among("dma", printed)?;
        instants([("dma.chair_join_time", *chair_join_time)])?;
    }
    start(call.started_at)?;
    instants([("connected_at", call.connected_at), ("ended_at", call.ended_at), ("billed_at", Some(call.billed_at))])
}

/// Rejects a conference that cannot be stored.
pub(crate) fn conference(draft: &ConferenceDraft) -> Result<(), Rejection> {
    let ConferenceDraft { key, digest: _, exported: _, conference } = draft;
    let ConferenceRecord {
        kind,
        cluster,
        owner,
        room,
        service_class,
        user_data_a,
        user_data_b,
        user_data_c,
        max_resources,
        ..
    } = conference;
    nul_in([
        ("key", Some(key)),
        ("kind", kind.as_ref()),
        ("cluster", cluster.as_ref()),
        ("owner", owner.as_ref()),
        ("room", room.as_ref()),
        ("service_class", service_class.as_ref()),
        ("user_data_a", user_data_a.as_ref()),
        ("user_data_b", user_data_b.as_ref()),
        ("user_data_c", user_data_c.as_ref()),
        ("max_resources", max_resources.as_ref()),
    ])?;
    start(conference.started_at)?;
    instants([("ended_at", conference.ended_at)])
}

fn nul_in_sip(sip: &Sip) -> Result<(), Rejection> {
    let Sip {
        calling_name,
        out_call_id,
        from_header,
        release_reason,
        from_domain,
        to_domain,
        ruri_domain,
        local_tag,
        user_agent,
        diversion,
        peer_ip: _,
        peer_port: _,
        peer_transport: _,
        pai,
        ppi,
        privacy,
        rpid,
        rpid_privacy,
    } = sip;
    nul_in([
        ("calling_name", calling_name.as_ref()),
        ("out_call_id", out_call_id.as_ref()),
        ("from_header", from_header.as_ref()),
        ("release_reason", release_reason.as_ref()),
        ("from_domain", from_domain.as_ref()),
        ("to_domain", to_domain.as_ref()),
        ("ruri_domain", ruri_domain.as_ref()),
        ("local_tag", local_tag.as_ref()),
        ("user_agent", user_agent.as_ref()),
        ("diversion", diversion.as_ref()),
        ("pai", pai.as_ref()),
        ("ppi", ppi.as_ref()),
        ("privacy", privacy.as_ref()),
        ("rpid", rpid.as_ref()),
        ("rpid_privacy", rpid_privacy.as_ref()),
    ])
}

fn nul_in_xdr(xdr: &Xdr) -> Result<(), Rejection> {
    let Xdr {
        bit_flags: _,
        quantity: _,
        used_quantity: _,
        conf_id,
        incoming_conf_id,
        rating_pattern,
        history,
        bill_status,
        service_flags,
        recordings,
    } = xdr;
    nul_in([
        ("xdr.conf_id", conf_id.as_ref()),
        ("xdr.incoming_conf_id", incoming_conf_id.as_ref()),
        ("xdr.rating_pattern", rating_pattern.as_ref()),
        ("xdr.history", history.as_ref()),
        ("xdr.bill_status", bill_status.as_ref()),
        ("xdr.service_flags", service_flags.as_ref()),
    ])?;
    for Recording { url, server_url } in recordings {
        nul_in([("xdr.recordings", Some(url)), ("xdr.recordings", server_url.as_ref())])?;
    }
    Ok(())
}

fn nul_in<const N: usize>(texts: [(&str, Option<&String>); N]) -> Result<(), Rejection> {
    match texts.into_iter().find(|(_, text)| text.is_some_and(|text| has_nul(text))) {
        Some((field, _)) => Err(invalid(NUL, format!("field `{field}` contains the NUL character"))),
        None => Ok(()),
    }
}

fn nul_among(field: &str, texts: &BTreeMap<String, String>) -> Result<(), Rejection> {
    match texts.iter().find(|(name, text)| has_nul(name) || has_nul(text)) {
        Some((name, _)) => Err(invalid(NUL, format!("field `{field}.{name}` contains the NUL character"))),
        None => Ok(()),
    }
}

fn start(at: Timestamp) -> Result<(), Rejection> {
    if (FIRST_START..AFTER_LAST).contains(&at) {
        Ok(())
    } else {
        Err(invalid("start-out-of-range", format!("the start {at} is outside the years 1970 to 9999")))
    }
}

fn instants<const N: usize>(instants: [(&str, Option<Timestamp>); N]) -> Result<(), Rejection> {
    let outside = |at: Timestamp| !(FIRST_INSTANT..AFTER_LAST).contains(&at);
    match instants.into_iter().find_map(|(field, at)| at.filter(|at| outside(*at)).map(|at| (field, at))) {
        Some((field, at)) => {
            Err(invalid("time-out-of-range", format!("field `{field}`: {at} is outside the years 0 to 9999")))
        }
        None => Ok(()),
    }
}

fn invalid(reason: &'static str, detail: String) -> Rejection {
    Rejection::Invalid { reason, detail }
}
