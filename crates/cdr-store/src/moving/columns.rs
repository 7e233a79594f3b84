//! Copies rows of any table: one side writes them as JSON whose values the other can parse.
//!
//! The columns and their types are read from the stores. So a column that a migration adds is copied too, and a column
//! that only one side has is an error.

/// The kind of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StoreKind {
    File,
    Server,
}

/// Stands for the three columns that hold the details of a call in a file. In a database they are one column of JSON.
pub(super) const DETAILS: &str = "DETAILS";

/// The columns of a file that have the details of a call.
pub(super) const DETAILS_COLUMNS: [&str; 3] = ["details_json", "document", "stored_leg_group"];

/// A column, with its types on both sides and the way between them.
#[derive(Debug)]
pub(super) struct MovedColumn {
    pub(super) name: String,
    /// Where the rows come from, and where they go to.
    pub(super) way: (StoreKind, StoreKind),
    /// The type in the source: of a file such as `INTEGER`, of a database such as `int8`.
    pub(super) here: String,
    /// The type in the target.
    pub(super) there: String,
}

impl MovedColumn {
    /// The query that reads rows as JSON: `rows`, their `count`, and the highest record number as `newest`.
    pub(super) fn reading(kind: StoreKind, table: &str, columns: &[MovedColumn], which: &str) -> String {
        let members: Vec<String> =
            columns.iter().map(|column| format!("'{}', {}", column.name, column.in_json())).collect();
        let members = members.join(", ");
        // Accounts have a number that is text.
        let counts =
            |column: &MovedColumn| column.name == "number" && ["int8", "INTEGER"].contains(&column.here.as_str());
        let newest = if columns.iter().any(counts) { "max(number)" } else { "NULL" };
        let rows = format!("(SELECT * FROM {table} {which}) AS chosen");
        match kind {
            StoreKind::File => format!(
                "SELECT json_group_array(json_object({members})) AS rows, count(*) AS count, {newest} AS newest FROM {rows}"
            ),
            StoreKind::Server => format!(
                "SELECT coalesce(json_agg(json_build_object({members})), '[]')::text AS rows, count(*) AS count, \
                 {newest}::bigint AS newest FROM {rows}"
            ),
        }
    }

    /// The statement that writes rows, with the JSON as its parameter.
    pub(super) fn writing(kind: StoreKind, table: &str, columns: &[MovedColumn]) -> String {
        let each = |of: fn(&MovedColumn) -> String| columns.iter().map(of).collect::<Vec<_>>().join(", ");
        let (names, values) = (each(MovedColumn::written), each(MovedColumn::read_from_json));
        match kind {
            StoreKind::File => format!("INSERT INTO {table} ({names}) SELECT {values} FROM json_each(?)"),
            StoreKind::Server => format!(
                "INSERT INTO {table} ({names}) SELECT {values} FROM json_to_recordset($1::json) AS it({})",
                each(|column| format!("{} text", column.quoted())),
            ),
        }
    }

    /// The columns of the target in which the value is written.
    fn written(&self) -> String {
        if self.there == DETAILS { DETAILS_COLUMNS.join(", ") } else { self.quoted() }
    }

    fn quoted(&self) -> String {
        format!("\"{}\"", self.name)
    }

