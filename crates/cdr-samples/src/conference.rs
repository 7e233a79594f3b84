//! A meeting in a virtual room: the calls that join it, and the record of the conference.

use std::collections::BTreeMap;

use cdr_model::{Cdr, ConferenceRecord, Direction, Telepresence, Timestamp};

use super::call::{self, Course};
use super::numbers::Rate;
use super::parties::Profile;
use super::plan::JOINING;
use super::random::Random;
use super::release::{ANSWERED, NO_ANSWER, cut};
use super::{names, signalling, tariff};

const MINUTE: i64 = 60_000_000;

const MODELS: [(&str, &str); 4] =
    [("GroupView 500", "6.2.0"), ("DeskView 10", "3.1.4-rc2"), ("Softphone", "11.0"), ("RoomView \"Duo\"", "2.9")];
const RESOLUTIONS: [&str; 3] = ["360", "720", "1080"];
const BIT_RATES: [&str; 4] = ["384", "768", "1920", "4096"];
const CLASSES: [&str; 3] = ["Gold", "Silver", "Bronze"];
const CLUSTERS: [&str; 2] = ["dma-north", "dma-south"];
const COST_CENTRES: [&str; 4] = ["", "cost centre 4711", "KST 0815, Haus \"B\"", "project=lantern"];
const ROOM_NOTES: [&str; 3] = ["", "third floor, left", "=room(3)"];

/// The calls of a meeting that starts with its first call, and the record of the conference.
pub(super) fn meeting(
    random: &mut Random,
    profile: &Profile,
    starts_at: Timestamp,
    count: u8,
) -> (Vec<Cdr>, ConferenceRecord) {
    let mut conference = opened(random, profile);
    let room = conference.room.clone().unwrap_or_default();
    let chaired = random.one_in(3);
    let length = random.pick(&[15, 25, 30, 45, 60, 60, 90]) * MINUTE;
    let closes_at = starts_at.plus_micros(length + i64::from(JOINING));
    let mut calls: Vec<Cdr> = Vec::with_capacity(count.into());
    for place in 0..count {
        let mut call =
            Cdr { started_at: starts_at, calling: Some(random.between(200, 899).to_string()), ..Cdr::default() };
        if place > 0 {
            let later = random.between(0, i64::from(JOINING) - 1);
            call.started_at = starts_at.plus_micros(cut(later, call::grain(&call)));
        }
        // The first two participants dial in, so that a meeting has at least two.
        let invited = place > 1 && random.one_in(4);
        call.direction = if invited { Direction::In } else { Direction::Out };
        call.called = Some(room.clone());
        call.details.sip.calling_name = Some(names::displayed(random));
        call::identify(&mut call, random, profile);
        signalling::signal(&mut call, profile);
        join(&mut call, random, profile, invited);
        if invited && random.one_in(3) {
            call::end(&mut call, random, &NO_ANSWER, Course::Drawn);
        } else {
            let left = closes_at.plus_micros(-cut(random.between(0, 3 * MINUTE), call::grain(&call)));
            call::end(&mut call, random, &ANSWERED, Course::Until(left));
        }
        tariff::charge(&mut call, profile, Rate::FREE);
        let chair = chaired && place == 0;
        call.details.telepresence = Some(Box::new(joined(random, &call, &conference, invited, chair)));
        calls.push(call);
    }
    if chaired {
        let chair_join_time = calls[0].connected_at;
        let passcode = random.between(1_000, 9_999).to_string();
        for telepresence in calls.iter_mut().filter_map(|call| call.details.telepresence.as_deref_mut()) {
            telepresence.conf_requires_chair = Some(true);
            telepresence.chair_join_time = chair_join_time;
            telepresence.texts.insert("chair_passcode".to_owned(), passcode.clone());
        }
    }
    let most = most_at_once(&calls);
    conference.started_at = calls.iter().filter_map(|call| call.connected_at).min().unwrap_or(starts_at);
    conference.ended_at = calls.iter().filter(|call| call.success).filter_map(|call| call.ended_at).max();
    conference.participants = Some(most);
    conference.max_resources = Some(format!("video: {} voice: {}", most - most / 3, most / 3));
    (calls, conference)
}

