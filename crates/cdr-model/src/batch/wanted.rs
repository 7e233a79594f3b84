//! The fields for which a batch is read.

use super::place::{Section, place};
use crate::field::CdrField;
use crate::record::Field as _;

/// No member has this index.
const NONE: u8 = u8::MAX;

/// The fields for which calls are read.
#[derive(Clone, Debug)]
pub struct WantedFields {
    /// Whether the field of an index is read, those that it follows from included.
    fields: [bool; COUNT],
    /// The fields that are in the details.
    pub(super) members: Vec<CdrField>,
    /// For each field, its index among these members.
    index: [u8; COUNT],
    /// For each object of the document, the names of its members that are wanted, with their index.
    pub(super) sections: [Vec<(&'static str, u8)>; Section::COUNT],
}

/// The number of fields.
const COUNT: usize = CdrField::ALL.len() + CdrField::DERIVED.len();

impl WantedFields {
    /// The fields of the catalogue that `wants` accepts. `None` if the identity is among them, or a derived value: these
    /// are only found in whole calls.
    pub fn new(wants: impl Fn(CdrField) -> bool) -> Option<WantedFields> {
        let whole = [CdrField::Key, CdrField::Digest].iter().chain(CdrField::DERIVED);
        if whole.copied().any(&wants) {
            return None;
        }
        let mut wanted = WantedFields {
            fields: [false; COUNT],
            members: Vec::new(),
            index: [NONE; COUNT],
            sections: Default::default(),
        };
        for field in CdrField::ALL.iter().copied().filter(|field| wants(*field)) {
            wanted.add(field);
            followed_from(field).iter().for_each(|from| wanted.add(*from));
        }
        Some(wanted)
    }

    fn add(&mut self, field: CdrField) {
        if std::mem::replace(&mut self.fields[field as usize], true) {
            return;
        }
        if let (Some((section, name)), Ok(at)) = (place(field), u8::try_from(self.members.len())) {
            self.index[field as usize] = at;
            self.sections[section as usize].push((name, at));
            self.members.push(field);
        }
    }

    /// Whether a column has to be read for the fields.
    pub fn needs(&self, column: CdrField) -> bool {
        self.fields[column as usize]
    }

    /// Whether the document of details has to be read.
    pub fn needs_details(&self) -> bool {
        !self.members.is_empty()
    }

    /// The index of a field among the members of the details.
    pub(super) fn index_of(&self, field: CdrField) -> Option<usize> {
        let at = self.index[field as usize];
        (at != NONE).then_some(usize::from(at))
    }

    /// Whether an object of the document has wanted members, itself or in an object within it.
    pub(super) fn enters(&self, section: Section) -> bool {
        !self.sections[section as usize].is_empty()
            || (section == Section::Telepresence && !self.sections[Section::TelepresenceTexts as usize].is_empty())
    }
}

/// The fields that the value of a field follows from, beside its own member.
fn followed_from(field: CdrField) -> &'static [CdrField] {
    match field {
        CdrField::CallingRouted => &[CdrField::Calling],
        CdrField::CalledRouted => &[CdrField::Called],
        CdrField::Failure => &[CdrField::ReleaseCode, CdrField::Success, CdrField::ReleaseReason],
        CdrField::Dialin => &[CdrField::Direction],
        CdrField::Source => &[CdrField::SourceId],
        CdrField::Account => &[CdrField::AccountId],
        CdrField::Service => &[CdrField::ServiceId],
        CdrField::Customer | CdrField::Currency => &[CdrField::CustomerId],
        _ => &[],
    }
}
