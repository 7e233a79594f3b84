//! One setting, and how it is read.

use thiserror::Error;

use crate::kind::Kind;
use crate::row::{Row, Values};

/// A setting. Constants fill in what they need over [`Setting::PLAIN`].
pub struct Setting<T: 'static> {
    /// Its name in a configuration file; a dot leads into a table.
    pub name: &'static str,
    /// Its former names, which still work.
    pub former: &'static [&'static str],
    /// The text that holds when nobody says otherwise; empty for nothing.
    pub default: &'static str,
    /// What it takes.
    pub kind: Kind<T>,
    /// What it is, with its unit.
    pub meaning: &'static str,
    /// Whether it is a secret: then no error repeats what was given.
    pub is_secret: bool,
}

/// Why the text of a setting is refused: `the setting dma.live, given by --set: ...`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{origin}: {what}")]
pub struct SettingError {
    /// The setting and where its text was given.
    pub origin: String,
    /// What is wrong with it.
    pub what: String,
}

impl<T: Sync + 'static> Setting<T> {
    /// Nothing but a type.
    pub const PLAIN: Setting<T> =
        Setting { name: "", former: &[], default: "", kind: Kind::Choice(&[]), meaning: "", is_secret: false };

    /// A refusal of what was given.
    pub fn refuse(&self, values: &dyn Values, what: impl Into<String>) -> SettingError {
        SettingError { origin: values.origin(self), what: what.into() }
    }
}

impl<T: Clone + Sync + 'static> Setting<T> {
    /// The value of what was given, or of the default.
    ///
    /// # Errors
    /// When the text is not what the setting takes.
    pub fn read(&self, values: &dyn Values) -> Result<T, SettingError> {
        let text = values.text(self);
        self.kind.read(text).map_err(|why| match why {
            Some(why) => self.refuse(values, why),
            None if self.is_secret => self.refuse(values, format!("it is not {}", self.kind.takes())),
            None => self.refuse(values, format!("`{text}` is not {}", self.kind.takes())),
        })
    }

    /// The same, of a setting that may be empty.
    ///
    /// # Errors
    /// As [`Setting::read`].
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
