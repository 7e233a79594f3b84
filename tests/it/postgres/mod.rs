//! Files that have to be what PostgreSQL would have written, compared with a PostgreSQL; and the program over one, or over
//! several that follow one another.

mod awkward;
mod copy;
mod moving;
mod nodes;
mod table;
