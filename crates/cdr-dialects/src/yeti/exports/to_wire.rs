//! Converts an export of the ledger to a resource of the API.

use std::collections::BTreeMap;
use std::time::Duration;

use cdr_export::Receipt;
use cdr_mediation::{ExportEntry, ExportJob, ExportStatus, JobState, Progress};
use cdr_model::{Account, Anchor, CdrField, Timestamp};
use serde_json::{Map, Value};

use super::memo::Memo;
use super::receipt::{address, for_customer, shows};
use crate::yeti::order_filters::CUSTOMER_KEYS;
use crate::yeti::types::EXPORTS;
use crate::yeti::wire::{Json, Linked, Members, Object, Shape};
use crate::yeti::{accounts, to_wire};

/// The status as the API names it: a running export is still pending, a withdrawn one is deleted.
pub(in crate::yeti) fn status(status: ExportStatus) -> &'static str {
    match status {
        ExportStatus::Pending | ExportStatus::Running => "Pending",
        ExportStatus::Completed => "Completed",
        ExportStatus::Failed => "Failed",
        ExportStatus::Withdrawn => "Deleted",
    }
}

/// The export as a resource.
pub(super) fn object(entry: &ExportEntry, account: &Account, site: &str, shape: &Shape) -> Object {
    let Memo { filters, time_format, time_zone_name, .. } = Memo::of(entry);
    // An administrator may have used filters that are not shown to customers.
    let filters: Map<String, Value> =
        CUSTOMER_KEYS.into_iter().filter_map(|key| Some((key.to_owned(), filters.get(key)?.clone()))).collect();
    let attributes = Members::default()
        .with("filters", filters)
        .with("status", status(entry.status))
        .with("rows-count", entry.rows)
        .with("created-at", to_wire::time(entry.created_at))
        .with("updated-at", to_wire::time(entry.updated_at))
        .with("time-format", time_format.name())
        .with("time-zone-name", time_zone_name);
    let account = Linked { name: "account", to: Some(accounts::identifier(account)) };
    Object::new(&EXPORTS, entry.id, site, attributes, &[account], shape)
}

/// The meta members of an export: its progress, the expiry of its file, and its receipt.
pub(super) fn meta(job: &ExportJob, account: &Account, site: &str, keep: Duration, hidden: &[String]) -> Members {
    let meta = Members::default();
    match &job.state {
        // The reason for a failure is not shown to customers, since it may name internal folders.
        JobState::Pending | JobState::Failed { .. } | JobState::Withdrawn => meta,
        JobState::Running(so_far) => meta.with("progress", progress(so_far)),
        JobState::Completed(kept) => {
            let keep = i64::try_from(keep.as_micros()).unwrap_or(i64::MAX);
            let meta = meta.with("expires-at", to_wire::time(kept.at.plus_micros(keep)));
            let receipt = kept.receipt.as_ref().ok().map(|kept| for_customer(kept.clone(), job, account, hidden));
            meta.with_some("receipt", receipt.map(|receipt| summary(job, &receipt, &address(site, job.id))))
        }
    }
}

fn progress(progress: &Progress) -> Members {
    let left = progress.remaining().map(|left| left.as_secs_f64().ceil() as u64);
    Members::default()
        .with("rows", progress.rows)
        // A source may find more than it counted.
        .with("expected-rows", progress.expected.max(progress.rows))
        .with_some("seconds-left", left)
}

/// What the receipt of a customer says, its own digest, and the address of its whole text.
fn summary(job: &ExportJob, receipt: &Receipt, address: &str) -> Members {
    let window = &receipt.window;
    let anchor = match window.anchor {
        Anchor::Start => "time-start",
        Anchor::Connect => "time-connect",
        Anchor::End => "time-end",
        Anchor::Bill => "time-bill",
    };
    let window = Members::default()
        .with("anchor", anchor)
        .with("from", window.from.to_string())
        .with("until", window.until.to_string())
        .with("zone", window.zone.as_str());
    let file = Members::default()
        .with("name", receipt.file.name.as_str())
        .with("bytes", receipt.file.bytes)
        .with("sha256", receipt.file.sha256.as_str());
    let mut members = Members::default().with("window", window);
    if let Some(sheet) = receipt.sheets.first() {
        let money =
            |money: &BTreeMap<String, String>| money.iter().map(|(name, sum)| (name.clone(), sum.as_str())).collect();
        let money: Option<Members> = sheet.money.as_ref().map(money);
        members = members
            .with("rows", sheet.rows)
            .with_some("talk-seconds", sheet.talk_seconds.as_deref())
            .with_some("money", money);
        if shows(receipt, job, CdrField::StartedAt) {
            let time = |at: Option<Timestamp>| Json::from(at.map(|at| at.to_string()));
            members = members.with("first", time(sheet.first)).with("last", time(sheet.last));
        }
    }
    members.with("file", file).with("digest", receipt.digest()).with("url", address)
}
