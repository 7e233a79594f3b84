//! The editions of XML Schema.

use serde::{Deserialize, Serialize};

/// Which edition of XML Schema a text is read by. They differ in year zero only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum XsdVersion {
    /// Refuses the years 0000 and -0000. This is what Java's and most other libraries follow.
    #[default]
    #[serde(rename = "1.0")]
    V1_0,
    /// Year 0000 is 1 BCE, and so is -0000.
    #[serde(rename = "1.1")]
    V1_1,
}
