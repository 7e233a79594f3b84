//! Tests of the dialect over HTTP. Cases have the numbers of a collection of the requirements in yeti-web's own tests:
//! A to D for exports, K for signing in, L for accounts.

mod accounts;
mod answer;
mod auth;
mod authorization;
mod browsers;
mod closed;
mod create;
mod downloads;
mod faults;
mod formats;
mod index;
mod receipts;
mod scope;
mod seed;
mod show;
pub(super) mod support;
mod windows;
