//! The statements that Diesel has no words for.

use cdr_model::Timestamp;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{PgConnection, QueryableByName, sql_query};

use crate::schema::counters;
use crate::types::{self, At};

/// Where it is told that exports have changed.
pub(super) const CHANNEL: &str = "tollbook_exports";

/// The locks that programs of ours take of each other in a database: the maintainer's, and that of who changes the tables.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lock {
    /// Of whoever changes the tables, until its transaction ends.
    Upgrade,
    /// Of whoever makes partitions, until its transaction ends.
    Partitions,
    /// Of the one maintainer, as long as its connection lives.
    Maintainer,
}

impl Lock {
    fn name(self) -> &'static str {
        match self {
            Lock::Upgrade => "upgrade",
            Lock::Partitions => "partitions",
            Lock::Maintainer => "maintainer",
        }
    }
}

/// What a lock is known by among all of a database: what it is for, and the schema of the tables.
const KEY: &str = "hashtextextended('tollbook ' || $1 || ' ' || current_schema(), 0)";

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Text)]
    value: String,
}

/// A row that came back, of which nothing but that is wanted.
#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt, column_name = value)]
    _value: i64,
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

/// Waits until nobody else gives numbers out of a counter, and says whether it is there.
pub(super) fn lock_counter(conn: &mut PgConnection, name: &str) -> QueryResult<bool> {
    counters::table
        .find(name)
        .select(counters::last)
        .for_update()
        .first::<i64>(conn)
        .optional()
        .map(|last| last.is_some())
}

/// Waits for a lock that is given back when the transaction ends.
pub(super) fn lock(conn: &mut PgConnection, lock: Lock) -> QueryResult<()> {
    sql_query(format!("SELECT pg_advisory_xact_lock({KEY})")).bind::<Text, _>(lock.name()).execute(conn).map(drop)
}

/// Takes a lock that is given back when the connection ends, if it is free.
pub(super) fn try_lock(conn: &mut PgConnection, lock: Lock) -> QueryResult<bool> {
    let locking = sql_query(format!("SELECT pg_try_advisory_lock({KEY}) AS value")).bind::<Text, _>(lock.name());
    locking.get_result::<Answer>(conn).map(|row| row.value)
}

/// Tells that exports have changed.
pub(super) fn notify(conn: &mut PgConnection) -> QueryResult<()> {
    sql_query("SELECT pg_notify($1, '')").bind::<Text, _>(CHANNEL).execute(conn).map(drop)
}

/// The changes the tables have seen, as the migrations keep book of them; `None` where nobody ever did.
pub(super) fn changes(conn: &mut PgConnection) -> QueryResult<Option<Vec<String>>> {
    let there = "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS value";
    if !answer(conn, there)? {
        return Ok(None);
    }
    let sql = "SELECT version::text AS value FROM __diesel_schema_migrations ORDER BY version";
    Ok(Some(sql_query(sql).load::<Words>(conn)?.into_iter().map(|row| row.value).collect()))
}

/// The last record number given.
pub(super) fn watermark(conn: &mut PgConnection) -> QueryResult<i64> {
    counters::table.find("record").select(counters::last).first(conn)
}

/// The names of all partitions of the calls.
pub(super) fn partitions(conn: &mut PgConnection) -> QueryResult<Vec<String>> {
    let sql = "SELECT c.relname::text AS value FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid \
               WHERE i.inhparent = 'cdrs'::regclass ORDER BY 1";
    Ok(sql_query(sql).load::<Words>(conn)?.into_iter().map(|row| row.value).collect())
}

/// Makes a partition for the time between two instants.
pub(super) fn add_partition(conn: &mut PgConnection, name: &str, starts_at: At, ends_at: At) -> QueryResult<()> {
    let adding = sql_query("SELECT tollbook_add_partition($1, $2, $3)").bind::<Text, _>(name);
    adding.bind::<types::Instant, _>(starts_at).bind::<types::Instant, _>(ends_at).execute(conn).map(drop)
}

/// Drops a partition and all that is in it.
pub(super) fn drop_partition(conn: &mut PgConnection, name: &str) -> QueryResult<()> {
    sql_query("SELECT tollbook_drop_partition($1)").bind::<Text, _>(name).execute(conn).map(drop)
}

/// Listens for what is told of exports.
pub(super) fn listen(conn: &mut PgConnection) -> QueryResult<()> {
    sql_query(format!("LISTEN {CHANNEL}")).execute(conn).map(drop)
}

/// Forgets keys of records that started between two instants, the oldest first and so many at most. Returns how many those
/// were, and the start of the last: whoever goes on there passes over nothing that is gone already.
pub(super) fn forget_keys(
    conn: &mut PgConnection,
    from: Timestamp,
    floor: Timestamp,
    most: i64,
) -> QueryResult<(usize, Timestamp)> {
    let sql = "DELETE FROM intake_keys WHERE (source_id, key) IN \
               (SELECT source_id, key FROM intake_keys WHERE started_at >= $1 AND started_at < $2 \
               ORDER BY started_at LIMIT $3) RETURNING started_at AS value";
    let deleting = sql_query(sql).bind::<types::Instant, _>(At(from)).bind::<types::Instant, _>(At(floor));
    let starts: Vec<Start> = deleting.bind::<BigInt, _>(most).load(conn)?;
    let last = starts.iter().map(|start| start.value.0).max();
    Ok((starts.len(), last.unwrap_or(floor)))
}

/// How long the statements of this transaction wait for a lock.
pub(super) fn wait_at_most(conn: &mut PgConnection, milliseconds: u64) -> QueryResult<()> {
    let setting = sql_query("SELECT set_config('lock_timeout', $1, true)");
    setting.bind::<Text, _>(milliseconds.to_string()).execute(conn).map(drop)
}

/// A place for keys on their way in, which is empty whenever a transaction begins.
pub(super) fn make_stage(conn: &mut PgConnection) -> QueryResult<()> {
    let sql = "CREATE TEMP TABLE IF NOT EXISTS staged_keys (LIKE intake_keys) ON COMMIT DELETE ROWS";
    sql_query(sql).execute(conn).map(drop)
}

/// Moves the keys from there to the others, and returns how many of them were new: counted by what came back, not by what
/// the command says it did, which a distributed table gets wrong.
pub(super) fn keep_staged(conn: &mut PgConnection) -> QueryResult<usize> {
    let sql = "INSERT INTO intake_keys (source_id, key, number, first_number, account_id, started_at, sheet, digest) \
               SELECT source_id, key, number, first_number, account_id, started_at, sheet, digest FROM staged_keys \
               ON CONFLICT (source_id, key) DO NOTHING RETURNING number AS value";
    sql_query(sql).load::<Number>(conn).map(|rows| rows.len())
}
