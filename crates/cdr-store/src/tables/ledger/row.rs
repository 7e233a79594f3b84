//! The row of an export.

use cdr_export::Receipt;
use cdr_mediation::{ExportEntry, ExportJob, ExportRequest, ExportStatus, JobState, KeptFile, KeptOrder, Unreadable};
use cdr_model::Timestamp;
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::rows::narrow;
use crate::schema::exports;
use crate::types::{At, JsonText, KeptUuid, OpaqueText, ReadUuid};

/// The stored states.
pub(super) const PENDING: i64 = 0;
pub(super) const RUNNING: i64 = 1;
pub(super) const COMPLETED: i64 = 2;
pub(crate) const FAILED: i64 = 3;
pub(crate) const WITHDRAWN: i64 = 4;

/// An export row as read.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = exports, check_for_backend(super::super::Db))]
pub(super) struct ExportRow {
    number: i64,
    id: ReadUuid,
    dialect: String,
    lane: Option<String>,
    caller: String,
    request: JsonText,
    memo: OpaqueText,
    created_at: At,
    attempts: i64,
    state: i64,
    progress: Option<JsonText>,
    tag: Option<i64>,
    file: Option<String>,
    receipt: Option<JsonText>,
    reason: Option<String>,
    finished_at: Option<At>,
    account_id: Option<i64>,
    customer_id: Option<i64>,
    callback: Option<String>,
    updated_at: At,
    rows: Option<i64>,
    request_version: Option<i64>,
    memo_version: Option<i64>,
    receipt_version: Option<i64>,
    postponed: i64,
    not_before: Option<At>,
}

impl TryFrom<ExportRow> for ExportJob {
    type Error = String;

    fn try_from(row: ExportRow) -> Result<ExportJob, String> {
        let damaged = |what: String| format!("export {}: {what}", row.number);
        let request = document("request", &row.request, row.request_version, ExportRequest::VERSION);
        Ok(ExportJob {
            number: row.number,
            id: row.id.0.clone().map_err(|what| damaged(format!("id: {what}")))?,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            attempts: narrow("attempts", row.attempts).map_err(damaged)?,
            postponed: narrow("postponed", row.postponed).map_err(damaged)?,
            not_before: row.not_before.map(|until| until.0),
            rows: row.rows.map(|rows| narrow("rows", rows)).transpose().map_err(damaged)?,
            state: row.state().map_err(damaged)?,
            caller: row.caller,
            order: KeptOrder {
                dialect: row.dialect,
                lane: row.lane,
                request,
                memo: row.memo.0,
                memo_version: version(row.memo_version),
                account_id: row.account_id,
                customer_id: row.customer_id,
                callback: row.callback,
            },
        })
    }
}

impl ExportRow {
    fn receipt(&self) -> Result<Receipt, Unreadable> {
        let receipt = required("receipt", self.receipt.as_ref()).map_err(Unreadable::Damaged)?;
        document("receipt", receipt, self.receipt_version, Receipt::VERSION)
    }

    fn state(&self) -> Result<JobState, String> {
        Ok(match status(self.state)? {
            ExportStatus::Pending => JobState::Pending,
            ExportStatus::Running => {
                // A newer worker may report steps that this program does not know.
                let progress = self.progress.as_ref().and_then(|text| read_json("progress", text).ok());
                JobState::Running(progress.unwrap_or_default())
            }
            ExportStatus::Completed => JobState::Completed(Box::new(KeptFile {
                receipt: self.receipt(),
                file: required("file", self.file.clone())?,
                tag: required("tag", self.tag)?,
                at: required("finished_at", self.finished_at)?.0,
            })),
            ExportStatus::Failed => JobState::Failed {
                reason: required("reason", self.reason.clone())?,
                at: required("finished_at", self.finished_at)?.0,
            },
            ExportStatus::Withdrawn => JobState::Withdrawn,
        })
    }
}

/// An export row as entered.
#[derive(Debug, Insertable)]
#[diesel(table_name = exports, treat_none_as_default_value = false)]
pub(super) struct NewExport<'a> {
    pub(super) number: i64,
    pub(super) id: KeptUuid,
    pub(super) dialect: &'a str,
    pub(super) lane: Option<&'a str>,
    pub(super) caller: &'a str,
    /// As JSON.
    pub(super) request: &'a JsonText,
    pub(super) request_version: i64,
    pub(super) memo: OpaqueText,
    pub(super) memo_version: i64,
    pub(super) created_at: At,
    pub(super) attempts: i64,
    pub(super) state: i64,
    pub(super) beats: i64,
    pub(super) account_id: Option<i64>,
    pub(super) customer_id: Option<i64>,
    pub(super) callback: Option<&'a str>,
    pub(super) updated_at: At,
}

