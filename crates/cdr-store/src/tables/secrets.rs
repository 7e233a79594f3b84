//! Secrets, which all processes on a store share.

use super::Conn;
use cdr_access::{Secrets, new_secret};
use cdr_mediation::PortError;
use diesel::prelude::*;

use super::{Store, WriteLock};
use crate::schema::secrets;

impl Secrets for Store {
    fn secret(&self, name: &str) -> Result<Vec<u8>, PortError> {
        let kept = self.read(|conn| Ok(kept(conn, name)?)).and_then(|secret| match secret {
            Some(secret) => Ok(secret),
            None => self.write(WriteLock::People, |conn| {
                // Another process may have created it meanwhile.
                if let Some(secret) = kept(conn, name)? {
                    return Ok(secret);
                }
                let secret = new_secret()?.to_vec();
                let row = (secrets::name.eq(name), secrets::secret.eq(&secret));
                diesel::insert_into(secrets::table).values(row).execute(conn)?;
                Ok(secret)
            }),
        });
        kept.map_err(|error| self.failed("the secret could not be read or created", error))
    }
}

fn kept(conn: &mut Conn, name: &str) -> QueryResult<Option<Vec<u8>>> {
    secrets::table.find(name).select(secrets::secret).first(conn).optional()
}
