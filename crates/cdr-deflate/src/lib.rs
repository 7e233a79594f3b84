#![doc = include_str!("../README.md")]

mod bits;
mod block;
mod deflater;
mod error;
mod habits;
mod heading;
mod huffman;
mod matching;
mod places;
mod starts;
mod symbols;
mod tokens;

#[cfg(test)]
mod tests;

pub use deflater::{Deflater, STREAM_END};
pub use error::DeflateError;
