//! `yeti-cdr`: rows of the table `cdr.cdr` of a Yeti switch, as CSV with a heading (yeti-web, `app/models/cdr/cdr.rb`), as
//! PostgreSQL writes it with `COPY … WITH (FORMAT csv, HEADER)`.
//!
//! # Form
//!
//! It is a mapping of the feed [`table`](super::table): `mapping.toml` in this folder. The heading has the names of the
//! table; of its columns only the three times are required. Nothing between two commas is null, and `""` is the empty text.
//! Times have the offset of the session.
//!
//! # Key
//!
//! `id`. Without it, the digest and the number of the row among equal rows.
//!
//! # Traps
//!
//! * Each attempt of a call is a row. `is_last_cdr` marks the last one, and `routing_attempt` numbers them.
//! * A call that the switch refused itself may have only `internal_disconnect_code`; it is read where
//!   `lega_disconnect_code` is null.
//! * What the vendor gets (`dialpeer_prefix`, `vendor_price` and so on) has no field, and is stored in `extra` if the
//!   settings name the column.

#[cfg(test)]
mod tests;

use super::table::BuiltIn;

/// Rows of the table `cdr.cdr` of a Yeti switch.
pub static YETI_CDR: BuiltIn = BuiltIn::new(
    "yeti-cdr",
    "rows of the table cdr.cdr of a Yeti switch, as CSV with a heading (COPY … WITH (FORMAT csv, HEADER))",
    || include_str!("mapping.toml").parse(),
);
