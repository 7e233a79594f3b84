//! The columns of a record. The operator chooses them, and a record names none of them.

use super::length::length;
use crate::fault::{Fault, number_of_fields, shown};
use crate::feed::named::Names;
use crate::feed::times::is_time;

/// All columns in the order of 3CX's documentation. Without a choice of the operator, the first 20 of them are written.
pub(super) const ALL: [&str; 27] = [
    "historyid",
    "callid",
    "duration",
    "time-start",
    "time-answered",
    "time-end",
    "reason-terminated",
    "from-no",
    "to-no",
    "from-dn",
    "to-dn",
    "dial-no",
    "reason-changed",
    "final-number",
    "final-dn",
    "bill-code",
    "bill-rate",
    "bill-cost",
    "bill-name",
    "chain",
    "from-type",
    "to-type",
    "final-type",
    "from-dispname",
    "to-dispname",
    "final-dispname",
    "missed-queue-calls",
];
/// The columns after the first 20, as some installations have them.
const MISSED_FIRST: [&str; 7] =
    ["missed-queue-calls", "from-dispname", "to-dispname", "final-dispname", "from-type", "to-type", "final-type"];
/// The types of parties, in lower case without underscores.
const TYPES: [&str; 22] = [
    "conference",
    "confplace",
    "extension",
    "external",
    "externalline",
    "fax",
    "inboundrouting",
    "ivr",
    "line",
    "outboundrule",
    "park",
    "parking",
    "process",
    "provider",
    "queue",
    "ringgroup",
    "routepoint",
    "script",
    "service",
    "specialmenu",
    "vmail",
    "voicemail",
];
/// The columns with names that people chose, which may have commas.
const NAMED: [&str; 4] = ["bill-name", "from-dispname", "to-dispname", "final-dispname"];
/// The most commas in names of one record.
const MOST_COMMAS: usize = 4;

/// The columns that records may have.
pub(super) struct Layouts(Vec<Layout>);

struct Layout {
    columns: Vec<String>,
    names: Names,
}

/// The fields of a record, and their columns.
pub(super) struct Fitted<'a> {
    pub(super) names: &'a Names,
    pub(super) fields: Vec<String>,
    /// The first name that had a comma, if there was one.
    pub(super) mended: Option<String>,
}

impl Layouts {
    /// The columns of installations that are known.
    pub(super) fn known() -> Layouts {
        let missed_first: Vec<&str> = ALL[..20].iter().chain(&MISSED_FIRST).copied().collect();
        Layouts(vec![Layout::of(&ALL[..20]), Layout::of(&ALL[..26]), Layout::of(&ALL), Layout::of(&missed_first)])
    }

    /// The columns that the settings or a heading name. `None` if a call cannot be made of them.
    pub(super) fn named<H: AsRef<str>>(columns: &[H]) -> Option<Layouts> {
        let columns: Vec<String> = columns.iter().map(|name| normal(name.as_ref())).collect();
        let layout = Layout::of(&columns);
        let has_identity = ["historyid", "callid"].iter().any(|name| layout.names.have(&[name]));
        (has_identity && layout.names.have(&["time-start"])).then(|| Layouts(vec![layout]))
    }

    /// The columns of a record. More fields than columns are parts of names, if only one way of joining as few of them as
    /// possible agrees with the other columns.
    pub(super) fn fit(&self, fields: Vec<String>) -> Result<Fitted<'_>, Fault> {
        let exact = self.0.iter().filter(|layout| layout.columns.len() == fields.len() && layout.fits(&fields));
        // Of two orders with the same number of columns, the first one of those with most types where types have to be.
        let exact = exact.rev().max_by_key(|layout| layout.types(&fields));
        let probable = exact.filter(|_| !has_blanks(&fields));
        if let Some(layout) = probable.filter(|layout| !layout.is_doubtful(&fields)) {
            return Ok(Fitted { names: &layout.names, fields, mended: None });
        }
        for commas in 1..=MOST_COMMAS {
            let mut ways: Vec<_> = self.0.iter().flat_map(|layout| layout.joined(&fields, commas)).collect();
            match (ways.pop(), ways.is_empty() && probable.is_none()) {
                (None, _) => {}
                (Some(fitted), true) => return Ok(fitted),
                (Some(_), false) => {
                    let (found, expected) = (number_of_fields(fields.len()), self.widths());
                    let why = "it cannot be decided whether a name has a comma, and which one";
                    return Err(Fault::new("columns", format!("{found}, expected {expected}; {why}")));
                }
            }
        }
        match exact {
            Some(layout) => Ok(Fitted { names: &layout.names, fields, mended: None }),
            None => Err(self.misfit(&fields)),
        }
    }

    fn misfit(&self, fields: &[String]) -> Fault {
        let of_width = self.0.iter().find(|layout| layout.columns.len() == fields.len());
        let wrong = of_width
            .and_then(|layout| layout.columns.iter().zip(fields).find(|(column, text)| !is_value(column, text)));
        let found = match wrong {
            Some((column, text)) => format!("{column} is {}, which is no value of it", shown(text)),
            None => format!("{}, expected {}", number_of_fields(fields.len()), self.widths()),
        };
        Fault::new("columns", format!("{found}; name the columns with --columns if there are others"))
    }

    fn widths(&self) -> String {
        let mut widths: Vec<usize> = self.0.iter().map(|layout| layout.columns.len()).collect();
        widths.dedup();
        match widths.split_last() {
            Some((last, [])) => last.to_string(),
            Some((last, others)) => {
                let others: Vec<String> = others.iter().map(usize::to_string).collect();
                format!("{} or {last}", others.join(", "))
            }
            None => String::new(),
        }
    }
}

