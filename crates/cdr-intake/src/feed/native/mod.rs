//! `native`: our own format, as CSV with a header of field names or as NDJSON, for calls and charges, conferences,
//! customers, accounts, services, products and destinations.
//!
//! The first byte that is not blank determines the form: `{` starts NDJSON. [`FeedSettings::sheet`] sets the type of
//! the records. Both forms give the same records with the same keys and digests.
//!
//! # Form
//!
//! * **CSV** by RFC 4180, UTF-8 (other fields are read as Latin-1), LF or CR LF. The first line names the columns, in
//!   any order. An empty field without quotes is null; `""` is the empty text in a text column, and null in other
//!   columns. A record may span several lines, up to 64 KiB and 64 lines.
//! * **NDJSON** (newline-delimited JSON, RFC 8259): one object of at most 64 KiB per line. Values are strings, numbers
//!   (read digit by digit, so that `0.0190` stays `0.0190`), `true`, `false`, or `null`. A duplicate name is an error.
//!
//! # Columns
//!
//! * **calls**: the fields of [`CdrField`](cdr_model::CdrField) that [are given](cdr_model::CdrField::is_given), and
//!   `key` (the natural key), `account` (the account's number), `customer` (the name of the account's customer),
//!   `service` (its name), `extra.NAME` (stored under NAME in `extra`, 2 KiB in total), `source` and `digest` (of an
//!   export). `started_at` is required.
//! * **conferences**: the fields of [`ConferenceField`](cdr_model::ConferenceField) that are given, and `key`, `source`
//!   and `digest`. `started_at` is required.
//! * **customers**: `name` (required), `id`, `reseller` (a customer's name), `external_id`, `currency` (ISO 4217),
//!   `level` ([`Level`](cdr_model::Level)), `environment` (from 1), `zone` (an IANA name), `billing_period`
//!   ([`BillingPeriod`](cdr_model::BillingPeriod)).
//! * **accounts**: `customer` (a name) and `number` (both required), `id`, `name`, `external_id`, `uuid`; `balance`,
//!   `min_balance`, `max_balance`, `balance_low`, `balance_high`, `destination_rate_limit` (amounts);
//!   `max_call_duration` (seconds), `origination_capacity`, `termination_capacity`, `total_capacity`; `product_id` (of
//!   an existing product).
//! * **services**: `name` (required), `id`, `kind` ([`RecordKind`](cdr_model::RecordKind); `usage` if not given),
//!   `flags`.
//! * **products**: `name` (required), `id`.
//! * **destinations**: `prefix` (required; digits), `id`, `country`, `iso3` (ISO 3166-1), `subdivision`, `description`.
//!
//! Times are RFC 3339 with an offset, durations whole microseconds, amounts plain decimals. Fields that the store or
//! the directory sets (`number`, `id`, `currency` and so on) are ignored. An unknown name invalidates a CSV file as a whole, but only one record of NDJSON.
//!
//! Fields that are not given are assumed and marked in the record: `billed_at` is `ended_at`, else `connected_at`, else
//! `started_at`; `talk` is the time from `connected_at` to `ended_at`; `direction` follows from `xdr.bit_flags`, else
//! it is `out`. `success` is whether `connected_at` is given, `last_attempt` is true, `account_given` is the `account`,
//! and `kind` is `call`. In records of kinds other than `call` and `resale`, `talk` and `direction` are unknown,
//! `connected_at` is `started_at`, and `success` is true.
//!
//! A record that names a customer and no account is booked on the customer itself.
//!
//! # Key
//!
//! `key` if given, else `call_uuid` (for a conference `uuid`), else the digest, so that equal records are one record.
//! A record with `source`, `key` and `digest` is one of an export and has this identity; `source` without the others is
//! ignored.
//! The digest of other records is SHA-256 over the given names and values, in the order of the names. Ignored fields are excluded, and
//! so is the kind `call`, so that files written before kinds were introduced have the same digests.

mod columns;
mod csv;
mod directory;
mod given;
mod json;
mod nearest;
mod record;

#[cfg(test)]
mod tests;

use std::io::Read;

pub(super) use self::columns::{Column, DIGEST, KEY, SOURCE};
pub(super) use self::given::Given;
pub(super) use self::record::call_of;
use super::{Feed, FeedSettings, InputSheet, Likeness, Origin, Records, checks};
use crate::delimited::Delimited;
use crate::error::IntakeError;
use crate::input::FileSample;
use crate::json::names;
use crate::rows::{CsvRecords, LineRecords};

/// CSV with a header of field names, and NDJSON.
pub struct Native;

/// Whether the format has a column of this name in a sheet and reads it. It also knows the names of fields that the store
/// or the directory sets, and ignores those.
pub fn reads(sheet: InputSheet, name: &str) -> bool {
    Column::named(sheet, name).is_ok_and(|column| column != Column::ReadOver)
}

impl Feed for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn summary(&self) -> &'static str {
        "CSV with a header of field names, or NDJSON: calls, charges, conferences, and the directory"
    }

    fn unpacking(&self) -> Option<&'static str> {
        Some("unpack it, then load calls.csv and, with --sheet conferences, conferences.csv")
    }

    fn reads_lines(&self) -> bool {
        true
    }

    fn likeness(&self, sample: &FileSample) -> Likeness {
        if sample.lines().first().is_some_and(|line| line.trim_start().starts_with('{')) {
            let is_object = |line: &String| names(line).is_some_and(|names| columns::sheet_of(&names).is_some());
            return if sample.lines().iter().any(is_object) { Likeness::Certain } else { Likeness::Possible };
        }
        let names: Vec<&str> = sample.rows().first().into_iter().flatten().map(String::as_str).collect();
        if columns::sheet_of(&names).is_some() { Likeness::Certain } else { Likeness::None }
    }

    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        // The files of this format name their extra fields themselves.
        checks::extra(self.name(), &settings.extra, &["extra.NAME as a column"])?;
        let mut rows = Delimited::of(input, settings);
        let position = |line: u64| format!("{}:{line}", origin.file);
        let first = rows.peek().map_err(|source| IntakeError::Input { position: position(1), source })?;
        if first.is_some_and(|line| line.trim_ascii_start().first() == Some(&b'{')) {
            let objects = json::Objects { sheet: settings.sheet };
            return Ok(Box::new(LineRecords::new(rows, objects, &origin.file)));
        }
        let mapping = csv::header(&mut rows, &origin.file, settings.sheet)?;
        Ok(Box::new(CsvRecords::new(rows, mapping, &origin.file)))
    }
}
