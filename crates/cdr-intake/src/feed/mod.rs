//! Feeds: the formats in which records arrive. To add a feed, add a folder here and a line in [`FEEDS`].

use std::fmt;
use std::io::Read;
use std::str::FromStr;

use cdr_export::Layout;
use cdr_mediation::Incoming;
use cdr_model::LocalZone;

use self::table::TableMapping;
use crate::clock::ClockCheck;
use crate::delimited::Quoting;
use crate::error::IntakeError;
use crate::input::{FileSample, TextEncoding};
use crate::lines::joined;

mod asterisk;
pub mod asterisk_csv;
pub mod asterisk_json;
pub mod asterisk_table;
pub mod cucm_csv;
pub mod dma_csv;
mod freeswitch;
pub mod freeswitch_csv;
pub mod freeswitch_json;
pub mod freeswitch_xml;
pub mod kamailio_acc;
pub mod native;
pub mod porta_xdr;
pub mod table;
pub mod threecx_csv;
pub mod yeti_cdr;
pub mod yeti_csv;

mod checks;
mod named;
mod ordinals;
mod times;

/// All feeds.
pub static FEEDS: &[&dyn Feed] = &[
    &native::Native,
    &asterisk_csv::AsteriskCsv,
    &asterisk_table::AsteriskTable,
    &asterisk_json::AsteriskJson,
    &freeswitch_csv::FreeswitchCsv,
    &freeswitch_json::FreeswitchJson,
    &freeswitch_xml::FreeswitchXml,
    &kamailio_acc::KamailioAcc,
    &cucm_csv::CucmCsv,
    &threecx_csv::ThreecxCsv,
    &porta_xdr::PortaXdr,
    &dma_csv::DmaCsv,
    &yeti_csv::YETI_CSV,
    &yeti_cdr::YETI_CDR,
    &table::Table,
];

/// A format in which records arrive.
pub trait Feed: Sync {
    /// Its name on the command line and in a store, in kebab case.
    fn name(&self) -> &'static str;

    /// A description of its files, in one line.
    fn summary(&self) -> &'static str;

    /// What to do with a ZIP archive of several of its files; `None` if it reads archives itself.
    fn unpacking(&self) -> Option<&'static str> {
        Some("unpack it, then load the files in it")
    }

    /// Whether its files have the form that the mapping of the settings describes, and so none by which they are
    /// recognised.
    fn takes_mapping(&self) -> bool {
        false
    }

    /// Whether its records are lines that can be read without those before them, after the first line of the file.
    fn reads_lines(&self) -> bool {
        false
    }

    /// Whether a key says how many equal rows are before the record in its file, so that the rows before it are needed.
    fn counts_rows(&self, _key: &str) -> bool {
        false
    }

    /// The second since 1970 at which a call began, if its natural key has it beside the local time: it tells whether the zone
    /// of the source is right.
    fn stated_second(&self, _key: &str) -> Option<i64> {
        None
    }

    /// The part of its natural keys, from 1, that its switch counts up by one with each record; `None` if no part is such.
    fn sequence(&self) -> Option<usize> {
        None
    }

    /// A file with these lines of records, of which the same records are read. `head` is what was before the first record in
    /// the file that the lines are from.
    fn file_of(&self, head: &[u8], lines: &[&[u8]]) -> Vec<u8> {
        joined(head, lines)
    }

    /// Whether a file that begins like this is one of its files.
    fn likeness(&self, sample: &FileSample) -> Likeness;

    /// Starts reading a file. Reads only as much as is needed to detect the form of the file.
    ///
    /// # Errors
    /// If the file as a whole is not of this format, if the settings do not apply to the feed, or if the file cannot be
    /// read.
    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError>;
}

/// Whether a file is one of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// It is not.
    None,
    /// Its rows have the form of the feed's, but not its values.
    Possible,
    /// It is.
    Certain,
}

/// The records of a file, in file order. An error ends the iteration. An unreadable record is not an error.
pub trait Records: Iterator<Item = Result<Incoming, IntakeError>> {
    /// Warnings about the file as a whole, one line each. They are complete once the file was read to its end.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    /// The line at which the last record of a growing file begins, if it waits for its end. Known once the file was read to
    /// its end.
    fn waits_at(&self) -> Option<u64> {
        None
    }

    /// What the rows that were read say about the clock of their switch.
    fn clock(&self) -> Option<&ClockCheck> {
        None
    }
}

/// The origin of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The name of the switch that wrote it.
    pub source: String,
    /// The name of the file in messages.
    pub file: String,
}

/// The settings for reading a file.
#[derive(Clone, Debug, Default)]
pub struct FeedSettings {
    /// The zone of times without an offset.
    pub zone: LocalZone,
    /// The type of the records. Only for the native feed, whose files do not state it.
    pub sheet: InputSheet,
    /// Fields of the feed without a counterpart in the record that are stored in `extra`, by the feed's own names.
    pub extra: Vec<String>,
    /// The layouts of a DMA's rows; empty for the built-in layouts.
    pub layouts: Vec<Layout>,
    /// Whether the last line of the file may be unfinished. Only for a file that is not packed.
    pub end: FileEnd,
    /// The encoding of the file; if not given, UTF-16 where its bytes show it, else UTF-8, and Latin-1 for what is not.
    pub encoding: Option<TextEncoding>,
    /// How quotes are read; if not given, as the mapping says, else strictly.
    pub quoting: Option<Quoting>,
    /// The names of the columns of a file without a heading, for feeds that take them; empty for those of the feed.
    pub columns: Vec<String>,
    /// How the columns of a file become fields, for the feed that takes it.
    pub mapping: Option<TableMapping>,
    /// The lines after the first one that were read before and are left out, for feeds that read lines. They count in the
    /// positions of records.
    pub skipped: u64,
}

/// How a file ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FileEnd {
    /// It was written to its end: the last line is whole even if it has no line end.
    #[default]
    Complete,
    /// Its switch may still write it: a last line without a line end, or within quotes that are open, is left for the next
    /// load.
    Growing,
}

/// The type of the records in a native file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InputSheet {
    /// Calls, and charges other than calls.
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
    /// All sheets.
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
/// [`IntakeError::NoFeed`] with the known names.
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
    fn feeds_and_sheets_are_found_by_name() {
        for feed in FEEDS {
            assert_eq!(feed_named(feed.name()).unwrap().name(), feed.name());
        }
        let error = feed_named("asterisk").err().unwrap();
        assert_eq!(
            error.to_string(),
            "there is no feed `asterisk`; the feeds are native, asterisk-csv, asterisk-table, asterisk-json, freeswitch-csv, \
             freeswitch-json, freeswitch-xml, kamailio-acc, cucm-csv, 3cx-csv, porta-xdr, dma-csv, yeti-csv, yeti-cdr, table"
        );
        for sheet in InputSheet::ALL {
            assert_eq!(sheet.to_string().parse::<InputSheet>().unwrap(), sheet);
        }
        let error = "call".parse::<InputSheet>().unwrap_err().to_string();
        assert!(error.contains("calls, conferences"), "{error}");
    }
}
