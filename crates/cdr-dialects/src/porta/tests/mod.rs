//! What a client sees.

mod exchanges;
mod metadata;
mod stub;
