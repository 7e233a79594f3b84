#![doc = include_str!("../README.md")]

mod de;
mod error;
mod quote;
mod ser;
mod unquoted;

pub use de::{DEFAULT_DEPTH_LIMIT, Deserializer, from_reader, from_slice, from_str};
pub use error::{Error, Position, Result};
pub use quote::{quoted, write_string};
pub use ser::{LineBreak, Serializer, to_string, to_string_pretty, to_writer, to_writer_pretty};
pub use unquoted::Unquoted;
