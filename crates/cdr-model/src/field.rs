//! The field catalogue of a call: the names that queries, layouts and feeds use.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::account::Directory;
use crate::catalogue::{Writer, catalogue};
use crate::cdr::{Assumed, Cdr, Direction};
use crate::details::{Queue, Rating, Recording, Xdr};
use crate::kind::RecordKind;
use crate::money::Money;
use crate::record::{Anchor, Field};
use crate::time::Timestamp;
use crate::value::FieldError;
use crate::value::{FieldKind, Value};

catalogue! {
    /// A field of a [`Cdr`].
    CdrField of Cdr;
    Number: "number", Integer, "its position in the order of arrival", |c, _| c.number.into(), None;
    Id: "id", Integer, "the number of its first version, which never changes", |c, _| c.id.into(), None;
    Kind: "kind", Text, "call, resale, usage, subscription, fee, did-charge, payment or adjustment", |c, _| c.kind.name().into(), Some(|c, v| kind(v).map(|it| c.kind = it));
    Source: "source", Text, "the name of the switch it came from", |c, d| d.sources.get(&c.source_id).map(|s| &s.name).into(), None;
    SourceId: "source_id", Integer, "the number of the switch it came from", |c, _| i64::from(c.source_id).into(), None;
    SourceRef: "source_ref", Text, "its number in the source's own system", |c, _| c.details.source_ref.as_ref().into(), Some(|c, v| { c.details.source_ref = v.into_text(); Ok(()) });
    Key: "key", Text, "the natural key, which identifies it within its source", |c, _| c.identity.as_deref().map(|it| &it.key).into(), None;
    Digest: "digest", Text, "SHA-256 of what the switch wrote, in hexadecimal digits", |c, _| c.identity.as_deref().map(|it| &it.digest).into(), None;
    Customer: "customer", Text, "the name of the customer that pays", |c, d| d.customers.get(&c.customer_id).map(|it| &it.name).into(), None;
    CustomerId: "customer_id", Integer, "the number of the customer that pays", |c, _| c.customer_id.into(), None;
    Account: "account", Text, "the account code that switches send", |c, d| d.accounts.get(&c.account_id).map(|it| &it.number).into(), None;
    AccountId: "account_id", Integer, "the number of the account in the store", |c, _| c.account_id.into(), None;
    AccountGiven: "account_given", Text, "the account code as the switch wrote it", |c, _| c.details.account_given.as_ref().into(), Some(|c, v| { c.details.account_given = v.into_text(); Ok(()) });
    Service: "service", Text, "the name of the service", |c, d| d.services.get(&c.service_id).map(|it| &it.name).into(), None;
    ServiceId: "service_id", Integer, "the number of the service; 3 for voice calls", |c, _| i64::from(c.service_id).into(), Some(|c, v| whole(v).map(|n| c.service_id = n.unwrap_or(crate::VOICE_CALLS)));
    StartedAt: "started_at", Time, "when signalling arrived", |c, _| c.started_at.into(), Some(|c, v| match v { Value::Time(at) => { c.started_at = at; Ok(()) } _ => Err("nothing".to_owned()) });
    ConnectedAt: "connected_at", Time, "when it was answered", |c, _| c.connected_at.into(), Some(|c, v| { c.connected_at = time(v); Ok(()) });
    EndedAt: "ended_at", Time, "when it ended", |c, _| c.ended_at.into(), Some(|c, v| { c.ended_at = time(v); Ok(()) });
    BilledAt: "billed_at", Time, "when it was charged", |c, _| c.billed_at.into(), Some(|c, v| match v { Value::Time(at) => { c.billed_at = at; Ok(()) } _ => Err("nothing".to_owned()) });
    Talk: "talk", Duration, "how long the parties talked", |c, _| duration(c.talk_us), Some(|c, v| { c.talk_us = micros(v); Ok(()) });
    Billed: "billed", Duration, "how much of it was charged", |c, _| duration(c.billed_us), Some(|c, v| { c.billed_us = micros(v); Ok(()) });
    Success: "success", Boolean, "whether the call succeeded", |c, _| c.success.into(), Some(|c, v| { c.success = v == Value::Boolean(true); Ok(()) });
    LastAttempt: "last_attempt", Boolean, "whether it is the last attempt of its call", |c, _| c.last_attempt.into(), Some(|c, v| { c.last_attempt = v != Value::Boolean(false); Ok(()) });
    Attempt: "attempt", Integer, "which attempt of a rerouted call it is, from 1", |c, _| c.details.attempt.map(i64::from).into(), Some(|c, v| whole(v).map(|n| c.details.attempt = n));
    Direction: "direction", Text, "out, in, forwarded or unknown, seen from the account", |c, _| c.direction.name().into(), Some(|c, v| direction(v).map(|it| c.direction = it));
    Calling: "calling", Text, "the calling party, as received", |c, _| c.calling.as_ref().into(), Some(|c, v| { c.calling = v.into_text(); Ok(()) });
    CallingName: "calling_name", Text, "the display name of the calling party", |c, _| c.details.sip.calling_name.as_ref().into(), Some(|c, v| { c.details.sip.calling_name = v.into_text(); Ok(()) });
    CallingRouted: "calling_routed", Text, "the calling party after the switch's number rules; `calling` if they did not change it", |c, _| c.details.calling_routed.as_ref().or(c.calling.as_ref()).into(), Some(|c, v| { c.details.calling_routed = v.into_text(); Ok(()) });
    Called: "called", Text, "the called party, as received", |c, _| c.called.as_ref().into(), Some(|c, v| { c.called = v.into_text(); Ok(()) });
    CalledRouted: "called_routed", Text, "the called party after the switch's number rules; `called` if they did not change it", |c, _| c.details.called_routed.as_ref().or(c.called.as_ref()).into(), Some(|c, v| { c.details.called_routed = v.into_text(); Ok(()) });
    CallId: "call_id", Text, "the SIP Call-ID or session id of the incoming leg", |c, _| c.call_id.as_ref().into(), Some(|c, v| { c.call_id = v.into_text(); Ok(()) });
    OutCallId: "out_call_id", Text, "the call id of the outgoing leg", |c, _| c.details.sip.out_call_id.as_ref().into(), Some(|c, v| { c.details.sip.out_call_id = v.into_text(); Ok(()) });
    CallUuid: "call_uuid", Uuid, "the call's identifier for clients", |c, _| c.details.call_uuid.into(), Some(|c, v| { c.details.call_uuid = match v { Value::Uuid(uuid) => Some(uuid), _ => None }; Ok(()) });
    Group: "group", Text, "what the legs of one call share", |c, _| c.details.group.as_ref().into(), Some(|c, v| { c.details.group = v.into_text(); Ok(()) });
    FromHeader: "from_header", Text, "the From header as received", |c, _| c.details.sip.from_header.as_ref().into(), Some(|c, v| { c.details.sip.from_header = v.into_text(); Ok(()) });
    FromDomain: "from_domain", Text, "the domain of the From header", |c, _| c.details.sip.from_domain.as_ref().into(), Some(|c, v| { c.details.sip.from_domain = v.into_text(); Ok(()) });
    ToDomain: "to_domain", Text, "the domain of the To header", |c, _| c.details.sip.to_domain.as_ref().into(), Some(|c, v| { c.details.sip.to_domain = v.into_text(); Ok(()) });
    RuriDomain: "ruri_domain", Text, "the domain of the request URI", |c, _| c.details.sip.ruri_domain.as_ref().into(), Some(|c, v| { c.details.sip.ruri_domain = v.into_text(); Ok(()) });
    LocalTag: "local_tag", Text, "the switch's own tag of the dialogue", |c, _| c.details.sip.local_tag.as_ref().into(), Some(|c, v| { c.details.sip.local_tag = v.into_text(); Ok(()) });
    UserAgent: "user_agent", Text, "the User-Agent header as received", |c, _| c.details.sip.user_agent.as_ref().into(), Some(|c, v| { c.details.sip.user_agent = v.into_text(); Ok(()) });
    Diversion: "diversion", Text, "the Diversion header as received", |c, _| c.details.sip.diversion.as_ref().into(), Some(|c, v| { c.details.sip.diversion = v.into_text(); Ok(()) });
    PeerIp: "peer_ip", Text, "the IPv4 or IPv6 address of the signalling peer", |c, _| c.details.sip.peer_ip.map(|ip| ip.to_string()).into(), Some(|c, v| address(v).map(|ip| c.details.sip.peer_ip = ip));
    PeerPort: "peer_port", Integer, "the port of the signalling peer", |c, _| c.details.sip.peer_port.map(i64::from).into(), Some(|c, v| whole(v).map(|n| c.details.sip.peer_port = n));
    PeerTransport: "peer_transport", Integer, "the signalling transport, by the switch's own numbering", |c, _| c.details.sip.peer_transport.map(i64::from).into(), Some(|c, v| whole(v).map(|n| c.details.sip.peer_transport = n));
    Pai: "pai", Text, "the P-Asserted-Identity header as received", |c, _| c.details.sip.pai.as_ref().into(), Some(|c, v| { c.details.sip.pai = v.into_text(); Ok(()) });
    Ppi: "ppi", Text, "the P-Preferred-Identity header as received", |c, _| c.details.sip.ppi.as_ref().into(), Some(|c, v| { c.details.sip.ppi = v.into_text(); Ok(()) });
    Privacy: "privacy", Text, "the Privacy header as received", |c, _| c.details.sip.privacy.as_ref().into(), Some(|c, v| { c.details.sip.privacy = v.into_text(); Ok(()) });
    Rpid: "rpid", Text, "the Remote-Party-ID header as received", |c, _| c.details.sip.rpid.as_ref().into(), Some(|c, v| { c.details.sip.rpid = v.into_text(); Ok(()) });
    RpidPrivacy: "rpid_privacy", Text, "the RPID-Privacy header as received", |c, _| c.details.sip.rpid_privacy.as_ref().into(), Some(|c, v| { c.details.sip.rpid_privacy = v.into_text(); Ok(()) });
    ReleaseCause: "release_cause", Integer, "why it ended, as an ITU-T Q.850 cause", |c, _| c.release_cause.map(i64::from).into(), Some(|c, v| whole(v).map(|n| c.release_cause = n));
    ReleaseCode: "release_code", Integer, "why it ended, as a SIP status code", |c, _| c.release_code.map(i64::from).into(), Some(|c, v| whole(v).map(|n| c.release_code = n));
    ReleaseReason: "release_reason", Text, "why it ended, as text from the switch", |c, _| c.details.sip.release_reason.as_ref().into(), Some(|c, v| { c.details.sip.release_reason = v.into_text(); Ok(()) });
    Failure: "failure", Text, "SIP code and reason of a call that failed, as in 486:BUSY HERE", |c, _| failure(c).into(), None;
    Price: "price", Money, "what it costs; empty if it is not rated", |c, _| c.price.into(), Some(|c, v| { c.price = amount(v); Ok(()) });
    Currency: "currency", Text, "the currency of the price (ISO 4217)", |c, d| d.currency_at(c.customer_id, c.started_at).into(), None;
    InitialRate: "initial_rate", Money, "the price of a minute in the first interval", |c, _| rating(c, |rating| rating.initial_rate), Some(|c, v| { c.rating_mut().initial_rate = amount(v); Ok(()) });
    NextRate: "next_rate", Money, "the price of a minute after the first interval", |c, _| rating(c, |rating| rating.next_rate), Some(|c, v| { c.rating_mut().next_rate = amount(v); Ok(()) });
    Fee: "fee", Money, "what is charged once, when the call is answered", |c, _| rating(c, |rating| rating.fee), Some(|c, v| { c.rating_mut().fee = amount(v); Ok(()) });
    PriceNoVat: "price_no_vat", Money, "the price without VAT", |c, _| rating(c, |rating| rating.price_no_vat), Some(|c, v| { c.rating_mut().price_no_vat = amount(v); Ok(()) });
    Vat: "vat", Money, "VAT in percent", |c, _| rating(c, |rating| rating.vat), Some(|c, v| { c.rating_mut().vat = amount(v); Ok(()) });
    InitialInterval: "initial_interval", Integer, "seconds of the first interval, which is charged whole", |c, _| rating(c, |rating| rating.initial_interval.map(i64::from)), Some(|c, v| whole(v).map(|n| c.rating_mut().initial_interval = n));
    NextInterval: "next_interval", Integer, "seconds of each interval after the first", |c, _| rating(c, |rating| rating.next_interval.map(i64::from)), Some(|c, v| whole(v).map(|n| c.rating_mut().next_interval = n));
    RatePrefix: "rate_prefix", Text, "the prefix in the tariff that the called number matched", |c, _| rating(c, |rating| rating.rate_prefix.as_ref()), Some(|c, v| { c.rating_mut().rate_prefix = v.into_text(); Ok(()) });
    ReverseBilling: "reverse_billing", Boolean, "whether the called party pays", |c, _| rating(c, |rating| rating.reverse_billing), Some(|c, v| { c.rating_mut().reverse_billing = boolean(v); Ok(()) });
    RateId: "rate_id", Integer, "the number of the rate in the tariff", |c, _| rating(c, |rating| rating.rate_id), Some(|c, v| whole(v).map(|n| c.rating_mut().rate_id = n));
    DestinationId: "destination_id", Integer, "the number of the destination that rating found", |c, _| c.destination_id.into(), Some(|c, v| whole(v).map(|n| c.destination_id = n));
    Recorded: "recorded", Boolean, "whether the call was recorded", |c, _| c.details.recorded.into(), Some(|c, v| { c.details.recorded = boolean(v); Ok(()) });
    XdrBitFlags: "xdr.bit_flags", Integer, "flags of a billing system: 4 outgoing, 8 incoming, 12 forwarded, 64 recorded", |c, _| xdr(c, |xdr| xdr.bit_flags), Some(|c, v| whole(v).map(|n| c.xdr_mut().bit_flags = n));
    XdrQuantity: "xdr.quantity", Money, "the charged quantity, where it is not counted in seconds", |c, _| xdr(c, |xdr| xdr.quantity), Some(|c, v| { c.xdr_mut().quantity = amount(v); Ok(()) });
    XdrUsedQuantity: "xdr.used_quantity", Money, "the used quantity, where it is not counted in seconds", |c, _| xdr(c, |xdr| xdr.used_quantity), Some(|c, v| { c.xdr_mut().used_quantity = amount(v); Ok(()) });
    XdrConfId: "xdr.conf_id", Text, "the h323-conf-id, which all legs of one call share", |c, _| xdr(c, |xdr| xdr.conf_id.as_ref()), Some(|c, v| { c.xdr_mut().conf_id = v.into_text(); Ok(()) });
    XdrIncomingConfId: "xdr.incoming_conf_id", Text, "the h323-conf-id of the incoming leg that this one continues", |c, _| xdr(c, |xdr| xdr.incoming_conf_id.as_ref()), Some(|c, v| { c.xdr_mut().incoming_conf_id = v.into_text(); Ok(()) });
    XdrRatingPattern: "xdr.rating_pattern", Text, "the steps it was rated in", |c, _| xdr(c, |xdr| xdr.rating_pattern.as_ref()), Some(|c, v| { c.xdr_mut().rating_pattern = v.into_text(); Ok(()) });
    XdrHistory: "xdr.history", Text, "the history of its rating", |c, _| xdr(c, |xdr| xdr.history.as_ref()), Some(|c, v| { c.xdr_mut().history = v.into_text(); Ok(()) });
    XdrBillStatus: "xdr.bill_status", Text, "its status in the billing system", |c, _| xdr(c, |xdr| xdr.bill_status.as_ref()), Some(|c, v| { c.xdr_mut().bill_status = v.into_text(); Ok(()) });
    XdrServiceFlags: "xdr.service_flags", Text, "flags of its service at that time", |c, _| xdr(c, |xdr| xdr.service_flags.as_ref()), Some(|c, v| { c.xdr_mut().service_flags = v.into_text(); Ok(()) });
    XdrRecordings: "xdr.recordings", Text, "links to its recordings, as a JSON list of objects with url and server_url", |c, _| recordings(c), Some(|c, v| read_recordings(v).map(|links| c.xdr_mut().recordings = links));
    QueueGroup: "queue.group", Text, "the hunt group or queue that took the call", |c, _| queue(c, |queue| queue.group.as_ref()), Some(|c, v| { c.queue_mut().group = v.into_text(); Ok(()) });
    QueueAgent: "queue.agent", Text, "the extension that answered", |c, _| queue(c, |queue| queue.agent.as_ref()), Some(|c, v| { c.queue_mut().agent = v.into_text(); Ok(()) });
    QueueTalk: "queue.talk", Duration, "how long the agent talked", |c, _| duration(c.details.queue.as_ref().and_then(|queue| queue.talk_us)), Some(|c, v| { c.queue_mut().talk_us = micros(v); Ok(()) });
    QueueHold: "queue.hold", Duration, "how long the caller waited for an answer", |c, _| duration(c.details.queue.as_ref().and_then(|queue| queue.hold_us)), Some(|c, v| { c.queue_mut().hold_us = micros(v); Ok(()) });
    Assumed: "assumed", Integer, "which fields were assumed, as a sum: 1 start, 2 bill, 4 local time, 8 direction, 16 talk, 32 account", |c, _| i64::from(c.assumed.bits()).into(), Some(|c, v| whole(v).map(|bits| c.assumed = Assumed::from_bits(bits.unwrap_or(0))));
    Dialin: "dialin", Boolean, "whether the call was dialled in, derived from the direction", |c, _| (c.direction == Direction::Out).into(), None;
    DmaDialin: "dma.dialin", Boolean, "the DMA's column dialin", |c, _| c.details.telepresence.as_ref().and_then(|it| it.dialin).into(), Some(|c, v| { c.telepresence_mut().dialin = boolean(v); Ok(()) });
    Extra: "extra", Text, "further fields of the feed, as a JSON object of strings", |c, _| named_texts(Some(&c.details.extra)), Some(|c, v| read_named_texts(v).map(|texts| c.details.extra = texts));
    DmaPrinted: "dma.printed", Text, "the fields of a telepresence room as the DMA printed them, as a JSON object by heading", |c, _| named_texts(c.details.telepresence.as_ref().map(|it| &it.printed)), Some(|c, v| read_named_texts(v).map(|texts| c.telepresence_mut().printed = texts));
    DmaCallType: "dma.call_type", Text, "PT-PT, VMR, VEQ and so on", |c, _| c.details.telepresence.as_ref().and_then(|it| it.call_type.as_ref()).into(), Some(|c, v| { c.telepresence_mut().call_type = v.into_text(); Ok(()) });
    DmaDialString: "dma.dial_string", Text, "the DMA's column dialString", |c, _| telepresence_text(c, "dial_string"), Some(|c, v| put_telepresence_text(c, "dial_string", v));
    DmaOrigEndpoint: "dma.orig_endpoint", Text, "the DMA's column origEndpoint", |c, _| telepresence_text(c, "orig_endpoint"), Some(|c, v| put_telepresence_text(c, "orig_endpoint", v));
    DmaDestEndpoint: "dma.dest_endpoint", Text, "the DMA's column destEndpoint", |c, _| telepresence_text(c, "dest_endpoint"), Some(|c, v| put_telepresence_text(c, "dest_endpoint", v));
    DmaOrigSignalType: "dma.orig_signal_type", Text, "the DMA's column origSignalType", |c, _| telepresence_text(c, "orig_signal_type"), Some(|c, v| put_telepresence_text(c, "orig_signal_type", v));
    DmaDestSignalType: "dma.dest_signal_type", Text, "the DMA's column destSignalType", |c, _| telepresence_text(c, "dest_signal_type"), Some(|c, v| put_telepresence_text(c, "dest_signal_type", v));
    DmaRefConfUuid: "dma.ref_conf_uuid", Text, "the DMA's column refConfUuid", |c, _| telepresence_text(c, "ref_conf_uuid"), Some(|c, v| put_telepresence_text(c, "ref_conf_uuid", v));
    DmaLastForwardEndpoint: "dma.last_forward_endpoint", Text, "the DMA's column lastForwardEndpoint", |c, _| telepresence_text(c, "last_forward_endpoint"), Some(|c, v| put_telepresence_text(c, "last_forward_endpoint", v));
    DmaCause: "dma.cause", Text, "the DMA's column cause", |c, _| telepresence_text(c, "cause"), Some(|c, v| put_telepresence_text(c, "cause", v));
    DmaCauseSource: "dma.cause_source", Text, "the DMA's column causeSource", |c, _| telepresence_text(c, "cause_source"), Some(|c, v| put_telepresence_text(c, "cause_source", v));
    DmaBitRate: "dma.bit_rate", Text, "the DMA's column bitRate", |c, _| telepresence_text(c, "bit_rate"), Some(|c, v| put_telepresence_text(c, "bit_rate", v));
    DmaClassOfService: "dma.class_of_service", Text, "the DMA's column classOfService", |c, _| telepresence_text(c, "class_of_service"), Some(|c, v| put_telepresence_text(c, "class_of_service", v));
    DmaIngressCluster: "dma.ingress_cluster", Text, "the DMA's column ingressCluster", |c, _| telepresence_text(c, "ingress_cluster"), Some(|c, v| put_telepresence_text(c, "ingress_cluster", v));
    DmaEgressCluster: "dma.egress_cluster", Text, "the DMA's column egressCluster", |c, _| telepresence_text(c, "egress_cluster"), Some(|c, v| put_telepresence_text(c, "egress_cluster", v));
    DmaVmrCluster: "dma.vmr_cluster", Text, "the DMA's column vmrCluster", |c, _| telepresence_text(c, "vmr_cluster"), Some(|c, v| put_telepresence_text(c, "vmr_cluster", v));
    DmaVeqCluster: "dma.veq_cluster", Text, "the DMA's column veqCluster", |c, _| telepresence_text(c, "veq_cluster"), Some(|c, v| put_telepresence_text(c, "veq_cluster", v));
    DmaUserRole: "dma.user_role", Text, "the DMA's column userRole", |c, _| telepresence_text(c, "user_role"), Some(|c, v| put_telepresence_text(c, "user_role", v));
    DmaUserDataA: "dma.user_data_a", Text, "the DMA's column userDataA", |c, _| telepresence_text(c, "user_data_a"), Some(|c, v| put_telepresence_text(c, "user_data_a", v));
    DmaUserDataB: "dma.user_data_b", Text, "the DMA's column userDataB", |c, _| telepresence_text(c, "user_data_b"), Some(|c, v| put_telepresence_text(c, "user_data_b", v));
    DmaUserDataC: "dma.user_data_c", Text, "the DMA's column userDataC", |c, _| telepresence_text(c, "user_data_c"), Some(|c, v| put_telepresence_text(c, "user_data_c", v));
    DmaUserDataD: "dma.user_data_d", Text, "the DMA's column userDataD", |c, _| telepresence_text(c, "user_data_d"), Some(|c, v| put_telepresence_text(c, "user_data_d", v));
    DmaUserDataE: "dma.user_data_e", Text, "the DMA's column userDataE", |c, _| telepresence_text(c, "user_data_e"), Some(|c, v| put_telepresence_text(c, "user_data_e", v));
    DmaFailureSignalingCode: "dma.failure_signaling_code", Text, "the DMA's column failureSignalingCode", |c, _| telepresence_text(c, "failure_signaling_code"), Some(|c, v| put_telepresence_text(c, "failure_signaling_code", v));
    DmaOrigModel: "dma.orig_model", Text, "the DMA's column origModel", |c, _| telepresence_text(c, "orig_model"), Some(|c, v| put_telepresence_text(c, "orig_model", v));
    DmaOrigVersion: "dma.orig_version", Text, "the DMA's column origVersion", |c, _| telepresence_text(c, "orig_version"), Some(|c, v| put_telepresence_text(c, "orig_version", v));
    DmaDestModel: "dma.dest_model", Text, "the DMA's column destModel", |c, _| telepresence_text(c, "dest_model"), Some(|c, v| put_telepresence_text(c, "dest_model", v));
    DmaDestVersion: "dma.dest_version", Text, "the DMA's column destVersion", |c, _| telepresence_text(c, "dest_version"), Some(|c, v| put_telepresence_text(c, "dest_version", v));
    DmaDisplays: "dma.displays", Text, "the DMA's column displays", |c, _| telepresence_text(c, "displays"), Some(|c, v| put_telepresence_text(c, "displays", v));
    DmaMinVideoResolution: "dma.min_video_resolution", Text, "the DMA's column minVideoResolution", |c, _| telepresence_text(c, "min_video_resolution"), Some(|c, v| put_telepresence_text(c, "min_video_resolution", v));
    DmaMaxVideoResolution: "dma.max_video_resolution", Text, "the DMA's column maxVideoResolution", |c, _| telepresence_text(c, "max_video_resolution"), Some(|c, v| put_telepresence_text(c, "max_video_resolution", v));
    DmaChairPasscode: "dma.chair_passcode", Text, "the DMA's column chairPasscode", |c, _| telepresence_text(c, "chair_passcode"), Some(|c, v| put_telepresence_text(c, "chair_passcode", v));
    DmaConfRequiresChair: "dma.conf_requires_chair", Boolean, "the DMA's column confRequiresChair", |c, _| c.details.telepresence.as_ref().and_then(|it| it.conf_requires_chair).into(), Some(|c, v| { c.telepresence_mut().conf_requires_chair = boolean(v); Ok(()) });
    DmaTermConfAfterChairDrops: "dma.term_conf_after_chair_drops", Boolean, "the DMA's column termConfAfterChairDrops", |c, _| c.details.telepresence.as_ref().and_then(|it| it.term_conf_after_chair_drops).into(), Some(|c, v| { c.telepresence_mut().term_conf_after_chair_drops = boolean(v); Ok(()) });
    DmaChairJoinTime: "dma.chair_join_time", Time, "the DMA's column charJoinTime", |c, _| c.details.telepresence.as_ref().and_then(|it| it.chair_join_time).into(), Some(|c, v| { c.telepresence_mut().chair_join_time = time(v); Ok(()) });
    @derived
    Finished: "finished", Boolean, "whether it is over; false for a leg of a call without the instant of its end", |c, _| c.is_finished().into();
    XdrDirection: "xdr.direction", Text, "the direction, unless it was assumed for a record whose flags have none", |c, _| c.known_direction().name().into();
    XdrGroup: "xdr.group", Text, "what the legs of one call share: the h323-conf-id of the incoming leg that this one continues, or else its own", |c, _| c.details.xdr.as_deref().and_then(Xdr::group).into();
}

