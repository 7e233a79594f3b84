//! A guessed mapping as text.

use cdr_model::{LocalZone, printable};

use super::super::document::Form;
use super::Trial;
use super::columns::{Column, Guess};
use super::names::{ANSWERED, DIRECTIONS, KEY, NAMES, TRUNKS, plain};
use super::shape::Shape;
use super::values::{Likely, NULLS, other_order};
use crate::delimited::Quoting;
use crate::fault::shown;
use crate::feed::Feed;

/// The comments before a mapping.
pub(super) fn introduction(file: &str, known: Option<&dyn Feed>, zone: LocalZone, trial: Option<&Trial>) -> String {
    let mut text = String::new();
    if let Some(feed) = known {
        line(
            &mut text,
            &format!("# This looks like {}, which is read without a mapping: --feed {}", feed.summary(), feed.name()),
        );
    }
    line(
        &mut text,
        &format!(
            "# A mapping for the feed `table`, guessed from {}. Check each line before you load with it:",
            printable(file)
        ),
    );
    line(
        &mut text,
        &format!(
            "# tollbook load --feed table --mapping MAPPING.toml --zone {zone} FILE (times without an offset are in that zone)"
        ),
    );
    match trial {
        None => line(&mut text, "# IT IS NOT COMPLETE: no column of times was recognised, and every call has a start."),
        Some(Trial { records, bad, why }) => {
            line(&mut text, &format!("# It reads {} of the first {records} records.", records.saturating_sub(*bad)));
            if let Some(why) = why {
                line(&mut text, &format!("# The first one that it does not read: {}", printable(why)));
            }
        }
    }
    text.push('\n');
    text
}

/// The mapping itself.
pub(super) fn mapping(shape: &Shape, guess: &Guess) -> String {
    let mut text = form(shape);
    values(&mut text, guess);
    key(&mut text, shape, guess);
    text.push_str("\n[fields]\n");
    if guess.of_field("started_at").is_none() {
        line(&mut text, "# started_at = …");
    }
    for (field, _) in NAMES {
        let column = guess.columns.iter().enumerate().find(|(_, column)| column.field == Some(field));
        if let Some((at, column)) = column.filter(|_| ![KEY, TRUNKS].contains(field)) {
            rule(&mut text, shape, guess, field, at, column);
        }
    }
    rest(&mut text, shape, guess);
    text
}

/// How the lines of the file are read.
fn form(shape: &Shape) -> String {
    if shape.form == Form::JsonLines {
        return "form = \"json-lines\"\n".to_owned();
    }
    let mut text = format!("form = \"delimited\"\ndelimiter = {}\n", quoted(&shape.delimiter.to_string()));
    if shape.quoting == Quoting::Tolerant {
        line(&mut text, "quoting = \"tolerant\"      # quotes in fields are not doubled");
    }
    if !shape.has_heading {
        line(&mut text, "heading = false           # columns are named by their places, from 1");
    }
    if shape.skip > 0 {
        line(&mut text, &format!("skip = {}                  # lines before the table", shape.skip));
    }
    if let Some(comment) = shape.comment {
        line(&mut text, &format!("comment = {}", quoted(comment)));
    }
    text
}

/// How values are written.
fn values(text: &mut String, guess: &Guess) {
    let used = || guess.columns.iter().filter(|column| column.field.is_some());
    let nulls: Vec<String> = NULLS
        .into_iter()
        .filter(|null| used().any(|column| column.values.iter().any(|value| value == null)))
        .map(quoted)
        .collect();
    if !nulls.is_empty() {
        line(text, &format!("nulls = [{}]", nulls.join(", ")));
    }
    let marks = used().find_map(|column| match column.likely {
        Likely::Decimal(decimal, thousands) if decimal != '.' || thousands.is_some() => Some((decimal, thousands)),
        _ => None,
    });
    if let Some((decimal, thousands)) = marks {
        line(text, &format!("decimal = {}", quoted(&decimal.to_string())));
        if let Some(mark) = thousands {
            line(text, &format!("thousands = {}", quoted(&mark.to_string())));
        }
    }
    let mut forms: Vec<String> = Vec::new();
    for field in ["started_at", "connected_at", "ended_at"] {
        if let Some(Column { likely: Likely::Time(form), .. }) = guess.of_field(field) {
            forms.push(quoted(form));
        }
    }
    if let Some((date, clock)) = guess.joined
        && let (Likely::Date(date), Likely::Clock(clock)) = (&guess.columns[date].likely, &guess.columns[clock].likely)
    {
        forms.push(quoted(&format!("{date} {clock}")));
    }
    forms.sort_unstable();
    forms.dedup();
    if !forms.is_empty() {
        line(text, &format!("times = [{}]", forms.join(", ")));
    }
    let other = used().find_map(|column| match column.likely {
        Likely::Time(form) | Likely::Date(form) => other_order(form).filter(|_| column.has_small_days()),
        _ => None,
    });
    if let Some(other) = other {
        line(text, &format!("# No day is above 12, so it may as well be {}", quoted(&other)));
    }
}

