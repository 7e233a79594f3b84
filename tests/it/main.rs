//! Tests of the real program from the user's point of view: one binary, with modules by topic.
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod again;
mod blocks;
mod conditions;
mod crash;
mod directory;
mod disk;
mod documents;
mod every_feed;
mod every_format;
mod exits;
mod forged;
mod fourth_dialect;
mod harness;
mod journeys;
mod kept;
mod layers;
mod licences;
mod lists;
mod making;
mod memory;
mod periods;
mod postgres;
mod printable;
mod private;
mod quarantine;
mod recognised;
mod removed;
mod row_forms;
mod safekeeping;
mod same_bytes;
mod server;
mod sources;
mod upgraded;
