//! What is common to settings of all types, and where their texts come from.

/// A setting without its type: what help, documentation and the reading of files need.
pub trait Row: Sync {
    /// Its name in a configuration file; a dot leads into a table.
    fn name(&self) -> &'static str;

    /// Its former names, which still work.
    fn former(&self) -> &'static [&'static str];

    /// What holds when nobody says otherwise; empty for nothing.
    fn default(&self) -> &'static str;

    /// What it is, with its unit: a sentence without its beginning and its end.
    fn meaning(&self) -> &'static str;

    /// What it takes, as words that follow "it takes".
    fn takes(&self) -> String;
}

/// The texts that were given for settings.
pub trait Values {
    /// The text of a setting: what was given, or its default.
    fn text(&self, row: &dyn Row) -> &str;

    /// The setting and where its text was given, for errors.
    fn origin(&self, row: &dyn Row) -> String;
}
