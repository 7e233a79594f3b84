//! The services that dialects are built on.

use std::time::Duration;

use cdr_access::{Access, LicenceAuthenticator, LoginAuthenticator, UserAuthenticator, UserAuthenticatorOptions};
use cdr_export::Layout;
use cdr_mediation::{Mediation, WorkerOptions};
use cdr_query::Cancel;

use crate::origin::Origins;

/// The services that dialects are built on: mediation, access, and the options common to all dialects. Cheap to clone.
/// All clones share their state, so failed sign-ins are counted across all dialects.
#[derive(Clone)]
pub struct Services {
    /// The records and their exports.
    pub mediation: Mediation,
    /// Where credentials are stored.
    pub access: Access,
    /// Authenticates users.
    pub users: UserAuthenticator,
    /// Authenticates customers' logins.
    pub logins: LoginAuthenticator,
    /// Authenticates licences.
    pub licences: LicenceAuthenticator,
    /// The address at which clients reach this server, and the trusted proxies.
    pub origins: Origins,
    /// Layouts in addition to the built-in ones. A layout with the name of a built-in one replaces it. Empty by
    /// default.
    pub layouts: Vec<Layout>,
    /// How long a finished export is kept, which determines its expiry. The default is that of a worker.
    pub keep: Duration,
    /// Whether a download may be answered with the address that the spool issues for the file, if it issues one,
    /// instead of with the file. `false` by default.
    pub redirect: bool,
    /// The signal that the program stops. Lists that are read then end with status 503. The default never arrives.
    pub stopping: Cancel,
}

impl Services {
    /// Services with the default options. Sign-ins use the clock of mediation.
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
            stopping: Cancel::default(),
        }
    }
}