fn key(text: &mut String, shape: &Shape, guess: &Guess) {
    let of_field = |field: &str| guess.columns.iter().position(|column| column.field == Some(field));
    let unique =
        ["call_uuid", KEY, "call_id"].into_iter().filter_map(of_field).find(|at| guess.columns[*at].is_unique());
    match unique {
        Some(at) => line(text, &format!("key = {}", place(shape, at))),
        None => line(
            text,
            "# No column identifies a record: it is identified by its digest, and the number among equal rows.",
        ),
    }
    if let Some(at) = of_field(TRUNKS) {
        line(text, &format!("trunks = [{}]", place(shape, at)));
    }
}

/// The line of a field.
fn rule(text: &mut String, shape: &Shape, guess: &Guess, field: &str, at: usize, column: &Column) {
    let from = place(shape, at);
    match (field, guess.joined) {
        ("started_at", Some((date, clock))) => {
            line(text, &format!("started_at = {{ join = [{}, {}] }}", place(shape, date), place(shape, clock)));
        }
        ("talk" | "duration" | "billed", _) => {
            let rule = |field: &str| format!("{field} = {{ from = {from}, unit = \"{}\" }}", column.unit.name());
            if field == "duration" && guess.has_one_length {
                line(
                    text,
                    "# The only length of time: it is read as the talk, and as the time from the start to the end.",
                );
                line(text, &rule("talk"));
            }
            line(text, &rule(field));
        }
        ("direction", _) => direction(text, &from, column),
        ("release_reason", _) => {
            line(text, &format!("release_reason = {from}"));
            if guess.of_field("success").is_none() {
                success(text, &from, column);
            }
        }
        ("account", _) => line(text, &format!("account = {from}")),
        _ => line(text, &format!("{field} = {from}")),
    }
}

/// What the words of a result say about success.
fn success(text: &mut String, from: &str, column: &Column) {
    let is_answered = |value: &&str| ANSWERED.contains(&plain(value).as_str());
    let answered: Vec<String> = column.distinct().into_iter().filter(is_answered).map(quoted).collect();
    if answered.is_empty() {
        return;
    }
    let values = answered.iter().map(|value| format!("{value} = true")).collect::<Vec<_>>().join(", ");
    line(text, &format!("success = {{ from = {from}, values = {{ {values} }}, otherwise = false }}"));
}

fn direction(text: &mut String, from: &str, column: &Column) {
    let meaning = |value: &str| DIRECTIONS.iter().find(|(_, words)| words.contains(&plain(value).as_str()));
    let distinct = column.distinct();
    let known: Vec<String> =
        distinct.iter().filter_map(|value| Some(format!("{} = \"{}\"", quoted(value), meaning(value)?.0))).collect();
    if known.is_empty() {
        let seen = distinct.into_iter().take(5).map(shown).collect::<Vec<_>>().join(", ");
        line(text, &format!("# direction = {{ from = {from}, values = {{ … }} }}  # {seen}"));
    } else {
        let known = known.join(", ");
        line(text, &format!("direction = {{ from = {from}, values = {{ {known} }}, otherwise = \"unknown\" }}"));
    }
}

/// The columns that were not recognised, as comments.
fn rest(text: &mut String, shape: &Shape, guess: &Guess) {
    let others: Vec<_> = guess.columns.iter().enumerate().filter(|(_, column)| column.field.is_none()).collect();
    if others.is_empty() {
        return;
    }
    line(text, "\n# Not recognised: name the field, or keep a column in `extra` by its own name.");
    for (at, column) in others {
        let name = if column.name.is_empty() { format!("column {}", at + 1) } else { column.name.clone() };
        let example =
            column.distinct().first().map_or("always empty".to_owned(), |value| format!("such as {}", shown(value)));
        line(text, &format!("# {} = {}  # {example}", quoted(&format!("extra.{name}")), place(shape, at)));
    }
}

/// How a mapping names a column: by its name, or by its place if it has none of its own.
fn place(shape: &Shape, at: usize) -> String {
    let name = shape.names.get(at).map(String::as_str).unwrap_or_default();
    let is_other = |other: &&String| other.trim().to_lowercase() == name.trim().to_lowercase();
    let is_unique = shape.names.iter().filter(is_other).count() == 1;
    if !name.is_empty() && (is_unique || shape.form == Form::JsonLines) { quoted(name) } else { (at + 1).to_string() }
}

/// A text as TOML has it, on one line.
fn quoted(text: &str) -> String {
    // The strings of JSON are those of TOML, but for one control character.
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}
