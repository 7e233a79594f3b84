//! What dialects are built over.

use std::time::Duration;

use cdr_access::{Access, LicenceAuthenticator, LoginAuthenticator, UserAuthenticator, UserAuthenticatorOptions};
use cdr_export::Layout;
use cdr_mediation::{Mediation, WorkerOptions};

use crate::origin::Origins;

/// What dialects are built over: mediation, access, and what holds for all of them. Cheap to clone; every clone is the same,
/// so that failed attempts to sign in are counted over all dialects.
#[derive(Clone)]
pub struct Services {
    /// The records and their exports.
    pub mediation: Mediation,
    /// Where credentials are kept.
    pub access: Access,
    /// Authenticates users.
    pub users: UserAuthenticator,
    /// Authenticates customers' logins.
    pub logins: LoginAuthenticator,
    /// Authenticates licences.
    pub licences: LicenceAuthenticator,
    /// Where clients reach this server.
    pub origins: Origins,
    /// Layouts that stand in the place of built-in ones of the same name, or beside them. None.
    pub layouts: Vec<Layout>,
    /// How long a finished export is kept, for the moment at which it expires. As workers do by default.
    pub keep: Duration,
    /// Whether downloads may be answered with the address that the spool gives out for the file, if it gives out one,
    /// instead of with the file. No.
    pub redirect: bool,
}

impl Services {
    /// Mediation, whose clock also counts for signing in, and access.
    pub fn new(mediation: Mediation, access: Access) -> Services {
        let clock = mediation.clock();
        let users = UserAuthenticator::new(access.users.clone(), clock.clone(), UserAuthenticatorOptions::default());
        let logins = LoginAuthenticator::new(access.logins.clone(), clock.clone());
        let licences = LicenceAuthenticator::new(access.licences.clone(), access.secrets.clone(), clock);
        Services {
            mediation,
            access,
            users,
            logins,
            licences,
            origins: Origins::default(),
            layouts: Vec::new(),
            keep: WorkerOptions::default().keep,
            redirect: false,
        }
    }
}
