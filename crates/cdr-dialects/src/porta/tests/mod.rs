//! What a client sees.

mod answers;
mod exchanges;
mod known_day;
mod metadata;
mod streams;
mod stub;
mod world;
