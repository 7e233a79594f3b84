//! The unused space of a page of a SQLite file (<https://www.sqlite.org/fileformat2.html>).

/// What has to be known about a file to tell the pages of its trees from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// The number of pages.
    pub(super) pages: u32,
    /// The size of a page in bytes, of which none is reserved.
    pub(super) page_size: u32,
    /// Whether the file has pages that map each page to the one that refers to it.
    pub(super) has_maps: bool,
}

/// The first bytes of the pages of a tree: inner page and leaf of an index, inner page and leaf of a table.
const INNER_INDEX: u8 = 2;
const INNER_TABLE: u8 = 5;
const LEAF_INDEX: u8 = 10;
const LEAF_TABLE: u8 = 13;

/// The first page starts with the header of the file.
const FILE_HEADER: usize = 100;
/// The offset of the page on which SQLite takes its locks. It has no content.
const LOCKS_AT: u32 = 0x4000_0000;

impl Layout {
    /// Whether the first byte of a page tells its kind. A page that continues a long row, or lists free pages, starts with
    /// a page number: its first byte is that of a tree's page only in a file with more pages than this.
    pub(super) fn is_known(&self) -> bool {
        self.pages < u32::from(INNER_INDEX) << 24 && (512..=65_536).contains(&self.page_size)
    }

    /// Whether a page maps pages to those that refer to them, or has the locks.
    fn is_other(&self, number: u32) -> bool {
        let locks = LOCKS_AT / self.page_size + 1;
        if number == locks {
            return true;
        }
        if !self.has_maps || number < 2 {
            return false;
        }
        // A map has an entry of five bytes for each of the pages that follow it.
        let each = self.page_size / 5 + 1;
        let map = (number - 2) / each * each + 2;
        number == if map == locks { map + 1 } else { map }
    }
}

/// Overwrites the unused space of a page of a tree with zeros: the gap between the pointers to its cells and the cells,
/// and its free blocks. Returns whether that changed the page. All other pages are left as they are, and so is a page that
/// contradicts the format.
pub(super) fn clear_unused(layout: &Layout, number: u32, page: &mut [u8]) -> bool {
    let header = if number == 1 { FILE_HEADER } else { 0 };
    let pointers = match page.get(header) {
        Some(&(INNER_INDEX | INNER_TABLE)) => header + 12,
        Some(&(LEAF_INDEX | LEAF_TABLE)) => header + 8,
        _ => return false,
    };
    if layout.is_other(number) || page.len() != layout.page_size as usize {
        return false;
    }
    let Some(unused) = unused(page, header, pointers) else { return false };
    let mut changed = false;
    for space in unused {
        let space = &mut page[space];
        if space.iter().any(|byte| *byte != 0) {
            space.fill(0);
            changed = true;
        }
    }
    changed
}

/// The unused parts of a page; `None` if the page contradicts the format.
fn unused(page: &[u8], header: usize, pointers: usize) -> Option<Vec<std::ops::Range<usize>>> {
    let number = |at: usize| Some(usize::from(u16::from_be_bytes(page.get(at..at + 2)?.try_into().ok()?)));
    let (mut free, cells) = (number(header + 1)?, number(header + 3)?);
    let content = match number(header + 5)? {
        0 => 65_536,
        content => content,
    };
    let gap = pointers + 2 * cells..content;
    if gap.start > gap.end || gap.end > page.len() {
        return None;
    }
    let mut unused = vec![gap];
    // Free blocks are in ascending order: each has the offset of the next one and its own size, two bytes each.
    let mut least = content;
    while free != 0 {
        let (next, size) = (number(free)?, number(free + 2)?);
        if free < least || size < 4 || free + size > page.len() {
            return None;
        }
        unused.push(free + 4..free + size);
        least = free + size;
        free = next;
    }
    Some(unused)
}

#[cfg(test)]
mod tests {
    use super::{Layout, clear_unused};

    const LAYOUT: Layout = Layout { pages: 10, page_size: 512, has_maps: true };

    /// A leaf of a table with one cell at the end, and a free block before it.
    fn leaf() -> Vec<u8> {
        let mut page = vec![7; 512];
        page[..10].copy_from_slice(&[13, 1, 144, 0, 1, 1, 144, 0, 1, 240]);
        page[400..404].copy_from_slice(&[0, 0, 0, 96]);
        page
    }

    #[test]
    fn only_unused_space_is_cleared() {
        let mut page = leaf();
        assert!(clear_unused(&LAYOUT, 3, &mut page));
        let mut expected = leaf();
        expected[10..400].fill(0);
        expected[404..496].fill(0);
        assert_eq!(page, expected);
        assert!(!clear_unused(&LAYOUT, 3, &mut page), "it is clean now");
    }

    #[test]
    fn other_pages_are_left_as_they_are() {
        let with = |at: usize, bytes: &[u8]| {
            let mut page = leaf();
            page[at..at + bytes.len()].copy_from_slice(bytes);
            page
        };
        for (why, number, page) in [
            ("a map", 2, leaf()),
            ("a map", 105, leaf()),
            ("the locks", 2_097_153, leaf()),
            ("a continued row", 3, with(0, &[0])),
            ("content before the pointers end", 3, with(5, &[0, 9])),
            ("content beyond the page", 3, with(5, &[2, 1])),
            ("a free block beyond the page", 3, with(402, &[0, 113])),
            ("a free block that is too short", 3, with(402, &[0, 3])),
            ("free blocks in a circle", 3, with(400, &[1, 144])),
            ("another size", 3, leaf()[..256].to_vec()),
            ("nothing", 3, Vec::new()),
        ] {
            let mut after = page.clone();
            assert!(!clear_unused(&LAYOUT, number, &mut after), "{why}");
            assert_eq!(after, page, "{why}");
        }
        assert!(clear_unused(&Layout { has_maps: false, ..LAYOUT }, 2, &mut leaf()), "without maps it is a leaf");
    }
}
