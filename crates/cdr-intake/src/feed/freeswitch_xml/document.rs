//! The leg in an XML document.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

use super::ROOT;
use crate::fault::{Fault, shown};
use crate::feed::freeswitch::Leg;

/// The most elements that may be open.
const DEPTH: usize = 64;
/// Where the values of a leg are: the elements around them.
const VARIABLES: [&str; 2] = [ROOT, "variables"];
const PROFILE: [&str; 3] = [ROOT, "callflow", "caller_profile"];
const ORIGINATOR: [&str; 5] = [ROOT, "callflow", "caller_profile", "originator", "originator_caller_profile"];

/// The leg in a document of `mod_xml_cdr`.
pub(super) fn leg(document: &str) -> Result<Leg, Fault> {
    let mut values = Values::default();
    let mut reader = Reader::from_str(document);
    // Names of variables may have blanks, so that the rest of a start tag looks like attributes.
    reader.config_mut().check_end_names = false;
    let mut open: Vec<Element> = Vec::new();
    loop {
        match reader.read_event().map_err(|error| not_xml(error.to_string()))? {
            Event::Start(start) => {
                let name = start.trim_ascii_end().to_owned();
                values.enter(&open, &name)?;
                open.iter_mut().for_each(|element| element.has_elements = true);
                if open.len() == DEPTH {
                    return Err(not_xml(format!("more than {DEPTH} elements are open")));
                }
                open.push(Element { name, text: String::new(), has_elements: false });
            }
            Event::Empty(start) => values.enter(&open, &start)?,
            Event::End(end) => {
                let Some(element) = open.pop().filter(|element| element.is_ended_by(&end)) else {
                    return Err(not_xml(format!("</{}> ends no element", shown(&end))));
                };
                values.leave(&open, element);
            }
            Event::Text(text) => add(&mut open, &text.xml10_content())?,
            Event::CData(text) => add(&mut open, &text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let text = resolved(&reference).ok_or_else(|| not_xml(format!("the entity {}", shown(&reference))))?;
                add(&mut open, &text)?;
            }
            Event::DocType(_) => return Err(not_xml("a document type, which a record does not have")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if let Some(element) = open.last() {
        return Err(not_xml(format!("{} is not closed", shown(element.local_name()))));
    }
    if !values.has_variables {
        return Err(Fault::new("field-missing", "`variables` is not given"));
    }
    Leg::new(values.variables, values.profile, values.originator.and_then(|uuid| uuid.parse().ok()))
}

fn not_xml(detail: impl Into<String>) -> Fault {
    Fault::new("not-xml", detail)
}

/// An element that is open: what stands in its start tag, and its text.
struct Element {
    name: String,
    text: String,
    has_elements: bool,
}

impl Element {
    /// Its name, if attributes follow it.
    fn local_name(&self) -> &str {
        self.name.split_ascii_whitespace().next().unwrap_or_default()
    }

    fn is_ended_by(&self, end: &str) -> bool {
        let end = end.trim_ascii_end();
        end == self.local_name() || end == self.name
    }
}

/// The values of a leg.
#[derive(Default)]
struct Values {
    has_variables: bool,
    variables: Vec<(String, String)>,
    /// The number of caller profiles, and the values of the first one.
    profiles: usize,
    profile: Vec<(String, String)>,
    originator: Option<String>,
}

impl Values {
    /// An element begins within those that are open.
    fn enter(&mut self, open: &[Element], name: &str) -> Result<(), Fault> {
        let local = name.split_ascii_whitespace().next().unwrap_or_default().trim_end_matches('/');
        match open.len() {
            0 if local != ROOT => Err(not_xml(format!("the document is {}, expected cdr", shown(local)))),
            1 if local == VARIABLES[1] && std::mem::replace(&mut self.has_variables, true) => {
                Err(Fault::new("field-twice", "the document has `variables` twice"))
            }
            2 if local == PROFILE[2] && is_at(open, &PROFILE[..2]) => {
                self.profiles += 1;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// An element ended within those that are open.
    fn leave(&mut self, open: &[Element], element: Element) {
        if element.has_elements {
            return;
        }
        if is_at(open, &VARIABLES) {
            self.variables.push((element.name, element.text));
        } else if is_at(open, &PROFILE) && self.profiles == 1 {
            self.profile.push((element.name, element.text));
        } else if is_at(open, &ORIGINATOR) && element.name == "uuid" && self.originator.is_none() {
            self.originator = Some(element.text);
        }
    }
}

/// Whether the open elements are these.
fn is_at(open: &[Element], path: &[&str]) -> bool {
    open.len() == path.len() && open.iter().zip(path).all(|(element, name)| element.local_name() == *name)
}

/// Adds text to the innermost element.
fn add(open: &mut [Element], text: &str) -> Result<(), Fault> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(not_xml(format!("{} outside the document", shown(text)))),
    }
    Ok(())
}

/// The text of a reference: a character, or one of the five entities of XML.
fn resolved(reference: &BytesRef<'_>) -> Option<String> {
    match reference.resolve_char_ref().ok()? {
        Some(character) => Some(character.to_string()),
        None => resolve_predefined_entity(reference).map(str::to_owned),
    }
}
