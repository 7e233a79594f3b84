//! What a user of the store would see.

mod accounts;
mod backups;
mod conflicts;
mod directory;
mod loading;
mod meaning;
mod opening;
mod plans;
mod retention;
mod schema;
mod support;
