//! Tables of what is read and refused, and laws for everything in between.

mod bound;
mod fuzzed;
mod generated;
mod local_zone;
mod local_zone_laws;
mod refused;
mod xs_date_time;
mod xs_date_time_laws;
mod zone;
