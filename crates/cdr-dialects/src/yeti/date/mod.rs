//! Instants as people, mail programs, browsers and other systems write them.
//!
//! Source: the behaviour of Ruby's `Date._parse`, which Ruby on Rails reads dates with. Where it guesses, a text is
//! refused here: a text with words that are not part of a date, an unknown zone, a day that its month does not have, a
//! date without a year, a year with the number of its day or its week, an hour alone after `T`.

mod calendar;
mod clock;
mod comment;
mod read;
mod scan;
#[cfg(test)]
mod tests;
mod zone;

pub(super) use read::read;
