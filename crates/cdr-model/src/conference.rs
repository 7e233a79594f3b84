//! The conference record: one meeting that several calls joined. It is not a call, and is counted separately.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::Directory;
use crate::conference_field::ConferenceField;
use crate::identity::Identity;
use crate::record::{Anchor, Record};
use crate::time::Timestamp;
use crate::value::Value;

/// One conference, with the columns of a conference CDR (DMA 7000 Operations Guide, "Conference Record
/// Layouts").
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConferenceRecord {
    /// Its position in the order of arrival, counted together with the calls; zero before it is stored.
    pub number: i64,
    /// The number of its first version.
    pub id: i64,
    /// The number of the version that replaced this one.
    pub replaced_by: Option<i64>,
    /// The switch that wrote it.
    pub source_id: i32,
    /// Its identifier, which its calls refer to.
    pub uuid: Option<Uuid>,
    /// When it started.
    pub started_at: Timestamp,
    /// When the last participant left.
    pub ended_at: Option<Timestamp>,
    /// `PCO`, `LYNC` or `AD-HOC`.
    pub kind: Option<String>,
    /// The cluster that hosted it.
    pub cluster: Option<String>,
    /// The room's owner, `domain\user`.
    pub owner: Option<String>,
    /// The virtual meeting room.
    pub room: Option<String>,
    /// The largest number of simultaneous calls.
    pub participants: Option<i64>,
    /// `Gold`, `Silver` or `Bronze`.
    pub service_class: Option<String>,
    /// The pass-through data of the owner.
    pub user_data_a: Option<String>,
    /// The pass-through data of the room.
    pub user_data_b: Option<String>,
    /// The conference id that an API client gave.
    pub user_data_c: Option<String>,
    /// The most resources it used, as printed.
    pub max_resources: Option<String>,
    /// Its identity within its source, if the reader asked for it.
    #[serde(skip)]
    pub identity: Option<Box<Identity>>,
}

impl Record for ConferenceRecord {
    type Field = ConferenceField;

    fn number(&self) -> i64 {
        self.number
    }

    fn replaced_by(&self) -> Option<i64> {
        self.replaced_by
    }

    /// A conference connects when it starts. It is billed when it ends, or when it starts if it has no end.
    fn instant(&self, anchor: Anchor) -> Option<Timestamp> {
        match anchor {
            Anchor::Start | Anchor::Connect => Some(self.started_at),
            Anchor::End => self.ended_at,
            Anchor::Bill => Some(self.ended_at.unwrap_or(self.started_at)),
        }
    }

    fn value<'a>(&'a self, field: ConferenceField, directory: &'a Directory) -> Value<'a> {
        field.of(self, directory)
    }
}
