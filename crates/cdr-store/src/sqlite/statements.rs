//! The statements that Diesel cannot express.

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Binary, Text};
use diesel::{OptionalExtension, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use super::page::Layout;

/// Marks a file as a store: "TLBK" in the `application_id` field of SQLite's header.
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

#[derive(QueryableByName)]
struct Bytes {
    #[diesel(sql_type = Binary)]
    value: Vec<u8>,
}

fn number(conn: &mut SqliteConnection, sql: &str) -> QueryResult<i64> {
    sql_query(sql).get_result::<Number>(conn).map(|row| row.value)
}

/// Whether the file has the mark of a store.
pub(super) fn is_ours(conn: &mut SqliteConnection) -> QueryResult<bool> {
    Ok(number(conn, "SELECT application_id AS value FROM pragma_application_id")? == APPLICATION_ID)
}

/// Marks the file.
pub(super) fn make_ours(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute(&format!("PRAGMA application_id = {APPLICATION_ID}"))
}

/// Whether the file is empty: no tables, and no mark of any program.
pub(super) fn is_blank(conn: &mut SqliteConnection) -> QueryResult<bool> {
    let tables = number(conn, "SELECT count(*) AS value FROM sqlite_schema")?;
    Ok(tables == 0 && number(conn, "SELECT application_id AS value FROM pragma_application_id")? == 0)
}

/// The applied migrations.
pub(super) fn changes(conn: &mut SqliteConnection) -> QueryResult<Vec<String>> {
    let sql = "SELECT version AS value FROM __diesel_schema_migrations ORDER BY version";
    Ok(sql_query(sql).load::<Words>(conn)?.into_iter().map(|row| row.value).collect())
}

/// The first error that SQLite's integrity check finds; `None` if the file is intact.
pub(crate) fn fault(conn: &mut SqliteConnection) -> QueryResult<Option<String>> {
    let sql = "SELECT integrity_check AS value FROM pragma_integrity_check LIMIT 1";
    let result = sql_query(sql).get_result::<Words>(conn)?.value;
    Ok((result != "ok").then_some(result))
}

/// Copies the committed state to a file that is empty or missing, while other connections read and write.
pub(super) fn copy_to(conn: &mut SqliteConnection, uri: &str) -> QueryResult<()> {
    sql_query("VACUUM INTO ?").bind::<Text, _>(uri).execute(conn).map(drop)
}

/// Moves committed pages from the log into the file itself, as far as readers allow, and truncates the log.
pub(super) fn settle_log(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
}

/// The number of pages without content.
pub(super) fn free_pages(conn: &mut SqliteConnection) -> QueryResult<i64> {
    number(conn, "SELECT freelist_count AS value FROM pragma_freelist_count")
}

/// Gives up to `most` pages without content back to the disk, if the file is set up for that. They are given back when the
/// log is moved into the file.
pub(super) fn give_back(conn: &mut SqliteConnection, most: u32) -> QueryResult<()> {
    conn.batch_execute(&format!("PRAGMA incremental_vacuum({most})"))
}

/// What has to be known about the file to change its pages, and the page that was cleared last. `None` if this build of
/// SQLite gives no access to pages (`SQLITE_ENABLE_DBPAGE_VTAB`), or if a part of each page is reserved.
pub(super) fn page_layout(conn: &mut SqliteConnection) -> QueryResult<Option<(Layout, u32)>> {
    let has_pages = "SELECT count(*) AS value FROM pragma_module_list WHERE name = 'sqlite_dbpage'";
    if number(conn, has_pages)? == 0 {
        return Ok(None);
    }
    // The header of the file has the number of reserved bytes of each page, and the number of a page if there are maps. It
    // is read instead of a setting, so that it belongs to the same state as the pages that are read in this transaction.
    let Some(first) = page(conn, 1)? else { return Ok(None) };
    let (Some(0), Some(last_root)) = (first.get(20), first.get(52..56)) else { return Ok(None) };
    let has_maps = last_root.iter().any(|byte| *byte != 0);
    let page_size = u32::try_from(first.len()).unwrap_or(u32::MAX);
    let mut value = |name: &str| {
        number(conn, &format!("SELECT {name} AS value FROM pragma_{name}"))
            .map(|value| u32::try_from(value).unwrap_or(u32::MAX))
    };
    let layout = Layout { pages: value("page_count")?, page_size, has_maps };
    Ok(Some((layout, value("user_version")?)))
}

/// The content of a page (<https://www.sqlite.org/dbpage.html>); `None` if there is no such page.
pub(super) fn page(conn: &mut SqliteConnection, number: u32) -> QueryResult<Option<Vec<u8>>> {
    let reading = sql_query("SELECT data AS value FROM sqlite_dbpage WHERE pgno = ?");
    let page = reading.bind::<BigInt, _>(i64::from(number)).get_result::<Bytes>(conn).optional()?;
    Ok(page.map(|page| page.value))
}

/// Replaces the content of a page.
pub(super) fn rewrite_page(conn: &mut SqliteConnection, number: u32, content: &[u8]) -> QueryResult<()> {
    let writing = sql_query("UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?");
    writing.bind::<Binary, _>(content).bind::<BigInt, _>(i64::from(number)).execute(conn).map(drop)
}

/// Notes the page that was cleared last, in a field of the header of the file that SQLite leaves to programs.
pub(super) fn note_cleared(conn: &mut SqliteConnection, page: u32) -> QueryResult<()> {
    conn.batch_execute(&format!("PRAGMA user_version = {page}"))
}

/// A number that changes when another connection has committed a change.
pub(super) fn data_version(conn: &mut SqliteConnection) -> QueryResult<i64> {
    number(conn, "SELECT data_version AS value FROM pragma_data_version")
}

/// Writes to the file without changing anything.
pub(super) fn touch(conn: &mut SqliteConnection) -> QueryResult<()> {
    sql_query("UPDATE counters SET last = last WHERE name = 'export'").execute(conn).map(drop)
}

/// Attaches another file as `saved`.
pub(super) fn attach(conn: &mut SqliteConnection, uri: &str) -> QueryResult<()> {
    sql_query("ATTACH ? AS saved").bind::<Text, _>(uri).execute(conn).map(drop)
}

/// Empties every table and fills it from the attached file. Counters and tags keep the higher value of the two files,
/// so that no number (of records, quarantine entries, exports) and no tag is assigned twice. The directory counter is
/// incremented, so that every process reads the directory again.
pub(super) fn refill(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute("PRAGMA defer_foreign_keys = ON")?;
    conn.batch_execute(
        "CREATE TEMP TABLE counted AS SELECT name, last FROM main.counters; \
         CREATE TEMP TABLE tagged AS SELECT name, last_tag FROM main.lanes",
    )?;
    let tables = "SELECT name AS value FROM main.sqlite_schema WHERE type = 'table' \
                  AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '__diesel_schema_migrations' ORDER BY rowid";
    // All tables are emptied before the first is filled. They are filled in the order of their creation, so that
    // referenced tables come first: SQLite copies whole tables without regard to references.
    let tables = sql_query(tables).load::<Words>(conn)?;
    for Words { value: table } in &tables {
        conn.batch_execute(&format!("DELETE FROM main.\"{table}\""))?;
    }
    for Words { value: table } in &tables {
        let names = "SELECT '\"' || name || '\"' AS value FROM main.pragma_table_info(?)";
        let names = sql_query(names).bind::<Text, _>(table).load::<Words>(conn)?;
        // Without computed columns, which cannot be written.
        let columns = names.into_iter().map(|column| column.value).collect::<Vec<_>>().join(", ");
        let sql = format!("INSERT INTO main.\"{table}\" ({columns}) SELECT {columns} FROM saved.\"{table}\"");
        conn.batch_execute(&sql)?;
    }
    // Whether all parts are noted is that of the backup. What other processes hold of the numbers by hour is of the store.
    conn.batch_execute(
        "DELETE FROM main.counters WHERE name = 'parts' AND last < (SELECT last FROM main.counters WHERE name = 'record')",
    )?;
    conn.batch_execute(
        "UPDATE main.counters SET last = max(last, coalesce((SELECT c.last FROM temp.counted AS c WHERE c.name = counters.name), 0)) \
         + (name = 'directory'); \
         UPDATE main.counters SET last = random() WHERE name = 'counts'; \
         UPDATE main.counters SET last = (SELECT last FROM main.counters WHERE name = 'record') WHERE name = 'parts'",
    )?;
    conn.batch_execute(
        "INSERT INTO main.lanes (name, last_tag) SELECT name, last_tag FROM temp.tagged WHERE true \
         ON CONFLICT (name) DO UPDATE SET last_tag = max(last_tag, excluded.last_tag)",
    )?;
    conn.batch_execute("DROP TABLE temp.counted; DROP TABLE temp.tagged")
}

/// The last assigned record number.
pub(super) fn watermark(conn: &mut SqliteConnection) -> QueryResult<i64> {
    number(conn, "SELECT last AS value FROM counters WHERE name = 'record'")
}

/// The numbers of calls and conferences, counting all versions.
pub(super) fn rows(conn: &mut SqliteConnection) -> QueryResult<(u64, u64)> {
    let calls = number(conn, "SELECT count(*) AS value FROM main.cdrs")?;
    let conferences = number(conn, "SELECT count(*) AS value FROM main.conferences")?;
    Ok((calls.unsigned_abs(), conferences.unsigned_abs()))
}
