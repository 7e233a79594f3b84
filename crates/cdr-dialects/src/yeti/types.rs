//! All types of resources that documents can hold: their names and their members.

use super::cdrs::attributes::SCHEMA as CDRS;
use super::wire::{Schema, Types};

/// All types.
pub(super) static TYPES: Types = &[&EXPORTS, &ACCOUNTS, &CDRS, &ACTIVE, &ORIGINATED];

pub(super) static ACCOUNTS: Schema = Schema {
    kind: "accounts",
    attributes: &[
        "name",
        "balance",
        "min-balance",
        "max-balance",
        "destination-rate-limit",
        "origination-capacity",
        "termination-capacity",
        "total-capacity",
        "currency",
    ],
    unsortable: &[],
    relationships: &[],
};

pub(super) static EXPORTS: Schema = Schema {
    kind: "cdr-exports",
    attributes: &["filters", "status", "rows-count", "created-at", "updated-at", "time-format", "time-zone-name"],
    unsortable: &["filters"],
    relationships: &[("account", "accounts")],
};

/// Concurrent calls.
pub(super) static ACTIVE: Schema = Schema {
    kind: "chart-active-calls",
    attributes: &["from-time", "to-time", "terminated-calls", "originated-calls"],
    unsortable: &[],
    relationships: &[("account", "accounts")],
};

/// Calls per second.
pub(super) static ORIGINATED: Schema = Schema {
    kind: "chart-originated-cps",
    attributes: &["from-time", "to-time", "cps"],
    unsortable: &[],
    relationships: &[("account", "accounts")],
};
