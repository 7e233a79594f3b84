//! The field catalogue of a conference.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::account::Directory;
use crate::catalogue::{Writer, catalogue};
use crate::conference::ConferenceRecord;
use crate::field::whole;
use crate::record::Field;
use crate::value::FieldError;
use crate::value::{FieldKind, Value};

catalogue! {
    /// A field of a [`ConferenceRecord`].
    ConferenceField of ConferenceRecord;
    Number: "number", Integer, "its position in the order of arrival", |c, _| c.number.into(), None;
    Id: "id", Integer, "the number of its first version, which never changes", |c, _| c.id.into(), None;
    Source: "source", Text, "the name of the switch it came from", |c, d| d.sources.get(&c.source_id).map(|s| &s.name).into(), None;
    Key: "key", Text, "the natural key, which identifies it within its source", |c, _| c.identity.as_deref().map(|it| &it.key).into(), None;
    Digest: "digest", Text, "SHA-256 of what the switch wrote, in hexadecimal digits", |c, _| c.identity.as_deref().map(|it| &it.digest).into(), None;
    Uuid: "uuid", Uuid, "its identifier", |c, _| c.uuid.into(), Some(|c, v| { c.uuid = match v { Value::Uuid(uuid) => Some(uuid), _ => None }; Ok(()) });
    StartedAt: "started_at", Time, "when it started", |c, _| c.started_at.into(), Some(|c, v| match v { Value::Time(at) => { c.started_at = at; Ok(()) } _ => Err("nothing".to_owned()) });
    EndedAt: "ended_at", Time, "when the last participant left", |c, _| c.ended_at.into(), Some(|c, v| { c.ended_at = match v { Value::Time(at) => Some(at), _ => None }; Ok(()) });
    Kind: "kind", Text, "PCO, LYNC or AD-HOC", |c, _| c.kind.as_ref().into(), Some(|c, v| { c.kind = v.into_text(); Ok(()) });
    Cluster: "cluster", Text, "the cluster that hosted it", |c, _| c.cluster.as_ref().into(), Some(|c, v| { c.cluster = v.into_text(); Ok(()) });
    Owner: "owner", Text, "the owner of the room, domain and user", |c, _| c.owner.as_ref().into(), Some(|c, v| { c.owner = v.into_text(); Ok(()) });
    Room: "room", Text, "the virtual meeting room", |c, _| c.room.as_ref().into(), Some(|c, v| { c.room = v.into_text(); Ok(()) });
    Participants: "participants", Integer, "the largest number of simultaneous calls", |c, _| c.participants.into(), Some(|c, v| whole(v).map(|n| c.participants = n));
    ServiceClass: "service_class", Text, "Gold, Silver or Bronze", |c, _| c.service_class.as_ref().into(), Some(|c, v| { c.service_class = v.into_text(); Ok(()) });
    UserDataA: "user_data_a", Text, "the pass-through data of the owner", |c, _| c.user_data_a.as_ref().into(), Some(|c, v| { c.user_data_a = v.into_text(); Ok(()) });
    UserDataB: "user_data_b", Text, "the pass-through data of the room", |c, _| c.user_data_b.as_ref().into(), Some(|c, v| { c.user_data_b = v.into_text(); Ok(()) });
    UserDataC: "user_data_c", Text, "the conference id that an API client gave", |c, _| c.user_data_c.as_ref().into(), Some(|c, v| { c.user_data_c = v.into_text(); Ok(()) });
    MaxResources: "max_resources", Text, "the most resources it used, as printed", |c, _| c.max_resources.as_ref().into(), Some(|c, v| { c.max_resources = v.into_text(); Ok(()) });
    @derived
}
