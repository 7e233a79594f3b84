//! The contract of a [`Spool`].
//!
//! [`spool_contract!`](crate::spool_contract) defines a test for each of these functions.

use std::io::{Read, Seek, SeekFrom, Write};

use crate::{PortError, Spool, SpoolWrite};

/// Runs a case with an empty spool of each kind and the name of the kind.
pub type OnEvery<'a> = dyn Fn(&dyn Fn(&dyn Spool, &str)) + 'a;

fn started(spool: &dyn Spool, key: &str, bytes: &[u8]) -> Box<dyn SpoolWrite> {
    let mut file = spool.begin(key).unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn read(spool: &dyn Spool, key: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    spool.open(key).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// A file exists unchanged once it is published.
pub fn a_file_exists_unchanged_once_it_is_published(on_every: &OnEvery<'_>) {
    on_every(&|spool, which| {
        for (key, length) in [("empty", 0_u32), ("one", 1), ("some", 300_001)] {
            let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let mut file = started(spool, key, &bytes);
            assert!(matches!(spool.open(key), Err(PortError::NotFound { .. })), "{which}: {key} is not published yet");
            assert!(!spool.keys().unwrap().contains(&key.to_owned()), "{which}: {key}");
            file.flush().unwrap();
            file.publish().unwrap();
            assert!(read(spool, key) == bytes, "{which}: {key}");
        }
        assert_eq!(spool.keys().unwrap(), ["empty", "one", "some"], "{which}");
    });
}

/// A file that is dropped leaves nothing.
pub fn a_file_that_is_dropped_leaves_nothing(on_every: &OnEvery<'_>) {
    on_every(&|spool, which| {
        drop(started(spool, "a", b"half"));
        assert!(spool.keys().unwrap().is_empty(), "{which}");
        started(spool, "a", b"whole").publish().unwrap();
        drop(started(spool, "a", b"another"));
        assert_eq!(read(spool, "a"), b"whole", "{which}");
    });
}

/// A removed file does not exist and can be removed again.
pub fn a_removed_file_does_not_exist_and_can_be_removed_again(on_every: &OnEvery<'_>) {
    on_every(&|spool, which| {
        started(spool, "a", b"1").publish().unwrap();
        started(spool, "a.b", b"2").publish().unwrap();
        for _ in 0..2 {
            spool.remove("a").unwrap();
            let error = spool.open("a").err();
            assert!(
                matches!(&error, Some(PortError::NotFound { what: "file", name }) if name == "a"),
                "{which}: {error:?}"
            );
        }
        assert_eq!(spool.keys().unwrap(), ["a.b"], "{which}");
    });
}

/// Keys that could mean another place are refused.
pub fn keys_that_could_mean_another_place_are_refused(on_every: &OnEvery<'_>) {
    on_every(&|spool, which| {
        for key in ["", ".", "..", ".a", "a/b", "../a", "/etc/passwd", "a b", "a+b", "ä", "a.part", &"a".repeat(201)] {
            for error in [spool.begin(key).err(), spool.open(key).err(), spool.remove(key).err()] {
                assert!(matches!(error, Some(PortError::Refused(_))), "{which}: {key:?}: {error:?}");
            }
        }
        for key in ["a", "A-1.b", "a..b", "a.", "-", "0b1c.7d", &"a".repeat(100)] {
            started(spool, key, key.as_bytes()).publish().unwrap();
            assert_eq!(read(spool, key), key.as_bytes(), "{which}: {key}");
            assert!(spool.keys().unwrap().contains(&key.to_owned()), "{which}: {key}");
        }
    });
}

/// A file is read from any position.
pub fn a_file_is_read_from_any_position(on_every: &OnEvery<'_>) {
    let bytes: Vec<u8> = (0..100_000_u32).map(|n| (n % 253) as u8).collect();
    on_every(&|spool, which| {
        started(spool, "a", &bytes).publish().unwrap();
        let mut file = spool.open("a").unwrap();
        for (to, at) in [
            (SeekFrom::End(0), 100_000),
            (SeekFrom::Start(99_990), 99_990),
            (SeekFrom::Start(0), 0),
            // Ten bytes were read before each of these.
            (SeekFrom::Current(0), 10),
            (SeekFrom::Current(-20), 0),
            (SeekFrom::Current(500), 510),
            (SeekFrom::End(-10), 99_990),
            (SeekFrom::Start(200_000), 200_000),
        ] {
            assert_eq!(file.seek(to).unwrap(), at, "{which}: {to:?}");
            let mut ten = Vec::new();
            file.by_ref().take(10).read_to_end(&mut ten).unwrap();
            let from = (at as usize).min(bytes.len());
            assert_eq!(ten, bytes[from..(from + 10).min(bytes.len())], "{which}: {to:?}");
        }
        let before = file.seek(SeekFrom::Start(0)).and_then(|_| file.seek(SeekFrom::Current(-1)));
        assert!(before.is_err(), "{which}: a position before the start is an error");
    });
}

/// Clearing removes neither finished files nor files that are being written.
pub fn clearing_removes_neither_finished_files_nor_files_being_written(on_every: &OnEvery<'_>) {
    on_every(&|spool, which| {
        started(spool, "finished", b"whole").publish().unwrap();
        let mut growing = started(spool, "growing", b"the beginning, ");
        spool.clear().unwrap();
        growing.write_all(b"and the end").unwrap();
        growing.publish().unwrap();
        assert_eq!(read(spool, "finished"), b"whole", "{which}");
        assert_eq!(read(spool, "growing"), b"the beginning, and the end", "{which}");
    });
}

/// Defines a test for each part of the contract of a spool. The argument is the path of a function of the type
/// [`OnEvery`](crate::testsuite::spool::OnEvery).
#[macro_export]
macro_rules! spool_contract {
    ($on_every:path) => {
        $crate::contract_tests! { spool, $on_every,
            a_file_exists_unchanged_once_it_is_published
            a_file_that_is_dropped_leaves_nothing
            a_removed_file_does_not_exist_and_can_be_removed_again
            keys_that_could_mean_another_place_are_refused
            a_file_is_read_from_any_position
            clearing_removes_neither_finished_files_nor_files_being_written
        }
    };
}
