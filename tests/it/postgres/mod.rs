//! Files that have to equal the output of PostgreSQL, and the program on a PostgreSQL server with or without replicas.

mod awkward;
mod copy;
mod leaving;
mod moving;
mod nodes;
mod table;
