//! The settings of a source: how the files of a switch are read, and who its calls belong to.

use serde::{Deserialize, Serialize};

use crate::intake::UnknownAccounts;

/// How the files of a source are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// The name of its feed.
    pub feed: String,
    /// The zone of its times without an offset: an IANA name or an offset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The name of the customer that its accounts belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The encoding of its files, by a label of the Encoding Standard; UTF-8, else Latin-1, if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// How quotes are read: `strict` or `tolerant`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoting: Option<String>,
    /// The names of the columns of its files, if they have no heading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// The mapping by which its files are read, in TOML, for a feed that takes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<String>,
    /// What becomes of calls whose account is unknown.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unknown_accounts: UnknownAccounts,
    /// The accounts of its calls, by the first rule that a call meets; else by the code that the switch writes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<AccountRule>,
    /// SHA-256 of the keys with which its switch may post records, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// The watched files of its switch: paths of files, of folders, and of files with `*` and `?` in their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watch: Vec<String>,
}

fn is_default(unknown: &UnknownAccounts) -> bool {
    *unknown == UnknownAccounts::default()
}

/// A source whose settings are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfiguredSource {
    /// Its name.
    pub name: String,
    /// Its settings.
    pub settings: SourceSettings,
}

/// A rule by which calls belong to an account. A call meets it if it meets everything that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountRule {
    /// The trunk that the call came from or went to, as the switch names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trunk: Option<String>,
    /// The account code that the switch writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// How the calling number begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calling: Option<String>,
    /// How the called number begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<String>,
    /// The network that the address of the peer is in, such as `192.0.2.0/24`, or one address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The number of the account.
    pub account: String,
    /// The name of its customer, if it is not the one of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
}

impl AccountRule {
    /// Whether anything is asked of a call.
    pub fn asks(&self) -> bool {
        let AccountRule { trunk, code, calling, called, address, account: _, customer: _ } = self;
        [trunk, code, calling, called, address].into_iter().any(Option::is_some)
    }
}
