//! The layers of the configuration: the file, environment variables, flags. A later layer overrides an earlier one.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::{Context, anyhow, bail};

use cdr_dialects::{DIALECTS, DialectRow};
use cdr_settings::{Row, Values};

use super::settings::{PREFIX, rows};

/// The given value of each setting, and its origin.
#[derive(Clone)]
pub struct Layers {
    dialects: &'static [&'static DialectRow],
    rows: Vec<&'static dyn Row>,
    values: BTreeMap<&'static str, (String, String)>,
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
        Layers { dialects, rows: rows(dialects), values: BTreeMap::new() }
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
        let table: toml::Table = text.parse().map_err(|error| not_toml(path, &text, &error))?;
        self.table("", &table, &path.display().to_string())?;
        Ok(self)
    }

    /// Adds the environment, which overrides the earlier layers. A variable that starts with [`PREFIX`] and is not a
    /// setting is refused, so that a misspelt setting is not silently ignored.
    ///
    /// # Errors
    /// When a setting is unknown.
    pub fn environment(mut self, variables: impl IntoIterator<Item = (String, String)>) -> anyhow::Result<Layers> {
        for (variable, value) in variables.into_iter().filter(|(variable, _)| variable.starts_with(PREFIX)) {
            let row = self.named(|name| super::variable(name) == variable);
            let row = row.ok_or_else(|| anyhow!("the variable {variable} is not a Tollbook setting"))?;
            self.values.insert(row.name(), (value, format!("the variable {variable}")));
        }
        Ok(self)
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
        let names: Vec<&str> = self.rows.iter().map(|row| row.name()).collect();
        anyhow!("{place}: unknown setting `{name}`; the settings are {}", names.join(", "))
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
    use std::io::Write;

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

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
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
            assert!(error.to_lowercase().contains("zoen"), "{error}");
        }
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
