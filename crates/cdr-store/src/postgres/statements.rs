//! The statements that Diesel cannot express.

use cdr_model::Timestamp;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Text};
use diesel::{PgConnection, QueryableByName, sql_query};

use crate::schema::counters;
use crate::types::{self, At};

/// The notification channel for changes of exports.
pub(super) const CHANNEL: &str = "tollbook_exports";

/// The advisory locks that processes of this program take in a database.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lock {
    /// Held while migrations are applied, until the transaction ends.
    Upgrade,
    /// Held while partitions are created or dropped, until the transaction ends.
    Partitions,
    /// Held by the maintainer as long as its connection is open.
    Maintainer,
    /// Held in a distributed store while record numbers are given and published.
    Records,
}

impl Lock {
    fn name(self) -> &'static str {
        match self {
            Lock::Upgrade => "upgrade",
            Lock::Partitions => "partitions",
            Lock::Maintainer => "maintainer",
            Lock::Records => "records",
        }
    }
}

/// The key of an advisory lock, from its name and the schema of the tables.
const KEY: &str = "hashtextextended('tollbook ' || $1 || ' ' || current_schema(), 0)";

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct Start {
    #[diesel(sql_type = types::Instant)]
    value: At,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    value: bool,
}

pub(super) fn words(conn: &mut PgConnection, sql: &str) -> QueryResult<String> {
    sql_query(sql).get_result::<Words>(conn).map(|row| row.value)
}

pub(super) fn answer(conn: &mut PgConnection, sql: &str) -> QueryResult<bool> {
    sql_query(sql).get_result::<Answer>(conn).map(|row| row.value)
}

/// Waits for the row lock of a counter, and returns whether the counter exists.
pub(super) fn lock_counter(conn: &mut PgConnection, name: &str) -> QueryResult<bool> {
    counters::table
        .find(name)
        .select(counters::last)
        .for_update()
        .first::<i64>(conn)
        .optional()
        .map(|last| last.is_some())
}

/// Waits for an advisory lock, which is released when the transaction ends.
pub(super) fn lock(conn: &mut PgConnection, lock: Lock) -> QueryResult<()> {
    sql_query(format!("SELECT pg_advisory_xact_lock({KEY})")).bind::<Text, _>(lock.name()).execute(conn).map(drop)
}

/// Waits for an advisory lock, which is released by [`unlock_session`], or when the connection ends.
pub(super) fn lock_session(conn: &mut PgConnection, lock: Lock) -> QueryResult<()> {
    sql_query(format!("SELECT pg_advisory_lock({KEY})")).bind::<Text, _>(lock.name()).execute(conn).map(drop)
}

/// Releases an advisory lock of this connection.
pub(super) fn unlock_session(conn: &mut PgConnection, lock: Lock) -> QueryResult<()> {
    sql_query(format!("SELECT pg_advisory_unlock({KEY})")).bind::<Text, _>(lock.name()).execute(conn).map(drop)
}

/// Takes an advisory lock if it is free. It is released when the connection ends.
pub(super) fn try_lock(conn: &mut PgConnection, lock: Lock) -> QueryResult<bool> {
    try_lock_named(conn, lock.name())
}

/// The same for a lock of any name.
pub(super) fn try_lock_named(conn: &mut PgConnection, name: &str) -> QueryResult<bool> {
    let locking = sql_query(format!("SELECT pg_try_advisory_lock({KEY}) AS value")).bind::<Text, _>(name);
    locking.get_result::<Answer>(conn).map(|row| row.value)
}

/// Sends a notification that exports have changed.
pub(super) fn notify(conn: &mut PgConnection) -> QueryResult<()> {
    sql_query("SELECT pg_notify($1, '')").bind::<Text, _>(CHANNEL).execute(conn).map(drop)
}

/// The applied migrations; `None` if the database has no table of migrations.
pub(super) fn changes(conn: &mut PgConnection) -> QueryResult<Option<Vec<String>>> {
    let there = "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS value";
    if !answer(conn, there)? {
        return Ok(None);
    }
    let sql = "SELECT version::text AS value FROM __diesel_schema_migrations ORDER BY version";
    Ok(Some(sql_query(sql).load::<Words>(conn)?.into_iter().map(|row| row.value).collect()))
}

/// A session of a server: its process, and when it began, in seconds. Together they identify it among all servers.
#[derive(Clone, Debug, QueryableByName)]
pub(super) struct Session {
    #[diesel(sql_type = Integer)]
    process: i32,
    #[diesel(sql_type = Text)]
    began: String,
}

/// The session of a connection.
pub(super) fn session(conn: &mut PgConnection) -> QueryResult<Session> {
    let sql = "SELECT pid AS process, extract(epoch FROM backend_start)::text AS began FROM pg_stat_activity \
               WHERE pid = pg_backend_pid()";
    sql_query(sql).get_result(conn)
}

/// Cancels the statement that a session runs, if this server has the session.
pub(super) fn cancel(conn: &mut PgConnection, session: &Session) -> QueryResult<()> {
    let sql = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity \
               WHERE pid = $1 AND extract(epoch FROM backend_start)::text = $2";
    sql_query(sql).bind::<Integer, _>(session.process).bind::<Text, _>(&session.began).execute(conn).map(drop)
}

