//! Pinned samples, to detect any change of the generator's output.

use super::random::mixed;
use super::{Sample, SampleCall, SampleOptions, Samples};
use cdr_model::{CdrField, Details, Directory, Record, Timestamp, Value};

/// If this fails, the generator's output has changed, and earlier measurements and files can no longer be compared with
/// new ones. Pin the new samples only if the change is intended.
#[test]
fn the_samples_of_seed_1_are_unchanged() {
    let from = "2026-11-02T00:00:00Z".parse().unwrap();
    let options = SampleOptions { seed: 1, calls: 20_000, days: 7, from, accounts: 40 };
    let samples = Samples::new(&options).filter(|sample| !matches!(sample, Sample::Charge(_)));
    let lines: Vec<String> = samples.map(|sample| line(&sample)).collect();
    for pinned in PINNED.trim().lines() {
        let key = |line: &str| line.split(' ').next().map(str::to_owned);
        let generated = lines.iter().find(|line| key(line) == key(pinned)).map(String::as_str);
        assert_eq!(generated, Some(pinned));
    }
    let all = lines.iter().flat_map(|line| line.bytes()).fold(0, |digest, byte| mixed(digest, byte.into()));
    assert_eq!(format!("{all:016x}"), "242d248ece188b82");
}

const SIGNALLED: [CdrField; 26] = [
    CdrField::CallingRouted,
    CdrField::CalledRouted,
    CdrField::FromDomain,
    CdrField::ToDomain,
    CdrField::RuriDomain,
    CdrField::LocalTag,
    CdrField::UserAgent,
    CdrField::Diversion,
    CdrField::PeerIp,
    CdrField::PeerPort,
    CdrField::PeerTransport,
    CdrField::Pai,
    CdrField::Ppi,
    CdrField::Privacy,
    CdrField::Rpid,
    CdrField::RpidPrivacy,
    CdrField::InitialRate,
    CdrField::NextRate,
    CdrField::Fee,
    CdrField::PriceNoVat,
    CdrField::Vat,
    CdrField::InitialInterval,
    CdrField::NextInterval,
    CdrField::RatePrefix,
    CdrField::ReverseBilling,
    CdrField::Recorded,
];

/// A sample in one line, with enough fields to detect any change of the generator.
fn line(sample: &Sample) -> String {
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string()[8..].to_owned()).unwrap_or_default();
    match sample {
        Sample::Call(SampleCall { key, account, call }) => {
            let Details { call_uuid, group, attempt, sip, telepresence, .. } = &call.details;
            let room = telepresence.as_ref().map(|telepresence| {
                (
                    &sip.out_call_id,
                    &sip.from_header,
                    &telepresence.call_type,
                    telepresence.dialin,
                    time(telepresence.chair_join_time),
                    &telepresence.texts,
                )
            });
            let wire = SIGNALLED.iter().map(|field| match call.value(*field, &Directory::EMPTY) {
                Value::Text(text) => text.into_owned(),
                Value::Integer(n) => n.to_string(),
                Value::Money(amount) => amount.to_string(),
                Value::Boolean(yes) => yes.to_string(),
                _ => String::new(),
            });
            let wire = wire.collect::<Vec<_>>().join("|");
            format!(
                "{key} {account} {} {} {} {} {}->{} {:?} {:?}/{:?} {:?} {:?} {:?} {} {:?} {attempt:?} {} {} {} {wire} {room:?}",
                time(Some(call.started_at)),
                time(call.connected_at),
                time(call.ended_at),
                time(Some(call.billed_at)),
                call.calling.as_deref().unwrap_or_default(),
                call.called.as_deref().unwrap_or_default(),
                sip.calling_name.as_deref().unwrap_or_default(),
                call.release_cause.unwrap_or_default(),
                call.release_code.unwrap_or_default(),
                sip.release_reason.as_deref().unwrap_or_default(),
                call.talk_us.unwrap_or(-1),
                call.billed_us.unwrap_or(-1),
                call.price.map(|price| price.to_string()).unwrap_or_default(),
                call.direction,
                call.last_attempt,
                group.as_deref().unwrap_or_default(),
                call_uuid.unwrap_or_default(),
            )
        }
        Sample::Charge(_) => String::new(),
        Sample::Conference(conference) => format!(
            "{} {} {} {:?}",
            sample.key(),
            time(Some(conference.started_at)),
            time(conference.ended_at),
            [
                &conference.kind,
                &conference.cluster,
                &conference.owner,
                &conference.room,
                &conference.participants.map(|calls| calls.to_string()),
                &conference.service_class,
                &conference.user_data_a,
                &conference.user_data_b,
                &conference.user_data_c,
                &conference.max_resources,
            ]
            .map(|text| text.as_deref().unwrap_or_default()),
        ),
    }
}

