//! Settings independent of their type, and the source of their texts.

/// A setting independent of its type, as needed for help, documentation and reading files.
pub trait Row: Sync {
    /// Its name in a configuration file; a dot separates a table from its member.
    fn name(&self) -> &'static str;

    /// Its former names, which still work.
    fn former(&self) -> &'static [&'static str];

    /// The default text; empty for no value.
    fn default(&self) -> &'static str;

    /// Its meaning, with the unit: a phrase without capital letter and full stop.
    fn meaning(&self) -> &'static str;

    /// A description of accepted values, worded to follow "it takes".
    fn takes(&self) -> String;
}

/// The configured texts of settings.
pub trait Values {
    /// The text of a setting: the configured one, or its default.
    fn text(&self, row: &dyn Row) -> &str;

    /// The name of a setting and where it was configured, for error messages.
    fn origin(&self, row: &dyn Row) -> String;
}

/// No configured texts: every setting has its default.
#[derive(Clone, Copy, Debug)]
pub struct NoValues;

impl Values for NoValues {
    fn text(&self, row: &dyn Row) -> &str {
        row.default()
    }

    fn origin(&self, row: &dyn Row) -> String {
        format!("the default of the setting {}", row.name())
    }
}
