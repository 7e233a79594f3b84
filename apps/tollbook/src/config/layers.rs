//! The layers of the configuration: the file, environment variables, flags. A later layer overrides an earlier one.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;

use anyhow::{Context, anyhow, bail};

use cdr_dialects::{DIALECTS, DialectRow};
use cdr_mediation::SourceSettings;
use cdr_settings::{Row, Values};

use super::settings::{PREFIX, rows};
use super::sources;

/// The table of the file that configures sources.
const SOURCES: &str = "sources";

/// The given value of each setting, and its origin.
#[derive(Clone)]
pub struct Layers {
    dialects: &'static [&'static DialectRow],
    rows: Vec<&'static dyn Row>,
    values: BTreeMap<&'static str, (String, String)>,
    sources: BTreeMap<String, SourceSettings>,
    ignored: Vec<String>,
}

/// Leaves out the values, which may contain passwords.
impl fmt::Debug for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layers").field("given", &self.values.keys()).finish_non_exhaustive()
    }
}

impl Default for Layers {
    fn default() -> Layers {
        Layers::of(DIALECTS)
    }
}

impl Values for Layers {
    fn text(&self, row: &dyn Row) -> &str {
        match self.values.get(row.name()) {
            Some((text, _)) => text,
            None => row.default(),
        }
    }

    fn origin(&self, row: &dyn Row) -> String {
        let origin = self.values.get(row.name()).map_or("the default", |(_, origin)| origin);
        format!("the setting {}, given by {origin}", row.name())
    }
}

impl Layers {
    /// The defaults of the program and of these dialects.
    pub fn of(dialects: &'static [&'static DialectRow]) -> Layers {
        Layers {
            dialects,
            rows: rows(dialects),
            values: BTreeMap::new(),
            sources: BTreeMap::new(),
            ignored: Vec::new(),
        }
    }

    /// The dialects whose settings are known.
    pub fn dialects(&self) -> &'static [&'static DialectRow] {
        self.dialects
    }

    /// Adds a file, which overrides the earlier layers.
    ///
    /// # Errors
    /// When it cannot be read, is not TOML, or contains an unknown setting.
    pub fn file(mut self, path: &Path) -> anyhow::Result<Layers> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let mut table: toml::Table = text.parse().map_err(|error| not_toml(path, &text, &error))?;
        if let Some(sources) = table.remove(SOURCES) {
            self.sources.extend(sources::read(sources, &path.display().to_string())?);
        }
        self.table("", &table, &path.display().to_string())?;
        Ok(self)
    }

    /// Adds the environment, which overrides the earlier layers. A variable that starts with [`PREFIX`] and is not a
    /// setting is refused, so that a misspelt setting is not silently ignored. The variables that Kubernetes sets for a
    /// service named `tollbook` are ignored; see [`Layers::ignored`].
    ///
    /// # Errors
    /// When a setting is unknown, or its value is not UTF-8.
    pub fn environment(mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) -> anyhow::Result<Layers> {
        for (variable, value) in variables {
            let Ok(variable) = variable.into_string() else { continue };
            if !variable.starts_with(PREFIX) {
                continue;
            }
            match self.named(|name| super::variable(name) == variable) {
                Some(row) => {
                    let value = value.into_string().map_err(|_| anyhow!("the variable {variable} is not UTF-8"))?;
                    self.values.insert(row.name(), (value, format!("the variable {variable}")));
                }
                None if is_service_link(&variable) => self.ignored.push(variable),
                None => {
                    // What all variables begin with makes none like another.
                    let own = |variable: &str| variable.strip_prefix(PREFIX).unwrap_or(variable).to_owned();
                    let names = self.rows.iter().map(|row| own(&super::variable(row.name())));
                    let near = nearest(&own(&variable), names);
                    let near = near.map(|near| format!("; did you mean {}{near}?", PREFIX)).unwrap_or_default();
                    bail!("the variable {variable} is not a Tollbook setting{near}");
                }
            }
        }
        Ok(self)
    }

    /// The variables that start with [`PREFIX`] and were ignored.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// The sources that the file configures, by their names.
    pub fn sources(&self) -> &BTreeMap<String, SourceSettings> {
        &self.sources
    }

    /// Adds a flag, which overrides the earlier layers.
    ///
    /// # Errors
    /// When the setting is unknown.
    pub fn flag(mut self, flag: &str, name: &str, value: &str) -> anyhow::Result<Layers> {
        let row = self.named(|it| it == name).ok_or_else(|| self.unknown(name, flag))?;
        self.values.insert(row.name(), (value.to_owned(), flag.to_owned()));
        Ok(self)
    }

    /// The setting with such a name, current or former.
    fn named(&self, is_wanted: impl Fn(&str) -> bool) -> Option<&'static dyn Row> {
        let mut rows = self.rows.iter().copied();
        rows.find(|row| is_wanted(row.name()) || row.former().iter().any(|name| is_wanted(name)))
    }

    fn unknown(&self, name: &str, place: &str) -> anyhow::Error {
        match nearest(name, self.rows.iter().map(|row| row.name().to_owned())) {
            Some(near) => anyhow!("{place}: unknown setting `{name}`; did you mean `{near}`?"),
            None => anyhow!("{place}: unknown setting `{name}`; `tollbook --help` lists the settings"),
        }
    }

    fn table(&mut self, prefix: &str, table: &toml::Table, file: &str) -> anyhow::Result<()> {
        for (key, value) in table {
            let name = format!("{prefix}{key}");
            let text = match value {
                toml::Value::Table(inner) => {
                    self.table(&format!("{name}."), inner, file)?;
                    continue;
                }
                toml::Value::String(text) => text.clone(),
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(yes) => yes.to_string(),
                toml::Value::Array(items) => items
                    .iter()
                    .map(|item| item.as_str().ok_or_else(|| anyhow!("{file}: {name} takes a list of texts")))
                    .collect::<anyhow::Result<Vec<&str>>>()?
                    .join(","),
                other => bail!("{file}: {name} cannot be a {}", other.type_str()),
            };
            let row = self.named(|it| it == name).ok_or_else(|| self.unknown(&name, file))?;
            self.values.insert(row.name(), (text, file.to_owned()));
        }
        Ok(())
    }
}

