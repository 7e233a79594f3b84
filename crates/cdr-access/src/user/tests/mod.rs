//! Users at the door.

mod delays;
mod letting_in;
mod rules;
mod support;
