//! `native`: our own format, as CSV with a header of field names or as NDJSON, for calls and charges, conferences,
//! customers, accounts, services, products and destinations.
//!
//! Which of the two it is shows in the first byte that is not blank: `{` begins NDJSON. What the records are is said by
//! [`FeedSettings::sheet`]. Both forms are read to the same records with the same keys and digests.
//!
//! # Form
//!
//! * **CSV** by RFC 4180, UTF-8 (a field that is not is read as Latin-1), LF or CR LF. The first line names the columns,
//!   in any order. An empty field without quotes is nothing; `""` is the empty text in a column of text, and nothing in
//!   others. A record may have several lines, within 64 KiB and 64 lines.
//! * **NDJSON** (newline-delimited JSON, RFC 8259): an object a line, of at most 64 KiB. Values are texts, numbers
//!   (taken digit by digit, so that `0.0190` stays `0.0190`), `true`, `false`, or `null` for nothing. A name given twice
//!   is an error.
//!
//! # Columns
//!
//! * **calls**: the fields of [`CdrField`](cdr_model::CdrField) that [are given](cdr_model::CdrField::is_given), and
//!   `key` (the natural key), `account` (the account's number), `customer` (the name of the account's customer),
//!   `service` (its name), `extra.NAME` (kept under NAME in `extra`, 2 KiB in all). `started_at` is required.
//! * **conferences**: those of [`ConferenceField`](cdr_model::ConferenceField), and `key`. `started_at` is required.
//! * **customers**: `name` (required), `id`, `reseller` (a customer's name), `external_id`, `currency` (ISO 4217),
//!   `level` ([`Level`](cdr_model::Level)), `environment` (from 1), `zone` (an IANA name), `billing_period`
//!   ([`BillingPeriod`](cdr_model::BillingPeriod)).
//! * **accounts**: `customer` (a name) and `number` (both required), `id`, `name`, `external_id`, `uuid`; `balance`,
//!   `min_balance`, `max_balance`, `balance_low`, `balance_high`, `destination_rate_limit` (amounts);
//!   `max_call_duration` (seconds), `origination_capacity`, `termination_capacity`, `total_capacity`; `product_id` (of a
//!   product that is there).
//! * **services**: `name` (required), `id`, `kind` ([`RecordKind`](cdr_model::RecordKind); `usage` if not given), `flags`.
//! * **products**: `name` (required), `id`.
//! * **destinations**: `prefix` (required; digits), `id`, `country`, `iso3` (ISO 3166-1), `subdivision`, `description`.
//!
//! Times are RFC 3339 with their offset, durations whole microseconds, amounts plain decimals. Fields that the store or
//! the directory knows and nobody gives (`number`, `id`, `source`, `currency` and so on) are read over, so that a native
//! export can be loaded again. An unknown name refuses a CSV file as a whole, and a record of NDJSON.
//!
//! What is not given is assumed, and the record says so: `billed_at` is `ended_at`, else `connected_at`, else
//! `started_at`; `talk` is the time from `connected_at` to `ended_at`; `direction` is what `xdr.bit_flags` tell, else `out`.
//! `success` is whether `connected_at` is given, `last_attempt` is true, `account_given` is the `account`, `kind` is `call`. In
//! a record of another kind than `call` and `resale`, `talk` and `direction` stay open, `connected_at` is `started_at`, and
//! `success` is true.
//!
//! A record that names a customer and no account is booked on the customer itself.
//!
//! # Key
//!
//! `key` if given, else `call_uuid` (for a conference `uuid`), else the digest, by which equal records are one. The
//! digest is SHA-256 over the names and values given, in the order of the names; fields that are read over do not count,
//! nor does it count that a record is a `call`, so that files from before there were kinds are the same.

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

use super::{Feed, FeedSettings, Origin, Records, checks};
use crate::delimited::Delimited;
use crate::error::IntakeError;
use crate::rows::Rows;

/// CSV with a header of field names, and NDJSON.
pub struct Native;

impl Feed for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn summary(&self) -> &'static str {
        "CSV with a header of field names, or NDJSON: calls, charges, conferences, and who is who"
    }

    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        // Whoever writes this format says in it what is extra.
        checks::extra(self.name(), &settings.extra, &["extra.NAME as a column"])?;
        let mut rows = Delimited::new(input);
        let position = |line: u64| format!("{}:{line}", origin.file);
        let first = rows.peek().map_err(|source| IntakeError::Input { position: position(1), source })?;
        if first.is_some_and(|line| line.trim_ascii_start().first() == Some(&b'{')) {
            return Ok(Box::new(json::Objects::new(rows, &origin.file, settings.sheet)));
        }
        let mapping = csv::header(&mut rows, &origin.file, settings.sheet)?;
        Ok(Box::new(Rows::new(rows, mapping, &origin.file)))
    }
}
