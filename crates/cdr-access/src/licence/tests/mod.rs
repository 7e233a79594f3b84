//! Which licences let in, what it costs to guess, and what is never said.

mod admitting;
mod delays;
mod support;
mod texts;
