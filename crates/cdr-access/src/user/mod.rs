//! Users: people and scripts that sign in with a name and a password.

mod authenticator;
mod role;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use cdr_model::PortError;

pub use authenticator::{SignInError, UserAuthenticator, UserAuthenticatorOptions};
pub use role::RoleError;
pub use rules::UserError;

/// A role of a user, as on a conferencing server (DMA 7000 Operations Guide, "User Roles Overview").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
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

/// A person or a script that signs in with a name and a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name, case-sensitive.
    pub name: String,
    /// The hash of the password: a PHC string (argon2id).
    pub password: String,
    /// The roles, which determine the permissions.
    pub roles: BTreeSet<Role>,
}

/// A store of users.
pub trait Users: Send + Sync {
    /// The user of this name.
    ///
    /// # Errors
    /// If it cannot be read.
    fn user(&self, name: &str) -> Result<Option<User>, PortError>;

    /// All users, ordered by name.
    ///
    /// # Errors
    /// If they cannot be read.
    fn users(&self) -> Result<Vec<User>, PortError>;

    /// Adds a user.
    ///
    /// # Errors
    /// [`PortError::Exists`] if the name is in use.
    fn add_user(&self, user: &User) -> Result<(), PortError>;

    /// Replaces the password and the roles of the user of this name.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn change_user(&self, user: &User) -> Result<(), PortError>;

    /// Removes a user.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn remove_user(&self, name: &str) -> Result<(), PortError>;
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 4] = [Role::Administrator, Role::Provisioner, Role::Auditor, Role::ConferenceRoomOwner];

    /// Its name, in lower case with hyphens.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Provisioner => "provisioner",
            Role::Auditor => "auditor",
            Role::ConferenceRoomOwner => "conference-room-owner",
        }
    }
}
