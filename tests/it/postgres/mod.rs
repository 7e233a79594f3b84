//! Files that have to be what PostgreSQL would have written, compared with a PostgreSQL.

mod awkward;
mod copy;
mod server;
mod table;
