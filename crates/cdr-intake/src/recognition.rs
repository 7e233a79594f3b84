//! Recognising a file before a row of it is taken: whether it is one of the feed, and of which one else.

use cdr_mediation::{Content, Incoming};

use crate::error::IntakeError;
use crate::feed::{FEEDS, Feed, Likeness};
use crate::input::FileSample;
use crate::share::Share;

/// The rows that decide whether a file can be read.
pub(crate) const ROWS: usize = 1000;
/// Separators of fields, by the names that messages have for them.
const SEPARATORS: [(char, &str); 3] = [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")];
/// A row with this many fields by another separator is separated by it.
const FIELDS: usize = 5;

/// Refuses a file that is another feed's.
pub(crate) fn check_sample(feed: &dyn Feed, file: &str, sample: &FileSample) -> Result<(), IntakeError> {
    if sample.lines().is_empty() || feed.takes_mapping() || feed.likeness(sample) == Likeness::Certain {
        return Ok(());
    }
    let others = FEEDS.iter().filter(|other| other.name() != feed.name());
    match others.into_iter().find(|other| other.likeness(sample) == Likeness::Certain) {
        Some(other) => {
            let (summary, name) = (other.summary(), other.name());
            Err(IntakeError::refused(file, format!("this looks like {summary}: --feed {name}")))
        }
        None => Ok(()),
    }
}

/// Why a record cannot be read, if it cannot.
pub(crate) fn fault(incoming: &Incoming) -> Option<&str> {
    match &incoming.content {
        Content::Unreadable { detail, .. } => Some(detail),
        _ => None,
    }
}

/// Refuses a file if none of its first rows can be read, or too few of them. A single row that is damaged is not a reason.
pub(crate) fn check_rows(
    feed: &dyn Feed,
    file: &str,
    sample: &FileSample,
    rows: &[Incoming],
    most: Share,
) -> Result<(), IntakeError> {
    let mut faults = rows.iter().filter_map(|row| Some((&row.position, fault(row)?)));
    let Some((position, detail)) = faults.next() else { return Ok(()) };
    let bad = faults.count() + 1;
    if bad == 1 && (rows.len() > 1 || feed.likeness(sample) >= Likeness::Possible) {
        return Ok(());
    }
    if bad < rows.len() {
        if !most.is_exceeded(bad as u64, rows.len() as u64) {
            return Ok(());
        }
        let why = format!(
            "{bad} of its first {} records cannot be read, more than intake.max_bad ({most}); the first one is {position}: \
             {detail}",
            rows.len()
        );
        return Err(IntakeError::refused(file, why));
    }
    let separated = |(separator, name): (char, &'static str)| {
        let is_separated = sample.rows_by(separator).all(|row| row.len() >= FIELDS);
        (is_separated && sample.most(|row| row.len() < FIELDS)).then_some(name)
    };
    let is_own = feed.takes_mapping() || feed.likeness(sample) == Likeness::Certain;
    let mut separators = SEPARATORS.into_iter().filter(|_| !is_own);
    if let Some(name) = separators.find_map(separated) {
        let why = format!("its fields are separated by {name}, and those of the feed {} by commas", feed.name());
        return Err(IntakeError::refused(file, why));
    }
    let which = if bad == 1 { "its only record".to_owned() } else { format!("each of its first {bad} records") };
    let why = format!("{which} cannot be read by the feed {}; {position}: {detail}", feed.name());
    Err(IntakeError::refused(file, why))
}
