//! The same text as the program prints, in plain tables of the other tools: all columns are text, and what is ordered or
//! looked up by has an index.

use std::fs;

use toml::{Table, Value};

use crate::bench::{Bench, LAYOUT};
use crate::program::Store;
use crate::python;

/// The file with the table of `sqlite3`.
pub(crate) const SQLITE: &str = "texts.sqlite";
/// The database with the table of PostgreSQL.
pub(crate) const POSTGRES: &str = "texts";
/// The file with the table of DuckDB.
const DUCKDB: &str = "texts.duckdb";

/// The name of our layout, which has the columns of the comparison and these, which are not printed.
const OURS: &str = "peers";
const NOT_PRINTED: [&str; 2] = ["account", "customer"];
/// The columns that we look up by; `n` is the place in the order of the export.
const INDEXES: [&str; 3] = ["start, n", "account, start, n", "customer, start, n"];
/// The indexes, in SQL that both databases read.
fn indexes() -> String {
    let index = |(at, columns): (usize, &&str)| format!("CREATE INDEX calls_{at} ON calls ({columns});\n");
    INDEXES.iter().enumerate().map(index).collect()
}

/// The tables, and who has the most calls in them.
pub(crate) struct Texts {
    /// The printed columns, separated by commas.
    columns: String,
    /// The account with the most calls: its number, which no other customer has, and its customer.
    pub(crate) account: (String, String),
    /// The customer with the most calls.
    pub(crate) customer: String,
    /// How many that are.
    pub(crate) customers_calls: u64,
}

impl Texts {
    /// Exports the calls once, loads them into the three tables, and checks that all print the same.
    ///
    /// # Panics
    /// If one prints something else.
    pub(crate) fn load(bench: &Bench) -> Texts {
        eprintln!("the same text into plain tables");
        let names = layout(bench);
        let all: Vec<&str> = names.iter().map(String::as_str).chain(NOT_PRINTED).collect();
        export(bench);
        into_sqlite(bench, &all);
        into_postgres(bench, &all);
        into_duckdb(bench, &all);
        let most = |columns: &str| {
            let sql = format!(
                "SELECT count(*), {columns} FROM calls WHERE account IS NOT NULL \
                 GROUP BY {columns} ORDER BY 1 DESC LIMIT 1"
            );
            let row = bench.ask(&format!("sqlite3 -separator '|' {SQLITE} \"{sql}\""));
            row.split('|').map(str::to_owned).collect::<Vec<String>>()
        };
        let (account, customer) = (most("account, customer"), most("customer"));
        let texts = Texts {
            columns: names.join(", "),
            account: (account[1].clone(), account[2].clone()),
            customer: customer[1].clone(),
            customers_calls: customer[0].parse().unwrap_or_default(),
        };
        texts.check(bench);
        texts
    }

    /// The query that prints what the program prints, of the calls that meet a condition.
    pub(crate) fn query(&self, condition: &str) -> String {
        let condition = if condition.is_empty() { String::new() } else { format!(" WHERE {condition}") };
        format!("SELECT {} FROM calls{condition} ORDER BY start, n", self.columns)
    }

    /// The condition for an account.
    pub(crate) fn of_the_account(&self) -> String {
        format!("account = {} AND customer = {}", quoted(&self.account.0), quoted(&self.account.1))
    }

    /// The condition for the customer with the most calls.
    pub(crate) fn of_the_customer(&self) -> String {
        format!("customer = {}", quoted(&self.customer))
    }

    /// `sqlite3` prints the query of a condition to a pipe.
    pub(crate) fn sqlite3(&self, condition: &str) -> String {
        format!("sqlite3 -csv -newline $'\\n' {SQLITE} \"{}\"", self.query(condition))
    }

    /// PostgreSQL copies the query of a condition to a pipe.
    pub(crate) fn copy(&self, bench: &Bench, condition: &str) -> String {
        format!("{} -c \"COPY ({}) TO STDOUT (FORMAT csv)\"", bench.psql(POSTGRES), self.query(condition))
    }

    /// DuckDB writes all calls to `{out}`. It keeps the order of insertion, so it need not sort.
    pub(crate) fn duckdb(&self, bench: &Bench, options: &str) -> String {
        let options = format!("FORMAT csv, HEADER false, USE_TMP_FILE false{options}");
        duckdb(bench, &format!("COPY (SELECT {} FROM calls) TO '{{out}}' ({options})", self.columns))
    }

    /// Python writes all calls as a ZIP archive to a pipe.
    pub(crate) fn python(&self) -> String {
        format!("{} {SQLITE} \"{}\"", python::run(python::ZIP), self.query(""))
    }

