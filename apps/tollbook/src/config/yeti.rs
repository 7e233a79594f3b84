//! The settings of the Yeti dialect, read and checked.

use std::time::Duration;

use anyhow::ensure;
use cdr_dialects::yeti::CDR_COLUMNS;

use super::{Layers, list, parse};

/// The fewest characters of a key: as many bytes as the digest has that it is used with (RFC 7518, 3.2).
const KEY: usize = 32;
/// The one column that lists have and exports have not.
const NOT_EXPORTED: &str = "auth_orig_transport_protocol_id";

/// How the Yeti dialect answers.
#[derive(Clone)]
pub struct YetiConfig {
    /// How long a customer's token is good for; `None` for ever.
    pub token_lifetime: Option<Duration>,
    /// How long an administrator's token is good for; `None` for ever.
    pub admin_token_lifetime: Option<Duration>,
    /// The key that signs tokens, if it was given.
    pub jwt_key: Option<Vec<u8>>,
    /// Columns of calls that customers do not see.
    pub hidden_columns: Vec<String>,
    /// Where a proxy finds the spool.
    pub x_accel: Option<String>,
    /// Origins whose pages may use the API.
    pub cors: Vec<String>,
}

impl std::fmt::Debug for YetiConfig {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("YetiConfig").field("hidden_columns", &self.hidden_columns).finish_non_exhaustive()
    }
}

impl YetiConfig {
    /// Reads and checks every setting; `None` if the dialect is not wanted.
    pub(super) fn read(layers: &Layers) -> anyhow::Result<Option<YetiConfig>> {
        let lifetime = |name: &str| -> anyhow::Result<Option<Duration>> {
            let seconds: u32 = parse(layers, name, "a number of seconds")?;
            Ok((seconds > 0).then(|| Duration::from_secs(seconds.into())))
        };
        let config = YetiConfig {
            token_lifetime: lifetime("yeti.token_seconds")?,
            admin_token_lifetime: lifetime("yeti.admin_token_seconds")?,
            jwt_key: key(layers)?,
            hidden_columns: hidden_columns(layers)?,
            x_accel: x_accel(layers)?,
            cors: origins(layers)?,
        };
        let wanted: bool = parse(layers, "yeti.enabled", "true or false")?;
        Ok(wanted.then_some(config))
    }
}

/// The key is a secret, so no error shows it.
fn key(layers: &Layers) -> anyhow::Result<Option<Vec<u8>>> {
    let key = layers.value("yeti.jwt_key");
    if key.is_empty() {
        return Ok(None);
    }
    ensure!(key.len() >= KEY, "{}: a key has {KEY} characters or more", layers.origin("yeti.jwt_key"));
    Ok(Some(key.as_bytes().to_vec()))
}

fn hidden_columns(layers: &Layers) -> anyhow::Result<Vec<String>> {
    let columns = list(layers.value("yeti.hidden_columns"));
    for column in &columns {
        ensure!(
            CDR_COLUMNS.contains(&column.as_str()),
            "{}: `{column}` is no column that customers see; there are {}",
            layers.origin("yeti.hidden_columns"),
            CDR_COLUMNS.join(", ")
        );
    }
    ensure!(
        CDR_COLUMNS.iter().any(|column| *column != NOT_EXPORTED && !columns.iter().any(|hidden| hidden == column)),
        "{}: customers have to see one column of their exports at least",
        layers.origin("yeti.hidden_columns")
    );
    Ok(columns)
}

fn x_accel(layers: &Layers) -> anyhow::Result<Option<String>> {
    let path = layers.value("yeti.x_accel").trim_end_matches('/');
    if path.is_empty() {
        return Ok(None);
    }
    let plain = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
    ensure!(plain, "{}: `{path}` is not a path, as in /x-redirect/cdr_export", layers.origin("yeti.x_accel"));
    Ok(Some(path.to_owned()))
}

fn origins(layers: &Layers) -> anyhow::Result<Vec<String>> {
    let origins = list(layers.value("yeti.cors"));
    for origin in &origins {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        let is_one = host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']));
        ensure!(
            origin == "*" || is_one,
            "{}: `{origin}` is not an origin, as in https://portal.example.com, nor *",
            layers.origin("yeti.cors")
        );
    }
    Ok(origins)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use cdr_dialects::yeti::CDR_COLUMNS;

    use super::YetiConfig;
    use crate::config::Layers;

    fn read(settings: &[(&str, &str)]) -> Option<YetiConfig> {
        let layers =
            settings.iter().fold(Layers::default(), |layers, (name, value)| layers.flag("--set", name, value).unwrap());
        YetiConfig::read(&layers).unwrap()
    }

    #[test]
    fn what_is_not_set_is_as_in_the_original() {
        let config = read(&[]).unwrap();
        let ten_minutes = Some(Duration::from_secs(600));
        assert_eq!((config.token_lifetime, config.admin_token_lifetime), (ten_minutes, ten_minutes));
        assert_eq!((config.jwt_key, config.x_accel), (None, None));
        assert!(config.hidden_columns.is_empty() && config.cors.is_empty());
        assert!(read(&[("yeti.enabled", "false")]).is_none());
    }

    #[test]
    fn not_all_columns_can_be_hidden() {
        let exported: Vec<&str> = CDR_COLUMNS.into_iter().filter(|column| *column != super::NOT_EXPORTED).collect();
        let layers = Layers::default().flag("--set", "yeti.hidden_columns", &exported.join(",")).unwrap();
        let error = YetiConfig::read(&layers).unwrap_err().to_string();
        assert!(error.contains("yeti.hidden_columns") && error.contains("one column of their exports"), "{error}");
        let layers = Layers::default().flag("--set", "yeti.hidden_columns", &exported[1..].join(",")).unwrap();
        assert!(YetiConfig::read(&layers).is_ok());
    }

    #[test]
    fn settings_are_read_as_they_are_meant() {
        let key = "0123456789abcdef0123456789abcdef";
        let config = read(&[
            ("yeti.token_seconds", "0"),
            ("yeti.jwt_key", key),
            ("yeti.hidden_columns", "auth_orig_ip, lega_user_agent"),
            ("yeti.x_accel", "/x-redirect/cdr_export/"),
            ("yeti.cors", "https://portal.example.com,http://localhost:8080"),
        ]);
        let config = config.unwrap();
        assert_eq!(config.token_lifetime, None, "tokens never expire");
        assert_eq!(config.jwt_key.as_deref(), Some(key.as_bytes()));
        assert_eq!(config.hidden_columns, ["auth_orig_ip", "lega_user_agent"]);
        assert_eq!(config.x_accel.as_deref(), Some("/x-redirect/cdr_export"));
        assert_eq!(config.cors, ["https://portal.example.com", "http://localhost:8080"]);
        assert!(!format!("{config:?}").contains(key), "the key is not shown");
    }
}
