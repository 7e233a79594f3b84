//! Kept blocks: every way to an export gives the same bytes with and without them.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use std::{fs, io};

use chrono::{Days, Utc};

use crate::harness::{Tollbook, same};
use crate::server::support::NAME;

const NONE_KEPT: [&str; 2] = ["--set", "spool.kept_mebibytes=0"];

/// The files of kept blocks. A worker may remove one while they are read.
fn packs(tollbook: &Tollbook) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(tollbook.path("tollbook-data/spool/.blocks"));
    let files = entries.into_iter().flatten().map(|entry| entry.unwrap().path());
    files.filter_map(|path| if_there(fs::read(path))).collect()
}

fn if_there<T>(read: io::Result<T>) -> Option<T> {
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        read => Some(read.unwrap()),
    }
}

/// An export of the command line, from which nothing is printed.
fn export(tollbook: &Tollbook, settings: &[&str], args: &[&str]) -> Vec<u8> {
    let name = tollbook.path("blocks.out");
    let output = ["export", "--replace", "--output", "blocks.out"];
    tollbook.ok(&[settings, &output, args].concat());
    fs::read(name).unwrap()
}

#[test]
fn commands_workers_and_live_answers_share_kept_blocks() {
    let tollbook = Tollbook::with_calls(20_000, 4);
    tollbook.user(NAME, "administrator");
    let server = tollbook.serve(&[]);
    let without = tollbook.serve(&NONE_KEPT);
    let window = "from-date=2026-01-01T00:00:00Z&to-date=2026-01-04T23:59:59Z";
    let live = format!("/api/rest/billing?{window}");
    let days = ["--layout", "dma-6.1-reconstructed", "--from", "2026-01-01", "--until", "2026-01-05"];
    assert_eq!(packs(&tollbook).len(), 0);
    for round in ["the first time", "again", "after late calls"] {
        if round == "after late calls" {
            tollbook.ok(&["generate", "--calls", "300", "--days", "3", "--seed", "77"]);
        }
        let expected = without.file(&live);
        same(&format!("a live answer {round}"), &server.file(&live), &expected);
        server.generates(&format!("/api/rest/billing/generate-cdrs?{window}"));
        server.completes(NAME);
        same(&format!("a generated file {round}"), &server.file("/api/rest/billing/download-cdrs"), &expected);
        assert!(packs(&tollbook).len() >= 3, "one for each day, {round}");
        let expected = export(&tollbook, &NONE_KEPT, &days);
        for again in ["", ", again"] {
            same(&format!("a command {round}{again}"), &export(&tollbook, &[], &days), &expected);
        }
    }
    // Damaged and foreign files are no problem.
    for (n, entry) in fs::read_dir(tollbook.path("tollbook-data/spool/.blocks")).unwrap().enumerate() {
        let path = entry.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        let (at, whole) = (bytes.len() / 3, bytes.len());
        match n {
            0 => bytes[at] ^= 1,
            1 => bytes.truncate(whole / 2),
            _ => bytes = b"something else".to_vec(),
        }
        fs::write(path, bytes).unwrap();
    }
    for again in ["", ", again"] {
        same(&format!("a live answer from damaged blocks{again}"), &server.file(&live), &without.file(&live));
        let command = [export(&tollbook, &[], &days), export(&tollbook, &NONE_KEPT, &days)];
        same(&format!("a command from damaged blocks{again}"), &command[0], &command[1]);
    }
}

/// A live answer of which all calls are in kept blocks has a length, a tag and ranges.
#[test]
fn a_live_answer_from_kept_blocks_can_be_resumed() {
    let tollbook = Tollbook::with_calls(20_000, 4);
    tollbook.user(NAME, "administrator");
    let server = tollbook.serve(&[]);
    let live = "/api/rest/billing?from-date=2026-01-01T00:00:00Z&to-date=2026-01-05T00:00:00Z";
    let ask = |method: &str, headers: &[(&str, &str)]| server.ask(NAME, method, live, headers);
    let first = server.file(live);
    let whole = ask("GET", &[]);
    same("the answer again", &whole.body, &first);
    let (etag, length) = (whole.header("ETag").to_owned(), first.len().to_string());
    assert_eq!((whole.header("Content-Length"), whole.header("Accept-Ranges")), (&*length, "bytes"));
    let head = ask("HEAD", &[]);
    assert_eq!((head.status, head.header("ETag"), head.header("Content-Length")), (200, &*etag, &*length));
    assert_eq!(ask("GET", &[("If-None-Match", &etag)]).status, 304);
    assert_eq!(ask("GET", &[("If-Match", "\"other\"")]).status, 412);
    let half = first.len() / 2;
    let rest = ask("GET", &[("Range", &format!("bytes={half}-")), ("If-Range", &etag)]);
    let range = format!("bytes {half}-{}/{length}", first.len() - 1);
    assert_eq!((rest.status, rest.header("Content-Range")), (206, &*range));
    same("the second half", &rest.body, &first[half..]);
    assert_eq!(ask("GET", &[("Range", &format!("bytes={length}-"))]).status, 416);
    // A late call makes another file.
    tollbook.ok(&["generate", "--calls", "300", "--days", "3", "--seed", "77"]);
    let other = ask("GET", &[("Range", &format!("bytes={half}-")), ("If-Range", &etag)]);
    assert_eq!(other.status, 200);
    let again = ask("GET", &[("Range", &format!("bytes={half}-")), ("If-Range", &etag)]);
    assert_eq!(again.status, 200);
    assert_ne!(again.header("ETag"), etag);
    same("the answer with late calls", &again.body, &other.body);
}

