//! What can be chosen about the dialect, and the settings that choose it.

use std::fmt;
use std::time::Duration;

use cdr_settings::{Kind, Row, Setting, SettingError, Values, YES_OR_NO, comma_separated};

use super::cdrs::attributes::CDR_COLUMNS;

/// What can be chosen. The default is the original's.
#[derive(Clone)]
pub struct YetiOptions {
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
    /// Web pages of these origins may read answers (CORS), such as `https://portal.example`; `*` for all, which then
    /// cannot use cookies. None.
    pub cors: Vec<String>,
}

impl Default for YetiOptions {
    fn default() -> YetiOptions {
        YetiOptions {
            token_lifetime: Some(Duration::from_secs(600)),
            admin_token_lifetime: Some(Duration::from_secs(600)),
            jwt_key: None,
            hidden_columns: Vec::new(),
            x_accel: None,
            cors: Vec::new(),
        }
    }
}

impl fmt::Debug for YetiOptions {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let YetiOptions { token_lifetime, admin_token_lifetime, jwt_key, hidden_columns, x_accel, cors } = self;
        f.debug_struct("YetiOptions")
            .field("token_lifetime", token_lifetime)
            .field("admin_token_lifetime", admin_token_lifetime)
            .field("jwt_key", &jwt_key.as_ref().map(|_| "…"))
            .field("hidden_columns", hidden_columns)
            .field("x_accel", x_accel)
            .field("cors", cors)
            .finish()
    }
}

/// The fewest characters of a key: as many bytes as the digest has that it is used with (RFC 7518, 3.2).
const KEY_LENGTH: usize = 32;
/// The one column that lists have and exports have not.
const NOT_EXPORTED: &str = "auth_orig_transport_protocol_id";

pub(super) static ENABLED: Setting<bool> = Setting {
    name: "yeti.enabled",
    default: "true",
    kind: YES_OR_NO,
    meaning: "whether the server speaks the Yeti customer API",
    ..Setting::PLAIN
};
static TOKEN_LIFETIME: Setting<Option<Duration>> = Setting {
    name: "yeti.token_seconds",
    default: "600",
    kind: Kind::SECONDS_OR_EVER,
    meaning: "how long a customer's token is good for; 0 for tokens that never expire",
    ..Setting::PLAIN
};
static ADMIN_TOKEN_LIFETIME: Setting<Option<Duration>> = Setting {
    name: "yeti.admin_token_seconds",
    default: "600",
    kind: Kind::SECONDS_OR_EVER,
    meaning: "how long an administrator's token is good for; 0 for tokens that never expire",
    ..Setting::PLAIN
};
static JWT_KEY: Setting<Vec<u8>> = Setting {
    name: "yeti.jwt_key",
    kind: Kind::Form { takes: "a key, which has 32 characters or more", read: key },
    meaning: "the key that signs tokens, 32 characters or more: another server's, so that its tokens go on; without it, a \
              random one is made and kept in the store",
    is_secret: true,
    ..Setting::PLAIN
};
static HIDDEN_COLUMNS: Setting<Vec<String>> = Setting {
    name: "yeti.hidden_columns",
    kind: Kind::Form { takes: "a list of columns", read: hidden_columns },
    meaning: "columns of calls that customers do not see, in lists and in files, such as auth_orig_ip, with commas between",
    ..Setting::PLAIN
};
static X_ACCEL: Setting<String> = Setting {
    name: "yeti.x_accel",
    kind: Kind::Form { takes: "a path, as in /x-redirect/cdr_export", read: x_accel },
    meaning: "where a proxy finds the spool, as in /x-redirect/cdr_export: downloads are then answered with \
              `X-Accel-Redirect` and no body; without it, with the file",
    ..Setting::PLAIN
};
static CORS: Setting<Vec<String>> = Setting {
    name: "yeti.cors",
    kind: Kind::Form { takes: "a list of origins", read: origins },
    meaning: "origins whose pages may use the API, such as https://portal.example.com, with commas between; * for all",
    ..Setting::PLAIN
};

/// All settings but the one that switches the dialect off.
pub(super) static SETTINGS: &[&dyn Row] =
    &[&TOKEN_LIFETIME, &ADMIN_TOKEN_LIFETIME, &JWT_KEY, &HIDDEN_COLUMNS, &X_ACCEL, &CORS];

impl YetiOptions {
    /// Reads and checks every setting.
    ///
    /// # Errors
    /// With the setting that is wrong.
    pub fn read(values: &dyn Values) -> Result<YetiOptions, SettingError> {
        Ok(YetiOptions {
            token_lifetime: TOKEN_LIFETIME.read(values)?,
            admin_token_lifetime: ADMIN_TOKEN_LIFETIME.read(values)?,
            jwt_key: JWT_KEY.read_some(values)?,
            hidden_columns: HIDDEN_COLUMNS.read(values)?,
            x_accel: X_ACCEL.read_some(values)?,
            cors: CORS.read(values)?,
        })
    }
}

fn key(text: &str) -> Result<Vec<u8>, Option<String>> {
    if text.len() < KEY_LENGTH { Err(None) } else { Ok(text.as_bytes().to_vec()) }
}

fn hidden_columns(text: &str) -> Result<Vec<String>, Option<String>> {
    let columns = comma_separated(text);
    if let Some(unknown) = columns.iter().find(|column| !CDR_COLUMNS.contains(&column.as_str())) {
        let known = CDR_COLUMNS.join(", ");
        return Err(Some(format!("`{unknown}` is no column that customers see; there are {known}")));
    }
    let is_shown = |column: &&str| *column != NOT_EXPORTED && !columns.iter().any(|hidden| hidden == column);
    if !CDR_COLUMNS.iter().any(is_shown) {
        return Err(Some("customers have to see one column of their exports at least".to_owned()));
    }
    Ok(columns)
}

fn x_accel(text: &str) -> Result<String, Option<String>> {
    let path = text.trim_end_matches('/');
    let is_plain = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain { Ok(path.to_owned()) } else { Err(None) }
}

fn origins(text: &str) -> Result<Vec<String>, Option<String>> {
    let origins = comma_separated(text);
    let is_one = |origin: &String| {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        origin == "*" || host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']))
    };
    match origins.iter().find(|origin| !is_one(origin)) {
        None => Ok(origins),
        Some(wrong) => Err(Some(format!("`{wrong}` is not an origin, as in https://portal.example.com, nor *"))),
    }
}
