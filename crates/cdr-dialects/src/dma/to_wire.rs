//! Converts an export of the ledger to the status that the API returns.

use cdr_mediation::{ExportJob, JobState, KeptFile, Progress, Step};
use cdr_model::{LocalZone, Timestamp, printable};

use super::from_wire::Bounds;
use super::wire::{ActionType, BillingStatus, Link, StatusType};

/// The status of the last export of a lane. `job` is `None` if there is no export, or if its file no longer exists.
pub(super) fn status(job: Option<&ExportJob>, base: &str, zone: &LocalZone) -> BillingStatus {
    let mut status = not_started(base);
    let Some(job) = job else { return status };
    match &job.state {
        JobState::Withdrawn => return status,
        JobState::Pending => {
            status.status_type = StatusType::Running;
            status.action_type = ActionType::RetrievingCdrNumCallRecords;
        }
        JobState::Running(progress) => running(&mut status, progress),
        JobState::Completed(kept) => completed(&mut status, job, kept, base),
        JobState::Failed { reason, .. } => {
            status.status_type = StatusType::ErrorUnknownCreate;
            status.action_type = ActionType::CreatingCdrFile;
            status.status_message = Some(printable(reason).into_owned());
        }
    }
    if let Some(bounds) = Bounds::of_memo(&job.order.memo, job.order.memo_version) {
        status.from_date = printed(Timestamp::from_micros(bounds.from), zone);
        status.to_date = printed(Timestamp::from_micros(bounds.to), zone);
    }
    status.creation_time = printed(job.created_at, zone);
    status
}

/// The address of the file.
pub(super) fn download_url(base: &str) -> String {
    format!("{base}{}/download-cdrs", super::wire::PATH)
}

/// The address of the receipt of the file with this tag.
pub(super) fn receipt_url(base: &str, tag: i64) -> String {
    format!("{}/{tag}/receipt", download_url(base))
}

/// The address of the status.
pub(super) fn status_url(base: &str) -> String {
    format!("{base}{}/status", super::wire::PATH)
}

/// An instant as the API prints it, always with three digits after the point and a numeric offset:
/// `2017-10-11T08:40:59.000+07:00`. `None` beyond the years that the calendar supports (±262,000).
pub(super) fn printed(at: Timestamp, zone: &LocalZone) -> Option<String> {
    // Whole minutes, since `±hh:mm` has no seconds. Before the 1970s some zones had offsets with seconds.
    let minutes = zone.zone.minutes_at(at);
    let local = at.plus_micros(i64::from(minutes) * 60_000_000).to_utc()?;
    let time = local.format("%Y-%m-%dT%H:%M:%S%.3f").to_string();
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    // ISO 8601 puts a plus sign before years of five digits; XML Schema does not.
    Some(format!("{}{sign}{:02}:{:02}", time.trim_start_matches('+'), minutes / 60, minutes % 60))
}

fn not_started(base: &str) -> BillingStatus {
    BillingStatus {
        atom_link_list: vec![Link {
            href: status_url(base),
            rel: "self",
            kind: "application/vnd.plcm.plcm-billing-status",
            title: "Self Relationship",
        }],
        total_number_cdr_records: 0,
        number_cdr_records_processed: 0,
        estimated_time_remaining_seconds: None,
        action_type: ActionType::NotStarted,
        status_type: StatusType::NotStarted,
        download_ready: false,
        download_url: None,
        status_message: None,
        entity_tag: None,
        from_date: None,
        to_date: None,
        creation_time: None,
    }
}

fn running(status: &mut BillingStatus, progress: &Progress) {
    status.status_type = StatusType::Running;
    status.action_type = match progress.step {
        Step::Counting => ActionType::RetrievingCdrNumCallRecords,
        Step::Calls => ActionType::RetrievingCdrCallRecords,
        Step::Conferences => ActionType::RetrievingCdrConfRecords,
        Step::Finishing => ActionType::CreatingCdrFile,
    };
    // A source may find more than it counted.
    status.total_number_cdr_records = progress.expected.max(progress.rows);
    status.number_cdr_records_processed = progress.rows;
    status.estimated_time_remaining_seconds = progress.remaining().map(|left| left.as_secs_f64().ceil() as u64);
}

fn completed(status: &mut BillingStatus, job: &ExportJob, kept: &KeptFile, base: &str) {
    let rows = job.rows.unwrap_or_default();
    status.status_type = StatusType::GenerationComplete;
    status.action_type = ActionType::CreatingCdrFile;
    status.total_number_cdr_records = rows;
    status.number_cdr_records_processed = rows;
    status.estimated_time_remaining_seconds = Some(0);
    status.download_ready = true;
    status.download_url = Some(download_url(base));
    status.entity_tag = Some(kept.tag.to_string());
}
