//! Ends a statement whose result is no longer wanted.
//!
//! SQLite calls a function of this program for every row that a statement reads. Once the signal has arrived, the
//! function fails, and with it the statement. The statement runs on the thread of its caller, so the function finds the
//! signal there.

use std::cell::RefCell;

use cdr_query::Cancel;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Bool;
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, SqliteConnection};

/// The condition that calls the function.
pub(crate) const GOES_ON: Option<&str> = Some("tollbook_goes_on()");

#[diesel::declare_sql_function]
extern "SQL" {
    /// True, or an error.
    fn tollbook_goes_on() -> Bool;
}

thread_local! {
    /// The signal for the statement that this thread runs.
    static SIGNAL: RefCell<Cancel> = RefCell::default();
}

/// The result of the function.
#[derive(Debug)]
struct GoesOn;

impl ToSql<Bool, Sqlite> for GoesOn {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        if SIGNAL.with_borrow(Cancel::is_cancelled) {
            return Err("the result is no longer wanted".into());
        }
        out.set_value(1);
        Ok(IsNull::No)
    }
}

/// Adds the function to a connection.
pub(super) fn register(conn: &SqliteConnection) -> QueryResult<()> {
    tollbook_goes_on_utils::register_nondeterministic_impl(conn, || GoesOn)
}

/// Runs `work`, whose statements fail once the signal has arrived.
pub(super) fn until<T>(cancel: &Cancel, work: impl FnOnce() -> T) -> T {
    let _before = Before(SIGNAL.replace(cancel.clone()));
    work()
}

/// Restores the signal of before.
struct Before(Cancel);

impl Drop for Before {
    fn drop(&mut self) {
        SIGNAL.set(std::mem::take(&mut self.0));
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use cdr_query::Cancel;
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};

    use super::{register, until};

    /// A statement that would never end.
    const ENDLESS: &str = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE tollbook_goes_on()) \
                           SELECT count(*) FROM n";

    #[test]
    fn a_running_statement_ends_when_its_result_is_no_longer_wanted() {
        let (cancel, mut conn) = (Cancel::new(), SqliteConnection::establish(":memory:").unwrap());
        register(&conn).unwrap();
        thread::scope(|scope| {
            let ended = scope.spawn(|| until(&cancel, || conn.batch_execute(ENDLESS)).unwrap_err().to_string());
            cancel.cancel();
            assert_eq!(ended.join().unwrap(), "the result is no longer wanted");
        });
        conn.batch_execute("SELECT tollbook_goes_on()").expect("the signal was for that statement only");
    }
}
