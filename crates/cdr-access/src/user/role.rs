//! Names of roles.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::Role;

/// The error for an unknown role.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no role `{name}`; the roles are {}", names())]
pub struct RoleError {
    /// The name that was given.
    pub name: String,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(name: &str) -> Result<Role, RoleError> {
        let role = Role::ALL.into_iter().find(|role| role.name() == name);
        role.ok_or_else(|| RoleError { name: name.to_owned() })
    }
}

fn names() -> String {
    Role::ALL.map(Role::name).join(", ")
}
