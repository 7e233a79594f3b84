//! The dialect, from requests to answers. Cases are named by their numbers in the collection of what yeti-web's own tests
//! ask for: A to D exports, K signing in, L accounts.

mod accounts;
mod answer;
mod auth;
mod authorization;
mod browsers;
mod create;
mod downloads;
mod faults;
mod index;
mod scope;
mod seed;
mod show;
pub(super) mod support;
mod windows;
