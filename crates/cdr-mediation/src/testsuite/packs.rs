//! The contract of a [`PackStore`].
//!
//! [`packs_contract!`](crate::packs_contract) defines a test for each of these functions.

use std::io::{Read, Seek, SeekFrom, Write};

use crate::{PackStore, PortError, SpoolWrite};

/// Runs a case with an empty store of each kind and the name of the kind.
pub type OnEvery<'a> = dyn Fn(&dyn Fn(&dyn PackStore, &str)) + 'a;

fn started(packs: &dyn PackStore, name: &str, bytes: &[u8]) -> Box<dyn SpoolWrite> {
    let mut file = packs.begin(name).unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn read(packs: &dyn PackStore, name: &str) -> Vec<u8> {
    let (mut file, mut bytes) = (packs.open(name).unwrap(), Vec::new());
    file.seek(SeekFrom::End(0)).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

/// The names and sizes of all packs, in the order of their names.
fn listed(packs: &dyn PackStore) -> Vec<(String, u64)> {
    let mut listed: Vec<_> = packs.list().unwrap().into_iter().map(|pack| (pack.name, pack.bytes)).collect();
    listed.sort();
    listed
}

/// A pack exists once it is published, in place of the one before.
pub fn a_pack_exists_once_it_is_published_in_place_of_the_one_before(on_every: &OnEvery<'_>) {
    on_every(&|packs, which| {
        assert!(listed(packs).is_empty(), "{which}");
        assert!(matches!(packs.open("a-1"), Err(PortError::NotFound { .. })), "{which}");
        for bytes in [&b"first"[..], b"second", b""] {
            let file = started(packs, "a-1", bytes);
            packs.clear().unwrap();
            file.publish().unwrap();
            assert_eq!(read(packs, "a-1"), bytes, "{which}");
            assert_eq!(listed(packs), [("a-1".to_owned(), bytes.len() as u64)], "{which}");
        }
        let opened = packs.open("a-1").unwrap();
        started(packs, "a--2", b"other").publish().unwrap();
        drop(started(packs, "a--2", b"abandoned"));
        assert_eq!(read(packs, "a--2"), b"other", "{which}");
        drop(opened);
    });
}

/// A removed pack is gone, and can be removed again.
pub fn a_removed_pack_is_gone_and_can_be_removed_again(on_every: &OnEvery<'_>) {
    on_every(&|packs, which| {
        for name in ["a", "b"] {
            started(packs, name, b"1").publish().unwrap();
            packs.note_use(name).unwrap();
        }
        for _ in 0..2 {
            packs.remove("a").unwrap();
            assert!(matches!(packs.open("a"), Err(PortError::NotFound { .. })), "{which}");
        }
        assert_eq!(listed(packs), [("b".to_owned(), 1)], "{which}");
    });
}

/// The last use of a pack is known, at least to the order of the packs that were used long ago.
pub fn the_last_use_of_a_pack_is_known(on_every: &OnEvery<'_>) {
    on_every(&|packs, which| {
        started(packs, "a", b"1").publish().unwrap();
        let written = packs.list().unwrap()[0].used_at;
        // Some stores note seconds.
        std::thread::sleep(std::time::Duration::from_millis(1_100));
        started(packs, "b", b"1").publish().unwrap();
        packs.note_use("a").unwrap();
        let used = packs.list().unwrap().into_iter().find(|pack| pack.name == "a").unwrap().used_at;
        assert!(used > written, "{which}: {used} {written}");
    });
}

/// Names that could mean another place are refused.
pub fn names_that_could_mean_another_place_are_refused(on_every: &OnEvery<'_>) {
    on_every(&|packs, which| {
        for name in ["", "..", ".a", "a/b", "../a", "/etc/passwd", "a b"] {
            let errors = [packs.begin(name).err(), packs.open(name).err(), packs.remove(name).err()];
            for error in errors {
                assert!(matches!(error, Some(PortError::Refused(_))), "{which}: {name:?}: {error:?}");
            }
        }
    });
}

/// Defines a test for each part of the contract of a store of packs. The argument is the path of a function of the type
/// [`OnEvery`](crate::testsuite::packs::OnEvery).
#[macro_export]
macro_rules! packs_contract {
    ($on_every:path) => {
        $crate::contract_tests! { packs, $on_every,
            a_pack_exists_once_it_is_published_in_place_of_the_one_before
            a_removed_pack_is_gone_and_can_be_removed_again
            the_last_use_of_a_pack_is_known
            names_that_could_mean_another_place_are_refused
        }
    };
}