const PINNED: &str = r#"
sample/1/e7e52c8d/1 pql-0006 02T00:00:00.000000Z 02T00:00:12.018000Z 02T00:00:15.844000Z 02T00:00:15.844000Z +442079460054->07700900325 "" 16/200 "Bye" 3826000 -1  Out None true sip:62bbf29056ba3bed@sbc1.pebble-and-quill.example 660e781d-3669-4e25-bb92-46a9461c90e0 +442079460054|447700900325|pebble-and-quill.example|pebble-and-quill.example|sbc1.pebble-and-quill.example|7-ce128029b37e284b|GroupView 500/6.2.0||192.0.2.7|52754|2|||||||||||||||false None
sample/1/e7e52c8d/7 pql-0006 02T00:38:19.851385Z 02T00:38:28.400947Z 02T00:39:59.971904Z 02T00:39:59.971904Z +442079460062->sip:front.desk@voip.kettlewick.example "" 16/200 "Bye" 91570957 -1  Out None true sip:e0538372cf8cf299@sbc1.pebble-and-quill.example 653b19fb-6919-4db5-b33c-cfe66793b09e +442079460062|sip:front.desk@voip.kettlewick.example|pebble-and-quill.example|pebble-and-quill.example|sbc1.pebble-and-quill.example|7-3df898a5d140406a|GroupView 500/6.2.0||192.0.2.7|65016|2|||||||||||||||false None
sample/1/e7e52c8d/19 hls-0007 02T01:39:01.913000Z  02T01:39:02.030000Z 02T01:39:02.030000Z +498999998071->06990009823 "" 34/503 "Service Unavailable" 0 0 0.0000 Out Some(1) false sip:168a76ecf440ba53@sbc2.harbour-lights.example 73717f66-5dce-45bd-9ebb-dfafe1b97324 +498999998071|496990009823|harbour-lights.example|harbour-lights.example|sbc2.harbour-lights.example|8-341fa9f695ab8f7d|Larkphone/3.1.4 (build 77)||198.51.100.8|5061|3||||||0.0190|0.0190|0.0|0.0000|0|60|60|4969|false|false None
sample/1/e7e52c8d/20 hls-0007 02T01:39:09.701000Z 02T01:39:13.481000Z 02T01:40:07.982000Z 02T01:40:07.982000Z +498999998071->06990009823 "" 16/200 "Bye" 54501000 60000000 0.0190 Out Some(2) true sip:168a76ecf440ba53@sbc2.harbour-lights.example af84f628-bfac-426d-9720-b4ff529301b6 +498999998071|496990009823|harbour-lights.example|harbour-lights.example|sbc2.harbour-lights.example|8-341fa9f695ab8f7d|Larkphone/3.1.4 (build 77)||198.51.100.8|5061|3||||||0.0190|0.0190|0.0|0.0190|0|60|60|4969|false|true None
sample/1/e7e52c8d/61 llc-0005 02T04:46:18.527000Z 02T04:46:31.145000Z 02T06:19:58.300000Z 02T06:19:58.300000Z 400->700051 "Saffron Pebbleworth" 16/200 "Bye" 5607155000 5608000000 0.00000 Out None true sip:657b7a702a226657@sbc3.little-lantern.example 7ead5efd-b3df-4b59-9248-01ed94ff6399 400|700051|little-lantern.example|little-lantern.example|sbc3.little-lantern.example|6-219c955b30c25fd1|RoomView "Duo", 2.9||203.0.113.6|5060|1||||||0.0000|0.0000|0.0|0.00000|0|1|1||false|false Some((Some("0860f53d02a5@mcu-1.little-lantern.example"), Some("\"Saffron Pebbleworth\" <sip:400@little-lantern.example>;tag=46570fd6"), Some("VMR"), Some(true), "02T04:46:31.145000Z", {"bit_rate": "4096", "cause": "normal", "cause_source": "endpoint", "chair_passcode": "5674", "class_of_service": "Bronze", "dest_endpoint": "mcu-1", "dest_signal_type": "SIP", "dial_string": "700051", "displays": "1", "egress_cluster": "dma-south", "ingress_cluster": "dma-south", "max_video_resolution": "360", "min_video_resolution": "360", "orig_endpoint": "Saffron Pebbleworth", "orig_model": "GroupView 500", "orig_signal_type": "SIP", "orig_version": "6.2.0", "ref_conf_uuid": "71eab46e-0f82-46ef-9fc9-e90868cbc2c9", "user_data_b": "third floor, left", "user_role": "chairperson", "vmr_cluster": "dma-south"}))
sample/1/e7e52c8d/344 pql-0002 02T07:25:21.823403Z 02T07:25:25.404074Z 02T07:25:47.412075Z 02T07:25:47.412075Z 302->+442079460358 "Jörg Übermütig-Größenwahn" 16/200 "Bye" 22008001 30000000 0.0055 Out None true sip:dc42e3802b74e0bc@sbc3.pebble-and-quill.example c5ce1a3c-1333-4d7c-ad74-90ee79b76c2c 302|442079460358|pebble-and-quill.example|pebble-and-quill.example|sbc3.pebble-and-quill.example|3-8282972939641f13|Marmalade SBC 9.2.0||203.0.113.3|49794|2||||||0.010920|0.010920|0.0|0.0055|0|30|6|4420|false|false None
sample/1/e7e52c8d/19869 mwt-0009 08T19:09:10.408139Z 08T19:09:24.749420Z 08T19:09:56.179594Z 08T19:09:56.179594Z sip:room-204@marmalade.example->+494066969384 "" 16/200 "Bye" 31430174 32000000 0.008411 Out None true sip:a8711a108725bc79@sbc1.marmalade.example dda3297a-6570-4614-ac8f-4cf9fbb303fa sip:room-204@marmalade.example|494066969384|marmalade.example|marmalade.example|sbc1.marmalade.example|10-92aff721fd637584|Marmalade SBC 9.2.0||192.0.2.10|5060|1||||||0.015770|0.015770|0.0|0.008411|0|1|1|4940|false|false None
sample/71eab46e-0f82-46ef-9fc9-e90868cbc2c9 02T04:46:31.145000Z 02T06:21:33.668000Z ["PCO", "dma-south", "LOCAL\\saffron.pebbleworth", "700051", "7", "Bronze", "project=lantern", "third floor, left", "", "video: 5 voice: 2"]
"#;
