//! `freeswitch-xml`: the records of FreeSWITCH's module `mod_xml_cdr` (`src/mod/xml_int/mod_xml_cdr`;
//! `switch_ivr_generate_xml_cdr` in `src/switch_ivr.c`), one for each leg: the files `UUID.cdr.xml`, files of many records, and
//! the bodies that the module posts.
//!
//! # Form
//!
//! XML documents with the root `cdr`, one after another, behind `cdr=` or not; or lines with one document each in an encoding:
//! `cdr=` and the URL-encoded document, or `cdr=` and the document in Base64. The files that the module writes when nobody
//! takes a record have the same forms. The first byte shows which. A record has at most 1 MiB, and no document type: no
//! entities are expanded but those of XML itself.
//!
//! The children of `variables` and those of the first `callflow/caller_profile` have the names that they have in JSON, and
//! become the fields that those of [`freeswitch_json`](super::freeswitch_json) become, with the same key and digest.
//!
//! # Traps
//!
//! * Names of variables need not be names of XML: `<set api_hangup_hook>` and `<1>` are read.
//! * `<cdr` or `<?xml` within a record begins another one: the record was cut off.

mod document;

#[cfg(test)]
mod tests;

use std::io::Read;

use cdr_mediation::Content;

use super::freeswitch::{Body, Map, PREFIX};
use super::{Feed, FeedSettings, Likeness, Origin, Records};
use crate::documents::{DocumentMapping, DocumentRecords, Documents, Elements};
use crate::error::IntakeError;
use crate::fault::Fault;
use crate::input::FileSample;
use crate::lines::joined;
use crate::notes::Note;
use crate::text::text;

/// The root element.
const ROOT: &str = "cdr";

/// The records of `mod_xml_cdr`.
pub struct FreeswitchXml;

impl Feed for FreeswitchXml {
    fn name(&self) -> &'static str {
        "freeswitch-xml"
    }

    fn summary(&self) -> &'static str {
        "FreeSWITCH's records as XML (mod_xml_cdr): files, and the bodies that it posts"
    }

    /// Documents need nothing before them.
    fn file_of(&self, _: &[u8], documents: &[&[u8]]) -> Vec<u8> {
        joined(b"", documents)
    }

    fn likeness(&self, sample: &FileSample) -> Likeness {
        let Some(beginning) = Body::beginning(sample) else { return Likeness::None };
        if !beginning.starts_with('<') {
            return Body::likeness_of_other(sample);
        }
        let has_root = beginning.split("<cdr").skip(1).any(|after| after.starts_with(['>', ' ']));
        if has_root { Likeness::Certain } else { Likeness::Possible }
    }

    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        let documents = Documents::new(input, Elements::named(ROOT, PREFIX), settings.end);
        Ok(Box::new(DocumentRecords::new(documents, Legs { map: Map::new(origin, settings) }, &origin.file)))
    }
}

/// The legs of a file.
struct Legs {
    map: Map,
}

impl Legs {
    fn call(&self, bytes: &[u8], notes: &mut Vec<Note>) -> Result<Content, Fault> {
        let body = Body::of(bytes)?;
        let (content, note) = self.map.content(&document::leg(&text(&body.document))?)?;
        notes.extend(note);
        Ok(content)
    }
}

impl DocumentMapping for Legs {
    fn contents(&mut self, document: &[u8], notes: &mut Vec<Note>) -> Vec<Result<Content, Fault>> {
        vec![self.call(document, notes)]
    }
}
