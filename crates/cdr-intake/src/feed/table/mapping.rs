//! A mapping: how the columns of a table become the fields of a call. It is read and checked once, and used for any number of
//! files.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use cdr_export::toml_error;
use cdr_model::CdrField;
use toml::Spanned;

use super::cells::CellRules;
use super::document::{ColumnRef, Document, FieldSpec, Form};
use super::length::Marks;
use super::mapping_error::MappingError;
use super::moment::TimeForm;
use super::rule::{Origin, Rule};
use crate::delimited::Quoting;
use crate::fault::shown;
use crate::input::TextEncoding;

/// The bytes that cannot separate fields.
const NO_DELIMITERS: &str = "\"\r\n.+-_:/";

/// How the columns of a table become the fields of a call: the form of the file, and for each field its columns. It is
/// written in TOML (`docs/FEEDS.md`, "table").
#[derive(Clone, PartialEq)]
pub struct TableMapping {
    pub(super) form: Form,
    pub(super) delimiter: u8,
    pub(crate) quoting: Quoting,
    pub(crate) encoding: Option<TextEncoding>,
    pub(super) heading: bool,
    /// The names of the columns of a file without a heading.
    pub(super) names: Vec<String>,
    pub(super) skip: usize,
    pub(super) comment: Option<String>,
    /// The columns that a heading has to have: of each group one, with what it is needed for.
    pub(super) required: Vec<(Vec<String>, String)>,
    pub(super) cells: CellRules,
    pub(super) marks: Marks,
    /// The columns that the mapping names, each once.
    pub(super) columns: Vec<ColumnRef>,
    /// The numbers of the columns in the order in which they are digested, with their names.
    pub(super) digested: Vec<(String, usize)>,
    pub(super) key: Option<Origin>,
    pub(super) trunks: Vec<usize>,
    pub(super) rules: Vec<Rule>,
}

impl TableMapping {
    /// Whether the fields of a line are a heading of the mapping: they name what it requires, and most of what they name, or
    /// `enough` of it, are columns of the mapping.
    pub(super) fn is_heading(&self, fields: &[String], enough: usize) -> bool {
        let fields: Vec<String> = fields.iter().map(|field| field.trim().to_lowercase()).collect();
        let has = |name: &String| fields.contains(&name.trim().to_lowercase());
        let is_known = |field: &&String| self.columns.contains(&ColumnRef::Name((*field).clone()));
        let known = fields.iter().filter(is_known).count();
        self.required.iter().all(|(names, _)| names.iter().any(has)) && (known >= enough || known == fields.len())
    }
}

/// Leaves out the rules, which are as long as the mapping.
impl fmt::Debug for TableMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableMapping")
            .field("form", &self.form)
            .field("rules", &self.rules.len())
            .finish_non_exhaustive()
    }
}

impl FromStr for TableMapping {
    type Err = MappingError;

    /// Reads and checks a mapping in TOML.
    fn from_str(text: &str) -> Result<TableMapping, MappingError> {
        let document: Document = toml::from_str(text).map_err(|error| MappingError(toml_error(text, &error)))?;
        compiled(document).map_err(|wrong| wrong.in_text(text))
    }
}

/// What is wrong at a place of the document.
struct Wrong {
    span: Option<Range<usize>>,
    what: String,
}

impl Wrong {
    fn at<T>(place: &Spanned<T>, what: impl Into<String>) -> Wrong {
        Wrong { span: Some(place.span()), what: what.into() }
    }

    fn in_text(self, text: &str) -> MappingError {
        let before = self.span.and_then(|span| text.get(..span.start));
        let line = before.map(|before| format!("line {}: ", before.matches('\n').count() + 1));
        MappingError(format!("{}{}", line.unwrap_or_default(), self.what))
    }
}

impl From<String> for Wrong {
    fn from(what: String) -> Wrong {
        Wrong { span: None, what }
    }
}