    /// The expression of the source that yields the value as a JSON number or string. JSON columns are transferred in
    /// hexadecimal, so that their content, such as an escaped NUL, cannot break the JSON around them.
    fn in_json(&self) -> String {
        let name = self.quoted();
        match (self.way, self.here.as_str(), self.there.as_str()) {
            ((StoreKind::File, StoreKind::Server), DETAILS, _) => hex("tollbook_details_json(\"details\")"),
            ((StoreKind::File, StoreKind::Server), _, "bytea" | "uuid" | "json" | "jsonb") => {
                unless_null(&name, &hex(&name))
            }
            ((StoreKind::File, StoreKind::Server), _, "timestamptz") => unless_null(&name, &instant(&name)),
            // Divided before `abs`: the absolute value of the least integer overflows.
            ((StoreKind::File, StoreKind::Server), _, "numeric") => {
                let sign = format!("CASE WHEN {name} < 0 THEN '-' ELSE '' END");
                let whole = format!("abs({name} / 100000000) || '.' || printf('%08d', abs({name} % 100000000))");
                unless_null(&name, &format!("{sign} || {whole}"))
            }
            ((StoreKind::File, StoreKind::File), "INTEGER", _) | ((StoreKind::File, StoreKind::Server), ..) => name,
            ((StoreKind::File, StoreKind::File), ..) => unless_null(&name, &hex(&name)),
            ((StoreKind::Server, _), "bytea", _) => format!("encode({name}, 'hex')"),
            ((StoreKind::Server, _), "json" | "jsonb", _) => format!("encode(convert_to({name}::text, 'UTF8'), 'hex')"),
            ((StoreKind::Server, StoreKind::File), "uuid", _) => format!("replace({name}::text, '-', '')"),
            ((StoreKind::Server, StoreKind::File), "timestamptz", _) => {
                format!("(extract(epoch FROM {name}) * 1000000)::bigint")
            }
            ((StoreKind::Server, StoreKind::File), "numeric", _) => format!("({name} * 100000000)::bigint"),
            ((StoreKind::Server, StoreKind::File), "bool", _) => format!("{name}::int"),
            ((StoreKind::Server, _), "int8", _) => name,
            ((StoreKind::Server, _), ..) => format!("{name}::text"),
        }
    }

    /// Whether the JSON has the bytes of the value in hexadecimal.
    fn is_hex(&self) -> bool {
        match self.way {
            (StoreKind::File, StoreKind::File) => self.here != "INTEGER",
            (StoreKind::File, StoreKind::Server) => matches!(self.there.as_str(), "bytea" | "uuid" | "json" | "jsonb"),
            (StoreKind::Server, StoreKind::File) => matches!(self.here.as_str(), "bytea" | "uuid" | "json" | "jsonb"),
            (StoreKind::Server, StoreKind::Server) => matches!(self.here.as_str(), "bytea" | "json" | "jsonb"),
        }
    }

    /// The expression of the target that parses that number or string.
    fn read_from_json(&self) -> String {
        let name = self.quoted();
        match (self.way.1, self.there.as_str()) {
            (StoreKind::File, kind) => match (format!("value ->> '$.{name}'"), self.is_hex(), kind) {
                (value, _, DETAILS) => {
                    let json = format!("CAST(unhex({value}) AS TEXT)");
                    format!("'', tollbook_details_document({json}), tollbook_details_legs({json})")
                }
                (value, true, "BLOB") => format!("unhex({value})"),
                (value, true, _) => format!("CAST(unhex({value}) AS TEXT)"),
                (value, false, _) => value,
            },
            (StoreKind::Server, "bytea") => format!("decode({name}, 'hex')"),
            (StoreKind::Server, kind) if self.is_hex() && kind != "uuid" => {
                format!("convert_from(decode({name}, 'hex'), 'UTF8')::{kind}")
            }
            (StoreKind::Server, kind) => format!("{name}::{kind}"),
        }
    }
}

/// Most expressions yield NULL for NULL, but `hex` yields an empty text.
fn unless_null(name: &str, text: &str) -> String {
    format!("CASE WHEN {name} IS NOT NULL THEN {text} END")
}

fn hex(name: &str) -> String {
    format!("hex(CAST({name} AS BLOB))")
}

/// The SQLite expression that turns microseconds since 1970 into a `timestamptz` literal. PostgreSQL writes the years
/// before 1 with BC.
fn instant(name: &str) -> String {
    let part = format!("((({name} % 1000000) + 1000000) % 1000000)");
    let whole = format!("strftime('%Y-%m-%d %H:%M:%S', ({name} - {part}) / 1000000, 'unixepoch')");
    let text = format!("{whole} || printf('.%06d+00', {part})");
    format!("CASE WHEN {whole} < '0001' THEN '0001' || substr({text}, 5) || ' BC' ELSE {text} END")
}
