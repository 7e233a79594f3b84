//! The interface between the tables and the rows of a database.

use diesel::backend::Backend;
use diesel::row::Row;

use crate::error::TransactionError;

/// Takes the rows of a result as the database has them.
pub(crate) trait RowVisitor<Db: Backend> {
    /// Takes a row. `false` ends the result.
    fn visit<'a>(&mut self, row: &impl Row<'a, Db>) -> Result<bool, TransactionError>;
}