fn compiled(document: Document) -> Result<TableMapping, Wrong> {
    let marks = marks(&document)?;
    let times = times(&document)?;
    let delimiter = delimiter(&document)?;
    let encoding = document
        .encoding
        .as_ref()
        .map(|label| label.get_ref().parse::<TextEncoding>().map_err(|error| Wrong::at(label, error.to_string())));
    if let Some(comment) = document.comment.as_ref().filter(|comment| comment.get_ref().is_empty()) {
        return Err(Wrong::at(comment, "`comment` is what lines of comment begin with, and cannot be empty"));
    }
    let is_delimited = document.form == Form::Delimited;
    if !is_delimited {
        refuse_for_objects(&document)?;
    }
    let heading = document.heading.as_ref().map_or(is_delimited && document.columns.is_empty(), |it| *it.get_ref());
    if let Some(given) = document.heading.as_ref().filter(|_| heading && !document.columns.is_empty()) {
        return Err(Wrong::at(given, "`columns` name the columns of a file without a heading"));
    }
    let mut columns = Columns { form: document.form, ..Columns::default() };
    let mut rules = Vec::with_capacity(document.fields.len());
    for (name, spec) in document.fields {
        let what = |wrong: String| Wrong::at(&name, wrong);
        let origin = columns.origin(name.get_ref(), spec.get_ref()).map_err(what)?;
        rules.push(Rule::of(name.get_ref(), spec.into_inner(), origin, &times, marks).map_err(what)?);
    }
    if !rules.iter().any(|rule| rule.target.is(CdrField::StartedAt)) {
        return Err("`started_at` is not in `fields`, and every call has a start".to_owned().into());
    }
    let key = match document.key {
        Some(spec) => Some(columns.key(spec.get_ref()).map_err(|wrong| Wrong::at(&spec, wrong))?),
        None => None,
    };
    let mut trunks = Vec::with_capacity(document.trunks.len());
    for trunk in document.trunks {
        let place = trunk.span();
        trunks.push(columns.number(trunk.into_inner()).map_err(|what| Wrong { span: Some(place), what })?);
    }
    let required = match document.required {
        Some(names) => names.into_iter().map(|name| (vec![name], "the mapping".to_owned())).collect(),
        None => columns.required,
    };
    let mut digested: Vec<(String, usize)> =
        columns.all.iter().enumerate().map(|(number, column)| (column.digested(), number)).collect();
    digested.sort_unstable();
    Ok(TableMapping {
        form: document.form,
        delimiter,
        quoting: document.quoting,
        encoding: encoding.transpose()?,
        heading,
        names: document.columns,
        skip: document.skip,
        comment: document.comment.map(Spanned::into_inner),
        required,
        cells: CellRules { nulls: document.nulls, trim: document.trim, empty_text: document.empty_text },
        marks,
        columns: columns.all,
        digested,
        key,
        trunks,
        rules,
    })
}

/// Refuses settings that say nothing about objects.
fn refuse_for_objects(document: &Document) -> Result<(), Wrong> {
    let Document { delimiter, heading, columns, required, .. } = document;
    let given = [
        ("delimiter", delimiter.is_some()),
        ("heading", heading.is_some()),
        ("columns", !columns.is_empty()),
        ("required", required.is_some()),
    ];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some((name, _)) => Err(format!("`{name}` is for the form delimited, and this one is json-lines").into()),
        None => Ok(()),
    }
}

fn marks(document: &Document) -> Result<Marks, Wrong> {
    let decimal = match &document.decimal {
        Some(mark) if [',', '.'].contains(mark.get_ref()) => *mark.get_ref(),
        Some(mark) => return Err(Wrong::at(mark, "`decimal` is a point or a comma")),
        None => '.',
    };
    match &document.thousands {
        Some(mark) if *mark.get_ref() == decimal || mark.get_ref().is_alphanumeric() => {
            Err(Wrong::at(mark, "`thousands` is a mark between digits, other than the one before decimals"))
        }
        mark => Ok(Marks { decimal, thousands: mark.as_ref().map(|mark| *mark.get_ref()) }),
    }
}

