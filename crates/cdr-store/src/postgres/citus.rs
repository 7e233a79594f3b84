//! The statements about a database whose tables Citus distributes over several nodes: the *workers*. The
//! *coordinator*, to which the program connects, has the other tables.
//!
//! Source: <https://docs.citusdata.com/en/stable/develop/api_udf.html> and `api_metadata.html` beside it.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel::{PgConnection, QueryableByName, sql_query};

use super::statements;

/// Whether the extension is in the database, and whether it distributes the calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extension {
    /// The database does not have it.
    Absent,
    /// The database has it, but the calls are in a table of the coordinator alone.
    Unused,
    /// The calls are distributed.
    InUse,
}

/// The transactions that a node has prepared, or why it does not say.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) node: String,
    pub(super) transactions: Result<Vec<String>, String>,
}

#[derive(QueryableByName)]
struct Node {
    #[diesel(sql_type = Text)]
    node: String,
    #[diesel(sql_type = Bool)]
    success: bool,
    #[diesel(sql_type = Text)]
    result: String,
}

/// Whether Citus distributes the calls of this store.
pub(super) fn extension(conn: &mut PgConnection) -> QueryResult<Extension> {
    if !statements::answer(conn, "SELECT to_regclass('pg_dist_partition') IS NOT NULL AS value")? {
        return Ok(Extension::Absent);
    }
    let spread = "SELECT count(*) > 0 AS value FROM pg_dist_partition WHERE logicalrelid = to_regclass('cdrs')";
    Ok(if statements::answer(conn, spread)? { Extension::InUse } else { Extension::Unused })
}

/// The transactions over several nodes that each worker has prepared in this database and neither committed nor
/// rolled back. Citus names them after the group of the coordinator, its process and a number.
pub(super) fn prepared(conn: &mut PgConnection) -> QueryResult<Vec<Prepared>> {
    let sql = "SELECT nodename || ':' || nodeport AS node, success, coalesce(result, '') AS result \
               FROM run_command_on_workers($$SELECT coalesce(string_agg(gid, ' '), '') FROM pg_prepared_xacts \
               WHERE database = current_database() AND gid LIKE 'citus\\_%'$$)";
    let nodes: Vec<Node> = sql_query(sql).load(conn)?;
    let prepared = nodes.into_iter().map(|Node { node, success, result }| Prepared {
        node,
        transactions: if success { Ok(result.split_whitespace().map(str::to_owned).collect()) } else { Err(result) },
    });
    Ok(prepared.collect())
}

/// Distributes the calls and the keys of records, with all they hold: calls by account, keys by their digest, as
/// the migrations do in a database that has the extension before the tables.
pub(super) fn spread(conn: &mut PgConnection) -> QueryResult<()> {
    // What follows in this transaction is of the kind that Citus does not do beside something done by all nodes at
    // once.
    sql_query("SET LOCAL citus.multi_shard_modify_mode TO 'sequential'").execute(conn)?;
    for spreading in [
        "SELECT create_distributed_table('cdrs', 'account_id')",
        "SELECT create_distributed_table('intake_keys', 'key_digest', colocate_with => 'none')",
    ] {
        conn.batch_execute(spreading)?;
    }
    Ok(())
}

/// Whether other sessions of this program use the database.
pub(super) fn is_used_elsewhere(conn: &mut PgConnection) -> QueryResult<bool> {
    let sql = "SELECT count(*) > 0 AS value FROM pg_stat_activity WHERE datname = current_database() \
               AND pid <> pg_backend_pid() AND application_name = current_setting('application_name')";
    statements::answer(conn, sql)
}
