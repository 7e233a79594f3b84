//! Tables that nobody else gets at for a while, so that whoever needs them waits there until a test has done what it is
//! about.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Stdio};

use super::server::{asked, psql_command};

/// A session that asked for a table to itself. Dropped, it gives the table back.
pub struct Held {
    psql: Child,
    said: BufReader<ChildStdout>,
    taken: bool,
}

impl Held {
    /// Asks, behind whoever asked before, that nobody else reads or writes a table.
    pub fn against_all(url: &str, table: &str) -> Held {
        Held::ask(url, table, "ACCESS EXCLUSIVE")
    }

    /// The same against those who write.
    pub fn against_writers(url: &str, table: &str) -> Held {
        Held::ask(url, table, "EXCLUSIVE")
    }

    fn ask(url: &str, table: &str, mode: &str) -> Held {
        let mut psql = psql_command(url, &["--tuples-only", "--no-align", "-f", "-"]);
        let mut psql = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(psql.stdout.take().unwrap());
        let sql = format!("SET lock_timeout = '180s'; BEGIN; LOCK TABLE {table} IN {mode} MODE; SELECT 'held';\n");
        // If nobody reads it any more, `taken` tells why.
        let _ = psql.stdin.as_mut().unwrap().write_all(sql.as_bytes());
        Held { psql, said, taken: false }
    }

    /// Waits until the table is this session's.
    ///
    /// # Panics
    /// When others keep it for minutes.
    #[must_use = "what is dropped is given back"]
    pub fn taken(mut self) -> Held {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        self.taken = line.trim_end() == "held";
        if !self.taken {
            let mut why = String::new();
            let _ = self.psql.stderr.take().unwrap().read_to_string(&mut why);
            panic!("the table is not to be had: {line}{why}");
        }
        self
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // It may be that others have the table for long, or that the server is dead.
        if !self.taken {
            let _ = self.psql.kill();
        }
        // The table is free when this is answered; it would be so a little after the session's end as well.
        if let Some(mut stdin) = self.psql.stdin.take() {
            let _ = stdin.write_all(b"ROLLBACK;\n");
        }
        let _ = self.psql.wait();
    }
}

/// How many sessions wait for a table of a database.
pub fn waiting(url: &str, table: &str) -> usize {
    let sql = format!(
        "SELECT pid FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    );
    asked(url, &sql).map_or(0, |sessions| sessions.len())
}
