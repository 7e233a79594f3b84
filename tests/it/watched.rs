//! Watched files: what a switch writes is loaded once, however the files grow, are renamed, cut or packed.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::harness::{Tollbook, killed, outcome};

/// A row of `Master.csv` with an identifier.
fn row(n: usize) -> String {
    format!(
        "\"a\",\"100\",\"{n}\",\"ctx\",\"\"\"Ada\"\" <100>\",\"SIP/a-1\",\"SIP/b-2\",\"Dial\",\"x\",\"2026-11-21 11:00:00\",,\
         \"2026-11-21 11:00:10\",10,0,\"NO ANSWER\",\"3\",\"1795258800.{n}\",\"\"\n"
    )
}

/// A row without an identifier; equal rows are told apart by their order in the file.
fn short_row(n: usize) -> String {
    let row = row(n);
    format!("{}\n", row.split(",\"1795258800").next().unwrap())
}

fn rows(range: std::ops::Range<usize>) -> String {
    range.map(row).collect()
}

/// A store whose source `pbx` watches a path.
fn watching(feed: &str, path: &str) -> Tollbook {
    let tollbook = Tollbook::new();
    tollbook.ok(&["source", "add", "pbx", "--feed", feed, "--watch", path]);
    tollbook
}

/// Looks once, and returns what is logged.
#[track_caller]
fn look(tollbook: &Tollbook) -> String {
    let output = tollbook.run(&["watch", "--once", "--set", "intake.watch_seconds=1"]);
    assert!(output.status.success(), "{}", outcome(&output));
    String::from_utf8(output.stderr).unwrap()
}

