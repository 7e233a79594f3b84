//! The templates of `mod_cdr_csv`, which a row shows by its number of fields.

use crate::fault::{Fault, number_of_fields};

/// The columns of a template.
pub(super) type Columns = &'static [&'static str];

/// The template of `mod_cdr_pg_csv`. Those of `mod_cdr_csv` have the same columns without the address of the server: all of
/// them in `example`, the default, and those up to the account code in `sql`, whose rows are statements.
static PG: [&str; 16] = [
    "local_ip_v4",
    "caller_id_name",
    "caller_id_number",
    "destination_number",
    "context",
    "start_stamp",
    "answer_stamp",
    "end_stamp",
    "duration",
    "billsec",
    "hangup_cause",
    "uuid",
    "bleg_uuid",
    "accountcode",
    "read_codec",
    "write_codec",
];
/// `asterisk`, and the template that is built in.
static ASTERISK: [&str; 18] = [
    "accountcode",
    "caller_id_number",
    "destination_number",
    "context",
    "caller_id",
    "channel_name",
    "bridge_channel",
    "last_app",
    "last_arg",
    "start_stamp",
    "answer_stamp",
    "end_stamp",
    "duration",
    "billsec",
    "hangup_cause",
    "amaflags",
    "uuid",
    "userfield",
];

/// The columns that have no field in a record, and are stored in `extra` if the settings name them.
pub(super) const EXTRA: &[&str] = &[
    "context",
    "duration",
    "bleg_uuid",
    "read_codec",
    "write_codec",
    "local_ip_v4",
    "caller_id",
    "channel_name",
    "bridge_channel",
    "last_app",
    "last_arg",
    "amaflags",
    "userfield",
];

/// The columns of a row with so many fields.
pub(super) fn of(fields: usize) -> Result<Columns, Fault> {
    match fields {
        13 => Ok(&PG[1..14]),
        15 => Ok(&PG[1..]),
        16 => Ok(&PG),
        17 => Ok(&ASTERISK[..17]),
        18 => Ok(&ASTERISK),
        other => {
            let detail = format!(
                "{}, expected 13 (template sql), 15 (example), 16 (pg), 17 or 18 (asterisk)",
                number_of_fields(other)
            );
            Err(Fault::new("columns", detail))
        }
    }
}

/// The fields of a line. FreeSWITCH quotes them all and doubles no quote in them, so a quote closes its field only where the
/// field ends. A statement is read as its values; the built-in template ends a line with a stray semicolon.
pub(super) fn values(line: &str) -> &str {
    let line = line.trim_end().trim_end_matches(';').trim_end();
    let values = line.get(..6).filter(|start| start.eq_ignore_ascii_case("insert")).and_then(|_| line.split_once('('));
    match values {
        Some((_, values)) => values.strip_suffix(')').unwrap_or(values).trim(),
        None => line,
    }
}
