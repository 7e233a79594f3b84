//! The ways in: whatever mix of loads, a watched file, a pipe and posts delivers the records of a feed, in whatever parts and
//! however often, the calls are the same.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::process::Stdio;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cdr_intake::FEEDS;

use crate::every_feed::{begins, has_heading, present, sample};
use crate::harness::{Tollbook, fixture, outcome};
use crate::server::client::{send, try_send};
use crate::server::support::Server;

/// A source `pbx` of a feed, which watches files, and its key.
fn with_source(feed: &str) -> (Tollbook, String) {
    let tollbook = Tollbook::new();
    let mapping = fixture("table/carrier.toml");
    let by: &[&str] = if feed == "table" { &["--mapping", &mapping] } else { &[] };
    let add = ["source", "add", "pbx", "--feed", feed, "--zone", "Europe/Berlin", "--watch", "grows-*"];
    tollbook.ok(&[&add, by].concat());
    let key = tollbook.ok(&["source", "key", "pbx"]).lines().last().unwrap().to_owned();
    (tollbook, key)
}

/// A pseudorandom sequence (the linear congruential generator of POSIX's `drand48`).
struct Chance(u64);

impl Chance {
    /// A number from `from` to `to`.
    fn between(&mut self, from: usize, to: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5DEE_CE66D).wrapping_add(11) & ((1 << 48) - 1);
        from + (self.0 >> 17) as usize % (to - from + 1)
    }
}

/// Some records of a file in a row, after its heading.
fn part(feed: &str, bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let begins = begins(feed, bytes);
    let first = usize::from(has_heading(feed));
    let from = chance.between(first, begins.len() - 1);
    let to = chance.between(from + 1, begins.len());
    let end = |at: usize| begins.get(at).copied().unwrap_or(bytes.len());
    [&bytes[..end(first) * first], &bytes[begins[from]..end(to)]].concat()
}

fn token(key: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("any:{key}")))
}

fn piped(tollbook: &Tollbook, bytes: &[u8]) {
    let mut child = tollbook.command(&["load", "--source", "pbx", ANY_BAD[0], ANY_BAD[1], "-"]);
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", outcome(&output));
}

/// Samples have bad rows, and parts of them may have nothing else.
const ANY_BAD: [&str; 2] = ["--set", "intake.max_bad=100%"];

/// The samples of a feed. Rows of Asterisk without an identifier, and forms of the same call in which one has none, are told
/// apart by their order: those of the sample are left out.
fn files(feed: &str) -> Vec<Vec<u8>> {
    let is_told_by_order = |line: &[u8]| {
        let of_forms = b"\"2026-11-22 11:0";
        feed == "asterisk-csv" && line.windows(of_forms.len()).any(|part| part == of_forms)
    };
    let read = |file: &String| -> Vec<u8> {
        let bytes = fs::read(file).unwrap();
        let lines = bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| !is_told_by_order(line));
        lines.collect::<Vec<_>>().concat()
    };
    sample(feed).iter().map(read).collect()
}

/// Holds the calls of a store against those that are expected.
#[track_caller]
fn same(what: &str, found: &[String], expected: &[String]) {
    let short = |calls: &[String], others: &[String]| {
        let more = calls.iter().filter(|call| !others.contains(call)).take(3);
        more.map(|call| call.chars().take(300).collect()).collect::<Vec<String>>().join("\n")
    };
    let (more, less) = (short(found, expected), short(expected, found));
    assert!(
        found == expected,
        "{what}: {} calls, not {}; too many:\n{more}\nmissing:\n{less}",
        found.len(),
        expected.len()
    );
}

