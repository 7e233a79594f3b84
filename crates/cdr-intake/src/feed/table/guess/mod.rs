//! Guessing a first mapping from the beginning of a file: its form, its heading, and its columns by their names and values.

mod columns;
mod names;
mod shape;
mod values;
mod written;

#[cfg(test)]
mod tests;

use std::io::Read;

use cdr_mediation::{Content, Incoming};

use self::columns::Guess;
use self::shape::Shape;
use super::{Table, TableMapping, open};
use crate::error::IntakeError;
use crate::feed::{FEEDS, FeedSettings, Likeness, Origin};
use crate::input::{self, FileSample};

/// A mapping in TOML for the feed `table`, guessed from the first 64 KiB of a file. It has comments: the built-in feed that the
/// file is of, if it is of one; how many of the first records it reads; and the columns that were not recognised. Without
/// a column of times it lacks `started_at`, and says so.
///
/// # Errors
/// If the file cannot be read, or is empty.
pub fn guess_mapping<'a>(input: impl Read + 'a, file: &str, settings: &FeedSettings) -> Result<String, IntakeError> {
    let opened = input::open(Box::new(input), &Table, file, settings)?;
    let sample = opened.sample;
    let Some(shape) = Shape::of(&sample) else {
        return Err(IntakeError::refused(file, "there is no line in it from which a mapping could be guessed"));
    };
    let known = FEEDS.iter().copied().find(|feed| feed.likeness(&sample) == Likeness::Certain);
    let guess = Guess::of(&shape);
    let mapping = written::mapping(&shape, &guess);
    let trial = mapping.parse::<TableMapping>().ok().map(|mapping| trial(&mapping, &sample, settings));
    Ok(written::introduction(file, known, settings.zone, trial.as_ref()) + &mapping)
}

/// What came of reading the beginning of a file by a mapping.
struct Trial {
    records: usize,
    /// Of these records, those that cannot be read, and why the first of them cannot.
    bad: usize,
    why: Option<String>,
}

fn trial(mapping: &TableMapping, sample: &FileSample, settings: &FeedSettings) -> Trial {
    let text = sample.lines().join("\n");
    let origin = Origin { source: String::new(), file: "line".to_owned() };
    let mut trial = Trial { records: 0, bad: 0, why: None };
    let mut fails = |why: String| {
        trial.bad += 1;
        trial.why.get_or_insert(why);
    };
    let records = match open(mapping, Box::new(text.as_bytes()), &origin, settings) {
        Ok(records) => records,
        Err(error) => {
            fails(error.to_string());
            return trial;
        }
    };
    let mut read = 0;
    for record in records {
        read += 1;
        match record {
            Ok(Incoming { content: Content::Unreadable { detail, .. }, position, .. }) => {
                fails(format!("{position}: {detail}"));
            }
            Ok(_) => {}
            Err(error) => fails(error.to_string()),
        }
    }
    Trial { records: read, ..trial }
}
