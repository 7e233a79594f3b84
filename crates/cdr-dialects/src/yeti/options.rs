//! The options of the dialect, and their settings.

use std::fmt;
use std::time::Duration;

use cdr_settings::{NoValues, Row, Setting, SettingError, ValueError, ValueKind, Values, YES_OR_NO, comma_separated};

use super::cdrs::attributes::CDR_COLUMNS;

/// Options of the dialect. The defaults are those of the original.
#[derive(Clone)]
pub struct YetiOptions {
    /// How long a customer's token is valid. With `None` tokens never expire, and the expiry of existing tokens is not
    /// checked.
    pub token_lifetime: Option<Duration>,
    /// The same for an administrator's token.
    pub admin_token_lifetime: Option<Duration>,
    /// The key that signs tokens. With the key of the original, its tokens remain valid. `None` for a secret of the
    /// store.
    pub jwt_key: Option<Vec<u8>>,
    /// Columns of calls that customers see neither in files nor in lists, as the original names them: `auth_orig_ip`.
    pub hidden_columns: Vec<String>,
    /// The path at which a proxy serves the spool, such as `/x-redirect/cdr_export`. Downloads then have no body, but
    /// name the file for the proxy in `X-Accel-Redirect`. With `None` this server sends the file.
    pub x_accel: Option<String>,
    /// Origins whose web pages may read answers (CORS), such as `https://portal.example`; `*` for all, but without
    /// cookies.
    pub cors: Vec<String>,
    /// How many lists of calls in another order than the start a login may have sorted at the same time; further ones get
    /// 503.
    pub sorted_per_login: usize,
    /// The same for all logins together.
    pub sorted: usize,
}

impl Default for YetiOptions {
    /// The defaults of the settings.
    fn default() -> YetiOptions {
        YetiOptions::read(&NoValues).expect("the defaults are valid")
    }
}

impl fmt::Debug for YetiOptions {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let YetiOptions {
            token_lifetime,
            admin_token_lifetime,
            jwt_key,
            hidden_columns,
            x_accel,
            cors,
            sorted_per_login,
            sorted,
        } = self;
        f.debug_struct("YetiOptions")
            .field("token_lifetime", token_lifetime)
            .field("admin_token_lifetime", admin_token_lifetime)
            .field("jwt_key", &jwt_key.as_ref().map(|_| "…"))
            .field("hidden_columns", hidden_columns)
            .field("x_accel", x_accel)
            .field("cors", cors)
            .field("sorted_per_login", sorted_per_login)
            .field("sorted", sorted)
            .finish()
    }
}

/// The minimum length of a key in bytes: that of the digest it is used with (RFC 7518, 3.2).
const KEY_LENGTH: usize = 32;
/// The only column that is in lists but not in exports.
const NOT_EXPORTED: &str = "auth_orig_transport_protocol_id";

pub(super) static ENABLED: Setting<bool> = Setting {
    name: "yeti.enabled",
    default: "true",
    kind: YES_OR_NO,
    meaning: "whether the server offers the Yeti customer API",
    ..Setting::PLAIN
};
static TOKEN_LIFETIME: Setting<Option<Duration>> = Setting {
    name: "yeti.token_seconds",
    default: "600",
    kind: ValueKind::SECONDS_OR_UNLIMITED,
    meaning: "how long a customer's token is valid; 0 for tokens that never expire",
    ..Setting::PLAIN
};
static ADMIN_TOKEN_LIFETIME: Setting<Option<Duration>> = Setting {
    name: "yeti.admin_token_seconds",
    default: "600",
    kind: ValueKind::SECONDS_OR_UNLIMITED,
    meaning: "how long an administrator's token is valid; 0 for tokens that never expire",
    ..Setting::PLAIN
};
static JWT_KEY: Setting<Vec<u8>> = Setting {
    name: "yeti.jwt_key",
    kind: ValueKind::Form { takes: "a key, which has 32 characters or more", read: key },
    meaning: "the key that signs tokens; with the key of another server, its tokens remain valid; without it, a random \
              key is generated and kept in the store",
    is_secret: true,
    ..Setting::PLAIN
};
static HIDDEN_COLUMNS: Setting<Vec<String>> = Setting {
    name: "yeti.hidden_columns",
    kind: ValueKind::Form { takes: "a list of columns", read: hidden_columns },
    meaning: "columns of calls that customers do not see, in lists and in files, such as auth_orig_ip, separated by \
              commas",
    ..Setting::PLAIN
};
static X_ACCEL: Setting<String> = Setting {
    name: "yeti.x_accel",
    kind: ValueKind::Form { takes: "a path, as in /x-redirect/cdr_export", read: x_accel },
    meaning: "the path at which a proxy serves the spool: downloads are then answered with `X-Accel-Redirect` and no \
              body; without it, with the file",
    ..Setting::PLAIN
};
static CORS: Setting<Vec<String>> = Setting {
    name: "yeti.cors",
    kind: ValueKind::Form { takes: "a list of origins", read: origins },
    meaning: "origins whose pages may use the API, such as https://portal.example.com, separated by commas; * for all",
    ..Setting::PLAIN
};

