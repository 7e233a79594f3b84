//! What every [`Spool`] promises, whatever it keeps its files in.
//!
//! [`spool_contract!`](crate::spool_contract) makes a test of each of these functions.

use std::io::{Read, Seek, SeekFrom, Write};

use crate::{PortError, Spool, SpoolWrite};

/// Does something with each kind of spool, empty, and its name.
pub type OnEvery<'a> = dyn Fn(&dyn Fn(&dyn Spool, &str)) + 'a;

fn begun(spool: &dyn Spool, key: &str, bytes: &[u8]) -> Box<dyn SpoolWrite> {
    let mut file = spool.begin(key).unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn read(spool: &dyn Spool, key: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    spool.open(key).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// A file is there once it is published and is what was written.
pub fn a_file_is_there_once_it_is_published_and_is_what_was_written(on_every: &OnEvery<'_>) {
    on_every(&|spool, which| {
        for (key, length) in [("empty", 0_u32), ("one", 1), ("some", 300_001)] {
            let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let mut file = begun(spool, key, &bytes);
            assert!(matches!(spool.open(key), Err(PortError::NotFound { .. })), "{which}: {key} is not whole yet");
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
        drop(begun(spool, "a", b"half"));
        assert!(spool.keys().unwrap().is_empty(), "{which}");
        begun(spool, "a", b"whole").publish().unwrap();
        drop(begun(spool, "a", b"another"));
        assert_eq!(read(spool, "a"), b"whole", "{which}");
    });
}

/// A file that is removed is gone and can be removed again.
pub fn a_file_that_is_removed_is_gone_and_can_be_removed_again(on_every: &OnEvery<'_>) {
    on_every(&|spool, which| {
        begun(spool, "a", b"1").publish().unwrap();
        begun(spool, "a.b", b"2").publish().unwrap();
        for _ in 0..2 {
            spool.remove("a").unwrap();
            let said = spool.open("a").err();
            assert!(
                matches!(&said, Some(PortError::NotFound { what: "file", name }) if name == "a"),
                "{which}: {said:?}"
            );
        }
        assert_eq!(spool.keys().unwrap(), ["a.b"], "{which}");
    });
}

/// Keys that could mean another place are refused.
pub fn keys_that_could_mean_another_place_are_refused(on_every: &OnEvery<'_>) {
    on_every(&|spool, which| {
        for key in ["", ".", "..", ".a", "a/b", "../a", "/etc/passwd", "a b", "a+b", "ä", "a.part", &"a".repeat(201)] {
            for said in [spool.begin(key).err(), spool.open(key).err(), spool.remove(key).err()] {
                assert!(matches!(said, Some(PortError::Refused(_))), "{which}: {key:?}: {said:?}");
            }
        }
        for key in ["a", "A-1.b", "a..b", "a.", "-", "0b1c.7d", &"a".repeat(100)] {
            begun(spool, key, key.as_bytes()).publish().unwrap();
            assert_eq!(read(spool, key), key.as_bytes(), "{which}: {key}");
            assert!(spool.keys().unwrap().contains(&key.to_owned()), "{which}: {key}");
        }
    });
}

/// A file is read from wherever it is wanted.
pub fn a_file_is_read_from_wherever_it_is_wanted(on_every: &OnEvery<'_>) {
    let bytes: Vec<u8> = (0..100_000_u32).map(|n| (n % 253) as u8).collect();
    on_every(&|spool, which| {
        begun(spool, "a", &bytes).publish().unwrap();
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
        assert!(before.is_err(), "{which}: there is nothing before the beginning");
    });
}

/// Clearing takes nothing that is finished or being written.
pub fn clearing_takes_nothing_that_is_finished_or_being_written(on_every: &OnEvery<'_>) {
    on_every(&|spool, which| {
        begun(spool, "finished", b"whole").publish().unwrap();
        let mut growing = begun(spool, "growing", b"the beginning, ");
        spool.clear().unwrap();
        growing.write_all(b"and the end").unwrap();
        growing.publish().unwrap();
        assert_eq!(read(spool, "finished"), b"whole", "{which}");
        assert_eq!(read(spool, "growing"), b"the beginning, and the end", "{which}");
    });
}

/// A test for each promise of a spool. It takes the path of a function with the type of [`OnEvery`](crate::testsuite::spool::OnEvery).
#[macro_export]
macro_rules! spool_contract {
    ($on_every:path) => {
        $crate::contract_tests! { spool, $on_every,
            a_file_is_there_once_it_is_published_and_is_what_was_written
            a_file_that_is_dropped_leaves_nothing
            a_file_that_is_removed_is_gone_and_can_be_removed_again
            keys_that_could_mean_another_place_are_refused
            a_file_is_read_from_wherever_it_is_wanted
            clearing_takes_nothing_that_is_finished_or_being_written
        }
    };
}
