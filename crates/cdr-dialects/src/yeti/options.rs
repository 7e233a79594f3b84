//! What can be chosen about the dialect.

use std::fmt;
use std::time::Duration;

use crate::origin::Origins;

/// What can be chosen. The default is the original's.
#[derive(Clone)]
pub struct YetiOptions {
    /// Where clients reach this server.
    pub origins: Origins,
    /// How long a customer's token is good for; `None` for ever, then no expiry is looked at either. Ten minutes.
    pub token_lifetime: Option<Duration>,
    /// The same of an administrator's token.
    pub admin_token_lifetime: Option<Duration>,
    /// The key that tokens are signed with, such as the original's, whose tokens are good then; `None` for one that the
    /// store keeps.
    pub jwt_key: Option<Vec<u8>>,
    /// Columns of calls that customers see neither in files nor in lists, as the original names them: `auth_orig_ip`.
    pub hidden_columns: Vec<String>,
    /// Where a proxy finds the spool, such as `/x-redirect/cdr_export`: downloads have no body then, but tell the proxy in
    /// `X-Accel-Redirect` which file to send. `None` to send it from here.
    pub x_accel: Option<String>,
    /// Whether downloads are answered with the address that the spool gives out for the file, if it gives out one, instead
    /// of with the file: 302, as clients of the original may meet it with a bucket. No.
    pub redirect: bool,
    /// Web pages of these origins may read answers (CORS), such as `https://portal.example`; `*` for all, which then
    /// cannot use cookies. None.
    pub cors: Vec<String>,
    /// How long a finished export is kept, for the moment at which it expires. Seven days.
    pub keep: Duration,
}

impl Default for YetiOptions {
    fn default() -> YetiOptions {
        YetiOptions {
            origins: Origins::default(),
            token_lifetime: Some(Duration::from_secs(600)),
            admin_token_lifetime: Some(Duration::from_secs(600)),
            jwt_key: None,
            hidden_columns: Vec::new(),
            x_accel: None,
            redirect: false,
            cors: Vec::new(),
            keep: Duration::from_secs(7 * 24 * 60 * 60),
        }
    }
}

impl fmt::Debug for YetiOptions {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let YetiOptions {
            origins,
            token_lifetime,
            admin_token_lifetime,
            jwt_key,
            hidden_columns,
            x_accel,
            redirect,
            cors,
            keep,
        } = self;
        f.debug_struct("YetiOptions")
            .field("origins", origins)
            .field("token_lifetime", token_lifetime)
            .field("admin_token_lifetime", admin_token_lifetime)
            .field("jwt_key", &jwt_key.as_ref().map(|_| "…"))
            .field("hidden_columns", hidden_columns)
            .field("x_accel", x_accel)
            .field("redirect", redirect)
            .field("cors", cors)
            .field("keep", keep)
            .finish()
    }
}