impl CdrField {
    /// Whether its values are secrets, which only exports for the owner of the records print.
    pub fn is_secret(self) -> bool {
        self.name() == "dma.chair_passcode"
    }

    /// The field that holds the instant of an anchor.
    pub const fn of_anchor(anchor: Anchor) -> CdrField {
        match anchor {
            Anchor::Start => CdrField::StartedAt,
            Anchor::Connect => CdrField::ConnectedAt,
            Anchor::End => CdrField::EndedAt,
            Anchor::Bill => CdrField::BilledAt,
        }
    }
}

fn duration(micros: Option<i64>) -> Value<'static> {
    micros.map_or(Value::Null, Value::Duration)
}

fn micros(value: Value<'_>) -> Option<i64> {
    match value {
        Value::Duration(micros) => Some(micros),
        _ => None,
    }
}

fn time(value: Value<'_>) -> Option<Timestamp> {
    match value {
        Value::Time(time) => Some(time),
        _ => None,
    }
}

fn boolean(value: Value<'_>) -> Option<bool> {
    match value {
        Value::Boolean(yes) => Some(yes),
        _ => None,
    }
}

/// An integer, checked against the range of its field.
pub(crate) fn whole<T: TryFrom<i64>>(value: Value<'_>) -> Result<Option<T>, String> {
    match value {
        Value::Integer(n) => T::try_from(n).map(Some).map_err(|_| n.to_string()),
        _ => Ok(None),
    }
}

