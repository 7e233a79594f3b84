use std::io::{self, Read};

use proptest::prelude::*;

use super::{Documents, Elements, Objects, RECORD_BYTES, Syntax};
use crate::feed::FileEnd;
use crate::testing::Dribble;

/// The records of a file: the line of each, its bytes and the reason of its fault.
type Seen = Vec<(u64, String, Option<&'static str>)>;

fn read(input: impl Read, syntax: impl Syntax, end: FileEnd) -> (Seen, Option<u64>) {
    let mut documents = Documents::new(input, syntax, end);
    let mut seen = Vec::new();
    while let Some(found) = documents.next().unwrap() {
        let raw = String::from_utf8_lossy(&found.raw).into_owned();
        seen.push((found.line, raw, found.fault.map(|fault| fault.reason)));
    }
    (seen, documents.waiting())
}

fn objects() -> Objects {
    Objects::in_lists(&["cdr", "cdr_root"])
}

fn elements() -> Elements {
    Elements::named("cdr", "cdr=")
}

/// A file, its records, and where it waits if its switch may still write it.
type Case<'a> = (&'a str, &'a [(u64, &'a str)], Option<u64>);

fn check(cases: &[Case<'_>], read: impl Fn(&[u8], FileEnd) -> (Seen, Option<u64>)) {
    for (file, expected, waiting) in cases {
        let (seen, complete) = read(file.as_bytes(), FileEnd::Complete);
        let seen: Vec<(u64, &str)> = seen.iter().map(|(line, raw, _)| (*line, raw.as_str())).collect();
        assert_eq!((&seen[..], complete), (*expected, None), "{file}");
        let (growing, found) = read(file.as_bytes(), FileEnd::Growing);
        assert_eq!(found, *waiting, "{file}");
        let finished = expected.len() - usize::from(waiting.is_some() && !expected.is_empty());
        assert_eq!(growing.len(), finished, "{file}");
    }
}

#[test]
fn objects_follow_each_other_in_any_form() {
    let cases: &[Case] = &[
        ("", &[], None),
        (" \n\r\n", &[], None),
        ("{}", &[(1, "{}")], None),
        ("\u{feff}{\"a\":1}\n{\"b\":2}\n", &[(1, "{\"a\":1}"), (2, "{\"b\":2}")], None),
        ("{\"a\":1}{\"b\":[{}]} {}", &[(1, "{\"a\":1}"), (1, "{\"b\":[{}]}"), (1, "{}")], None),
        (
            "{\n\t\"a\":\t[{\n\t\t\"b\":\t1\n\t}]\n}\n{}\n",
            &[(1, "{\n\t\"a\":\t[{\n\t\t\"b\":\t1\n\t}]\n}"), (6, "{}")],
            None,
        ),
        ("{\"a\":\"}\\\"{\\\\\"}{}", &[(1, "{\"a\":\"}\\\"{\\\\\"}"), (1, "{}")], None),
        // Lists of records.
        ("[]", &[], None),
        ("[{\"a\":1},\n{\"b\":2}]\n{}", &[(1, "{\"a\":1}"), (2, "{\"b\":2}"), (3, "{}")], None),
        ("{\"cdr\":[{\"a\":1},{\"b\":2}]}", &[(1, "{\"a\":1}"), (1, "{\"b\":2}")], None),
        ("{ \"status\": 0, \"cdr_root\" : [ {\"a\":1} ], \"page\":1 }\n{}", &[(1, "{\"a\":1}"), (2, "{}")], None),
        ("{\"cdr\":[]}{\"cdr\":{\"a\":[1]}}", &[(1, "{\"cdr\":{\"a\":[1]}}")], None),
        // A truncated object, and text that is not an object.
        ("{\"a\":\"b\n{\"c\":1}\n", &[(1, "{\"a\":\"b"), (2, "{\"c\":1}")], None),
        ("{\"a\":\n{\"c\":1}\n{\"d\":1}\n", &[(1, "{\"a\":"), (2, "{\"c\":1}"), (3, "{\"d\":1}")], None),
        ("x\ny{\n{\"c\":1}z\n", &[(1, "x"), (2, "y{"), (3, "{\"c\":1}"), (3, "z")], None),
        ("{}\n{\"a\":", &[(1, "{}"), (2, "{\"a\":")], Some(2)),
        ("{}\nxy", &[(1, "{}"), (2, "xy")], Some(2)),
        ("{\"a\":\"b\n", &[(1, "{\"a\":\"b")], None),
    ];
    check(cases, |file, end| read(file, objects(), end));
    // A list that is not closed is a fault of its own.
    let (seen, _) = read(&b"[{},\n"[..], objects(), FileEnd::Complete);
    assert_eq!(seen[1], (2, String::new(), Some("list-unclosed")));
    assert_eq!(read(&b"[{},\n"[..], objects(), FileEnd::Growing).1, Some(2));
    let (seen, waiting) = read(&b"[{},{\"a\""[..], objects(), FileEnd::Growing);
    assert_eq!((seen.len(), waiting), (1, Some(1)));
}

#[test]
fn an_object_may_stand_behind_a_prefix() {
    let file = "cdr={\"a\":\n1}\ncdr=%7B\ncdr={\"b\":\ncdr={}";
    let expected: &[(u64, &str)] = &[(1, "cdr={\"a\":\n1}"), (3, "cdr=%7B"), (4, "cdr={\"b\":"), (5, "cdr={}")];
    check(&[(file, expected, None)], |file, end| read(file, Objects::after("cdr="), end));
}

#[test]
fn xml_documents_follow_each_other_in_any_form() {
    let cases: &[Case] = &[
        ("", &[], None),
        ("<cdr></cdr>", &[(1, "<cdr></cdr>")], None),
        (
            "<?xml version=\"1.0\"?>\n<cdr a=\"1\">\n<cdrs/>\n</cdr>\n<cdr>x</cdr>",
            &[(1, "<?xml version=\"1.0\"?>\n<cdr a=\"1\">\n<cdrs/>\n</cdr>"), (5, "<cdr>x</cdr>")],
            None,
        ),
        ("cdr=<cdr>a&amp;b=c</cdr>\n%3Ccdr\nx\n", &[(1, "cdr=<cdr>a&amp;b=c</cdr>"), (2, "%3Ccdr"), (3, "x")], None),
        ("<cdr>a\n<cdr>bcdefghi</cdr>", &[(1, "<cdr>a"), (2, "<cdr>bcdefghi</cdr>")], None),
        (
            "<?xml version=\"1.0\"?>\ncdr=<?xml version=\"1.0\"?><cdr>bcdefghi</cdr>",
            &[(1, "<?xml version=\"1.0\"?>"), (2, "cdr=<?xml version=\"1.0\"?><cdr>bcdefghi</cdr>")],
            None,
        ),
        ("<cdr>a</cdr><cdr>b</cd", &[(1, "<cdr>a</cdr>"), (1, "<cdr>b</cd")], Some(1)),
        ("<html>\n<cdr>bcdefghi</cdr>", &[(1, "<html>"), (2, "<cdr>bcdefghi</cdr>")], None),
    ];
    check(cases, |file, end| read(file, elements(), end));
}

#[test]
fn a_record_that_is_too_long_takes_bounded_memory_and_affects_no_other() {
    let long = 300_000_000;
    let body = |begin: &'static [u8], end: &'static [u8]| begin.chain(io::repeat(b'x').take(long)).chain(end);
    for (input, begin, last) in [
        (body(b"{\"a\":\"", b"\"}\n{\"b\":1}\n"), "{\"a\":\"xx", "{\"b\":1}"),
        (body(b"xx", b"\n{\"b\":1}\n"), "xxx", "{\"b\":1}"),
        (body(b"{\"a\":\"", b"\n{\"b\":1}\n"), "{\"a\":\"xx", "{\"b\":1}"),
    ] {
        let (seen, _) = read(input, objects(), FileEnd::Complete);
        assert_eq!(seen.len(), 2);
        assert_eq!((seen[0].2, seen[0].1.len(), &seen[0].1[..begin.len()]), (Some("record-too-long"), 65_536, begin));
        assert_eq!((seen[1].0, seen[1].1.as_str(), seen[1].2), (2, last, None));
    }
    let (seen, _) = read(body(b"<cdr>", b"</cdr>\n<cdr/>"), elements(), FileEnd::Complete);
    assert_eq!((seen[0].2, seen[1].1.as_str()), (Some("record-too-long"), "<cdr/>"));
    for (more, reason) in [(0, None), (1, Some("record-too-long"))] {
        let file = format!("{{\"a\":\"{}\"}}", "x".repeat(RECORD_BYTES - 8 + more));
        assert_eq!(read(file.as_bytes(), objects(), FileEnd::Complete).0[0].2, reason);
    }
}

/// Fails after some bytes.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() { Err(io::Error::other("gone")) } else { self.0.read(into) }
    }
}

