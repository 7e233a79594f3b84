//! The form of a file: what separates its fields, which lines come before its rows, and whether it has a heading.

use std::collections::BTreeMap;

use super::super::document::Form;
use super::super::objects::object;
use super::values::Likely;
use crate::delimited::{Delimited, Fields, Quoting};
use crate::input::FileSample;
use crate::json::{Members, scalar};

/// The characters that may separate fields, the most frequent one first.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
/// What lines of comment begin with.
const COMMENT: &str = "#";
/// The most columns that are looked at, and the deepest member of an object.
const COLUMNS: usize = 300;
const DEPTH: usize = 6;

/// The form of a file, and its rows.
pub(super) struct Shape {
    pub(super) form: Form,
    pub(super) delimiter: char,
    pub(super) quoting: Quoting,
    pub(super) comment: Option<&'static str>,
    pub(super) skip: usize,
    pub(super) has_heading: bool,
    /// The names of the columns, or the paths of members; empty for a column without a name.
    pub(super) names: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Shape {
    /// The form of a file that begins like this; `None` if it has no lines.
    pub(super) fn of(sample: &FileSample) -> Option<Shape> {
        let first = sample.lines().first()?;
        if first.trim_start().starts_with('{') && object(first).is_ok() {
            return Some(Shape::of_objects(sample.lines()));
        }
        let (comments, lines): (Vec<&String>, Vec<&String>) =
            sample.lines().iter().partition(|line| line.starts_with(COMMENT));
        // A heading that begins so is none of a file of comments.
        let has_comments = !comments.is_empty() && comments.len() < lines.len();
        let lines = if has_comments { lines } else { sample.lines().iter().collect() };
        let lines: Vec<String> = lines.into_iter().cloned().collect();
        Some(Shape::of_rows(&lines, has_comments.then_some(COMMENT)))
    }

    fn of_rows(lines: &[String], comment: Option<&'static str>) -> Shape {
        let whole = FileSample::of(lines.join("\n").as_bytes(), true);
        let split = |delimiter: char| whole.rows_by(delimiter).collect::<Vec<_>>();
        let (delimiter, width) = DELIMITERS
            .into_iter()
            .rev()
            .map(|delimiter| (delimiter, usual(&split(delimiter))))
            .max_by_key(|(_, (width, rows))| if *width < 2 { (0, 0) } else { (*rows, *width) })
            .map_or((',', 1), |(delimiter, (width, _))| (delimiter, width));
        let mut rows = split(delimiter);
        // A title has few fields.
        let skip = rows.iter().take_while(|row| row.len() * 2 < width).count();
        rows.drain(..skip);
        let quoting = quoting(lines, delimiter);
        let has_heading = rows.first().is_some_and(|row| is_heading(row));
        let names = if has_heading { rows.remove(0) } else { Vec::new() };
        let columns = names.len().max(width).min(COLUMNS);
        let mut names: Vec<String> = names.into_iter().map(|name| name.trim().to_owned()).collect();
        names.resize(columns, String::new());
        Shape { form: Form::Delimited, delimiter, quoting, comment, skip, has_heading, names, rows }
    }

    fn of_objects(lines: &[String]) -> Shape {
        let (mut names, mut rows) = (Vec::new(), Vec::new());
        for line in lines {
            let mut values = BTreeMap::new();
            if let Ok(members) = object(line) {
                flatten("", &members, DEPTH, &mut names, &mut values);
            }
            rows.push(values);
        }
        let row = |values: BTreeMap<usize, String>| {
            (0..names.len()).map(|at| values.get(&at).cloned().unwrap_or_default()).collect()
        };
        let rows = rows.into_iter().map(row).collect();
        Shape {
            form: Form::JsonLines,
            delimiter: ',',
            quoting: Quoting::Strict,
            comment: None,
            skip: 0,
            has_heading: true,
            names,
            rows,
        }
    }
}

/// The number of fields that most rows have, and how many have it.
fn usual(rows: &[Vec<String>]) -> (usize, usize) {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    rows.iter().for_each(|row| *counts.entry(row.len()).or_default() += 1);
    counts.into_iter().max_by_key(|(width, rows)| (*rows, *width)).unwrap_or_default()
}

/// Whether a row names columns: it has words, and nothing that looks like a value.
fn is_heading(row: &[String]) -> bool {
    let given: Vec<&str> = row.iter().map(|field| field.trim()).filter(|field| !field.is_empty()).collect();
    let is_word = |field: &&str| field.chars().any(char::is_alphabetic);
    given.iter().any(is_word) && given.iter().all(|field| Likely::of([*field].into_iter()) == Likely::Text)
}

/// Whether the quotes of these lines are doubled as RFC 4180 demands.
fn quoting(lines: &[String], delimiter: char) -> Quoting {
    let text = lines.join("\n");
    let mut rows = Delimited::new(text.as_bytes()).separated_by(u8::try_from(delimiter).unwrap_or(b','));
    let mut fields = Fields::default();
    while let Ok(Some(found)) = rows.next(&mut fields, |_| Ok(())) {
        if found.fault.is_some_and(|fault| fault.reason == "quoting-malformed") {
            return Quoting::Tolerant;
        }
    }
    Quoting::Strict
}

/// Adds the scalar members of an object by their paths.
fn flatten(
    before: &str,
    Members(members): &Members<'_>,
    depth: usize,
    names: &mut Vec<String>,
    values: &mut BTreeMap<usize, String>,
) {
    for (name, value) in members {
        let path = format!("{before}{name}");
        if value.get().starts_with('{') && depth > 0 {
            if let Ok(inner) = object(value.get()) {
                flatten(&format!("{path}."), &inner, depth - 1, names, values);
            }
            continue;
        }
        let Ok(Some(text)) = scalar(&path, value) else { continue };
        let at = match names.iter().position(|known| *known == path) {
            Some(at) => at,
            None if names.len() < COLUMNS => {
                names.push(path);
                names.len() - 1
            }
            None => continue,
        };
        values.insert(at, text.into_owned());
    }
}