fn direction(value: Value<'_>) -> Result<Direction, String> {
    match value {
        Value::Text(name) => Direction::named(&name).ok_or_else(|| name.into_owned()),
        _ => Ok(Direction::Unknown),
    }
}

fn kind(value: Value<'_>) -> Result<RecordKind, String> {
    match value {
        Value::Text(name) => RecordKind::named(&name).ok_or_else(|| name.into_owned()),
        _ => Ok(RecordKind::Call),
    }
}

/// A member of the xDR part, if the record has one.
fn xdr<'a, T: Into<Value<'a>>>(cdr: &'a Cdr, member: fn(&'a Xdr) -> Option<T>) -> Value<'a> {
    cdr.details.xdr.as_deref().and_then(member).into()
}

/// A member of the queue part, if the record has one.
fn queue<'a, T: Into<Value<'a>>>(cdr: &'a Cdr, member: fn(&'a Queue) -> Option<T>) -> Value<'a> {
    cdr.details.queue.as_deref().and_then(member).into()
}

/// Recordings as a JSON list; null if the list is empty.
fn recordings(cdr: &Cdr) -> Value<'static> {
    let links = cdr.details.xdr.as_deref().map(|xdr| &xdr.recordings).filter(|links| !links.is_empty());
    links.map(|links| serde_json::json!(links).to_string()).into()
}

