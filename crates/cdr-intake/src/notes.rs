//! Notes about rows that were loaded, and that somebody should look at.

/// What is unusual about a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// The kind, which is the same in all rows with the same oddity.
    pub(crate) kind: &'static str,
    /// The oddity of this row.
    pub(crate) detail: String,
}

/// The notes about the rows of a file: the first of each kind, and how many there are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes(Vec<Noted>);

#[derive(Clone, Debug)]
struct Noted {
    kind: &'static str,
    first: String,
    rows: u64,
}

impl Notes {
    /// Adds a note about the row at a position.
    pub(crate) fn add(&mut self, position: &str, note: Note) {
        match self.0.iter_mut().find(|noted| noted.kind == note.kind) {
            Some(noted) => noted.rows += 1,
            None => self.0.push(Noted { kind: note.kind, first: format!("{position}: {}", note.detail), rows: 1 }),
        }
    }

    /// One line for each kind.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |noted: &Noted| match noted.rows {
            1 => noted.first.clone(),
            2 => format!("{} (and 1 more such row)", noted.first),
            rows => format!("{} (and {} more such rows)", noted.first, rows - 1),
        };
        self.0.iter().map(line).collect()
    }
}

/// The note about a telephone number that a spreadsheet has turned into one like `4.93023E+11`: its last digits are lost.
pub(crate) fn ruined_number(field: &str, text: &str) -> Option<Note> {
    let (digits, power) = text.split_once("E+").or_else(|| text.split_once("e+"))?;
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_ruined = whole.len() == 1 && [whole, fraction, power].into_iter().all(are_digits) && !power.is_empty();
    let detail =
        || format!("{field} is {text}, a number that a spreadsheet has ruined: load the file of the switch itself");
    is_ruined.then(|| Note { kind: "number-ruined", detail: detail() })
}

#[cfg(test)]
mod tests {
    use super::{Note, Notes, ruined_number};

    #[test]
    fn the_first_row_of_each_kind_is_told() {
        let note = |kind: &'static str, detail: &str| Note { kind, detail: detail.to_owned() };
        let mut notes = Notes::default();
        for (line, kind) in [(1, "a"), (2, "b"), (3, "b"), (4, "c"), (5, "c"), (6, "c")] {
            notes.add(&format!("f:{line}"), note(kind, kind));
        }
        assert_eq!(notes.lines(), ["f:1: a", "f:2: b (and 1 more such row)", "f:4: c (and 2 more such rows)"]);
    }

    #[test]
    fn numbers_that_a_spreadsheet_has_ruined_are_found() {
        for (text, is_ruined) in [
            ("4.93023E+11", true),
            ("4,93023e+11", true),
            ("5E+9", true),
            ("493023125001", false),
            ("+493023125001", false),
            ("E+11", false),
            ("4.9E+", false),
            ("49.3E+11", false),
            ("4.9E+1x", false),
        ] {
            assert_eq!(ruined_number("src", text).is_some(), is_ruined, "{text}");
        }
    }
}
