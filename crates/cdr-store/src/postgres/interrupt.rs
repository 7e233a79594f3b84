//! Ends a statement whose result is no longer wanted.
//!
//! The thread that runs the statement waits for the server. Another thread asks the server, over a connection of its
//! own, to cancel it (<https://www.postgresql.org/docs/current/functions-admin.html>, `pg_cancel_backend`).

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use cdr_query::Cancel;

use super::connect::{Access, Database};
use super::engine::{Conn, Engine};
use super::statements::{self, Session};
use crate::error::TransactionError;

/// Whether the statements of a session are still those that may be cancelled.
type Running = Arc<Mutex<bool>>;

impl Engine {
    /// Runs `work`, whose statements are cancelled once the signal arrives.
    pub(crate) fn until<T>(
        &self,
        conn: &mut Conn,
        cancel: &Cancel,
        work: impl FnOnce(&mut Conn) -> Result<T, TransactionError>,
    ) -> Result<T, TransactionError> {
        if !cancel.is_possible() {
            return work(conn);
        }
        let session = statements::session(conn)?;
        let running: Running = Arc::new(Mutex::new(true));
        let databases: Vec<Database> =
            std::iter::once(&self.database).chain(self.replica.as_ref().map(|it| it.database())).cloned().collect();
        let hook = {
            let running = running.clone();
            move || interrupt(&databases, &session, &running)
        };
        let hooks = cancel.on_cancel(hook);
        let done = work(conn);
        drop(hooks);
        // Waits for a thread that cancels right now, so that no later statement of this connection is hit.
        *running.lock().unwrap_or_else(PoisonError::into_inner) = false;
        done
    }
}

/// Cancels the statement of a session, without waiting for it.
fn interrupt(databases: &[Database], session: &Session, running: &Running) {
    let (databases, session, running) = (databases.to_vec(), session.clone(), running.clone());
    let work = move || {
        let running = running.lock().unwrap_or_else(PoisonError::into_inner);
        if *running {
            for database in &databases {
                // If that fails, the statement runs to its end.
                if let Ok(mut conn) = database.connect(Access::Read) {
                    let _ = statements::cancel(&mut conn, &session);
                }
            }
        }
    };
    if let Err(error) = thread::Builder::new().name("interrupt".to_owned()).spawn(work) {
        tracing::warn!(%error, "a statement that is no longer wanted could not be cancelled");
    }
}
