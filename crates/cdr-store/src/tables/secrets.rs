//! Secrets that all processes on a store share.

use super::Conn;
use cdr_access::{Secrets, new_secret};
use cdr_mediation::PortError;
use diesel::prelude::*;

use super::{Store, Turn};
use crate::schema::secrets;

impl Secrets for Store {
    fn secret(&self, name: &str) -> Result<Vec<u8>, PortError> {
        let kept = self.read(|conn| Ok(kept(conn, name)?)).and_then(|secret| match secret {
            Some(secret) => Ok(secret),
            None => self.write(Turn::People, |conn| {
                // Another process may have been faster.
                if let Some(secret) = kept(conn, name)? {
                    return Ok(secret);
                }
                let secret = new_secret()?.to_vec();
                let row = (secrets::name.eq(name), secrets::secret.eq(&secret));
                diesel::insert_into(secrets::table).values(row).execute(conn)?;
                Ok(secret)
            }),
        });
        kept.map_err(|trouble| self.failed("the secret could neither be read nor made", trouble))
    }
}

fn kept(conn: &mut Conn, name: &str) -> QueryResult<Option<Vec<u8>>> {
    secrets::table.find(name).select(secrets::secret).first(conn).optional()
}
