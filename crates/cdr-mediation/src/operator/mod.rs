//! Operators: the people and scripts who sign in with a name and a password.

mod doorkeeper;
mod remembered;
mod role;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::PortError;

pub use doorkeeper::{Doorkeeper, DoorkeeperOptions};
pub use role::RoleError;
pub use rules::OperatorError;

/// What an operator may do, by the roles of the DMA (DMA 7000 Operations Guide, "User Roles Overview").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs the system.
    Administrator,
    /// Sets up users and rooms.
    Provisioner,
    /// Reads reports.
    Auditor,
    /// Owns conference rooms; may not read billing.
    ConferenceRoomOwner,
}

/// Somebody who signs in with a name and a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Their name; capitals count.
    pub name: String,
    /// Their password, hashed: a PHC string (argon2id).
    pub password: String,
    /// What they may do.
    pub roles: BTreeSet<Role>,
}

/// Operators, kept.
pub trait Operators: Send + Sync {
    /// The operator of this name.
    ///
    /// # Errors
    /// When they cannot be read.
    fn operator(&self, name: &str) -> Result<Option<Operator>, PortError>;

    /// All of them, by name.
    ///
    /// # Errors
    /// When they cannot be read.
    fn operators(&self) -> Result<Vec<Operator>, PortError>;

    /// Adds one.
    ///
    /// # Errors
    /// [`PortError::Exists`] when the name is taken.
    fn add_operator(&self, operator: &Operator) -> Result<(), PortError>;

    /// Gives the operator of this name another password or other roles.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn change_operator(&self, operator: &Operator) -> Result<(), PortError>;

    /// Removes one.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn remove_operator(&self, name: &str) -> Result<(), PortError>;
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 4] = [Role::Administrator, Role::Provisioner, Role::Auditor, Role::ConferenceRoomOwner];

    /// Its name, in small letters with hyphens.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Provisioner => "provisioner",
            Role::Auditor => "auditor",
            Role::ConferenceRoomOwner => "conference-room-owner",
        }
    }
}
