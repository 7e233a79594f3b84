//! Tests of the dialect over HTTP.

mod answers;
mod exchanges;
mod known_day;
mod metadata;
mod shares;
mod streams;
mod stub;
mod world;
