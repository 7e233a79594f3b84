//! Users, who sign in with a name and a password.

use std::collections::BTreeSet;

use cdr_access::{Role, User, Users};
use cdr_mediation::PortError;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::intake::has_nul;
use super::{Store, WriteLock};
use crate::error::TransactionError;
use crate::schema::operators;

const READING: &str = "the users could not be read";

impl Users for Store {
    fn user(&self, name: &str) -> Result<Option<User>, PortError> {
        if has_nul(name) {
            return Ok(None);
        }
        let row = self.read(|conn| Ok(operators::table.find(name).first::<UserRow>(conn).optional()?));
        let user = row.and_then(|row| row.map(|row| self.user_of(row)).transpose());
        user.map_err(|error| self.failed(READING, error))
    }

    fn users(&self) -> Result<Vec<User>, PortError> {
        let rows = self.read(|conn| Ok(operators::table.order(operators::name).load::<UserRow>(conn)?));
        let users = rows.and_then(|rows| rows.into_iter().map(|row| self.user_of(row)).collect());
        users.map_err(|error| self.failed(READING, error))
    }

    fn add_user(&self, user: &User) -> Result<(), PortError> {
        let User { name, password, roles } = user;
        let row = (operators::name.eq(name), operators::password.eq(password), operators::roles.eq(names(roles)));
        let added = self.write(WriteLock::People, |conn| {
            match diesel::insert_into(operators::table).values(row).execute(conn) {
                Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
                    Err(PortError::Exists { what: "user", name: name.clone() }.into())
                }
                inserted => Ok(inserted.map(drop)?),
            }
        });
        added.map_err(|error| self.failed("the user could not be added", error))
    }

    fn change_user(&self, user: &User) -> Result<(), PortError> {
        let User { name, password, roles } = user;
        let change = (operators::password.eq(password), operators::roles.eq(names(roles)));
        let changed = self.write(WriteLock::People, |conn| {
            let rows = diesel::update(operators::table.find(name)).set(change).execute(conn)?;
            Ok(one(rows, name)?)
        });
        changed.map_err(|error| self.failed("the user could not be changed", error))
    }

    fn remove_user(&self, name: &str) -> Result<(), PortError> {
        let removed = self.write(WriteLock::People, |conn| {
            let rows = diesel::delete(operators::table.find(name)).execute(conn)?;
            Ok(one(rows, name)?)
        });
        removed.map_err(|error| self.failed("the user could not be removed", error))
    }
}

/// Name, password, roles.
type UserRow = (String, String, String);

impl Store {
    fn user_of(&self, (name, password, roles): UserRow) -> Result<User, TransactionError> {
        let roles = roles.split(',').filter(|role| !role.is_empty()).map(|role| {
            let known = Role::ALL.into_iter().find(|known| known.name() == role);
            known.ok_or_else(|| self.damaged(format!("user `{name}`: there is no role `{role}`")))
        });
        let roles = roles.collect::<Result<BTreeSet<Role>, _>>()?;
        Ok(User { name, password, roles })
    }
}

/// Roles as they are stored.
fn names(roles: &BTreeSet<Role>) -> String {
    roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(",")
}

/// Fails unless the statement changed one row.
fn one(rows: usize, name: &str) -> Result<(), PortError> {
    if rows == 1 { Ok(()) } else { Err(PortError::NotFound { what: "user", name: name.to_owned() }) }
}