/// The last assigned record number.
pub(super) fn watermark(conn: &mut PgConnection) -> QueryResult<i64> {
    counters::table.find("record").select(counters::last).first(conn)
}

/// The names of all partitions of the calls.
pub(super) fn partitions(conn: &mut PgConnection) -> QueryResult<Vec<String>> {
    let sql = "SELECT c.relname::text AS value FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid \
               WHERE i.inhparent = 'cdrs'::regclass ORDER BY 1";
    Ok(sql_query(sql).load::<Words>(conn)?.into_iter().map(|row| row.value).collect())
}

/// Creates the partition for the time between two instants.
pub(super) fn add_partition(conn: &mut PgConnection, name: &str, starts_at: At, ends_at: At) -> QueryResult<()> {
    let adding = sql_query("SELECT tollbook_add_partition($1, $2, $3)").bind::<Text, _>(name);
    adding.bind::<types::Instant, _>(starts_at).bind::<types::Instant, _>(ends_at).execute(conn).map(drop)
}

/// Drops a partition with its rows.
pub(super) fn drop_partition(conn: &mut PgConnection, name: &str) -> QueryResult<()> {
    sql_query("SELECT tollbook_drop_partition($1)").bind::<Text, _>(name).execute(conn).map(drop)
}

/// Subscribes to notifications of changed exports.
pub(super) fn listen(conn: &mut PgConnection) -> QueryResult<()> {
    sql_query(format!("LISTEN {CHANNEL}")).execute(conn).map(drop)
}

/// Removes at most `most` keys of records that started between two instants, oldest first. Returns their number and the
/// start of the last one. The next call can continue there, so it does not scan the removed rows again.
pub(super) fn forget_keys(
    conn: &mut PgConnection,
    from: Timestamp,
    floor: Timestamp,
    most: i64,
) -> QueryResult<(usize, Timestamp)> {
    let sql = "DELETE FROM intake_keys WHERE key_digest IN \
               (SELECT key_digest FROM intake_keys WHERE started_at >= $1 AND started_at < $2 \
               ORDER BY started_at LIMIT $3) RETURNING started_at AS value";
    let deleting = sql_query(sql).bind::<types::Instant, _>(At(from)).bind::<types::Instant, _>(At(floor));
    let starts: Vec<Start> = deleting.bind::<BigInt, _>(most).load(conn)?;
    let last = starts.iter().map(|start| start.value.0).max();
    Ok((starts.len(), last.unwrap_or(floor)))
}

/// Sets how long the statements of this transaction wait for a lock.
pub(super) fn wait_at_most(conn: &mut PgConnection, milliseconds: u64) -> QueryResult<()> {
    let setting = sql_query("SELECT set_config('lock_timeout', $1, true)");
    setting.bind::<Text, _>(milliseconds.to_string()).execute(conn).map(drop)
}

/// Sets how long statements of this connection wait for a lock.
pub(super) fn wait_on_connection(conn: &mut PgConnection, milliseconds: &str) -> QueryResult<()> {
    sql_query("SELECT set_config('lock_timeout', $1, false)").bind::<Text, _>(milliseconds).execute(conn).map(drop)
}

/// Whether the tables are distributed over several nodes by Citus.
pub(super) fn is_distributed(conn: &mut PgConnection) -> QueryResult<bool> {
    answer(conn, "SELECT to_regproc('run_command_on_workers') IS NOT NULL AS value")
}

/// The addresses of the nodes that do not answer within a time.
pub(super) fn silent_nodes(conn: &mut PgConnection, milliseconds: &str) -> QueryResult<Vec<String>> {
    let setting = sql_query("SELECT set_config('citus.node_connection_timeout', $1, true)");
    setting.bind::<Text, _>(milliseconds).execute(conn)?;
    let sql = "SELECT nodename || ':' || nodeport AS value FROM run_command_on_workers('SELECT 1') WHERE NOT success ORDER BY 1";
    Ok(sql_query(sql).load::<Words>(conn)?.into_iter().map(|row| row.value).collect())
}

/// The tables, without the parents of partitions, each with its schema and quoted.
pub(super) fn tables_to_compact(conn: &mut PgConnection) -> QueryResult<Vec<String>> {
    let sql = format!("SELECT format('%I.%I', n.nspname, c.relname) AS value {TABLES} ORDER BY 1");
    Ok(sql_query(sql).load::<Words>(conn)?.into_iter().map(|row| row.value).collect())
}

/// Whether this role may act as the owner of all tables.
pub(super) fn owns_tables(conn: &mut PgConnection) -> QueryResult<bool> {
    answer(conn, &format!("SELECT coalesce(bool_and(pg_has_role(c.relowner, 'USAGE')), true) AS value {TABLES}"))
}

/// The size of the tables with their indexes, in bytes.
pub(super) fn size(conn: &mut PgConnection) -> QueryResult<u64> {
    let size = words(conn, &format!("SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::text AS value {TABLES}"))?;
    Ok(size.parse().unwrap_or(u64::MAX))
}

const TABLES: &str = "FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
                      WHERE n.nspname = current_schema() AND c.relkind = 'r'";
