//! What only a store in PostgreSQL has to show. Where there is no PostgreSQL, that is said, loudly.

mod breaking;
mod loaders;
mod moving;
mod partitions;
mod people;
mod replicas;
mod rules;
mod suite;
mod support;
