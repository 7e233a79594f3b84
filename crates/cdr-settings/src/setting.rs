//! A setting, and how it is read.

use thiserror::Error;

use crate::kind::{ValueError, ValueKind};
use crate::row::{Row, Values};

/// A setting. Constants override members of [`Setting::PLAIN`].
pub struct Setting<T: 'static> {
    /// Its name in a configuration file; a dot separates a table from its member.
    pub name: &'static str,
    /// Its former names, which still work.
    pub former: &'static [&'static str],
    /// The default text; empty for no value.
    pub default: &'static str,
    /// The kind of value it accepts.
    pub kind: ValueKind<T>,
    /// Its meaning, with the unit.
    pub meaning: &'static str,
    /// Whether it is a secret. Error messages do not include the text of a secret.
    pub is_secret: bool,
}

/// Why the text of a setting is refused: `the setting server.listen, given by --set: ...`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{origin}: {what}")]
pub struct SettingError {
    /// The name of the setting and where it was configured.
    pub origin: String,
    /// What is wrong with the text.
    pub what: String,
}

impl<T: Sync + 'static> Setting<T> {
    /// A setting with a type only.
    pub const PLAIN: Setting<T> =
        Setting { name: "", former: &[], default: "", kind: ValueKind::Choice(&[]), meaning: "", is_secret: false };

    /// The error for a configured text that is refused.
    pub fn refuse(&self, values: &dyn Values, what: impl Into<String>) -> SettingError {
        SettingError { origin: values.origin(self), what: what.into() }
    }
}

impl<T: Clone + Sync + 'static> Setting<T> {
    /// The value of the configured text, or of the default.
    ///
    /// # Errors
    /// If the setting does not accept the text.
    pub fn read(&self, values: &dyn Values) -> Result<T, SettingError> {
        let text = values.text(self);
        self.kind.read(text).map_err(|why| match why {
            ValueError::Reason(why) => self.refuse(values, why),
            ValueError::Format if self.is_secret => self.refuse(values, format!("it is not {}", self.kind.takes())),
            ValueError::Format => self.refuse(values, format!("`{text}` is not {}", self.kind.takes())),
        })
    }

    /// Like [`Setting::read`], for a setting that may be empty.
    ///
    /// # Errors
    /// As for [`Setting::read`].
    pub fn read_some(&self, values: &dyn Values) -> Result<Option<T>, SettingError> {
        if values.text(self).is_empty() { Ok(None) } else { self.read(values).map(Some) }
    }
}

impl<T: Sync + 'static> Row for Setting<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn former(&self) -> &'static [&'static str] {
        self.former
    }

    fn default(&self) -> &'static str {
        self.default
    }

    fn meaning(&self) -> &'static str {
        self.meaning
    }

    fn takes(&self) -> String {
        self.kind.takes()
    }
}