fn append(path: &Path, text: &str) {
    OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn loads(tollbook: &Tollbook) -> Vec<Value> {
    serde_json::from_str(&tollbook.ok(&["loads", "list", "--format", "json"])).unwrap()
}

/// Waits until there are so many calls.
#[track_caller]
fn until(tollbook: &Tollbook, calls: u64) {
    let begun = Instant::now();
    while tollbook.count(&[]) != calls {
        assert!(begun.elapsed() < Duration::from_secs(60), "{} of {calls} calls", tollbook.count(&[]));
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_file_that_grows_is_one_load_and_its_last_line_waits() {
    let tollbook = watching("asterisk-csv", "Master.csv");
    let file = tollbook.path("Master.csv");
    look(&tollbook);
    append(&file, &(rows(0..3) + &row(3)[..50]));
    look(&tollbook);
    assert_eq!(tollbook.count(&[]), 3);
    append(&file, &(row(3)[50..].to_owned() + &row(4) + "broken\n"));
    look(&tollbook);
    look(&tollbook);
    assert_eq!(tollbook.count(&[]), 5);
    let entries = tollbook.ok(&["quarantine", "list", "--format", "csv"]);
    assert!(entries.contains("Master.csv:6") && entries.lines().count() == 2, "{entries}");
    let loads = loads(&tollbook);
    // A second one if the day ends within the test.
    assert!(loads.len() <= 2, "{loads:?}");
    let total = |name: &str| loads.iter().map(|load| load[name].as_i64().unwrap()).sum::<i64>();
    assert_eq!((total("loaded"), total("known"), total("quarantined")), (5, 0, 1), "{loads:?}");
    assert!(loads.iter().all(|load| load["state"] == "complete"), "{loads:?}");
}

#[test]
fn a_rotated_file_is_read_to_its_end() {
    let tollbook = watching("asterisk-csv", "Master.csv");
    let (file, old) = (tollbook.path("Master.csv"), tollbook.path("Master.csv.1"));
    append(&file, &rows(0..100));
    look(&tollbook);
    append(&file, &rows(100..110));
    fs::rename(&file, &old).unwrap();
    append(&file, &rows(110..115));
    look(&tollbook);
    assert_eq!(tollbook.count(&[]), 115);
    // The switch has the old file open until it is told of the rotation.
    append(&old, &rows(115..117));
    look(&tollbook);
    assert_eq!(tollbook.count(&[]), 117);
    // Cut, and longer than before at the next look.
    fs::copy(&file, tollbook.path("copy")).unwrap();
    fs::write(&file, rows(200..260)).unwrap();
    look(&tollbook);
    assert_eq!(tollbook.count(&[]), 177);
    fs::write(&file, row(300)).unwrap();
    look(&tollbook);
    assert_eq!(tollbook.count(&[]), 178);
    let known: i64 = loads(&tollbook).iter().map(|load| load["known"].as_i64().unwrap()).sum();
    assert_eq!(known, 0, "nothing is read twice");
}

#[test]
fn equal_rows_without_identifiers_are_told_apart() {
    let tollbook = watching("asterisk-csv", "Master.csv");
    let file = tollbook.path("Master.csv");
    for end in 1..=4 {
        append(&file, &(short_row(1) + &short_row(2)));
        look(&tollbook);
        assert_eq!(tollbook.count(&[]), 2 * end);
    }
    // A program that knows nothing of positions adds nothing.
    tollbook.ok(&["load", "--source", "pbx", "Master.csv"]);
    assert_eq!(tollbook.count(&[]), 8);
}

#[test]
fn a_folder_with_packed_and_other_files_loads_each_once() {
    let tollbook = watching("native", "in/*.csv*");
    fs::create_dir(tollbook.path("in")).unwrap();
    let heading = "id,started_at,called\n";
    let packed = |n: usize| {
        let mut gz = GzEncoder::new(Vec::new(), Compression::default());
        gz.write_all(format!("{heading}g{n},2026-11-21T10:00:00Z,5{n}\n").as_bytes()).unwrap();
        gz.finish().unwrap()
    };
    for n in 0..3 {
        fs::write(tollbook.path(&format!("in/{n}.csv.gz")), packed(n)).unwrap();
    }
    append(&tollbook.path("in/a.csv"), &format!("{heading}a1,2026-11-21T10:00:00Z,1\n"));
    append(&tollbook.path("in/other.csv"), &rows(0..5));
    append(&tollbook.path("in/broken.csv.gz"), "\u{1f}");
    fs::write(tollbook.path("in/broken.csv.gz"), &packed(9)[..30]).unwrap();
    append(&tollbook.path("in/left.txt"), "x");
    let said = look(&tollbook);
    assert_eq!(tollbook.count(&[]), 4, "{said}");
    for name in ["other.csv", "broken.csv.gz"] {
        assert_eq!(said.lines().filter(|line| line.contains(name) && line.contains("is left")).count(), 1, "{said}");
    }
    // A heading is given once, and positions stay true.
    append(&tollbook.path("in/a.csv"), "a2,2026-11-21T10:00:00Z,2\na3,2026-11-21T10:00:00Z,3\nx,y\n");
    fs::rename(tollbook.path("in/0.csv.gz"), tollbook.path("in/z.csv.gz")).unwrap();
    fs::copy(tollbook.path("in/1.csv.gz"), tollbook.path("in/again.csv.gz")).unwrap();
    let said = look(&tollbook);
    assert_eq!(tollbook.count(&[]), 6, "{said}");
    assert!(!said.contains("is left"), "{said}");
    assert!(tollbook.ok(&["quarantine", "list", "--format", "csv"]).contains("a.csv:5"));
    let known: i64 = loads(&tollbook).iter().map(|load| load["known"].as_i64().unwrap()).sum();
    assert_eq!(known, 0, "nothing is loaded twice");
}

#[test]
fn a_watcher_that_is_killed_is_continued_by_the_next_one() {
    let tollbook = watching("asterisk-csv", "Master.csv");
    let file = tollbook.path("Master.csv");
    let text = rows(0..2000);
    let every = ["watch", "--set", "intake.watch_seconds=1", "--set", "intake.batch=50"];
    let mut child = tollbook.spawn(&every);
    for (n, block) in text.as_bytes().chunks(4096).enumerate() {
        append(&file, std::str::from_utf8(block).unwrap());
        if n % 20 == 19 {
            assert!(killed(&mut child), "it watches until it is stopped");
            child = tollbook.spawn(&every);
        }
    }
    until(&tollbook, 2000);
    // Another watcher of the same source does nothing.
    let output = tollbook.run(&["watch", "--once"]);
    let said = outcome(&output);
    assert!(said.contains("another process watches this source") && !output.status.success(), "{said}");
    killed(&mut child);
    look(&tollbook);
    assert_eq!(tollbook.count(&[]), 2000);
    assert!(tollbook.ok(&["quarantine", "list", "--format", "csv"]).lines().count() <= 1);
}

#[test]
fn the_server_watches_too_and_unknown_sources_are_refused() {
    let tollbook = watching("asterisk-csv", "Master.csv");
    append(&tollbook.path("Master.csv"), &rows(0..5));
    let serve = ["serve", "--listen", "127.0.0.1:0", "--tls-listen", "", "--set", "intake.watch_seconds=1"];
    let mut child = tollbook.spawn(&serve);
    until(&tollbook, 5);
    append(&tollbook.path("Master.csv"), &rows(5..7));
    until(&tollbook, 7);
    killed(&mut child);
    assert!(tollbook.fails(&["watch", "--once", "pbx2"]).contains("no source `pbx2` is configured"));
    tollbook.ok(&["source", "change", "pbx", "--watch", ""]);
    assert!(tollbook.fails(&["watch", "--once", "pbx"]).contains("has no watched files"));
}
