//! Tests of admission, delays and rules of users.

mod delays;
mod letting_in;
mod rules;
mod support;