/// A worker without work makes the blocks of closed hours ahead.
#[test]
fn an_idle_worker_makes_blocks_of_closed_hours_ahead() {
    let tollbook = Tollbook::without_store();
    tollbook.ok(&["migrate"]);
    let today = Utc::now().date_naive();
    let day = |ago: u64| today.checked_sub_days(Days::new(ago)).unwrap().to_string();
    let mut feed = "key,started_at,calling,called\n".to_owned();
    for ago in 1..5 {
        feed += &format!("{ago},{}T10:00:00Z,+49{ago},+44{ago}\n", day(ago));
    }
    fs::write(tollbook.path("calls.csv"), feed).unwrap();
    tollbook.ok(&["load", "--feed", "native", "calls.csv"]);
    // Two days were exported, a day apart.
    let export_of = |ago: u64| export(&tollbook, &[], &["--from", &day(ago), "--until", &day(ago - 1)]);
    let folder = tollbook.path("tollbook-data/spool/.blocks");
    for (ago, used) in [(3, 30), (2, 6)] {
        let before: Vec<PathBuf> = fs::read_dir(&folder).into_iter().flatten().map(|it| it.unwrap().path()).collect();
        export_of(ago);
        for path in fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path()).filter(|path| !before.contains(path)) {
            let used_at = SystemTime::now() - Duration::from_secs(used * 3_600);
            fs::File::open(path).unwrap().set_modified(used_at).unwrap();
        }
    }
    assert_eq!(packs(&tollbook).len(), 2);
    let _worker = tollbook.worker(&[]);
    tollbook.until("yesterday is made ahead", || (packs(&tollbook).len() == 3).then_some(()));
    let fresh = export(&tollbook, &NONE_KEPT, &["--from", &day(1), "--until", &day(0)]);
    same("yesterday", &export_of(1), &fresh);
}

#[test]
fn kept_blocks_are_bounded_and_go_with_their_calls() {
    let tollbook = Tollbook::without_store();
    tollbook.ok(&["migrate"]);
    let mut feed = "key,started_at,calling,called\n".to_owned();
    for n in 0..400 {
        let year = if n % 2 == 0 { 2001 } else { 2999 };
        feed += &format!("{n},{year}-{:02}-{:02}T10:00:00Z,+49{n:04},{year}called{n:04}\n", 1 + n % 12, 1 + n % 28);
    }
    fs::write(tollbook.path("calls.csv"), feed).unwrap();
    tollbook.ok(&["load", "--feed", "native", "calls.csv"]);
    let plain = ["--layout", "native", "--sheet", "calls", "--package", "plain"];
    let all = export(&tollbook, &[], &plain);
    let found = |words: &str| {
        let packs = packs(&tollbook).concat();
        packs.windows(words.len()).filter(|part| *part == words.as_bytes()).count()
    };
    let young = found("2999called");
    assert!(young >= 200 && found("2001called") >= 200);
    assert_eq!(export(&tollbook, &[], &plain), all);

    tollbook.ok(&["--set", "store.retention_days=3650", "retention"]);
    assert_eq!((found("2001called"), found("2999called")), (0, young), "the blocks of removed calls are gone");
    let rest = export(&tollbook, &[], &plain);
    assert_eq!(rest, export(&tollbook, &NONE_KEPT, &plain));
    assert_eq!((found("2001called"), found("2999called")), (0, young));

    // A worker removes what is kept once nothing is to be kept.
    let _worker = tollbook.worker(&["--set", "spool.kept_mebibytes=0", "--set", "worker.tidy_seconds=0"]);
    tollbook.until("nothing is kept", || packs(&tollbook).is_empty().then_some(()));
}