fn times(document: &Document) -> Result<Vec<TimeForm>, Wrong> {
    let Some(given) = &document.times else { return Ok(vec![TimeForm::Iso]) };
    let forms: Result<Vec<TimeForm>, String> = given.get_ref().0.iter().map(|form| form.parse()).collect();
    let forms = forms.map_err(|what| Wrong::at(given, what))?;
    if forms.is_empty() { Err(Wrong::at(given, "`times` is empty")) } else { Ok(forms) }
}

fn delimiter(document: &Document) -> Result<u8, Wrong> {
    let Some(given) = &document.delimiter else { return Ok(b',') };
    let byte = u8::try_from(*given.get_ref()).ok().filter(u8::is_ascii);
    let byte = byte.filter(|byte| !byte.is_ascii_alphanumeric() && !NO_DELIMITERS.contains(char::from(*byte)));
    byte.ok_or_else(|| Wrong::at(given, "`delimiter` is one character that is in no value, such as , ; | or \\t"))
}

/// The columns that were named so far.
#[derive(Default)]
struct Columns {
    form: Form,
    all: Vec<ColumnRef>,
    required: Vec<(Vec<String>, String)>,
}

impl Columns {
    /// The number of a column, which is added if it is new.
    fn number(&mut self, column: ColumnRef) -> Result<usize, String> {
        let column = match (column, self.form) {
            (ColumnRef::Name(name), _) if name.trim().is_empty() => return Err("a column has no name".to_owned()),
            (ColumnRef::Place(_), Form::JsonLines) => {
                return Err("the members of an object have names, and no places".to_owned());
            }
            (ColumnRef::Name(name), Form::Delimited) => ColumnRef::Name(name.trim().to_lowercase()),
            (column, _) => column,
        };
        if let Some(number) = self.all.iter().position(|known| *known == column) {
            return Ok(number);
        }
        self.all.push(column);
        Ok(self.all.len() - 1)
    }

    fn numbers(&mut self, columns: &[ColumnRef]) -> Result<Vec<usize>, String> {
        columns.iter().map(|column| self.number(column.clone())).collect()
    }

    /// Where the value of a field comes from.
    fn origin(&mut self, field: &str, spec: &FieldSpec) -> Result<Origin, String> {
        match spec {
            FieldSpec { from: Some(columns), join: None, value: None, .. } if !columns.is_empty() => {
                self.require(columns, field);
                Ok(Origin::First(self.numbers(columns)?))
            }
            FieldSpec { from: None, join: Some(columns), value: None, .. } if !columns.is_empty() => {
                columns.iter().for_each(|column| self.require(std::slice::from_ref(column), field));
                Ok(Origin::Joined(self.numbers(columns)?))
            }
            FieldSpec { from: None, join: None, value: Some(text), .. } => Ok(Origin::Constant(text.clone())),
            _ => Err(format!("{} takes one of from, join and value", shown(field))),
        }
    }

    /// Where the key comes from: columns, and no more.
    fn key(&mut self, spec: &FieldSpec) -> Result<Origin, String> {
        let FieldSpec { from: _, join: _, value, time, unit, values, otherwise } = spec;
        let has_more = time.is_some() || unit.is_some() || values.is_some() || otherwise.is_some();
        if has_more || value.is_some() {
            return Err("`key` takes columns, and nothing else: a name, a list of names, or { join = […] }".to_owned());
        }
        self.origin("key", spec)
    }

    fn require(&mut self, columns: &[ColumnRef], field: &str) {
        let name = |column: &ColumnRef| match column {
            ColumnRef::Name(name) => Some(name.clone()),
            ColumnRef::Place(_) => None,
        };
        // A column by its place may be any.
        let names: Option<Vec<String>> = columns.iter().map(name).collect();
        self.required.extend(names.map(|names| (names, shown(field))));
    }
}

impl ColumnRef {
    /// Its name in the digest of a record.
    fn digested(&self) -> String {
        match self {
            ColumnRef::Name(name) => name.clone(),
            ColumnRef::Place(place) => place.to_string(),
        }
    }
}
