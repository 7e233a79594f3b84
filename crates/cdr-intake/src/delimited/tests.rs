use std::io::Read;

use proptest::prelude::*;

use super::{Delimited, Fields};
use crate::fault::Fault;
use crate::testing::Dribble;

/// The outcome of one record or invalid line: its line number, and its fields or the reason.
type Seen = (u64, Result<Vec<Vec<u8>>, &'static str>);

fn read(input: impl Read, shape: impl Fn(&Fields) -> Result<(), Fault>) -> Vec<Seen> {
    let mut rows = Delimited::new(input);
    let (mut fields, mut seen) = (Fields::default(), Vec::new());
    while let Some(found) = rows.next(&mut fields, &shape).unwrap() {
        let content = match found.fault {
            Some(fault) => Err(fault.reason),
            None => Ok(fields.iter().map(|field| field.bytes.to_vec()).collect()),
        };
        seen.push((found.line, content));
    }
    seen
}

fn all(input: &str) -> Vec<Seen> {
    read(input.as_bytes(), |_| Ok(()))
}

fn good(line: u64, fields: &[&str]) -> Seen {
    (line, Ok(fields.iter().map(|field| field.as_bytes().to_vec()).collect()))
}

#[test]
fn records_of_rfc_4180_are_read() {
    let cases: &[(&str, &[Seen])] = &[
        ("a,b\r\nc,d\n", &[good(1, &["a", "b"]), good(2, &["c", "d"])]),
        ("\u{feff}a", &[good(1, &["a"])]),
        ("a,\n,b", &[good(1, &["a", ""]), good(2, &["", "b"])]),
        ("\"a \"\"b\"\", c\",\"\"\n", &[good(1, &["a \"b\", c", ""])]),
        ("\"a\r\nb\n\nc\",d\n\n\ne\n", &[good(1, &["a\r\nb\n\nc", "d"]), good(7, &["e"])]),
        ("\"\"", &[good(1, &[""])]),
        (" a , \"b\n", &[(1, Err("quoting-malformed"))]),
        ("", &[]),
        ("\r\n\n", &[]),
    ];
    for (input, expected) in cases {
        assert_eq!(all(input), *expected, "{input:?}");
    }
}

#[test]
fn quoted_fields_are_marked() {
    let mut rows = Delimited::new(&b"a,\"\",,\"b\""[..]);
    let mut fields = Fields::default();
    rows.next(&mut fields, |_| Ok(())).unwrap().unwrap();
    let texts = fields.texts();
    let quoted: Vec<bool> = (0..fields.len()).map(|at| texts.get(at).unwrap().1).collect();
    assert_eq!(quoted, [false, true, false, true]);
}

#[test]
fn only_the_first_line_of_a_malformed_record_is_invalid() {
    let cases: &[(&str, &[Seen])] = &[
        ("a\"b\nc\n", &[(1, Err("quoting-malformed")), good(2, &["c"])]),
        ("\"a\" b\nc\n", &[(1, Err("quoting-malformed")), good(2, &["c"])]),
        ("\"a\nb\n", &[(1, Err("quote-unclosed")), good(2, &["b"])]),
        ("\"a\n\"b\",c\n\"d\",e\n", &[(1, Err("quoting-malformed")), good(2, &["b", "c"]), good(3, &["d", "e"])]),
        ("a\rb\nc\n", &[(1, Err("quoting-malformed")), good(2, &["c"])]),
        ("a\0b\nc\n", &[(1, Err("nul-character")), good(2, &["c"])]),
    ];
    for (input, expected) in cases {
        assert_eq!(all(input), *expected, "{input:?}");
    }
}

#[test]
fn the_further_lines_of_a_record_of_another_shape_are_read_again() {
    let two = |fields: &Fields| if fields.len() == 2 { Ok(()) } else { Err(Fault::new("columns", "")) };
    // The stray quote in line 1 makes line 2 a part of one well-formed field.
    let seen = read(&b"\"x\n\"\"y,z\n\"\n\"a\",b\n"[..], two);
    assert_eq!(
        seen,
        [(1, Err("columns")), (2, Err("quoting-malformed")), (3, Err("quoting-malformed")), good(4, &["a", "b"])]
    );
}

#[test]
fn a_record_ends_at_64_lines_and_64_kib() {
    let lines = |count: usize| format!("\"{}\"\nnext\n", "x\n".repeat(count - 1));
    assert_eq!(all(&lines(64)).len(), 2);
    let seen = all(&lines(65));
    assert_eq!((&seen[0], &seen[1]), (&(1, Err("quote-unclosed")), &good(2, &["x"])));
    assert_eq!(seen.last(), Some(&good(66, &["next"])));

    let long = |length: usize| format!("{}\nnext\n", "x".repeat(length - 1));
    assert_eq!(all(&long(65_536))[0].1.as_ref().unwrap()[0].len(), 65_535);
    assert_eq!(all(&long(65_537)), [(1, Err("record-too-long")), good(2, &["next"])]);

    let wide = format!("\"{}\n{}\"\nnext\n", "x".repeat(40_000), "y".repeat(40_000));
    assert_eq!(all(&wide).first(), Some(&(1, Err("quote-unclosed"))));
    assert_eq!(all(&wide).last(), Some(&good(3, &["next"])));
}

#[test]
fn a_fault_has_its_position_and_what_was_expected() {
    let detail = |input: &str| {
        let mut rows = Delimited::new(input.as_bytes());
        rows.next(&mut Fields::default(), |_| Ok(())).unwrap().unwrap().fault.unwrap().detail
    };
    assert_eq!(
        detail("ä,\"b\"x\n"),
        "line 1, character 6, field 2: `x` after the closing quote; \
         expected a comma, the end of the line, or a doubled quote"
    );
    assert_eq!(detail("a,\"b\n"), "the quote that opens field 2 is not closed when the file ends");
}

fn field() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[a-z0-9]{0,6}".prop_map(String::into_bytes),
        proptest::collection::vec(prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), 1..=255u8], 0..8),
    ]
}

