//! The migrations create the tables that `schema.rs` declares.

use std::collections::BTreeMap;

use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use super::support::{StoreFixture, in_a_file};

/// Table and column; type, and whether the column is nullable.
type Columns = BTreeMap<(String, String), (String, bool)>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    required: i64,
}

/// The tables that `table!` declares, parsed from the source: Diesel offers no list of them.
fn declared() -> Columns {
    let mut table = String::new();
    let mut columns = Columns::new();
    for line in include_str!("../schema.rs").lines().map(str::trim) {
        if let Some((name, kind)) = line.trim_end_matches(',').split_once(" -> ")
            && !line.starts_with("diesel::")
        {
            let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            let kept = match inner.unwrap_or(kind) {
                "BigInt" | "Bool" | "Instant" | "Amount" => "INTEGER",
                "Text" | "Opaque" | "Json" => "TEXT",
                "Document" => "ANY",
                "Binary" | "Uuid" => "BLOB",
                other => panic!("{other} in {line}"),
            };
            columns.insert((table.clone(), name.to_owned()), (kept.to_owned(), inner.is_some()));
        } else if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            table = name.to_owned();
        }
    }
    columns
}

#[test]
fn the_migrations_agree_with_the_schema() {
    let fixture = StoreFixture::sqlite();
    let sql = "SELECT t.name AS of, c.name AS name, c.type AS kind, c.\"notnull\" AS required \
               FROM pragma_table_list AS t, pragma_table_xinfo(t.name) AS c \
               WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'";
    let rows = sql_query(sql).load::<Column>(&mut *in_a_file(&fixture.store).reader().unwrap()).unwrap();
    let made: Columns = rows.into_iter().map(|row| ((row.of, row.name), (row.kind, row.required == 0))).collect();
    // Only a file has these: what the details of a call are computed from.
    let parts = [("details_json", "TEXT", false), ("document", "BLOB", true), ("stored_leg_group", "TEXT", true)];
    let parts =
        parts.map(|(name, kind, may_be_null)| (("cdrs".to_owned(), name.to_owned()), (kind.to_owned(), may_be_null)));
    let mut expected = declared();
    expected.insert(("cdrs".to_owned(), "details".to_owned()), ("ANY".to_owned(), true));
    expected.extend(parts);
    assert_eq!(made, expected);
    assert_eq!(made.keys().filter(|(table, _)| table == "cdrs").count(), 31);
}

#[test]
fn every_table_is_strict_and_narrow_enough_for_diesel() {
    let fixture = StoreFixture::sqlite();
    let sql = "SELECT name AS of, '' AS name, '' AS kind, strict AS required FROM pragma_table_list \
               WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'";
    let tables = sql_query(sql).load::<Column>(&mut *in_a_file(&fixture.store).reader().unwrap()).unwrap();
    assert_eq!(tables.len(), 28);
    for table in tables {
        assert_eq!(table.required, 1, "{} is STRICT", table.of);
        assert!(declared().keys().filter(|(of, _)| *of == table.of).count() < 32, "{}", table.of);
    }
}
