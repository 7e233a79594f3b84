#![doc = include_str!("../README.md")]

mod accounts;
mod clock;
mod delimited;
mod digest;
mod documents;
mod error;
mod fault;
mod feed;
mod follow;
mod input;
mod json;
mod kept;
mod lines;
mod load;
mod newest;
mod notes;
mod recognition;
mod report;
mod rows;
mod sequence;
mod share;
mod text;

#[cfg(test)]
mod testing;

pub use accounts::{AccountRuleError, AccountRules, UnknownTrunks};
pub use clock::ClockCheck;
pub use delimited::Quoting;
pub use error::IntakeError;
pub use feed::table::{MappingError, TableMapping, guess_mapping};
pub use feed::{FEEDS, Feed, FeedSettings, FileEnd, InputSheet, Likeness, Origin, Records, feed_named};
pub use feed::{
    asterisk_csv, asterisk_json, asterisk_table, cucm_csv, dma_csv, freeswitch_csv, freeswitch_json, freeswitch_xml,
    kamailio_acc, native, porta_xdr, table, threecx_csv, yeti_cdr, yeti_csv,
};
pub use follow::{GrowingFile, Mark, follow};
pub use input::{FileSample, TextEncoding, TextEncodingError, is_packed};
pub use kept::{LineContext, read_lines};
pub use load::{LoadOptions, load, read_body};
pub use newest::check_newest;
pub use report::LoadReport;
pub use sequence::missing_numbers;
pub use share::{Share, ShareError};
