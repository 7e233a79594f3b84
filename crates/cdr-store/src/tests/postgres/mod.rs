//! Tests of a store in PostgreSQL only. Without PostgreSQL they are skipped with a message.

mod addresses;
mod breaking;
mod distributed;
mod groups;
mod interrupt;
mod keys;
mod loaders;
mod moving;
mod partitions;
mod people;
mod reachable;
mod replicas;
mod rules;
mod suite;
mod support;
