//! Tests of the public behaviour of the store.

mod accounts;
mod backups;
mod conferences;
mod conflicts;
mod details;
mod directory;
mod groups;
mod kept;
mod keys;
mod ledger;
mod licences;
mod lists;
mod loading;
mod logins;
mod meaning;
mod opening;
mod plans;
mod postgres;
mod reference;
mod retention;
mod schema;
mod secrets;
mod space;
mod support;
mod users;
mod walks;
