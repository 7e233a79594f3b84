//! The list of exports: its filters and its order.

use std::cell::OnceCell;
use std::cmp::Ordering;

use cdr_mediation::{ExportEntry, ExportStatus};
use cdr_model::{Account, Value};

use super::memo::{Memo, TimeFormat};
use super::to_wire::status;
use crate::yeti::caller::Signed;
use crate::yeti::filter::{Filter, FilterType};
use crate::yeti::wire::SortKey;

/// The filters of exports.
pub(super) const FILTERS: &[(&str, FilterType)] = &[
    ("status", FilterType::Enum(&["Pending", "Completed", "Failed", "Deleted"])),
    ("rows_count", FilterType::Number),
    ("created_at", FilterType::Time),
    ("updated_at", FilterType::Time),
    ("time_zone_name", FilterType::Text),
    ("account_id", FilterType::Uuid),
];
/// Filters with lists of values instead of operators.
pub(super) const PLAIN: &[(&str, FilterType)] =
    &[("id", FilterType::Uuid), ("time_format", FilterType::Enum(&TimeFormat::NAMES))];

/// The part of the exports that filters select, if the ledger can select it: these accounts and states. `None` if a
/// filter needs more of an export.
pub(super) fn selected(filters: &[Filter], accounts: &[Account]) -> Option<(Vec<i64>, Option<Vec<ExportStatus>>)> {
    if filters.iter().any(|filter| !["status", "account_id"].contains(&filter.name)) {
        return None;
    }
    let pass = |name: &str, value: &Value<'_>| filters.iter().all(|it| it.name != name || it.holds(value));
    let accounts = accounts.iter().filter(|account| pass("account_id", &account.uuid.into())).map(|account| account.id);
    let statuses = || ExportStatus::ALL.into_iter().filter(|it| pass("status", &status(*it).into())).collect();
    Some((accounts.collect(), filters.iter().any(|filter| filter.name == "status").then(statuses)))
}

/// An export with its memo, which is read when it is needed.
pub(super) struct Listed {
    pub(super) entry: ExportEntry,
    memo: OnceCell<Memo>,
}

impl Listed {
    pub(super) fn new(entry: ExportEntry) -> Listed {
        Listed { entry, memo: OnceCell::new() }
    }

    fn memo(&self) -> &Memo {
        self.memo.get_or_init(|| Memo::of(&self.entry))
    }

    /// Whether it passes the filters.
    pub(super) fn passes(&self, filters: &[Filter], signed: &Signed) -> bool {
        filters.iter().all(|filter| filter.holds(&self.value(filter.name, signed)))
    }

    /// Compares two exports by the requested keys, then newest first.
    pub(super) fn compare(&self, other: &Listed, keys: &[SortKey], signed: &Signed) -> Ordering {
        let by = |key: &SortKey| {
            let name = key.name.replace('-', "_");
            key.compare(&self.value(&name, signed), &other.value(&name, signed))
        };
        keys.iter().map(by).find(|it| it.is_ne()).unwrap_or_else(|| other.entry.number.cmp(&self.entry.number))
    }

    /// The value of an export for the name of a filter, or of an attribute with underscores.
    fn value<'a>(&'a self, name: &str, signed: &'a Signed) -> Value<'a> {
        let entry = &self.entry;
        match name {
            "id" => entry.id.into(),
            "status" => status(entry.status).into(),
            "rows_count" => entry.rows.map(|rows| i64::try_from(rows).unwrap_or(i64::MAX)).into(),
            "created_at" => entry.created_at.into(),
            "updated_at" => entry.updated_at.into(),
            "time_format" => self.memo().time_format.name().into(),
            "time_zone_name" => self.memo().time_zone_name.as_ref().into(),
            "account_id" => entry.account_id.and_then(|id| signed.account(id)).map(|account| account.uuid).into(),
            _ => Value::Null,
        }
    }
}