    fn check(&self, bench: &Bench) {
        let bytes = |script: String| bench.ask(&format!("{} | sha256sum", script.replace("{out}", "/dev/stdout")));
        let cells = |script: String| {
            bench.ask(&format!("{} | {}", script.replace("{out}", "/dev/stdout"), python::run(python::CELLS)))
        };
        let ours = bench.export(Store::Sqlite, "plain", "").replace("> {out}", "2>/dev/null");
        let expected = bytes(ours.clone());
        let from_postgres = bench.export(Store::Postgres, "plain", "").replace("> {out}", "2>/dev/null");
        let member = bench.export(Store::Sqlite, "zip", "").replace("{out}", "ours.zip");
        bench.ask(&format!("{member} 2>/dev/null"));
        for (what, script) in [
            ("the store in PostgreSQL", from_postgres),
            ("the archive", "unzip -p ours.zip".to_owned()),
            ("COPY", self.copy(bench, "")),
            ("Python", format!("{} > python.zip; unzip -p python.zip", self.python())),
            ("DuckDB", self.duckdb(bench, "")),
        ] {
            assert_eq!(bytes(script), expected, "{what} does not print the same bytes as the program");
        }
        // `sqlite3 -csv` also puts quotes around cells with spaces or letters that are not ASCII.
        assert_eq!(cells(self.sqlite3("")), cells(ours), "sqlite3 does not print the same cells as the program");
        eprintln!("the program, COPY, Python and DuckDB print the same bytes, and sqlite3 the same cells");
    }
}

/// Writes our layout, and returns the names of its printed columns in the tables.
fn layout(bench: &Bench) -> Vec<String> {
    let tollbook = bench.tollbook(Store::Sqlite);
    let shown = bench.ask(&format!("{tollbook} layout show {LAYOUT}"));
    let mut layout: Table = shown.parse().expect("a layout in TOML");
    layout.insert("name".to_owned(), Value::from(OURS));
    let sheets = layout.get_mut("sheets").and_then(Value::as_array_mut).expect("sheets");
    sheets.truncate(1);
    let columns = sheets[0].get_mut("columns").and_then(Value::as_array_mut).expect("columns");
    let starts = |column: &Value| column.get("field").and_then(Value::as_str) == Some("started_at");
    let name = |(at, column): (usize, &Value)| if starts(column) { "start".to_owned() } else { format!("c{at}") };
    let names = columns.iter().enumerate().map(name).collect();
    columns.extend(NOT_PRINTED.map(|field| {
        let column = [("heading".to_owned(), Value::from(field)), ("field".to_owned(), Value::from(field))];
        Value::Table(Table::from_iter(column))
    }));
    fs::create_dir_all(bench.folder().join("layouts")).expect("the folder of the layout");
    let file = bench.folder().join(format!("layouts/{OURS}.toml"));
    fs::write(file, toml::to_string(&layout).expect("TOML")).expect("the layout");
    names
}

fn export(bench: &Bench) {
    let tollbook = bench.tollbook(Store::Sqlite);
    bench.ask(&format!("{tollbook} --set layouts=layouts export --layout {OURS} --package plain --output texts.csv"));
}

/// Cells that are blank are null, so that they are printed blank. The file that the other two tools read has the place of
/// each row in its first column.
fn into_sqlite(bench: &Bench, columns: &[&str]) {
    let declared: Vec<String> = columns.iter().map(|column| format!("{column} TEXT")).collect();
    let filled: Vec<String> = columns.iter().map(|column| format!("nullif({column}, '')")).collect();
    let sql = format!(
        "PRAGMA journal_mode = off;\nPRAGMA synchronous = off;\nCREATE TABLE received ({received});\n.mode csv\n\
         .import texts.csv received\nCREATE TABLE calls (n TEXT, {received});\n\
         INSERT INTO calls SELECT printf('%010d', rowid), {filled} FROM received ORDER BY rowid;\nDROP TABLE received;\n\
         {indexes}ANALYZE;\nVACUUM;\n.separator , \"\\n\"\n.output numbered.csv\nSELECT * FROM calls ORDER BY rowid;\n",
        received = declared.join(", "),
        filled = filled.join(", "),
        indexes = indexes(),
    );
    fs::write(bench.folder().join("load.sql"), sql).expect("the statements");
    bench.ask(&format!("sqlite3 {SQLITE} < load.sql; rm texts.csv"));
}

fn into_postgres(bench: &Bench, columns: &[&str]) {
    let declared: Vec<String> = columns.iter().map(|column| format!("{column} text")).collect();
    bench.postgres().create(POSTGRES, "template0");
    bench.postgres().run(POSTGRES, &format!("CREATE TABLE calls (n text, {});", declared.join(", ")));
    bench.ask(&format!("{} -c \"\\copy calls FROM numbered.csv (FORMAT csv)\"", bench.psql(POSTGRES)));
    bench.postgres().run(POSTGRES, &indexes());
    bench.postgres().settle(POSTGRES);
}

fn into_duckdb(bench: &Bench, columns: &[&str]) {
    let names: Vec<String> = ["n"].iter().chain(columns).map(|column| format!("'{column}'")).collect();
    let read = format!("read_csv('numbered.csv', header = false, all_varchar = true, names = [{}])", names.join(", "));
    bench.ask(&duckdb(bench, &format!("CREATE TABLE calls AS SELECT * FROM {read}; CHECKPOINT")));
    bench.ask("rm numbered.csv");
}

fn duckdb(bench: &Bench, statements: &str) -> String {
    let package = bench.tools.duckdb.display();
    format!("{} '{package}' {DUCKDB} \"{statements}\"", python::run(python::DUCKDB))
}

/// A text in SQL.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
