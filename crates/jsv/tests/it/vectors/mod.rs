//! Runs every line of `vectors.jsonl`: assertions of ServiceStack's tests and observed responses of a v3 host.

mod models;
mod read;
mod tables;
mod write;

use std::collections::BTreeSet;

use serde::Deserialize;

use self::tables::{DIFFERENT, NOT_HERE, OTHER_FORMATS};
use crate::value::Any;

#[derive(Debug, Deserialize)]
pub(crate) struct Vector {
    id: String,
    op: String,
    #[serde(rename = "type")]
    kind: String,
    value: Option<Any>,
    text: Option<String>,
    error: Option<String>,
}

impl Vector {
    fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    fn value(&self) -> &Any {
        self.value.as_ref().unwrap_or(&Any::Null)
    }

    /// The result with a serde type; `None` if serde's data model cannot express the vector.
    fn run(&self) -> Option<Result<(), String>> {
        match self.op.as_str() {
            "write" => write::run(self),
            "pretty" => Some(write::run_pretty(self)),
            "read" => Some(read::run(self)),
            "roundtrip" => write::run(self).map(|written| written.and_then(|()| read::run(self))),
            _ => None,
        }
    }
}

pub(crate) fn same<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{found:?} instead of {expected:?}")) }
}

fn vectors() -> Vec<Vector> {
    let lines = include_str!("../../vectors.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_vector_holds_or_is_listed_with_a_reason() {
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    let mut ran = 0;
    for vector in vectors() {
        let id = vector.id.as_str();
        let listed = |table: &[(&'static str, &str)], what: &str| table.iter().any(|(it, _)| *it == what);
        let elsewhere = listed(OTHER_FORMATS, &vector.op) || listed(NOT_HERE, id);
        let different = listed(DIFFERENT, id);
        used.extend([vector.op.clone(), vector.id.clone()]);
        ran += usize::from(vector.run().is_some());
        match vector.run() {
            None if !elsewhere => wrong.push(format!("{id} is neither run nor listed")),
            Some(_) if elsewhere => wrong.push(format!("{id} is run, but listed as not expressible")),
            Some(Ok(())) if different => wrong.push(format!("{id} holds, but is listed as a difference")),
            Some(Err(why)) if !different => wrong.push(format!("{id}: {why}")),
            _ => {}
        }
    }
    for (what, _) in [OTHER_FORMATS, NOT_HERE, DIFFERENT].concat() {
        if !used.contains(what) {
            wrong.push(format!("{what} is listed, but there is no such vector"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(ran > 150, "only {ran} were run");
}
