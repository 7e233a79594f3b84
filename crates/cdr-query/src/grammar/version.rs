//! The editions of XML Schema.

use serde::{Deserialize, Serialize};

/// The edition of XML Schema that applies to a text. The editions differ in year zero only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum XsdVersion {
    /// Refuses the years 0000 and -0000. Java's and most other libraries implement this edition.
    #[default]
    #[serde(rename = "1.0")]
    V1_0,
    /// Year 0000 is 1 BCE, and so is -0000.
    #[serde(rename = "1.1")]
    V1_1,
}
