//! Tests of zones and of local times.

mod generated;
mod local_zone;
mod local_zone_laws;
mod zone;