static SORTED_PER_LOGIN: Setting<usize> = Setting {
    name: "yeti.sorted_lists_per_login",
    default: "2",
    kind: ValueKind::count(1, i64::MAX),
    meaning: "how many lists of calls in another order than the start are sorted at the same time for one login; further \
              ones get status 503",
    ..Setting::PLAIN
};
static SORTED: Setting<usize> = Setting {
    name: "yeti.sorted_lists",
    default: "4",
    kind: ValueKind::count(1, i64::MAX),
    meaning: "the same for all logins together; each reads on a connection of its own",
    ..Setting::PLAIN
};

/// All settings except [`ENABLED`].
pub(super) static SETTINGS: &[&dyn Row] =
    &[&TOKEN_LIFETIME, &ADMIN_TOKEN_LIFETIME, &JWT_KEY, &HIDDEN_COLUMNS, &X_ACCEL, &CORS, &SORTED_PER_LOGIN, &SORTED];

impl YetiOptions {
    /// Reads and checks every setting.
    ///
    /// # Errors
    /// With the setting that is invalid.
    pub fn read(values: &dyn Values) -> Result<YetiOptions, SettingError> {
        Ok(YetiOptions {
            token_lifetime: TOKEN_LIFETIME.read(values)?,
            admin_token_lifetime: ADMIN_TOKEN_LIFETIME.read(values)?,
            jwt_key: JWT_KEY.read_some(values)?,
            hidden_columns: HIDDEN_COLUMNS.read(values)?,
            x_accel: X_ACCEL.read_some(values)?,
            cors: CORS.read(values)?,
            sorted_per_login: SORTED_PER_LOGIN.read(values)?,
            sorted: SORTED.read(values)?,
        })
    }
}

fn key(text: &str) -> Result<Vec<u8>, ValueError> {
    if text.len() < KEY_LENGTH { Err(ValueError::Format) } else { Ok(text.as_bytes().to_vec()) }
}

fn hidden_columns(text: &str) -> Result<Vec<String>, ValueError> {
    let columns = comma_separated(text);
    if let Some(unknown) = columns.iter().find(|column| !CDR_COLUMNS.contains(&column.as_str())) {
        let known = CDR_COLUMNS.join(", ");
        return Err(ValueError::Reason(format!(
            "`{unknown}` is not a column that customers see; the columns are {known}"
        )));
    }
    let is_shown = |column: &&str| *column != NOT_EXPORTED && !columns.iter().any(|hidden| hidden == column);
    if !CDR_COLUMNS.iter().any(is_shown) {
        return Err(ValueError::Reason("at least one column of customers' exports must remain visible".to_owned()));
    }
    Ok(columns)
}

fn x_accel(text: &str) -> Result<String, ValueError> {
    let path = text.trim_end_matches('/');
    let is_plain = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain { Ok(path.to_owned()) } else { Err(ValueError::Format) }
}

fn origins(text: &str) -> Result<Vec<String>, ValueError> {
    let origins = comma_separated(text);
    let is_one = |origin: &String| {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        origin == "*" || host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']))
    };
    match origins.iter().find(|origin| !is_one(origin)) {
        None => Ok(origins),
        Some(wrong) => {
            Err(ValueError::Reason(format!("`{wrong}` is not an origin, as in https://portal.example.com, nor *")))
        }
    }
}
