//! The extra fields of a header (APPNOTE.TXT, section 4.5).

use super::bytes::Record;

const ZIP64: u16 = 0x0001;
/// The Unicode path of Info-ZIP (APPNOTE.TXT, section 4.6.9): another name, which some programs prefer.
const UNICODE_PATH: u16 = 0x7075;
/// The Unicode path is preceded by a version and a CRC-32.
const BEFORE_PATH: usize = 5;

/// The extra fields of one header.
pub(super) struct Extra<'a>(pub(super) &'a [u8]);

impl<'a> Extra<'a> {
    fn field(&self, wanted: u16) -> Option<&'a [u8]> {
        let mut rest = self.0;
        while let Some((head, tail)) = rest.split_first_chunk::<4>() {
            let (id, size) = (u16::from_le_bytes([head[0], head[1]]), u16::from_le_bytes([head[2], head[3]]));
            let (content, others) = tail.split_at_checked(size.into())?;
            if id == wanted {
                return Some(content);
            }
            rest = others;
        }
        None
    }

    /// Replaces the values that do not fit in 32 bits, in the order of a header.
    pub(super) fn widen(&self, values: &mut [&mut u64]) {
        let Some(field) = self.field(ZIP64) else { return };
        let field = Record(field.to_vec());
        let mut at = 0;
        for value in values.iter_mut().filter(|value| ***value == u64::from(u32::MAX)) {
            if at + 8 <= field.0.len() {
                **value = field.u64(at);
            }
            at += 8;
        }
    }

    /// Whether they give the file another name.
    pub(super) fn renames(&self, name: &[u8]) -> bool {
        self.field(UNICODE_PATH).is_some_and(|field| field.get(BEFORE_PATH..) != Some(name))
    }
}
