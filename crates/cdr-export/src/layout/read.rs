//! Reading layouts: the built-in files, and custom layout files.

use super::sheet::Layout;
use crate::error::ExportError;

/// The name and text of each built-in layout.
static BUILT_IN: &[(&str, &str)] = &[
    ("dma-6.1-reconstructed", include_str!("../../layouts/dma-6.1-reconstructed.toml")),
    ("dma-5.x", include_str!("../../layouts/dma-5.x.toml")),
    ("yeti-customer", include_str!("../../layouts/yeti-customer.toml")),
    ("native", include_str!("../../layouts/native.toml")),
];

impl Layout {
    /// The names of the built-in layouts.
    pub fn built_in() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The text of a built-in layout, as a starting point for a custom one.
    pub fn built_in_text(name: &str) -> Option<&'static str> {
        BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
    }

    /// The layout of this name: the custom one in `own` if present, else the built-in one.
    ///
    /// # Errors
    /// [`ExportError::UnknownLayout`] with the known names.
    pub fn named(name: &str, own: &[Layout]) -> Result<Layout, ExportError> {
        if let Some(layout) = own.iter().find(|layout| layout.name == name) {
            return Ok(layout.clone());
        }
        match Layout::built_in_text(name) {
            Some(text) => Layout::read(text),
            None => {
                let mut known: Vec<&str> = own.iter().map(|layout| layout.name.as_str()).collect();
                for (name, _) in BUILT_IN {
                    if !known.contains(name) {
                        known.push(name);
                    }
                }
                Err(ExportError::UnknownLayout { name: name.to_owned(), known: known.join(", ") })
            }
        }
    }

    /// Reads a layout file (TOML) and checks it.
    ///
    /// # Errors
    /// [`ExportError::Layout`] with the layout's name, the location, the invalid value and the valid ones: for an
    /// unknown key, field or style, a sheet without columns, a duplicate heading, and every other violation that
    /// [`Layout::check`] finds.
    pub fn read(text: &str) -> Result<Layout, ExportError> {
        let fault = |layout: &str, error: &toml::de::Error| ExportError::Layout {
            layout: layout.to_owned(),
            what: toml_error(text, error),
        };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| fault("?", &error))?;
        let name = table.get("name").and_then(toml::Value::as_str).unwrap_or("?");
        // Read from the text instead of the table, so that the error has the line.
        let layout: Layout = toml::from_str(text).map_err(|error| fault(name, &error))?;
        layout.check()?;
        Ok(layout)
    }
}

/// The location and the message of a TOML error in a text, on one line.
pub fn toml_error(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let place = before.map(|before| {
        let line = before.rsplit('\n').next().unwrap_or_default();
        format!("line {}, column {}: ", before.matches('\n').count() + 1, line.chars().count() + 1)
    });
    // Some messages have several lines.
    let why: Vec<&str> = error.message().lines().map(str::trim).collect();
    format!("{}{}", place.unwrap_or_default(), why.join(", "))
}
