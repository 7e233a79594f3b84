//! Feeds that are a mapping: a TOML file beside their code.

use std::io::Read;
use std::sync::LazyLock;

use super::mapping::TableMapping;
use super::mapping_error::MappingError;
use super::open;
use crate::error::IntakeError;
use crate::feed::{Feed, FeedSettings, Likeness, Origin, Records};
use crate::input::FileSample;

/// A heading is the feed's if it has this many of its columns, or all of them.
const COLUMNS: usize = 4;

/// A feed whose files are read by a mapping.
pub struct BuiltIn {
    name: &'static str,
    summary: &'static str,
    mapping: LazyLock<Result<TableMapping, MappingError>>,
}

impl BuiltIn {
    pub(in crate::feed) const fn new(
        name: &'static str,
        summary: &'static str,
        mapping: fn() -> Result<TableMapping, MappingError>,
    ) -> BuiltIn {
        BuiltIn { name, summary, mapping: LazyLock::new(mapping) }
    }
}

impl Feed for BuiltIn {
    fn name(&self) -> &'static str {
        self.name
    }

    fn summary(&self) -> &'static str {
        self.summary
    }

    fn likeness(&self, sample: &FileSample) -> Likeness {
        let Ok(mapping) = &*self.mapping else { return Likeness::None };
        let heading = sample.rows_by(mapping.delimiter.into()).next().unwrap_or_default();
        if mapping.is_heading(&heading, COLUMNS) { Likeness::Certain } else { Likeness::None }
    }

    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        let mapping = self.mapping.as_ref().map_err(|error| IntakeError::Mapping(error.clone()))?;
        open(mapping, input, origin, settings)
    }
}
