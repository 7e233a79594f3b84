//! The fields for which a batch is read.

use super::members::RowMembers;
use super::place::{Section, place};
use crate::document::code;
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
    /// The same for each code of a binary document.
    by_code: [u8; 256],
    /// For each object of the document, its members that are wanted.
    sections: [SectionMembers; Section::COUNT],
}

/// The members of an object that are wanted.
#[derive(Clone, Debug, Default)]
struct SectionMembers {
    /// Their names, with their index among all members.
    names: Vec<(&'static str, u8)>,
    /// A bit for each length that a name has, from the lowest bit for zero on.
    lengths: u64,
}

/// The number of fields.
const COUNT: usize = CdrField::ALL.len() + CdrField::DERIVED.len();

impl WantedFields {
    /// The fields of the catalogue that `wants` accepts. `None` if only whole calls have them: a derived value is among them,
    /// or more members of the details than a batch tells apart.
    pub fn new(wants: impl Fn(CdrField) -> bool) -> Option<WantedFields> {
        if CdrField::DERIVED.iter().copied().any(&wants) {
            return None;
        }
        let mut wanted = WantedFields {
            fields: [false; COUNT],
            members: Vec::new(),
            index: [NONE; COUNT],
            by_code: [NONE; 256],
            sections: Default::default(),
        };
        for field in CdrField::ALL.iter().copied().filter(|field| wants(*field)) {
            for field in followed_from(field).iter().chain([&field]) {
                wanted.fields[*field as usize] = true;
            }
        }
        // The members have the order of their codes, as in a binary document.
        let mut members: Vec<CdrField> =
            CdrField::ALL.iter().copied().filter(|field| wanted.fields[*field as usize]).collect();
        members.sort_by_key(|field| code(*field));
        members.into_iter().for_each(|field| wanted.add(field));
        (wanted.members.len() <= RowMembers::MOST).then_some(wanted)
    }

    /// Adds a field of the details.
    fn add(&mut self, field: CdrField) {
        if let (Some((section, name)), Ok(at)) = (place(field), u8::try_from(self.members.len())) {
            self.index[field as usize] = at;
            if let Some(code) = code(field) {
                self.by_code[usize::from(code)] = at;
            }
            let members = &mut self.sections[section as usize];
            members.names.push((name, at));
            members.lengths |= 1_u64.checked_shl(u32::try_from(name.len()).unwrap_or(u32::MAX)).unwrap_or(0);
            self.members.push(field);
        }
    }

    /// Whether a column has to be read for the fields.
    pub fn needs(&self, column: CdrField) -> bool {
        self.fields[column as usize]
    }

    /// Whether the key or the digest has to be read.
    pub fn has_identity(&self) -> bool {
        self.needs(CdrField::Key) || self.needs(CdrField::Digest)
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

    /// Whether a field of the details has the value of a column if the details do not have it.
    pub(super) fn follows_from_column(field: CdrField) -> bool {
        matches!(field, CdrField::CallingRouted | CdrField::CalledRouted)
    }

    /// The index of the member with a code of a binary document, if it is wanted.
    pub(super) fn find_code(&self, code: u8) -> Option<usize> {
        let at = self.by_code[usize::from(code)];
        (at != NONE).then_some(usize::from(at))
    }

    /// Whether an object of the document has wanted members, itself or in an object within it.
    pub(super) fn enters(&self, section: Section) -> bool {
        let has_members = |section: Section| !self.sections[section as usize].names.is_empty();
        has_members(section) || (section == Section::Telepresence && has_members(Section::TelepresenceTexts))
    }

    /// The index of the member of an object, if it is wanted.
    pub(super) fn find(&self, section: Section, name: &str) -> Option<usize> {
        let SectionMembers { names, lengths } = &self.sections[section as usize];
        if name.len() > 63 || lengths >> name.len() & 1 == 0 {
            return None;
        }
        names.iter().find(|(known, _)| *known == name).map(|(_, at)| usize::from(*at))
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
        CdrField::Customer => &[CdrField::CustomerId],
        CdrField::Currency => &[CdrField::CustomerId, CdrField::StartedAt],
        _ => &[],
    }
}
