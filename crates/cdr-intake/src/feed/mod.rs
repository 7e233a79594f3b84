//! The formats in which records arrive. A new one is a folder here and a line in [`FEEDS`].

use std::fmt;
use std::io::Read;
use std::str::FromStr;

use cdr_export::Layout;
use cdr_mediation::Incoming;
use cdr_model::LocalZone;

use crate::error::IntakeError;

pub mod asterisk_csv;
pub mod dma_csv;
pub mod native;

mod checks;

/// Every feed there is.
pub static FEEDS: &[&dyn Feed] = &[&native::Native, &asterisk_csv::AsteriskCsv, &dma_csv::DmaCsv];

/// A format in which records arrive.
pub trait Feed: Sync {
    /// Its name on the command line and in a store, in kebab case.
    fn name(&self) -> &'static str;

    /// What it reads, in a line.
    fn summary(&self) -> &'static str;

    /// Begins to read a file. Nothing is read beyond what tells the file's shape.
    ///
    /// # Errors
    /// When the file as a whole cannot be what the feed reads, when the settings do not fit, or when it cannot be read.
    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError>;
}

/// The records of a file, in its order. An error is the end of it; a record that cannot be read is no error.
pub trait Records: Iterator<Item = Result<Incoming, IntakeError>> {
    /// What a person should know about the file as a whole, a line each; complete once it was read to its end.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Where a file comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The name of the switch that wrote it.
    pub source: String,
    /// Its name, for people.
    pub file: String,
}

/// What has to be known to read a file beyond its bytes.
#[derive(Clone, Debug, Default)]
pub struct FeedSettings {
    /// The zone of times that are written without one.
    pub zone: LocalZone,
    /// What the records are: for the native feed, whose files do not say it.
    pub sheet: InputSheet,
    /// Fields of the feed that have no home in the record and are to be kept in `extra`, by the feed's own names.
    pub extra: Vec<String>,
    /// The layouts that a DMA's rows may have; none for the built-in ones.
    pub layouts: Vec<Layout>,
}

/// What the records of a native file are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum InputSheet {
    /// Calls, and charges that are none.
    #[default]
    Calls,
    /// Conferences.
    Conferences,
    /// Customers.
    Customers,
    /// Accounts.
    Accounts,
    /// Services.
    Services,
    /// Products.
    Products,
    /// Destinations.
    Destinations,
}

impl InputSheet {
    /// All of them.
    pub const ALL: [InputSheet; 7] = [
        InputSheet::Calls,
        InputSheet::Conferences,
        InputSheet::Customers,
        InputSheet::Accounts,
        InputSheet::Services,
        InputSheet::Products,
        InputSheet::Destinations,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            InputSheet::Calls => "calls",
            InputSheet::Conferences => "conferences",
            InputSheet::Customers => "customers",
            InputSheet::Accounts => "accounts",
            InputSheet::Services => "services",
            InputSheet::Products => "products",
            InputSheet::Destinations => "destinations",
        }
    }
}

impl fmt::Display for InputSheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for InputSheet {
    type Err = IntakeError;

    fn from_str(text: &str) -> Result<InputSheet, IntakeError> {
        InputSheet::ALL.into_iter().find(|sheet| sheet.name() == text).ok_or_else(|| IntakeError::NoSheet {
            name: text.to_owned(),
            known: InputSheet::ALL.map(InputSheet::name).join(", "),
        })
    }
}

/// The feed of this name.
///
/// # Errors
/// [`IntakeError::NoFeed`], which lists those there are.
pub fn feed_named(name: &str) -> Result<&'static dyn Feed, IntakeError> {
    FEEDS.iter().copied().find(|feed| feed.name() == name).ok_or_else(|| {
        let known = FEEDS.iter().map(|feed| feed.name()).collect::<Vec<_>>().join(", ");
        IntakeError::NoFeed { name: name.to_owned(), known }
    })
}

#[cfg(test)]
mod tests {
    use super::{FEEDS, InputSheet, feed_named};

    #[test]
    fn feeds_and_sheets_are_found_by_their_names() {
        for feed in FEEDS {
            assert_eq!(feed_named(feed.name()).unwrap().name(), feed.name());
        }
        let error = feed_named("asterisk").err().unwrap();
        assert_eq!(error.to_string(), "there is no feed `asterisk`, there is native, asterisk-csv, dma-csv");
        for sheet in InputSheet::ALL {
            assert_eq!(sheet.to_string().parse::<InputSheet>().unwrap(), sheet);
        }
        let said = "call".parse::<InputSheet>().unwrap_err().to_string();
        assert!(said.contains("calls, conferences"), "{said}");
    }
}
