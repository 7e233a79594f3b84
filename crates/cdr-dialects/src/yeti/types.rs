//! All types of resources that documents can hold.

use super::json_api::Types;
use super::{accounts, cdrs, charts, exports};

pub(super) static TYPES: Types =
    &[&exports::SCHEMA, &accounts::SCHEMA, &cdrs::SCHEMA, &charts::ACTIVE, &charts::ORIGINATED];
