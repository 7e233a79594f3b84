//! The conference record: one meeting that several calls joined. It is no call, and counted on its own.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::Directory;
use crate::conference_field::ConferenceField;
use crate::record::{Anchor, Record};
use crate::time::Timestamp;
use crate::value::Value;

/// One conference, by the columns of the DMA's conference CDR (DMA 7000 Operations Guide, "Conference Record Layouts").
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConferenceRecord {
    /// Its place in the order of arrival, counted together with the calls; zero before it has arrived.
    pub number: i64,
    /// The number of its first version.
    pub id: i64,
    /// The number of the version that replaced this one.
    pub replaced_by: Option<i64>,
    /// Where it came from.
    pub source_id: i32,
    /// Its identifier; calls point to it.
    pub uuid: Option<Uuid>,
    /// When it began.
    pub started_at: Timestamp,
    /// When the last participant left.
    pub ended_at: Option<Timestamp>,
    /// `PCO`, `LYNC` or `AD-HOC`.
    pub kind: Option<String>,
    /// The cluster that held it.
    pub cluster: Option<String>,
    /// The room's owner, `domain\user`.
    pub owner: Option<String>,
    /// The virtual meeting room.
    pub room: Option<String>,
    /// The most calls there were at once.
    pub participants: Option<i64>,
    /// `Gold`, `Silver` or `Bronze`.
    pub service_class: Option<String>,
    /// The owner's pass-through.
    pub user_data_a: Option<String>,
    /// The room's pass-through.
    pub user_data_b: Option<String>,
    /// The conference id that an API client gave.
    pub user_data_c: Option<String>,
    /// What it took at most, as printed.
    pub max_resources: Option<String>,
}

impl Record for ConferenceRecord {
    type Field = ConferenceField;

    fn number(&self) -> i64 {
        self.number
    }

    fn replaced_by(&self) -> Option<i64> {
        self.replaced_by
    }

    /// A conference connects when it starts, and is billed when it ends, or else starts.
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
