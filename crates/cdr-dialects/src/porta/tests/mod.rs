//! Tests of the dialect over HTTP.

mod answers;
mod closed;
mod exchanges;
mod known_day;
mod legs;
mod metadata;
mod packed;
mod page;
mod rows;
mod shares;
mod streams;
mod stub;
mod walks;
mod world;