/// A conference without participants.
fn opened(random: &mut Random, profile: &Profile) -> ConferenceRecord {
    let text = |text: &str| Some(text).filter(|text| !text.is_empty()).map(str::to_owned);
    let kind = random.pick(&["AD-HOC", "AD-HOC", "AD-HOC", "AD-HOC", "PCO", "PCO", "LYNC"]);
    ConferenceRecord {
        uuid: Some(random.uuid()),
        kind: text(kind),
        cluster: text(random.pick(&CLUSTERS)),
        // A Lync conference has no owner.
        owner: (kind != "LYNC").then(|| format!("LOCAL\\{}", names::signed_in(random))),
        room: Some(format!("7{:04}{}", profile.k, random.below(3))),
        service_class: text(random.pick(&CLASSES)),
        user_data_a: text(random.pick(&COST_CENTRES)),
        user_data_b: text(random.pick(&ROOM_NOTES)),
        user_data_c: random.one_in(5).then(|| format!("api-{:06}", random.below(1_000_000))),
        ..ConferenceRecord::default()
    }
}

/// Sets the leg from a call of a meeting to the conference server, and the From header if the participant dialled in.
fn join(call: &mut Cdr, random: &mut Random, profile: &Profile, invited: bool) {
    let domain = profile.company.domain;
    let sip = &mut call.details.sip;
    sip.out_call_id = Some(format!("{:012x}@mcu-1.{domain}", random.bits() >> 16));
    if let (false, Some(name), Some(calling)) = (invited, &sip.calling_name, &call.calling) {
        sip.from_header = Some(format!("\"{name}\" <sip:{calling}@{domain}>;tag={:08x}", random.bits() >> 32));
    }
}

/// The telepresence data of one call of a meeting.
fn joined(random: &mut Random, call: &Cdr, conference: &ConferenceRecord, invited: bool, chair: bool) -> Telepresence {
    let room = conference.room.as_deref().unwrap_or_default();
    let calling = call.calling.as_deref().unwrap_or_default();
    let name = call.details.sip.calling_name.as_deref().unwrap_or_default();
    let uuid = conference.uuid.map(|uuid| uuid.to_string()).unwrap_or_default();
    let cluster = conference.cluster.as_deref().unwrap_or_default();
    let (model, version) = random.pick(&MODELS);
    let resolution = random.pick(&RESOLUTIONS);
    let (from, to) = if invited { ("mcu-1", name) } else { (name, "mcu-1") };
    let texts = [
        ("orig_endpoint", from),
        ("dial_string", if invited { calling } else { room }),
        ("dest_endpoint", to),
        ("orig_signal_type", "SIP"),
        ("dest_signal_type", "SIP"),
        ("ref_conf_uuid", &uuid),
        ("cause", if call.success { "normal" } else { "no answer" }),
        ("cause_source", if call.success { "endpoint" } else { "callserver" }),
        ("bit_rate", random.pick(&BIT_RATES)),
        ("class_of_service", conference.service_class.as_deref().unwrap_or_default()),
        ("ingress_cluster", cluster),
        ("egress_cluster", cluster),
        ("vmr_cluster", cluster),
        ("user_role", if chair { "chairperson" } else { "participant" }),
        ("user_data_b", conference.user_data_b.as_deref().unwrap_or_default()),
        (if invited { "dest_model" } else { "orig_model" }, model),
        (if invited { "dest_version" } else { "orig_version" }, version),
        ("displays", "1"),
        ("min_video_resolution", "360"),
        ("max_video_resolution", resolution),
    ];
    let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
    Telepresence {
        call_type: Some(if conference.kind.as_deref() == Some("LYNC") { "VMR-Lync AVMCU" } else { "VMR" }.to_owned()),
        dialin: Some(!invited),
        conf_requires_chair: Some(false),
        term_conf_after_chair_drops: Some(false),
        texts: texts.map(|(name, text)| (name.to_owned(), text.to_owned())).collect::<BTreeMap<_, _>>(),
        ..Telepresence::default()
    }
}

/// The largest number of simultaneous calls in the room.
fn most_at_once(calls: &[Cdr]) -> i64 {
    let mut changes: Vec<(Timestamp, i64)> = Vec::with_capacity(2 * calls.len());
    for call in calls {
        if let (Some(joined), Some(left)) = (call.connected_at, call.ended_at) {
            changes.extend([(joined, 1), (left, -1)]);
        }
    }
    // At the same instant, leaving sorts before joining.
    changes.sort_unstable();
    let (mut now, mut most) = (0, 0);
    for (_, change) in changes {
        now += change;
        most = most.max(now);
    }
    most
}
