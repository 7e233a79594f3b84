//! Property tests of round trips in both forms, except for floats, which lose digits, and lists of one null.

use std::collections::BTreeMap;

use jsv::{from_str, to_string, to_string_pretty};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::value::{text, untyped};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Kind {
    Plain,
    #[serde(rename = " {odd}: ")]
    Odd,
    One(Option<String>),
    Two(String, Vec<u8>),
    Named {
        a: Option<String>,
        b: Vec<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Everything {
    text: String,
    character: char,
    number: i64,
    big: u128,
    truth: bool,
    maybe: Option<String>,
    kinds: Vec<Kind>,
    kind: Option<Kind>,
    pair: (Option<u8>, String),
    lone: (Option<u8>,),
    lists: Vec<Vec<String>>,
    map: BTreeMap<String, Option<String>>,
    numbered: BTreeMap<i16, Vec<bool>>,
    #[serde(rename = "a \"name\", with: [much] {in} it")]
    odd: String,
    unit: Unit,
    inner: Option<Box<Everything>>,
}

fn kind() -> impl Strategy<Value = Kind> + Clone {
    prop_oneof![
        Just(Kind::Plain),
        Just(Kind::Odd),
        prop::option::of(text()).prop_map(Kind::One),
        (text(), prop::collection::vec(any::<u8>(), 0..4)).prop_map(|(text, bytes)| Kind::Two(text, bytes)),
        (prop::option::of(text()), prop::collection::vec(text(), 0..4)).prop_map(|(a, b)| Kind::Named { a, b }),
    ]
}

fn everything() -> impl Strategy<Value = Everything> {
    let scalars = (text(), any::<char>(), any::<i64>(), any::<u128>(), any::<bool>(), prop::option::of(text()));
    let kinds = (prop::collection::vec(kind(), 0..4), prop::option::of(kind()));
    let tuples = (any::<(Option<u8>, Option<u8>)>(), text(), text());
    let lists = prop::collection::vec(prop::collection::vec(text(), 0..3), 0..3);
    // Null members of a map are omitted.
    let map = prop::collection::btree_map(text(), text().prop_map(Some), 0..4);
    let numbered = prop::collection::btree_map(any::<i16>(), prop::collection::vec(any::<bool>(), 0..3), 0..3);
    let flat = (scalars, kinds, tuples, lists, map, numbered).prop_map(
        |((text, character, number, big, truth, maybe), (kinds, kind), ((a, b), second, odd), lists, map, numbered)| {
            let (pair, lone) = ((a, second), (b,));
            Everything {
                text,
                character,
                number,
                big,
                truth,
                maybe,
                kinds,
                kind,
                pair,
                lone,
                lists,
                map,
                numbered,
                odd,
                unit: Unit,
                inner: None,
            }
        },
    );
    let pair = (flat.clone(), prop::option::of(flat));
    pair.prop_map(|(outer, inner)| Everything { inner: inner.map(Box::new), ..outer })
}

fn reads_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) -> Result<(), TestCaseError> {
    for written in [to_string(value).unwrap(), to_string_pretty(value).unwrap()] {
        let read = from_str::<T>(&written);
        prop_assert_eq!(read.as_ref().ok(), Some(value), "{:?} of {}", read, written);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn structs(value in everything()) {
        reads_back(&value)?;
    }

    #[test]
    fn untyped_values(value in untyped()) {
        reads_back(&value)?;
    }

    #[test]
    fn texts_at_the_root(value in text()) {
        reads_back(&value)?;
    }

    #[test]
    fn lists_of_optional_texts(value in prop::collection::vec(prop::option::of(text()), 0..6)) {
        prop_assume!(value != [None]);
        reads_back(&value)?;
    }

    #[test]
    fn enums_at_the_root(value in kind()) {
        // A name at the root is not quoted either.
        prop_assume!(value != Kind::Odd);
        reads_back(&value)?;
    }
}