fn read_recordings(value: Value<'_>) -> Result<Vec<Recording>, String> {
    match value {
        Value::Text(text) => serde_json::from_str(&text).map_err(|_| text.into_owned()),
        _ => Ok(Vec::new()),
    }
}

/// A member of the rating part, if the record has one.
fn rating<'a, T: Into<Value<'a>>>(cdr: &'a Cdr, member: fn(&'a Rating) -> Option<T>) -> Value<'a> {
    cdr.details.rating.as_deref().and_then(member).into()
}

fn amount(value: Value<'_>) -> Option<Money> {
    match value {
        Value::Money(amount) => Some(amount),
        _ => None,
    }
}

fn address(value: Value<'_>) -> Result<Option<IpAddr>, String> {
    match value {
        Value::Text(text) => text.parse().map(Some).map_err(|_| text.into_owned()),
        _ => Ok(None),
    }
}

fn telepresence_text<'a>(cdr: &'a Cdr, name: &str) -> Value<'a> {
    cdr.details.telepresence.as_ref().and_then(|it| it.texts.get(name)).into()
}

fn put_telepresence_text(cdr: &mut Cdr, name: &str, value: Value<'_>) -> Result<(), String> {
    match value.into_text() {
        Some(text) => drop(cdr.telepresence_mut().texts.insert(name.to_owned(), text)),
        None => drop(cdr.details.telepresence.as_mut().map(|it| it.texts.remove(name))),
    }
    Ok(())
}