proptest! {
    #[test]
    fn output_of_the_csv_crate_reads_back(
        rows in proptest::collection::vec(proptest::collection::vec(field(), 1..5), 0..8),
        always in any::<bool>(),
        crlf in any::<bool>(),
    ) {
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().flexible(true).quote_style(style).terminator(end).from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let file = writer.into_inner().unwrap();
        // A byte order mark before the first field is removed; the csv crate does not treat it specially.
        prop_assume!(!file.starts_with(b"\xef\xbb\xbf"));
        let seen: Vec<Vec<Vec<u8>>> = read(file.as_slice(), |_| Ok(())).into_iter().map(|(_, row)| row.unwrap()).collect();
        prop_assert_eq!(seen, rows);
    }

    #[test]
    fn garbage_between_records_loses_none_of_them(
        parts in proptest::collection::vec(
            (proptest::collection::vec(field(), 2..3), proptest::collection::vec("[a\",;x ]{0,12}", 0..3)), 1..8,
        ),
    ) {
        // Records of five columns, the first never empty: garbage that includes a record is never well-formed.
        let five = |fields: &Fields| if fields.len() == 5 { Ok(()) } else { Err(Fault::new("columns", "")) };
        let (mut file, mut expected) = (Vec::new(), Vec::new());
        for (number, (fields, garbage)) in parts.into_iter().enumerate() {
            let record: Vec<Vec<u8>> =
                [format!("record {number}").into_bytes(), b"b".to_vec()].into_iter().chain(fields).chain([b"end".to_vec()]).collect();
            let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            writer.write_record(&record).unwrap();
            file.extend(writer.into_inner().unwrap());
            expected.push(record);
            for line in garbage {
                file.extend_from_slice(line.as_bytes());
                file.push(b'\n');
            }
        }
        let seen: Vec<_> = read(file.as_slice(), five).into_iter().filter_map(|(_, row)| row.ok()).collect();
        for record in expected {
            prop_assert!(seen.contains(&record), "{:?} is lost", record);
        }
    }

    #[test]
    fn the_size_of_reads_does_not_matter(
        file in proptest::collection::vec(prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), any::<u8>()], 0..200),
        size in 1..20usize,
    ) {
        let whole = read(file.as_slice(), |_| Ok(()));
        prop_assert_eq!(&whole, &read(Dribble(&file, size), |_| Ok(())));
        // Every line is part of one record or is one invalid line, in order.
        prop_assert!(whole.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
