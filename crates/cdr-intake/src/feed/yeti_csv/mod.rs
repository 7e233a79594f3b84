//! `yeti-csv`: a CDR export of a Yeti switch, as its customers or administrators order it: CSV with a heading, also packed
//! with gzip (yeti-web, `app/models/cdr_export.rb` and `app/jobs/worker/cdr_export_job.rb`).
//!
//! # Form
//!
//! It is a mapping of the feed [`table`](super::table): `mapping.toml` in this folder. The heading has the names of the
//! columns of `cdr.cdr` with capitals, such as `Time Start` and `Orig Call`; an export has the columns that were chosen for
//! it. Values that are not null are quoted. Times have an offset, or none if the export was ordered `without_timezone` or
//! `round_to_seconds`: set the zone of the export.
//!
//! # Key
//!
//! `UUID`, else `ID`. An export for customers has neither: its records are identified by their digest, and the number among
//! equal rows. Therefore load exports of one form, with the same columns, time format and zone.
//!
//! # Traps
//!
//! * Rerouted calls are a row for each attempt, and only exports with `Is Last Cdr` say which one was the last.
//! * `Duration` is in whole seconds, and 0 for a call that was not answered.

#[cfg(test)]
mod tests;

use super::table::BuiltIn;

/// A CDR export of a Yeti switch.
pub static YETI_CSV: BuiltIn = BuiltIn::new(
    "yeti-csv",
    "a CDR export of a Yeti switch, as customers or administrators order it (csv or csv.gz)",
    || include_str!("mapping.toml").parse(),
);
