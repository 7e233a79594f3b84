//! The rows of several groups that fit on a page.

use std::error::Error;
use std::fmt;
use std::io;

use super::cell::{Cells, cells};
use crate::porta::service_stack::dto::Objects;

/// The rows of a group that are shown.
pub(super) struct Shown {
    pub(super) rows: Vec<Cells>,
    /// Whether these are all.
    pub(super) is_whole: bool,
}

/// Shares the places of a page among groups: small groups are whole, and the others have the same number of rows, as
/// large as fits. With more groups than places, no group has any.
///
/// # Errors
/// When a group cannot be read.
pub(super) fn share(groups: &[&dyn Objects], columns: &[usize], places: usize) -> io::Result<Vec<Shown>> {
    let mut shared: Vec<Shown> = Vec::new();
    // How many rows a group has at most. It only falls, so no group is read beyond it.
    let mut most = places;
    for group in groups {
        shared.push(read(*group, columns, most)?);
        let sizes: Vec<usize> = shared.iter().map(|shown| shown.rows.len()).collect();
        most = level(&sizes, places).min(most);
        for shown in shared.iter_mut().filter(|shown| shown.rows.len() > most) {
            shown.rows.truncate(most);
            shown.is_whole = false;
        }
    }
    Ok(shared)
}

/// The most rows that each group may have so that all have at most `places` together.
fn level(sizes: &[usize], places: usize) -> usize {
    if sizes.iter().sum::<usize>() <= places {
        return places;
    }
    let mut sorted = sizes.to_vec();
    sorted.sort_unstable();
    let mut left = places;
    for (at, size) in sorted.iter().enumerate() {
        let each = left / (sorted.len() - at);
        if *size > each {
            return each;
        }
        left -= size;
    }
    places
}

/// The first rows of a group, or of several that are shown as one.
pub(super) fn read(group: &dyn Objects, columns: &[usize], most: usize) -> io::Result<Shown> {
    let mut rows: Vec<Cells> = Vec::new();
    let read = group.each(&mut |row| {
        if rows.len() == most {
            return Err(io::Error::other(Full));
        }
        rows.push(cells(row, columns)?);
        Ok(())
    });
    match read {
        Err(error) if error.get_ref().is_some_and(|inner| inner.is::<Full>()) => Ok(Shown { rows, is_whole: false }),
        read => read.map(|()| Shown { rows, is_whole: true }),
    }
}

/// Ends the reading of rows once a group has its share.
#[derive(Debug)]
struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the page is full")
    }
}

impl Error for Full {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::level;

    #[test]
    fn small_groups_are_whole_and_large_ones_alike() {
        for (sizes, places, shown) in [
            (&[5_000][..], 1_000, &[1_000][..]),
            (&[400, 600], 1_000, &[400, 600]),
            (&[5_000, 3, 2_000], 1_000, &[498, 3, 498]),
            (&[1_000, 1_000, 1_000], 1_000, &[333, 333, 333]),
            (&[2, 2, 2], 2, &[0, 0, 0]),
        ] {
            let level = level(sizes, places);
            let found: Vec<usize> = sizes.iter().map(|size| level.min(*size)).collect();
            assert_eq!(found, shown, "{sizes:?}");
        }
    }

    proptest! {
        #[test]
        fn a_page_is_as_full_as_equal_shares_allow(sizes in prop::collection::vec(0usize..50, 1..20), places in 0usize..200) {
            let level = level(&sizes, places);
            let taken = |level: usize| sizes.iter().map(|size| level.min(*size)).sum::<usize>();
            prop_assert!(taken(level) <= places);
            prop_assert!(taken(level + 1) > places || level >= *sizes.iter().max().unwrap());
        }
    }
}