/// Delivers the samples of a feed in parts, each by any way, and then whole.
fn deliver(tollbook: &Tollbook, server: &Server, key: &str, feed: &str, round: u32, chance: &mut Chance) {
    for (number, bytes) in files(feed).iter().enumerate() {
        let name = format!("grows-{round}-{number}");
        let mut grown = 0;
        for step in 0..6 {
            // It grows by any number of bytes, so its last row is cut anywhere.
            let next = if step == 5 { bytes.len() } else { chance.between(grown, bytes.len()) };
            let mut growing = OpenOptions::new().create(true).append(true).open(tollbook.path(&name)).unwrap();
            growing.write_all(&bytes[grown..next]).unwrap();
            grown = next;
            match chance.between(0, 3) {
                0 => drop(tollbook.ok(&["watch", "--once", ANY_BAD[0], ANY_BAD[1]])),
                1 => {
                    // One whose rows are all cut, or that has none yet, is refused.
                    let output = tollbook.run(&["load", "--source", "pbx", ANY_BAD[0], ANY_BAD[1], &name]);
                    assert!([Some(0), Some(3)].contains(&output.status.code()), "{}", outcome(&output));
                }
                2 => piped(tollbook, &part(feed, bytes, chance)),
                _ => {
                    let url = format!("{}/api/v1/intake/pbx", server.http);
                    let posted = send("POST", &url, &[("Authorization", &token(key))], &part(feed, bytes, chance));
                    assert_eq!(posted.status, 200, "{feed}: {}", posted.text());
                }
            }
        }
        tollbook.ok(&["load", "--source", "pbx", "--final", ANY_BAD[0], ANY_BAD[1], &name]);
        tollbook.ok(&["watch", "--once", ANY_BAD[0], ANY_BAD[1]]);
    }
}

#[test]
fn any_mix_of_the_ways_in_gives_the_same_calls() {
    for (feed, seed) in FEEDS.iter().map(|feed| feed.name()).zip(1..) {
        let (whole, _) = with_source(feed);
        for bytes in files(feed) {
            fs::write(whole.path("whole"), bytes).unwrap();
            whole.ok(&["load", "--source", "pbx", ANY_BAD[0], ANY_BAD[1], "whole"]);
        }
        let expected = present(&whole);
        assert!(expected.len() > 1, "{feed}: {expected:?}");
        let (tollbook, key) = with_source(feed);
        let server = tollbook.serve(&["--set", "intake.watch=false", ANY_BAD[0], ANY_BAD[1]]);
        let mut chance = Chance(seed);
        for round in 1..=2 {
            deliver(&tollbook, &server, &key, feed, round, &mut chance);
            same(&format!("{feed}, seed {seed}"), &present(&tollbook), &expected);
        }
    }
}

/// The server is killed while switches post, and each repeats what was not answered.
#[test]
fn an_answer_that_is_lost_loses_and_doubles_nothing() {
    const CALLS: usize = 300;
    const SWITCHES: usize = 4;
    let (tollbook, key) = with_source("native");
    let serve = ["--set", "intake.watch=false"];
    let server = Mutex::new(tollbook.serve(&serve));
    let (answered, token) = (Mutex::new(0), token(&key));
    let post = |call: usize| {
        let body = format!("{{\"key\": \"{call}\", \"started_at\": \"2026-11-21T10:00:00Z\", \"called\": \"{call}\"}}");
        loop {
            let url = format!("{}/api/v1/intake/pbx", server.lock().unwrap().http);
            match try_send("POST", &url, &[("Authorization", &token)], body.as_bytes()) {
                Ok(answer) if answer.status == 200 => break,
                Ok(answer) => assert_eq!(answer.status, 503, "{}", answer.text()),
                Err(_) => thread::sleep(Duration::from_millis(5)),
            }
        }
        *answered.lock().unwrap() += 1;
    };
    thread::scope(|scope| {
        for switch in 0..SWITCHES {
            let post = &post;
            scope.spawn(move || (switch..CALLS).step_by(SWITCHES).for_each(post));
        }
        for round in 1..=4 {
            while *answered.lock().unwrap() < round * CALLS / 5 {
                thread::sleep(Duration::from_millis(1));
            }
            let mut server = server.lock().unwrap();
            server.kill();
            *server = tollbook.serve(&serve);
        }
    });
    let mut called: Vec<usize> = tollbook
        .ok(&["calls", "--fields", "called", "--format", "csv"])
        .lines()
        .skip(1)
        .map(|it| it.parse().unwrap())
        .collect();
    called.sort_unstable();
    assert_eq!(called, (0..CALLS).collect::<Vec<_>>());
}
