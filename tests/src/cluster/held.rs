//! Table locks: other sessions that need the table wait until the test releases it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Stdio};

use super::server::{asked, psql_command};

/// A session that requested a lock on a table. Dropping it releases the lock.
pub struct Held {
    psql: Child,
    output: BufReader<ChildStdout>,
    taken: bool,
}

impl Held {
    /// Requests a lock against readers and writers of a table. It queues behind earlier requests.
    pub fn against_all(url: &str, table: &str) -> Held {
        Held::ask(url, table, "ACCESS EXCLUSIVE")
    }

    /// Requests a lock against writers only.
    pub fn against_writers(url: &str, table: &str) -> Held {
        Held::ask(url, table, "EXCLUSIVE")
    }

    fn ask(url: &str, table: &str, mode: &str) -> Held {
        let mut psql = psql_command(url, &["--tuples-only", "--no-align", "-f", "-"]);
        let mut psql = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(psql.stdout.take().unwrap());
        let sql = format!("SET lock_timeout = '180s'; BEGIN; LOCK TABLE {table} IN {mode} MODE; SELECT 'held';\n");
        // If psql has ended already, `taken` reports why.
        let _ = psql.stdin.as_mut().unwrap().write_all(sql.as_bytes());
        Held { psql, output, taken: false }
    }

    /// Waits until the lock is granted.
    ///
    /// # Panics
    /// If other sessions hold the table for minutes.
    #[must_use = "dropping it releases the lock"]
    pub fn taken(mut self) -> Held {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        self.taken = line.trim_end() == "held";
        if !self.taken {
            let mut why = String::new();
            let _ = self.psql.stderr.take().unwrap().read_to_string(&mut why);
            panic!("the table could not be locked: {line}{why}");
        }
        self
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Other sessions may hold the table for long, or the server may be dead.
        if !self.taken {
            let _ = self.psql.kill();
        }
        // Releases the lock immediately; without this it would be released shortly after the end of the session.
        if let Some(mut stdin) = self.psql.stdin.take() {
            let _ = stdin.write_all(b"ROLLBACK;\n");
        }
        let _ = self.psql.wait();
    }
}

/// The number of sessions that wait for a table of a database.
pub fn waiting(url: &str, table: &str) -> usize {
    let sql = format!(
        "SELECT pid FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    );
    asked(url, &sql).map_or(0, |sessions| sessions.len())
}
