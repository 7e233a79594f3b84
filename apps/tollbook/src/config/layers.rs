//! Where a setting was given: the file, a variable of the environment, or a flag, the later over the earlier.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, anyhow, bail};

use super::settings::{self, PREFIX, SETTINGS};

/// The text of every setting, and where it came from.
#[derive(Clone, Debug)]
pub struct Layers {
    values: BTreeMap<&'static str, (String, String)>,
}

impl Default for Layers {
    fn default() -> Layers {
        let default =
            |setting: &settings::Setting| (setting.name, (setting.default.to_owned(), "the default".to_owned()));
        Layers { values: SETTINGS.iter().map(default).collect() }
    }
}

impl Layers {
    /// Lays a file over what there is.
    ///
    /// # Errors
    /// When it cannot be read, is no TOML, or holds a setting there is not.
    pub fn file(mut self, path: &Path) -> anyhow::Result<Layers> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let table: toml::Table = text.parse().map_err(|error| not_toml(path, &text, &error))?;
        self.table("", &table, &path.display().to_string())?;
        Ok(self)
    }

    /// Lays the environment over what there is. Variables that begin like ours but are none are refused, for a setting
    /// that is misspelt should not be silently without effect.
    ///
    /// # Errors
    /// When there is no such setting.
    pub fn environment(mut self, variables: impl IntoIterator<Item = (String, String)>) -> anyhow::Result<Layers> {
        for (variable, value) in variables.into_iter().filter(|(variable, _)| variable.starts_with(PREFIX)) {
            let setting = SETTINGS.iter().find(|setting| setting.variable() == variable);
            let setting = setting.ok_or_else(|| anyhow!("the variable {variable} is no setting of Tollbook"))?;
            self.values.insert(setting.name, (value, format!("the variable {variable}")));
        }
        Ok(self)
    }

    /// Lays one flag over what there is.
    ///
    /// # Errors
    /// When there is no such setting.
    pub fn flag(mut self, flag: &str, name: &str, value: &str) -> anyhow::Result<Layers> {
        let setting = settings::named(name).ok_or_else(|| unknown(name, flag))?;
        self.values.insert(setting.name, (value.to_owned(), flag.to_owned()));
        Ok(self)
    }

    /// The text of a setting.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", |(value, _)| value)
    }

    /// The setting and where it was given, for errors.
    pub fn origin(&self, name: &str) -> String {
        let origin = self.values.get(name).map_or("nowhere", |(_, origin)| origin);
        format!("the setting {name}, given by {origin}")
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
            let setting = settings::named(&name).ok_or_else(|| unknown(&name, file))?;
            self.values.insert(setting.name, (text, file.to_owned()));
        }
        Ok(())
    }
}

/// Where it is not TOML, and why. The line itself is not repeated: there may be a password in it.
fn not_toml(path: &Path, text: &str, error: &toml::de::Error) -> anyhow::Error {
    let before = error.span().and_then(|span| text.get(..span.start));
    let place = before.map(|before| {
        let line_begins = before.rfind('\n').map_or(0, |at| at + 1);
        let (line, column) = (before.matches('\n').count() + 1, before[line_begins..].chars().count() + 1);
        format!(" in line {line}, column {column}")
    });
    anyhow!("{} is not TOML{}: {}", path.display(), place.unwrap_or_default(), error.message())
}

fn unknown(name: &str, place: &str) -> anyhow::Error {
    let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
    anyhow!("{place}: there is no setting `{name}`; there are {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::Layers;

    fn file(text: &str) -> anyhow::Result<Layers> {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(text.as_bytes())?;
        Layers::default().file(file.path())
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
            assert_eq!(layers.value(name), value, "{name}");
        }
        assert_eq!(layers.origin("zone"), "the setting zone, given by --zone");
    }

    #[test]
    fn a_setting_that_is_none_is_refused_wherever_it_stands() {
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
    fn what_is_not_toml_is_said_without_what_stands_there() {
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
    fn lists_are_written_either_way() {
        assert_eq!(file("intake.extra = ['channel', 'lastapp']").unwrap().value("intake.extra"), "channel,lastapp");
        assert_eq!(file("[intake]\nextra = 'channel,lastapp'").unwrap().value("intake.extra"), "channel,lastapp");
    }
}