#[test]
fn records_before_an_error_are_read() {
    let mut documents = Documents::new(Failing(b"{}\n{}\n{\"a\""), objects(), FileEnd::Complete);
    for line in [1, 2] {
        assert_eq!(documents.next().unwrap().unwrap().line, line);
    }
    assert_eq!(documents.next().err().unwrap().to_string(), "gone");
}

/// Parts of files, whole and not.
fn parts() -> impl Strategy<Value = String> {
    let part = proptest::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        "\n",
        ",",
        ":",
        "cdr=",
        "{\"cdr\":[",
        "{\"a\":1}",
        "<cdr>",
        "</cdr>",
        "<?xml ?>",
        "%7B",
        " ",
        "é",
        "<cdr/>",
    ]);
    proptest::collection::vec(part, 0..30).prop_map(|parts| parts.concat())
}

proptest! {
    /// No byte but blanks and what opens and closes lists is outside the records.
    #[test]
    fn every_byte_is_in_a_record(file in parts()) {
        let solid = |text: &str| text.bytes().filter(|byte| !byte.is_ascii_whitespace()).count();
        let (found, _) = read(file.as_bytes(), Objects::after("cdr="), FileEnd::Complete);
        let outside = file.matches(['[', ']', ',']).count();
        let inside: usize = found.iter().map(|(_, raw, _)| solid(raw)).sum();
        prop_assert!(inside + outside >= solid(&file));
        let (found, _) = read(file.as_bytes(), elements(), FileEnd::Complete);
        prop_assert_eq!(found.iter().map(|(_, raw, _)| solid(raw)).sum::<usize>(), solid(&file));
    }

    #[test]
    fn the_size_of_reads_does_not_matter(file in parts(), size in 1..9usize) {
        for end in [FileEnd::Complete, FileEnd::Growing] {
            prop_assert_eq!(read(file.as_bytes(), objects(), end), read(Dribble(file.as_bytes(), size), objects(), end));
            prop_assert_eq!(read(file.as_bytes(), elements(), end), read(Dribble(file.as_bytes(), size), elements(), end));
        }
    }
}
