//! What retention removes is gone: no name and no number of a removed record is in any file that holds the store.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tollbook_tests::cluster::{Cluster, Options};

use crate::harness::Tollbook;

/// The retention period, which is not set while the calls are loaded.
const KEEP: &str = "store.retention_days=3650";

/// Names, numbers and keys, each in one record only.
struct Person {
    words: [String; 4],
    old: bool,
}

fn people(count: usize) -> Vec<Person> {
    // SplitMix64: no word is a part of two others that follow each other.
    let mixed = |n: usize, salt: u64| {
        let mut mixed = (4 * n as u64 + salt).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    };
    let person = |n: usize| Person {
        words: [
            format!("key-{:016x}", mixed(n, 1)),
            format!("+49{:012}", mixed(n, 2) % 1_000_000_000_000),
            format!("+44{:012}", mixed(n, 3) % 1_000_000_000_000),
            format!("Ms {:016x}", mixed(n, 4)),
        ],
        old: !n.is_multiple_of(4),
    };
    (0..count).map(person).collect()
}

/// A native feed of one call for each person, in an order that mixes old and new calls.
fn feed(people: &[Person]) -> String {
    let mut text = "key,started_at,ended_at,calling,called,calling_name\n".to_owned();
    for (n, person) in people.iter().enumerate() {
        let [key, calling, called, name] = &person.words;
        let year = if person.old { 2001 } else { 2999 };
        let (month, day, hour) = (1 + n * 7 % 12, 1 + n * 11 % 28, n * 5 % 24);
        text += &format!(
            "{key},{year}-{month:02}-{day:02}T{hour:02}:00:00Z,{year}-{month:02}-{day:02}T{hour:02}:30:00Z,{calling},{called},{name}\n"
        );
    }
    text
}

/// The words of old or new people that the bytes contain.
fn found(people: &[Person], old: bool, bytes: &[u8]) -> usize {
    // Each word has a run of at least twelve hexadecimal digits, which identifies it.
    let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    let runs: BTreeSet<&[u8]> = bytes.split(|byte| !is_digit(byte)).filter(|run| run.len() >= 12).collect();
    let runs: Vec<&[u8]> = runs.into_iter().collect();
    let words = people.iter().filter(|person| person.old == old).flat_map(|person| &person.words);
    let tails: Vec<&[u8]> = words.map(|word| &word.as_bytes()[word.len() - 12..]).collect();
    let windows: BTreeSet<&[u8]> = runs.iter().flat_map(|run| run.windows(12)).collect();
    tails.iter().filter(|tail| windows.contains(**tail)).count()
}

/// All bytes of the files below a folder.
fn bytes_below(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // A file may be removed in the meantime.
        bytes.extend(if path.is_dir() { bytes_below(&path) } else { fs::read(&path).unwrap_or_default() });
        // Words must not arise between two files.
        bytes.push(b' ');
    }
    bytes
}

fn load(tollbook: &Tollbook, people: &[Person]) {
    tollbook.ok(&["migrate"]);
    for (n, part) in people.chunks(500).enumerate() {
        let name = format!("part-{n}.csv");
        fs::write(tollbook.path(&name), feed(part)).unwrap();
        tollbook.ok(&["load", "--feed", "native", &name]);
    }
    assert_eq!(tollbook.count(&[]), people.len() as u64);
}

#[test]
fn nothing_of_a_removed_record_is_in_a_store_in_a_file_its_log_or_the_spool() {
    let tollbook = Tollbook::at(None);
    let people = people(4_000);
    load(&tollbook, &people);
    tollbook.user("admin", "administrator");
    let data = tollbook.path("tollbook-data");
    // A server that runs keeps the log of the store.
    let server = tollbook.serve(&[]);
    server.generates("/api/rest/billing/generate-cdrs?from-date=2001-01-01T00:00:00Z");
    server.completes("admin");
    assert_eq!(tollbook.spooled().len(), 1);
    let before = bytes_below(&data);
    assert_eq!((found(&people, true, &before), found(&people, false, &before)), (12_000, 4_000));

    let printed = tollbook.ok(&["--set", KEEP, "retention"]);
    assert!(printed.starts_with("removed 3000 records"), "{printed}");
    assert_eq!(tollbook.spooled().len(), 0, "the export holds removed records");
    let status = server.status("admin");
    assert_ne!(status["downloadReady"], true, "{status}");
    let after = bytes_below(&data);
    assert_eq!((found(&people, true, &after), found(&people, false, &after)), (0, 4_000));
    drop(server);
    tollbook.ok(&["compact"]);
    assert_eq!(found(&people, false, &bytes_below(&data)), 4_000);
    assert_eq!(tollbook.count(&[]), 1_000);
}

#[test]
fn the_file_of_an_emptied_store_shrinks() {
    let tollbook = Tollbook::at(None);
    load(&tollbook, &people(4_000));
    let size = || fs::metadata(tollbook.path("tollbook-data/tollbook.db")).unwrap().len();
    let full = size();
    tollbook.ok(&["--set", KEEP, "retention"]);
    assert!(size() < full, "{} of {full} bytes", size());
    let printed = tollbook.ok(&["compact"]);
    assert!(
        printed.starts_with("compacted the store") && printed.contains(&format!("{} bytes after", size())),
        "{printed}"
    );
    assert!(size() < full / 2, "{} of {full} bytes", size());
}

#[test]
fn nothing_of_a_removed_record_is_in_a_dump_or_in_the_files_of_a_compacted_database() {
    let Some(cluster) = Cluster::start(Options::default()) else { return };
    let tollbook = Tollbook::at(Some(cluster.database()));
    let people = people(4_000);
    load(&tollbook, &people);
    let database = tollbook.store();
    let name = database.rsplit('/').next().unwrap().to_owned();
    // Statistics of the planner hold values, too.
    cluster.run_in(&name, "ANALYZE");
    tollbook.ok(&["--set", KEEP, "retention"]);
    assert_eq!((found(&people, true, &tollbook.kept()), found(&people, false, &tollbook.kept())), (0, 4_000));
    let files = || {
        cluster.run_in(&name, "CHECKPOINT");
        let oid = cluster.ask(&name, "SELECT oid FROM pg_database WHERE datname = current_database()").remove(0);
        bytes_below(&cluster.data().join("base").join(oid))
    };
    assert!(found(&people, true, &files()) > 0, "removed rows stay in the files until they are compacted");
    let printed = tollbook.ok(&["compact"]);
    assert!(printed.starts_with("compacted the store"), "{printed}");
    let after = files();
    assert_eq!((found(&people, true, &after), found(&people, false, &after)), (0, 4_000));
    assert_eq!(tollbook.count(&[]), 1_000);
}
