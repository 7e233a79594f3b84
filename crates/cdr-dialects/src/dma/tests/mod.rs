//! Tests of the dialect.

mod accept;
mod bounds;
mod downloads;
mod faults;
mod live;
mod routes;
mod status;
mod support;
mod wired;
