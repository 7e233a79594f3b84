//! Tables of what is read and refused, and laws for everything in between.

mod bound;
mod fuzzed;
mod generated;
mod refused;
mod xs_date_time;
mod xs_date_time_laws;
