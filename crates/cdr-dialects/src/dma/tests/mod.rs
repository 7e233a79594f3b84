//! The dialect, from its texts to its answers.

mod accept;
mod bounds;
mod downloads;
mod faults;
mod live;
mod routes;
mod status;
mod support;
mod wired;
