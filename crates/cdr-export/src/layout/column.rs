//! A column: its heading, and the content of its cells.

use serde::{Deserialize, Serialize};

use super::style::Style;

/// One column of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Column {
    /// The heading, unique in its sheet; the key of its cells in JSON.
    pub heading: String,
    /// The name of the column in the system that the layout reproduces, if it differs from the heading: `time_start`
    /// for `Time Start`. Columns are excluded by this name.
    pub name: Option<String>,
    /// The content of its cells.
    pub content: ColumnContent,
    /// How its cells are printed, if not in the layout's [`Styles`](super::Styles).
    pub style: Option<Style>,
}

/// The content of a column's cells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnContent {
    /// The same text in every row.
    Constant(String),
    /// A field of the record.
    Field {
        /// The field's name.
        field: String,
        /// Further fields to try, in this order, while the previous ones are null. An empty text is not null.
        or: Vec<String>,
        /// The text to print if all of them are null.
        otherwise: Option<String>,
    },
    /// A number or list about the other sheets, in a sheet of counts.
    Summary(Summary),
}

/// A value in a sheet of counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Summary {
    /// The number of calls in the file.
    Calls,
    /// The number of conferences in the file.
    Conferences,
    /// The sources whose records are in it, separated by semicolons.
    #[serde(rename = "clusters-included", alias = "sources-included")]
    SourcesIncluded,
    /// The sources that could not be queried, separated by semicolons.
    #[serde(rename = "clusters-excluded", alias = "sources-excluded")]
    SourcesExcluded,
}

impl Column {
    /// A column that prints a field.
    pub fn field(heading: impl Into<String>, field: impl Into<String>) -> Column {
        let content = ColumnContent::Field { field: field.into(), or: Vec::new(), otherwise: None };
        Column { heading: heading.into(), name: None, content, style: None }
    }

    /// A column with the same text in every row.
    pub fn constant(heading: impl Into<String>, text: impl Into<String>) -> Column {
        Column { heading: heading.into(), name: None, content: ColumnContent::Constant(text.into()), style: None }
    }

    /// The names of the fields it prints.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        let (field, or) = match &self.content {
            ColumnContent::Field { field, or, .. } => (Some(field.as_str()), or.as_slice()),
            ColumnContent::Constant(_) | ColumnContent::Summary(_) => (None, [].as_slice()),
        };
        field.into_iter().chain(or.iter().map(String::as_str))
    }

    /// Its name, or its heading if it has no name.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.heading)
    }

    /// A column of a sheet of counts.
    pub fn summary(heading: impl Into<String>, summary: Summary) -> Column {
        Column { heading: heading.into(), name: None, content: ColumnContent::Summary(summary), style: None }
    }
}

/// A column in the flat form of a layout file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    heading: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    constant: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    or: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    otherwise: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    summary: Option<Summary>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    style: Option<Style>,
}

impl TryFrom<Written> for Column {
    type Error = String;

    fn try_from(written: Written) -> Result<Column, String> {
        let Written { heading, name, constant, field, or, otherwise, summary, style } = written;
        let content = match (constant, field, summary) {
            (Some(text), None, None) => ColumnContent::Constant(text),
            (None, None, Some(summary)) => ColumnContent::Summary(summary),
            (None, Some(field), None) => {
                return Ok(Column { heading, name, content: ColumnContent::Field { field, or, otherwise }, style });
            }
            _ => return Err(format!("column `{heading}` takes exactly one of `constant`, `field` and `summary`")),
        };
        if !or.is_empty() || otherwise.is_some() {
            return Err(format!("column `{heading}` has no `field`, so it takes neither `or` nor `otherwise`"));
        }
        Ok(Column { heading, name, content, style })
    }
}

impl From<Column> for Written {
    fn from(Column { heading, name, content, style }: Column) -> Written {
        let bare = Written {
            heading,
            name,
            constant: None,
            field: None,
            or: Vec::new(),
            otherwise: None,
            summary: None,
            style,
        };
        match content {
            ColumnContent::Constant(text) => Written { constant: Some(text), ..bare },
            ColumnContent::Field { field, or, otherwise } => Written { field: Some(field), or, otherwise, ..bare },
            ColumnContent::Summary(summary) => Written { summary: Some(summary), ..bare },
        }
    }
}
