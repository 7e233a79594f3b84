//! Logins, with which customers sign in.

use std::fmt::Display;
use std::str::FromStr;

use super::Conn;
use cdr_access::{Login, Logins};
use cdr_mediation::PortError;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::intake::has_nul;
use super::store::is_about;
use super::{Store, WriteLock};
use crate::error::TransactionError;
use crate::schema::{counters, logins};
use crate::types::At;

const READING: &str = "the logins could not be read";

/// The row of a login.
#[derive(Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = logins, treat_none_as_default_value = false, treat_none_as_null = true)]
struct LoginRow {
    id: i64,
    login: String,
    password: String,
    customer_id: i64,
    accounts: String,
    allowed_ips: String,
    allow_recordings: bool,
    closed_at: Option<At>,
}

impl Logins for Store {
    fn login(&self, id: i64) -> Result<Option<Login>, PortError> {
        self.login_in(self.read(|conn| Ok(logins::table.find(id).first(conn).optional()?)))
    }

    fn login_named(&self, login: &str) -> Result<Option<Login>, PortError> {
        if has_nul(login) {
            return Ok(None);
        }
        let named = logins::table.filter(logins::login.eq(login));
        self.login_in(self.read(|conn| Ok(named.first(conn).optional()?)))
    }

    fn logins(&self) -> Result<Vec<Login>, PortError> {
        let rows = self.read(|conn| Ok(logins::table.order(logins::id).load::<LoginRow>(conn)?));
        let logins = rows.and_then(|rows| rows.into_iter().map(|row| self.login_of(row)).collect());
        logins.map_err(|error| self.failed(READING, error))
    }

    fn add_login(&self, login: &Login) -> Result<Login, PortError> {
        let added = self.write(WriteLock::People, |conn| {
            let last = counters::table.find("login");
            let given: i64 = last.select(counters::last).first(conn)?;
            let id = if login.id == 0 { given + 1 } else { login.id };
            let login = Login { id, ..login.clone() };
            let inserted = diesel::insert_into(logins::table).values(LoginRow::of(&login)).execute(conn);
            inserted.map_err(|error| refused(error, &login))?;
            diesel::update(last).set(counters::last.eq(given.max(id))).execute(conn)?;
            Ok(login)
        });
        added.map_err(|error| self.failed("the login could not be added", error))
    }

    fn change_login(&self, login: &Login) -> Result<(), PortError> {
        let changed = self.write(WriteLock::People, |conn| {
            let changed = diesel::update(logins::table.find(login.id)).set(LoginRow::of(login)).execute(conn);
            Ok(one(changed.map_err(|error| refused(error, login))?, login.id)?)
        });
        changed.map_err(|error| self.failed("the login could not be changed", error))
    }

    fn renew_password(&self, login: &Login, password: &str) -> Result<bool, PortError> {
        let as_it_was = logins::table.find(login.id).filter(logins::password.eq(&login.password));
        let renew = |conn: &mut Conn| Ok(diesel::update(as_it_was).set(logins::password.eq(password)).execute(conn)?);
        let renewed = self.write(WriteLock::People, renew);
        renewed.map(|rows| rows == 1).map_err(|error| self.failed("the password could not be stored", error))
    }

    fn remove_login(&self, login: &str) -> Result<(), PortError> {
        let removed = self.write(WriteLock::People, |conn| {
            let rows = diesel::delete(logins::table.filter(logins::login.eq(login))).execute(conn)?;
            Ok(one(rows, login)?)
        });
        removed.map_err(|error| self.failed("the login could not be removed", error))
    }
}

impl Store {
    fn login_in(&self, row: Result<Option<LoginRow>, TransactionError>) -> Result<Option<Login>, PortError> {
        let login = row.and_then(|row| row.map(|row| self.login_of(row)).transpose());
        login.map_err(|error| self.failed(READING, error))
    }

    fn login_of(&self, row: LoginRow) -> Result<Login, TransactionError> {
        let damaged = |column: &str, what: String| self.damaged(format!("login `{}`: {column}: {what}", row.login));
        Ok(Login {
            id: row.id,
            accounts: split(&row.accounts).map_err(|what| damaged("accounts", what))?.into_iter().collect(),
            allowed_ips: split(&row.allowed_ips).map_err(|what| damaged("allowed_ips", what))?,
            login: row.login,
            password: row.password,
            customer_id: row.customer_id,
            allow_recordings: row.allow_recordings,
            closed_at: row.closed_at.map(|at| at.0),
        })
    }
}

impl LoginRow {
    fn of(login: &Login) -> LoginRow {
        LoginRow {
            id: login.id,
            login: login.login.clone(),
            password: login.password.clone(),
            customer_id: login.customer_id,
            accounts: joined(&login.accounts),
            allowed_ips: joined(&login.allowed_ips),
            allow_recordings: login.allow_recordings,
            closed_at: login.closed_at.map(At),
        }
    }
}

/// Values separated by commas, as they are stored.
fn joined<T: Display>(values: impl IntoIterator<Item = T>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(",")
}

fn split<T: FromStr<Err: Display>>(text: &str) -> Result<Vec<T>, String> {
    let parts = text.split(',').filter(|part| !part.is_empty());
    parts.map(|part| part.parse().map_err(|error| format!("`{part}`: {error}"))).collect()
}

/// Maps the error of a statement that writes a login.
fn refused(error: DieselError, login: &Login) -> TransactionError {
    let DieselError::DatabaseError(kind, info) = &error else { return error.into() };
    match kind {
        DatabaseErrorKind::UniqueViolation if is_about(info.message(), "logins", "login") => {
            PortError::Exists { what: "login", name: login.login.clone() }.into()
        }
        DatabaseErrorKind::UniqueViolation => PortError::Exists { what: "login", name: login.id.to_string() }.into(),
        DatabaseErrorKind::ForeignKeyViolation => {
            PortError::NotFound { what: "customer", name: login.customer_id.to_string() }.into()
        }
        _ => error.into(),
    }
}

/// Fails unless the statement changed one row.
fn one(rows: usize, name: impl ToString) -> Result<(), PortError> {
    if rows == 1 { Ok(()) } else { Err(PortError::NotFound { what: "login", name: name.to_string() }) }
}