impl Layout {
    fn of<H: AsRef<str>>(columns: &[H]) -> Layout {
        let columns: Vec<String> = columns.iter().map(|name| name.as_ref().to_owned()).collect();
        Layout { names: Names::of(&columns), columns }
    }

    /// Whether all fields have values of their columns.
    fn fits(&self, fields: &[String]) -> bool {
        self.columns.iter().zip(fields).all(|(column, text)| is_value(column, text))
    }

    /// How many of the columns of types have a type that is known.
    fn types(&self, fields: &[String]) -> usize {
        let is_one = |(column, text): &(&String, &String)| column.ends_with("-type") && is_type(text);
        self.columns.iter().zip(fields).filter(is_one).count()
    }

    /// Whether a record that fits may be one of fewer columns, and a name with a comma in it: an agent that did not answer
    /// is a number, and where there is no final party, it has no name.
    fn is_doubtful(&self, fields: &[String]) -> bool {
        let text = |name: &str| self.names.place(name).map_or("", |place| fields[place].as_str());
        let is_number = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit()) && !text.contains(' ');
        let is_agent = text("missed-queue-calls").split_terminator(';').all(is_number);
        let has_final = ["final-number", "final-dn"].iter().any(|name| !text(name).is_empty());
        !is_agent || (!has_final && !text("final-dispname").is_empty())
    }

    /// The ways of joining fields to names with so many commas that give all columns values.
    fn joined(&self, fields: &[String], commas: usize) -> Vec<Fitted<'_>> {
        let names = self.columns.iter().enumerate().filter(|(_, column)| NAMED.contains(&column.as_str()));
        let places: Vec<usize> = names.map(|(place, _)| place).collect();
        let is_one = fields.len() == self.columns.len() + commas;
        let ways = if is_one { shares(commas, places.len()) } else { Vec::new() };
        let joined = ways.into_iter().filter_map(|commas| self.join(fields, &places, &commas));
        joined.filter(|fitted| self.fits(&fitted.fields) && !has_blanks(&fitted.fields)).collect()
    }

    /// The fields with so many commas in the names at these places. No part of a name with a comma is empty.
    fn join(&self, fields: &[String], places: &[usize], commas: &[usize]) -> Option<Fitted<'_>> {
        let (mut rest, mut joined, mut mended) = (fields, Vec::with_capacity(self.columns.len()), None);
        for place in 0..self.columns.len() {
            let commas = places.iter().position(|name| *name == place).map_or(0, |name| commas[name]);
            let (parts, others) = rest.split_at_checked(commas + 1)?;
            rest = others;
            joined.push(parts.join(","));
            if commas > 0 {
                mended.get_or_insert_with(|| parts.join(","));
                parts.iter().all(|part| !part.trim().is_empty()).then_some(())?;
            }
        }
        Some(Fitted { names: &self.names, fields: joined, mended })
    }
}

/// A column's name as 3CX's documentation has it.
fn normal(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace('_', "-")
}

/// All ways of dividing a number among so many places.
fn shares(number: usize, places: usize) -> Vec<Vec<usize>> {
    let Some(others) = places.checked_sub(1) else {
        return if number == 0 { vec![Vec::new()] } else { Vec::new() };
    };
    let with = |first: usize| shares(number - first, others).into_iter().map(move |rest| [vec![first], rest].concat());
    (0..=number).flat_map(with).collect()
}

/// Whether a field begins with a blank, as the second part of `Example, Ada` does.
fn has_blanks(fields: &[String]) -> bool {
    fields.iter().any(|field| field.starts_with(' '))
}

/// Whether a column can have a text.
fn is_value(column: &str, text: &str) -> bool {
    if text.is_empty() {
        return column != "time-start";
    }
    match column {
        "duration" => length(text).is_some(),
        "time-start" | "time-answered" | "time-end" => is_slashed_time(text),
        "chain" => text.starts_with("Chain:"),
        "from-type" | "to-type" | "final-type" => text.bytes().all(|c| c.is_ascii_alphabetic() || c == b'_'),
        "bill-rate" | "bill-cost" => text.bytes().all(|c| c.is_ascii_digit() || b".-".contains(&c)),
        _ => true,
    }
}

fn is_type(text: &str) -> bool {
    TYPES.contains(&text.to_ascii_lowercase().replace('_', "").as_str())
}

/// Whether a text is a time with slashes in its date.
pub(super) fn is_slashed_time(text: &str) -> bool {
    text.get(4..5) == Some("/") && is_time(&text.replace('/', "-"))
}

/// Whether the fields of a line are names of columns.
pub(super) fn is_heading(fields: &[String]) -> bool {
    Layouts::named(fields).is_some()
}

/// The fields of a line. Commas are not quoted, unless all fields are.
pub(super) fn fields(line: &str) -> Vec<String> {
    if line.starts_with('"') {
        return crate::input::split(line, ',');
    }
    line.split(',').map(str::to_owned).collect()
}
