//! Exports for administrators: `/api/rest/admin/auth` and `/api/rest/admin/cdr-exports`.
//!
//! Source: yeti-web, the admin API's documentation of both. Administrators are users with the role of that name. They
//! choose from all columns and filters of Yeti that are supported here, and also see the exports of customers.

mod caller;
mod columns;
mod routes;
#[cfg(test)]
mod tests;
mod wire;

pub(super) use routes::{PATH, mount};
