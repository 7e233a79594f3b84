//! The statements that Diesel has no words for.

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryResult, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

/// Marks a file as ours: "TLBK" in the header field that SQLite keeps for it.
const APPLICATION_ID: i64 = 0x544C_424B;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Text)]
    value: String,
}

fn number(conn: &mut SqliteConnection, sql: &str) -> QueryResult<i64> {
    sql_query(sql).get_result::<Number>(conn).map(|row| row.value)
}

/// Whether the file bears our mark.
pub(super) fn is_ours(conn: &mut SqliteConnection) -> QueryResult<bool> {
    Ok(number(conn, "SELECT application_id AS value FROM pragma_application_id")? == APPLICATION_ID)
}

/// Marks the file.
pub(super) fn make_ours(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute(&format!("PRAGMA application_id = {APPLICATION_ID}"))
}

/// Whether nothing was ever put into the file.
pub(super) fn is_blank(conn: &mut SqliteConnection) -> QueryResult<bool> {
    let tables = number(conn, "SELECT count(*) AS value FROM sqlite_schema")?;
    Ok(tables == 0 && number(conn, "SELECT application_id AS value FROM pragma_application_id")? == 0)
}

/// The changes the tables have seen, as the migrations keep book of them.
pub(super) fn changes(conn: &mut SqliteConnection) -> QueryResult<Vec<String>> {
    let sql = "SELECT version AS value FROM __diesel_schema_migrations ORDER BY version";
    Ok(sql_query(sql).load::<Words>(conn)?.into_iter().map(|row| row.value).collect())
}

/// What is wrong with the file, by SQLite's own check of every page; `None` if nothing is.
pub(super) fn fault(conn: &mut SqliteConnection) -> QueryResult<Option<String>> {
    let sql = "SELECT integrity_check AS value FROM pragma_integrity_check LIMIT 1";
    let said = sql_query(sql).get_result::<Words>(conn)?.value;
    Ok((said != "ok").then_some(said))
}

/// Writes a copy of what is committed now to a file that is empty or not there, while others read and write.
pub(super) fn copy_to(conn: &mut SqliteConnection, uri: &str) -> QueryResult<()> {
    sql_query("VACUUM INTO ?").bind::<Text, _>(uri).execute(conn).map(drop)
}

/// Moves what was committed from the log into the file itself, as far as readers allow, and shortens the log.
pub(super) fn settle_log(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
}

/// Opens another file beside the store, as `saved`.
pub(super) fn attach(conn: &mut SqliteConnection, uri: &str) -> QueryResult<()> {
    sql_query("ATTACH ? AS saved").bind::<Text, _>(uri).execute(conn).map(drop)
}

/// Empties every table of ours and fills it from the attached file. Numbers that were given once (of records, entries in
/// quarantine, exports) are not given again, nor are tags, and everybody reads the directory anew.
pub(super) fn refill(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute("PRAGMA defer_foreign_keys = ON")?;
    conn.batch_execute(
        "CREATE TEMP TABLE counted AS SELECT name, last FROM main.counters; \
         CREATE TEMP TABLE tagged AS SELECT name, last_tag FROM main.lanes",
    )?;
    let tables = "SELECT name AS value FROM main.sqlite_schema WHERE type = 'table' \
                  AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '__diesel_schema_migrations' ORDER BY rowid";
    // All are emptied before one is filled, and those that others refer to are filled first, as they were made first:
    // SQLite copies whole tables without looking at what refers to them.
    let tables = sql_query(tables).load::<Words>(conn)?;
    for Words { value: table } in &tables {
        conn.batch_execute(&format!("DELETE FROM main.\"{table}\""))?;
    }
    for Words { value: table } in &tables {
        conn.batch_execute(&format!("INSERT INTO main.\"{table}\" SELECT * FROM saved.\"{table}\""))?;
    }
    conn.batch_execute(
        "UPDATE main.counters SET last = max(last, coalesce((SELECT c.last FROM temp.counted AS c WHERE c.name = counters.name), 0)) \
         + (name = 'directory')",
    )?;
    conn.batch_execute(
        "INSERT INTO main.lanes (name, last_tag) SELECT name, last_tag FROM temp.tagged WHERE true \
         ON CONFLICT (name) DO UPDATE SET last_tag = max(last_tag, excluded.last_tag)",
    )?;
    conn.batch_execute("DROP TABLE temp.counted; DROP TABLE temp.tagged")
}

/// The last record number given.
pub(super) fn watermark(conn: &mut SqliteConnection) -> QueryResult<i64> {
    number(conn, "SELECT last AS value FROM counters WHERE name = 'record'")
}

/// How many calls and conferences there are, all versions.
pub(super) fn rows(conn: &mut SqliteConnection) -> QueryResult<(u64, u64)> {
    let calls = number(conn, "SELECT count(*) AS value FROM main.cdrs")?;
    let conferences = number(conn, "SELECT count(*) AS value FROM main.conferences")?;
    Ok((calls.unsigned_abs(), conferences.unsigned_abs()))
}