/// The columns of a state. All of them are written, so that nothing of the previous state remains.
#[derive(Clone, Copy, Debug, AsChangeset)]
#[diesel(table_name = exports, treat_none_as_null = true)]
pub(super) struct NewState<'a> {
    pub(super) state: i64,
    pub(super) token: Option<KeptUuid>,
    pub(super) beats: i64,
    pub(super) progress: Option<&'a JsonText>,
    pub(super) tag: Option<i64>,
    pub(super) file: Option<&'a str>,
    pub(super) receipt: Option<&'a JsonText>,
    pub(super) receipt_version: Option<i64>,
    pub(super) reason: Option<&'a str>,
    pub(super) finished_at: Option<At>,
    pub(super) updated_at: At,
    pub(super) not_before: Option<At>,
}

impl NewState<'_> {
    /// A state without further values, entered at an instant.
    pub(super) fn bare(state: i64, at: Timestamp) -> NewState<'static> {
        NewState {
            state,
            token: None,
            beats: 0,
            progress: None,
            tag: None,
            file: None,
            receipt: None,
            receipt_version: None,
            reason: None,
            finished_at: None,
            updated_at: At(at),
            not_before: None,
        }
    }
}

/// The columns that the end of an export sets, and that stay when it is withdrawn.
#[derive(Clone, Copy, Debug, Default, AsChangeset)]
#[diesel(table_name = exports)]
pub(super) struct End {
    pub(super) rows: Option<i64>,
    pub(super) bytes: Option<i64>,
    pub(super) callback_due: Option<At>,
}

/// An export row as read for lists, without its request and its receipt.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = exports, check_for_backend(super::super::Db))]
pub(crate) struct EntryRow {
    number: i64,
    id: ReadUuid,
    dialect: String,
    caller: String,
    account_id: Option<i64>,
    memo: OpaqueText,
    memo_version: Option<i64>,
    created_at: At,
    updated_at: At,
    state: i64,
    rows: Option<i64>,
    reason: Option<String>,
    not_before: Option<At>,
}

impl TryFrom<EntryRow> for ExportEntry {
    type Error = String;

    fn try_from(row: EntryRow) -> Result<ExportEntry, String> {
        let damaged = |what: String| format!("export {}: {what}", row.number);
        Ok(ExportEntry {
            number: row.number,
            id: row.id.0.clone().map_err(|what| damaged(format!("id: {what}")))?,
            dialect: row.dialect,
            caller: row.caller,
            account_id: row.account_id,
            memo: row.memo.0,
            memo_version: version(row.memo_version),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            status: status(row.state).map_err(damaged)?,
            not_before: row.not_before.map(|until| until.0),
            rows: row.rows.map(|rows| narrow("rows", rows)).transpose().map_err(damaged)?,
            reason: row.reason,
        })
    }
}

/// The status of a stored state.
pub(super) fn status(state: i64) -> Result<ExportStatus, String> {
    Ok(match state {
        PENDING => ExportStatus::Pending,
        RUNNING => ExportStatus::Running,
        COMPLETED => ExportStatus::Completed,
        FAILED => ExportStatus::Failed,
        WITHDRAWN => ExportStatus::Withdrawn,
        other => return Err(format!("state {other} is not in the range 0 to 4")),
    })
}

/// The stored state of a status.
pub(super) fn stored(status: ExportStatus) -> i64 {
    match status {
        ExportStatus::Pending => PENDING,
        ExportStatus::Running => RUNNING,
        ExportStatus::Completed => COMPLETED,
        ExportStatus::Failed => FAILED,
        ExportStatus::Withdrawn => WITHDRAWN,
    }
}

/// Serialises a value for a JSON column.
pub(super) fn json(value: &impl Serialize) -> QueryResult<JsonText> {
    serde_json::to_string(value).map(JsonText).map_err(|error| diesel::result::Error::SerializationError(error.into()))
}

/// A column that every export in this state has.
fn required<T>(column: &str, value: Option<T>) -> Result<T, String> {
    value.ok_or_else(|| format!("{column} is missing"))
}

/// The version of a document from its column. Older versions of the program left the column null, which means version
/// 1. A number out of range counts as the version of a newer program.
fn version(column: Option<i64>) -> u32 {
    column.map_or(1, |version| u32::try_from(version).unwrap_or(u32::MAX))
}

/// Reads a document, unless its version is newer than `known`.
pub(crate) fn document<T: DeserializeOwned>(
    column: &str,
    text: &JsonText,
    version_column: Option<i64>,
    known: u32,
) -> Result<T, Unreadable> {
    match version(version_column) {
        version if version > known => Err(Unreadable::Newer { version, known }),
        _ => read_json(column, text).map_err(Unreadable::Damaged),
    }
}

fn read_json<T: DeserializeOwned>(column: &str, text: &JsonText) -> Result<T, String> {
    serde_json::from_str(&text.0).map_err(|error| format!("{column}: {error}"))
}
