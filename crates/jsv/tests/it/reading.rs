//! Tests of reading, beyond the vectors.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use jsv::{from_reader, from_slice, from_str};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::value::Any;

fn check<T: DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str, expect: T) {
    assert_eq!(from_str::<T>(text).map_err(|error| error.to_string()), Ok(expect), "{text:?}");
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[derive(Deserialize, Debug, PartialEq, Default)]
#[serde(default)]
struct Request {
    #[serde(rename = "License")]
    license: Option<String>,
    #[serde(rename = "IService", alias = "Service")]
    service: i64,
    csv: bool,
}

/// Differences from ServiceStack that the README lists.
#[test]
fn numbers_are_no_variants_and_quotes_at_the_root_are_text() {
    #[derive(Debug, Deserialize)]
    enum Level {
        Low,
    }
    for text in ["0", "\"0\"", "1"] {
        assert!(from_str::<Level>(text).is_err(), "{text}");
    }
    assert_eq!(from_str::<String>("\"a,b\"").unwrap(), "\"a,b\"");
    assert_eq!(from_str::<Vec<String>>("[\"a,b\"]").unwrap(), ["a,b"]);
}

#[test]
fn member_names_are_case_insensitive() {
    let expect = || Request { license: Some("K".to_owned()), service: 3, csv: true };
    for text in [
        "{License:K,IService:3,csv:True}",
        "{license:K,iservice:3,CSV:true}",
        "{License:K,SERVICE:3,csv:1}",
        "{\"License\":\"K\", \"IService\": 3, \"csv\": true}",
        "{License:K,Other:[{a:\"]\"},b],IService: 3 ,csv: True}",
        " {License:K,IService:3,csv:True}\n",
    ] {
        check(text, expect());
    }
}

#[test]
fn a_member_without_a_value_keeps_its_default() {
    check("{License:,IService:,csv:}", Request::default());
    check("{\n\tLicense: ,\n\tIService:\n}", Request::default());
    check("{a:,b:1}", BTreeMap::from([("a".to_owned(), None), ("b".to_owned(), Some(1))]));
}

#[test]
fn lists_are_read_with_and_without_brackets() {
    check("[1,2]", vec![1, 2]);
    check("1,2", vec![1, 2]);
    check(" [1, 2 ] ", vec![1, 2]);
    check("a, b", texts(&["a", " b"]));
    check("\"a,b\",c", texts(&["a,b", "c"]));
    check("", Vec::<String>::new());
    check("[]", Vec::<String>::new());
    check(",", vec![None::<u8>, None]);
    check("[,]", vec![None::<u8>, None]);
    check("[ ]", texts(&[" "]));
    check("[\"\"]", texts(&[""]));
    check("[]", (None::<u8>,));
    check("{a:1,b:[2,3]}", BTreeMap::from([("a".to_owned(), vec![1]), ("b".to_owned(), vec![2, 3])]));
    check("[[a],b,]", vec![texts(&["a"]), texts(&["b"]), vec![]]);
    check("{a:1},{a:2}", vec![BTreeMap::from([('a', 1)]), BTreeMap::from([('a', 2)])]);
}

#[test]
fn numbers_may_have_signs_blanks_and_quotes_and_floats_commas() {
    check("[+5,-5, 5 ,\"5\",\" 5 \"]", vec![5, -5, 5, 5, 5]);
    check(
        "[1e3,\"1,234.5\",\"-1,234,567\",Infinity,-Infinity,1E-05]",
        vec![1e3, 1234.5, -1_234_567.0, f64::INFINITY, f64::NEG_INFINITY, 1e-5],
    );
    check("{1:a}", HashMap::from([(1_u8, 'a')]));
    check("340282366920938463463374607431768211455", u128::MAX);
    check("[True,true,1,False,FALSE,0]", vec![true, true, true, false, false, false]);
}

#[derive(Deserialize, Debug, PartialEq)]
enum Shape {
    Nothing,
    Circle(Option<f32>),
    Box(u8, u8),
    Named { width: u8 },
}

#[test]
fn variant_names_are_case_insensitive() {
    check("Nothing", Shape::Nothing);
    check("{Nothing:}", Shape::Nothing);
    check(
        "[Nothing,nothing,{Circle:0.5},{circle:},{Box:[1,2]},{Named:{Width:3}}]",
        vec![
            Shape::Nothing,
            Shape::Nothing,
            Shape::Circle(Some(0.5)),
            Shape::Circle(None),
            Shape::Box(1, 2),
            Shape::Named { width: 3 },
        ],
    );
    check("{\n\tNamed: \n\t{\n\t\twidth: 3\n\t}\n}", Shape::Named { width: 3 });
}

#[test]
fn texts_are_borrowed_if_possible() {
    let read: Vec<Cow<'_, str>> =
        from_str::<Vec<Borrowed<'_>>>("[a,\"b,c\",\"d\"\"e\"]").unwrap().into_iter().map(|it| it.0).collect();
    assert_eq!(read, ["a", "b,c", "d\"e"]);
    let borrowed: Vec<bool> = read.iter().map(|text| matches!(text, Cow::Borrowed(_))).collect();
    assert_eq!(borrowed, [true, true, false]);
    assert_eq!(from_str::<&str>("{not read}").unwrap(), "{not read}");

    #[derive(Deserialize)]
    struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);
}

#[test]
fn untyped_values_are_texts_lists_maps_and_nulls() {
    let text = |text: &str| Any::Text(text.to_owned());
    let member = |name: &str, value| (name.to_owned(), value);
    check(
        "{a:[1,,{}],b:True,c:}",
        Any::Map(vec![
            member("a", Any::List(vec![text("1"), Any::Null, Any::Map(vec![])])),
            member("b", text("True")),
            member("c", Any::Null),
        ]),
    );
    check("a,b", text("a,b"));
    check("", Any::Null);
}

#[test]
fn reads_from_slices_and_readers() {
    let text = "{License:é}".as_bytes();
    let expect = Request { license: Some("é".to_owned()), ..Request::default() };
    assert_eq!(from_slice::<Request>(text).unwrap(), expect);
    assert_eq!(from_reader::<_, Request>(text).unwrap(), expect);
}

#[test]
fn unknown_members_are_skipped() {
    from_str::<IgnoredAny>("{a:{b:[\"}\"]}}").unwrap();
    check("{a:{b:[\"}]\"\"\"]},License:K}", Request { license: Some("K".to_owned()), ..Request::default() });
    // Skipping is not recursive, so the depth of a skipped value is not limited.
    let deep = format!("{{a:{}{},License:K}}", "[".repeat(100_000), "]".repeat(100_000));
    check(&deep, Request { license: Some("K".to_owned()), ..Request::default() });
}
