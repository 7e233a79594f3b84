//! Copies rows of any table: SQLite writes them as JSON whose values PostgreSQL can parse.
//!
//! The columns and their types are read from the database. So a column that a migration adds is copied too, and a
//! column that only one side has is an error.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, sql_query};

use crate::error::TransactionError;
use crate::{postgres, sqlite};

/// A column: its name, and the name of its PostgreSQL type.
#[derive(Debug, QueryableByName)]
pub(super) struct Column {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

/// Rows as JSON, their number, and their highest record number if the table has record numbers.
#[derive(Debug, QueryableByName)]
pub(super) struct Rows {
    #[diesel(sql_type = Text)]
    rows: String,
    #[diesel(sql_type = BigInt)]
    pub(super) count: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(super) newest: Option<i64>,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The names of the tables of a file.
pub(super) fn names(source: &mut sqlite::Conn) -> QueryResult<BTreeSet<String>> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
               AND name <> '__diesel_schema_migrations'";
    Ok(sql_query(sql).load::<Name>(source)?.into_iter().map(|row| row.name).collect())
}

/// The columns of a table. The inner error states that the two sides have different columns.
pub(super) fn columns(
    source: &mut sqlite::Conn,
    target: &mut postgres::Conn,
    table: &str,
) -> Result<Result<Vec<Column>, String>, TransactionError> {
    let there = "SELECT column_name::text AS name, udt_name::text AS kind FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER'";
    let there: Vec<Column> = sql_query(there).bind::<Text, _>(table).load(target)?;
    let here = sql_query("SELECT name FROM pragma_table_info(?)").bind::<Text, _>(table).load::<Name>(source)?;
    let names = (
        here.iter().map(|row| row.name.as_str()).collect::<BTreeSet<_>>(),
        there.iter().map(|column| column.name.as_str()).collect::<BTreeSet<_>>(),
    );
    if names.0 != names.1 {
        return Ok(Err(format!("the table {table} has the columns {:?} here and {:?} there", names.0, names.1)));
    }
    Ok(Ok(there))
}

/// Reads the rows of a table that `which` selects: the SQL that follows `FROM table`.
pub(super) fn read(source: &mut sqlite::Conn, table: &str, columns: &[Column], which: &str) -> QueryResult<Rows> {
    let members: Vec<String> =
        columns.iter().map(|column| format!("'{}', {}", column.name, column.in_json())).collect();
    let newest = if columns.iter().any(|column| column.name == "number") { "max(number)" } else { "NULL" };
    let sql = format!(
        "SELECT json_group_array(json_object({})) AS rows, count(*) AS count, {newest} AS newest \
         FROM (SELECT * FROM {table} {which})",
        members.join(", ")
    );
    sql_query(sql).get_result(source)
}

/// Writes rows to the table of the target.
pub(super) fn write(target: &mut postgres::Conn, table: &str, columns: &[Column], rows: &Rows) -> QueryResult<()> {
    let each = |of: fn(&Column) -> String| columns.iter().map(of).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM json_to_recordset($1::json) AS it({})",
        each(Column::quoted),
        each(Column::read_from_text),
        each(|column| format!("{} text", column.quoted())),
    );
    sql_query(sql).bind::<Text, _>(&rows.rows).execute(target).map(drop)
}

impl Column {
    fn quoted(&self) -> String {
        format!("\"{}\"", self.name)
    }

    /// The SQLite expression that yields the value as a JSON number or string.
    fn in_json(&self) -> String {
        let name = self.quoted();
        let text = match self.kind.as_str() {
            "bytea" | "uuid" | "json" | "jsonb" => format!("hex(CAST({name} AS BLOB))"),
            "timestamptz" => instant(&name),
            // Divided before `abs`: the absolute value of the least integer overflows.
            "numeric" => format!(
                "CASE WHEN {name} < 0 THEN '-' ELSE '' END || abs({name} / 100000000) || '.' || \
                 printf('%08d', abs({name} % 100000000))"
            ),
            _ => return name,
        };
        // The other expressions yield NULL for NULL, but `hex` yields an empty text.
        format!("CASE WHEN {name} IS NOT NULL THEN {text} END")
    }

    /// The PostgreSQL expression that parses that number or string. JSON columns are transferred in hexadecimal, so
    /// that their content, such as an escaped NUL, cannot break the JSON around them.
    fn read_from_text(&self) -> String {
        let name = self.quoted();
        match self.kind.as_str() {
            "bytea" => format!("decode({name}, 'hex')"),
            kind @ ("json" | "jsonb") => format!("convert_from(decode({name}, 'hex'), 'UTF8')::{kind}"),
            kind => format!("{name}::{kind}"),
        }
    }
}

/// The SQLite expression that turns microseconds since 1970 into a `timestamptz` literal. PostgreSQL writes the years
/// before 1 with BC.
fn instant(name: &str) -> String {
    let part = format!("((({name} % 1000000) + 1000000) % 1000000)");
    let whole = format!("strftime('%Y-%m-%d %H:%M:%S', ({name} - {part}) / 1000000, 'unixepoch')");
    let text = format!("{whole} || printf('.%06d+00', {part})");
    format!("CASE WHEN {whole} < '0001' THEN '0001' || substr({text}, 5) || ' BC' ELSE {text} END")
}
