//! Users: the people and scripts who sign in with a name and a password.

mod authenticator;
mod role;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use cdr_model::PortError;

pub use authenticator::{UserAuthenticator, UserAuthenticatorOptions};
pub use role::RoleError;
pub use rules::UserError;

/// What a user may do, by the roles of the DMA (DMA 7000 Operations Guide, "User Roles Overview").
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
pub struct User {
    /// Their name; capitals count.
    pub name: String,
    /// Their password, hashed: a PHC string (argon2id).
    pub password: String,
    /// What they may do.
    pub roles: BTreeSet<Role>,
}

/// The users, in a store.
pub trait Users: Send + Sync {
    /// The user of this name.
    ///
    /// # Errors
    /// When they cannot be read.
    fn user(&self, name: &str) -> Result<Option<User>, PortError>;

    /// All of them, by name.
    ///
    /// # Errors
    /// When they cannot be read.
    fn users(&self) -> Result<Vec<User>, PortError>;

    /// Adds one.
    ///
    /// # Errors
    /// [`PortError::Exists`] when the name is taken.
    fn add_user(&self, user: &User) -> Result<(), PortError>;

    /// Gives the user of this name another password or other roles.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn change_user(&self, user: &User) -> Result<(), PortError>;

    /// Removes one.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn remove_user(&self, name: &str) -> Result<(), PortError>;
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
