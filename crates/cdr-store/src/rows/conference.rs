//! The row of a conference.

use cdr_model::ConferenceRecord;
use diesel::prelude::*;

use super::narrow;
use crate::schema::conferences;
use crate::types::{At, KeptUuid};

/// A conference row as read.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = conferences)]
pub(crate) struct ConferenceRow {
    number: i64,
    id: i64,
    replaced_by: Option<i64>,
    source_id: i64,
    uuid: Option<KeptUuid>,
    started_at: At,
    ended_at: Option<At>,
    kind: Option<String>,
    cluster: Option<String>,
    owner: Option<String>,
    room: Option<String>,
    participants: Option<i64>,
    service_class: Option<String>,
    user_data_a: Option<String>,
    user_data_b: Option<String>,
    user_data_c: Option<String>,
    max_resources: Option<String>,
}

impl TryFrom<ConferenceRow> for ConferenceRecord {
    type Error = String;

    fn try_from(row: ConferenceRow) -> Result<ConferenceRecord, String> {
        let damaged = |what: String| format!("conference {}: {what}", row.number);
        Ok(ConferenceRecord {
            number: row.number,
            id: row.id,
            replaced_by: row.replaced_by,
            source_id: narrow("source_id", row.source_id).map_err(damaged)?,
            uuid: row.uuid.map(|kept| kept.0),
            started_at: row.started_at.0,
            ended_at: row.ended_at.map(|at| at.0),
            kind: row.kind,
            cluster: row.cluster,
            owner: row.owner,
            room: row.room,
            participants: row.participants,
            service_class: row.service_class,
            user_data_a: row.user_data_a,
            user_data_b: row.user_data_b,
            user_data_c: row.user_data_c,
            max_resources: row.max_resources,
            identity: None,
        })
    }
}

/// A conference row as written.
#[derive(Debug, Insertable)]
#[diesel(table_name = conferences, treat_none_as_default_value = false)]
pub(crate) struct NewConference<'a> {
    number: i64,
    id: i64,
    replaced_by: Option<i64>,
    source_id: i64,
    uuid: Option<KeptUuid>,
    started_at: At,
    ended_at: Option<At>,
    kind: Option<&'a str>,
    cluster: Option<&'a str>,
    owner: Option<&'a str>,
    room: Option<&'a str>,
    participants: Option<i64>,
    service_class: Option<&'a str>,
    user_data_a: Option<&'a str>,
    user_data_b: Option<&'a str>,
    user_data_c: Option<&'a str>,
    max_resources: Option<&'a str>,
}

impl<'a> NewConference<'a> {
    /// The row of a conference with its numbers and its source.
    pub(crate) fn new(conference: &'a ConferenceRecord, number: i64, id: i64, source_id: i64) -> NewConference<'a> {
        let ConferenceRecord {
            number: _,
            id: _,
            replaced_by: _,
            source_id: _,
            uuid,
            started_at,
            ended_at,
            kind,
            cluster,
            owner,
            room,
            participants,
            service_class,
            user_data_a,
            user_data_b,
            user_data_c,
            max_resources,
            identity: _,
        } = conference;
        NewConference {
            number,
            id,
            replaced_by: None,
            source_id,
            uuid: uuid.map(KeptUuid),
            started_at: At(*started_at),
            ended_at: ended_at.map(At),
            kind: kind.as_deref(),
            cluster: cluster.as_deref(),
            owner: owner.as_deref(),
            room: room.as_deref(),
            participants: *participants,
            service_class: service_class.as_deref(),
            user_data_a: user_data_a.as_deref(),
            user_data_b: user_data_b.as_deref(),
            user_data_c: user_data_c.as_deref(),
            max_resources: max_resources.as_deref(),
        }
    }

    /// The same row, replaced by another version.
    pub(crate) fn replaced_by(self, number: i64) -> NewConference<'a> {
        NewConference { replaced_by: Some(number), ..self }
    }
}
