//! Conditions as written on the command line: `called^=49151`, `talk>=60s`, `customer=acme`, `release_code=486,487`.

mod comparison;
mod instants;
mod names;
mod networks;
mod reader;
mod values;

pub(crate) use reader::{GRAMMAR, Reader};
