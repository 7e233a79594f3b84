//! Who may sign in for a customer, and what it costs to guess.

mod admitting;
mod delays;
mod support;
