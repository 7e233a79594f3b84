//! Zones by name, and what local times mean in them.

mod generated;
mod local_zone;
mod local_zone_laws;
mod zone;