/// Texts by name, as a JSON object ordered by name; null if it is absent or empty.
fn named_texts(texts: Option<&BTreeMap<String, String>>) -> Value<'static> {
    let object = texts.filter(|texts| !texts.is_empty()).map(|texts| serde_json::json!(texts).to_string());
    object.into()
}

fn read_named_texts(value: Value<'_>) -> Result<BTreeMap<String, String>, String> {
    match value {
        Value::Text(text) => serde_json::from_str(&text).map_err(|_| text.into_owned()),
        _ => Ok(BTreeMap::new()),
    }
}

/// SIP code and reason joined by a colon, for a failed call.
fn failure(cdr: &Cdr) -> Option<String> {
    let code = cdr.release_code.filter(|_| !cdr.success)?;
    let reason = cdr.details.sip.release_reason.as_deref().unwrap_or_default();
    Some(format!("{code}:{}", reason.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::CdrField;
    use crate::{Cdr, Directory, Field, FieldError, FieldKind, Record, Value};

    #[test]
    fn names_are_unique_and_read_back() {
        for (at, field) in CdrField::ALL.iter().enumerate() {
            assert_eq!(CdrField::named(field.name()), Ok(*field));
            assert!(CdrField::ALL[at + 1..].iter().all(|other| other.name() != field.name()), "{field} twice");
        }
    }

    #[test]
    fn derived_values_are_kept_in_queries_and_cannot_be_named() {
        for field in CdrField::DERIVED {
            let kept = serde_json::to_string(field).unwrap();
            assert_eq!(serde_json::from_str::<CdrField>(&kept).unwrap(), *field);
            assert!(CdrField::named(field.name()).is_err() && !CdrField::ALL.contains(field), "{field}");
        }
    }

    #[test]
    fn written_values_read_back_unchanged() {
        for field in CdrField::ALL.iter().filter(|field| field.is_given()) {
            let text = match field.kind() {
                FieldKind::Integer => "7",
                FieldKind::Text if *field == CdrField::Direction => "forwarded",
                FieldKind::Text if *field == CdrField::Kind => "did-charge",
                FieldKind::Text if *field == CdrField::XdrRecordings => r#"[{"url":"https://pbx.example/1.wav"}]"#,
                FieldKind::Text if *field == CdrField::PeerIp => "2001:db8::5060",
                FieldKind::Text if [CdrField::Extra, CdrField::DmaPrinted].contains(field) => r#"{"channel":"SIP/1"}"#,
                FieldKind::Text => "a text",
                FieldKind::Time => "2026-11-21T10:00:00.000001Z",
                FieldKind::Duration => "61000000",
                FieldKind::Boolean => "true",
                FieldKind::Money => "0.0190",
                FieldKind::Uuid => "6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1",
            };
            let value = field.kind().read(field.name(), text).unwrap();
            let mut call = Cdr::default();
            field.put(&mut call, value.clone()).unwrap();
            assert_eq!(call.value(*field, &Directory::default()), value, "{field}");
            let kept = serde_json::to_string(&call).unwrap();
            assert_eq!(serde_json::from_str::<Cdr>(&kept).unwrap(), call, "{field}");
        }
    }

    #[test]
    fn routed_party_defaults_to_the_received_one() {
        let mut call = Cdr { calling: Some("0302312500".to_owned()), ..Cdr::default() };
        let routed = |call: &Cdr| {
            let text = |field: CdrField| call.value(field, &Directory::EMPTY).into_text();
            (text(CdrField::CallingRouted), text(CdrField::CalledRouted))
        };
        assert_eq!(routed(&call), (Some("0302312500".to_owned()), None));
        call.details.calling_routed = Some("49302312500".to_owned());
        call.details.called_routed = Some(String::new());
        assert_eq!(routed(&call), (Some("49302312500".to_owned()), Some(String::new())));
    }

    #[test]
    fn unfit_values_are_refused_by_field_name() {
        let mut call = Cdr::default();
        let message = |error: FieldError| error.to_string();
        assert_eq!(
            message(CdrField::Number.put(&mut call, Value::Integer(1)).unwrap_err()),
            "field `number` is read-only: a feed cannot provide it"
        );
        assert_eq!(
            message(CdrField::ReleaseCode.put(&mut call, Value::Integer(70_000)).unwrap_err()),
            "field `release_code` takes a whole number, not `70000`"
        );
        assert_eq!(
            message(CdrField::Direction.put(&mut call, Value::from("sideways")).unwrap_err()),
            "field `direction` takes text, not `sideways`"
        );
        assert_eq!(
            message(CdrField::PeerIp.put(&mut call, Value::from("192.0.2.256")).unwrap_err()),
            "field `peer_ip` takes text, not `192.0.2.256`"
        );
        assert_eq!(
            message(CdrField::named("startedAt").unwrap_err()),
            "there is no field `startedAt`, did you mean `started_at`?"
        );
        assert_eq!(message(CdrField::named("qwertz").unwrap_err()), "there is no field `qwertz`");
    }
}
