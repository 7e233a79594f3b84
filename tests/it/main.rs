//! What users see, over the real program: one binary, filed by what they do.
#![expect(clippy::unwrap_used, reason = "a test fails where something is wrong")]

mod again;
mod crash;
mod disk;
mod documents;
mod every_feed;
mod every_format;
mod fourth_dialect;
mod harness;
mod journeys;
mod kept;
mod layers;
mod licences;
mod memory;
mod periods;
mod postgres;
mod printable;
mod quarantine;
mod safekeeping;
mod same_bytes;
mod server;