/// The name that is most like another one, if one is like it at all.
pub(crate) fn nearest(name: &str, names: impl Iterator<Item = String>) -> Option<String> {
    let member = |name: &str| name.rsplit('.').next().map(str::to_owned);
    let ranked = names.map(|known| {
        // A setting without its table is what is meant.
        let is_same = member(&known) == member(name);
        (if is_same { 1.0 } else { strsim::normalized_damerau_levenshtein(&known, name) }, known)
    });
    ranked
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

/// Whether a variable describes a service: `X_SERVICE_HOST`, `X_SERVICE_PORT`, `X_SERVICE_PORT_NAME`, `X_PORT`, and
/// `X_PORT_80_TCP` with its `_PROTO`, `_PORT` and `_ADDR`.
///
/// Source: Kubernetes, "Service", section "Environment variables".
fn is_service_link(variable: &str) -> bool {
    let of_port = |rest: &str| {
        let mut parts = rest.split('_');
        parts.next().is_some_and(|number| number.parse::<u16>().is_ok())
            && parts.next().is_some_and(|protocol| ["TCP", "UDP", "SCTP"].contains(&protocol))
            && parts.next().is_none_or(|member| ["PROTO", "PORT", "ADDR"].contains(&member))
            && parts.next().is_none()
    };
    ["_SERVICE_HOST", "_SERVICE_PORT", "_PORT"].iter().any(|end| variable.ends_with(end))
        || variable.contains("_SERVICE_PORT_")
        || variable.match_indices("_PORT_").any(|(at, between)| of_port(&variable[at + between.len()..]))
}

/// The error of a file that is not TOML: place and reason. The line is not quoted: it may contain a password.
fn not_toml(path: &Path, text: &str, error: &toml::de::Error) -> anyhow::Error {
    let before = error.span().and_then(|span| text.get(..span.start));
    let place = before.map(|before| {
        let line_begins = before.rfind('\n').map_or(0, |at| at + 1);
        let (line, column) = (before.matches('\n').count() + 1, before[line_begins..].chars().count() + 1);
        format!(" in line {line}, column {column}")
    });
    anyhow!("{} is not TOML{}: {}", path.display(), place.unwrap_or_default(), error.message())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::io::Write;
    use std::os::unix::ffi::OsStringExt;

    use cdr_settings::Values;

    use super::Layers;

    fn file(text: &str) -> anyhow::Result<Layers> {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(text.as_bytes())?;
        Layers::default().file(file.path())
    }

    fn text(layers: &Layers, name: &str) -> String {
        let row = layers.named(|it| it == name).unwrap();
        layers.text(row).to_owned()
    }

    fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
    }

    #[test]
    fn flags_win_over_variables_over_the_file_over_defaults() {
        let layers = file("zone = 'Europe/Berlin'\n[store]\nretention_days = 400\nbusy_timeout_seconds = 5\n").unwrap();
        let layers =
            layers.environment(variables(&[("TOLLBOOK_STORE_RETENTION_DAYS", "30"), ("PATH", "/bin")])).unwrap();
        let layers = layers.flag("--zone", "zone", "UTC").unwrap();
        for (name, value) in
            [("zone", "UTC"), ("store.retention_days", "30"), ("store.busy_timeout_seconds", "5"), ("xsd", "1.0")]
        {
            assert_eq!(text(&layers, name), value, "{name}");
        }
        let zone = layers.named(|name| name == "zone").unwrap();
        assert_eq!(layers.origin(zone), "the setting zone, given by --zone");
    }

    #[test]
    fn an_unknown_setting_is_refused_in_every_layer() {
        let errors = [
            file("zoen = 'UTC'").unwrap_err().to_string(),
            Layers::default().environment(variables(&[("TOLLBOOK_ZOEN", "UTC")])).unwrap_err().to_string(),
            Layers::default().flag("--set", "zoen", "UTC").unwrap_err().to_string(),
        ];
        for error in errors {
            let error = error.to_lowercase();
            assert!(error.contains("zoen") && error.contains("did you mean"), "{error}");
            assert!(error.len() < 200, "it names the nearest setting alone: {error}");
        }
        for (variable, near) in [
            ("TOLLBOOK_LOG", None),
            ("TOLLBOOK_HOST", None),
            ("TOLLBOOK_LOGLEVEL", Some("TOLLBOOK_LOG_LEVEL")),
            ("TOLLBOOK_STORE_RETENTION", Some("TOLLBOOK_STORE_RETENTION_DAYS")),
        ] {
            let error = Layers::default().environment(variables(&[(variable, "1")])).unwrap_err().to_string();
            let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            assert_eq!(error, format!("the variable {variable} is not a Tollbook setting{near}"));
        }
        let error = Layers::default().flag("--set", "something.else", "1").unwrap_err().to_string();
        assert_eq!(error, "--set: unknown setting `something.else`; `tollbook --help` lists the settings");
        for (name, near) in [("retention_days", "store.retention_days"), ("dma.live_", "dma.live"), ("zone.", "zone")] {
            let error = Layers::default().flag("--set", name, "1").unwrap_err().to_string();
            assert!(error.ends_with(&format!("did you mean `{near}`?")), "{error}");
        }
    }

    #[test]
    fn variables_of_kubernetes_are_ignored() {
        let links = [
            "TOLLBOOK_SERVICE_HOST",
            "TOLLBOOK_SERVICE_PORT",
            "TOLLBOOK_SERVICE_PORT_HTTPS",
            "TOLLBOOK_PORT",
            "TOLLBOOK_PORT_8443_TCP",
            "TOLLBOOK_PORT_8443_TCP_PROTO",
            "TOLLBOOK_PORT_8443_TCP_PORT",
            "TOLLBOOK_PORT_8443_TCP_ADDR",
            "TOLLBOOK_DMA_PORT_53_UDP",
            "TOLLBOOK_DMA_SERVICE_HOST",
        ];
        let layers = Layers::default().environment(variables(&links.map(|name| (name, "tcp://10.0.0.1:80")))).unwrap();
        assert_eq!(layers.ignored(), links);
        for name in
            ["TOLLBOOK_PORTS", "TOLLBOOK_PORT_X_TCP", "TOLLBOOK_PORT_80_ABC", "TOLLBOOK_SERVICE", "TOLLBOOK_HOST"]
        {
            let error = Layers::default().environment(variables(&[(name, "1")])).unwrap_err().to_string();
            assert!(error.starts_with(&format!("the variable {name} is not a Tollbook setting")), "{error}");
        }
    }

    #[test]
    fn a_setting_that_is_not_utf_8_is_refused_and_other_variables_are_not_read() {
        let odd = || OsString::from_vec(vec![0xff]);
        let error = Layers::default().environment([(OsString::from("TOLLBOOK_ZONE"), odd())]).unwrap_err();
        assert_eq!(error.to_string(), "the variable TOLLBOOK_ZONE is not UTF-8");
        Layers::default().environment([(OsString::from("OTHER"), odd()), (odd(), odd())]).unwrap();
    }

    #[test]
    fn an_error_in_toml_is_reported_without_the_content_of_the_line() {
        for (text, place) in [
            ("zone = 'UTC'\n[spool]\nsecret_key = wonderful\n", "in line 3, column 14"),
            ("[spool]\nsecret_key = 'wonderful\n", "in line 2, column "),
            ("[spool]\nsecret_key 'wonderful'\n", "in line 2, column "),
            ("spool.secret_key = 'ü' wonderful\n", "in line 1, column "),
            ("spool.secret_key = 'wonderful'\nspool.secret_key = 'wonderful'\n", "in line 2, column "),
        ] {
            let error = format!("{:#}", file(text).unwrap_err());
            assert!(error.contains(place) && error.contains("is not TOML"), "{error}");
            assert!(!error.contains("wonderful"), "{error}");
        }
    }

    #[test]
    fn lists_are_arrays_or_comma_separated() {
        let extra = |given| text(&file(given).unwrap(), "intake.extra");
        assert_eq!(extra("intake.extra = ['channel', 'lastapp']"), "channel,lastapp");
        assert_eq!(extra("[intake]\nextra = 'channel,lastapp'"), "channel,lastapp");
    }
}
