//! Calls as rows of a table like Yeti's `cdr.cdr`, with the names and types of the 29 columns that a customer sees.

use std::fmt::Display;

use cdr_model::Cdr;

/// Names and types, in the order of the export.
pub(super) const COLUMNS: [(&str, &str); 29] = [
    ("time_start", "timestamptz"),
    ("time_connect", "timestamptz"),
    ("time_end", "timestamptz"),
    ("success", "boolean"),
    ("duration", "integer"),
    ("src_name_in", "varchar"),
    ("src_prefix_in", "varchar"),
    ("dst_prefix_in", "varchar"),
    ("from_domain", "varchar"),
    ("to_domain", "varchar"),
    ("ruri_domain", "varchar"),
    ("lega_disconnect_code", "integer"),
    ("lega_disconnect_reason", "varchar"),
    ("auth_orig_ip", "inet"),
    ("auth_orig_port", "integer"),
    ("src_prefix_routing", "varchar"),
    ("dst_prefix_routing", "varchar"),
    ("destination_prefix", "varchar"),
    ("destination_initial_interval", "integer"),
    ("destination_next_interval", "integer"),
    ("destination_initial_rate", "numeric"),
    ("destination_next_rate", "numeric"),
    ("destination_fee", "numeric"),
    ("customer_price", "numeric"),
    ("customer_duration", "integer"),
    ("orig_call_id", "varchar"),
    ("local_tag", "varchar"),
    ("lega_user_agent", "varchar"),
    ("diversion_in", "varchar"),
];

/// The SQL that creates the table and inserts the calls.
pub(super) fn filled(calls: &[Cdr]) -> String {
    let columns = COLUMNS.map(|(name, kind)| format!("{name} {kind}")).join(", ");
    let mut sql = format!("CREATE TABLE cdr (id bigint PRIMARY KEY, {columns});\n");
    for calls in calls.chunks(500) {
        let rows: Vec<String> = calls.iter().map(row).collect();
        sql.push_str(&format!("INSERT INTO cdr VALUES\n{};\n", rows.join(",\n")));
    }
    sql
}

/// A call as the values of a row in PostgreSQL's syntax.
fn row(call: &Cdr) -> String {
    let sip = &call.details.sip;
    let rating = call.details.rating.as_deref().cloned().unwrap_or_default();
    let values = [
        call.number.to_string(),
        text(Some(call.started_at)),
        text(call.connected_at),
        text(call.ended_at),
        call.success.to_string(),
        // Yeti stores 0 for a call without a talk time.
        seconds(call.talk_us.or(Some(0))),
        text(sip.calling_name.as_ref()),
        text(call.calling.as_ref()),
        text(call.called.as_ref()),
        text(sip.from_domain.as_ref()),
        text(sip.to_domain.as_ref()),
        text(sip.ruri_domain.as_ref()),
        bare(call.release_code),
        text(sip.release_reason.as_ref()),
        text(sip.peer_ip),
        bare(sip.peer_port),
        format!("coalesce({}, {})", text(call.details.calling_routed.as_ref()), text(call.calling.as_ref())),
        format!("coalesce({}, {})", text(call.details.called_routed.as_ref()), text(call.called.as_ref())),
        text(rating.rate_prefix.as_ref()),
        bare(rating.initial_interval),
        bare(rating.next_interval),
        bare(rating.initial_rate),
        bare(rating.next_rate),
        bare(rating.fee),
        bare(call.price),
        seconds(call.billed_us),
        text(call.call_id.as_ref()),
        text(sip.local_tag.as_ref()),
        text(sip.user_agent.as_ref()),
        text(sip.diversion.as_ref()),
    ];
    format!("({})", values.join(", "))
}

fn text(value: Option<impl Display>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| format!("'{}'", value.to_string().replace('\'', "''")))
}

fn bare(value: Option<impl Display>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| value.to_string())
}

/// Whole seconds, rounded down by PostgreSQL.
fn seconds(micros: Option<i64>) -> String {
    micros.map_or_else(|| "NULL".to_owned(), |micros| format!("floor({micros} / 1000000.0)::integer"))
}
