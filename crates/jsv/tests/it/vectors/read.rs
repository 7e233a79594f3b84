//! Vectors for reading.

use std::collections::BTreeMap;
use std::fmt::Debug;

use jsv::from_str;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::models::{Bytes, Kind, Many, Named, Numbers, Text};
use super::{Vector, same};
use crate::value::Any;

pub(super) fn run(vector: &Vector) -> Result<(), String> {
    match vector.kind.as_str() {
        // Read as a text. Its type would parse the day or the number.
        "datetime" | "datetime?" | "datetime utc" | "guid" => time(&format!("{{T:{}}}", vector.text())),
        "M" if vector.text().contains("{T:") => time(vector.text()),
        "M" => read::<Many>(vector),
        "W" => read::<Text>(vector),
        "int" => read::<i32>(vector),
        "bool" => read::<bool>(vector),
        "enum?" => read::<Option<Kind>>(vector),
        "bytes" => same(from_str(vector.text()).unwrap(), Bytes(vec![0, 65, 97, 255])),
        "list" if *vector.value() == Any::List(vec![Any::Int(1), Any::Int(2)]) => read::<Vec<i32>>(vector),
        "list" | "list<str>" | "str[]" => read::<Vec<Option<String>>>(vector),
        "dict" if vector.text() == "{a:1}" => read::<BTreeMap<String, i32>>(vector),
        "dict" | "dict<str,str>" | "dict<str,object>" => read::<BTreeMap<String, String>>(vector),
        "obj{Id:int,Name:str}" => read::<Named>(vector),
        "obj{Float:float,Double:double,Decimal:decimal}" => read::<Numbers>(vector),
        "obj{Value:str}" => read::<Valued>(vector),
        kind => Err(format!("no type for {kind}")),
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Valued {
    value: String,
}

/// Checks that the type reads the same value from the text as from the vector's JSON, or an error if one is expected.
fn read<T: DeserializeOwned + PartialEq + Debug>(vector: &Vector) -> Result<(), String> {
    match (from_str::<T>(vector.text()), &vector.error) {
        (Err(_), Some(_)) => Ok(()),
        (Ok(found), Some(error)) => Err(format!("{found:?} instead of {error}")),
        (Err(error), None) => Err(error.to_string()),
        (Ok(found), None) => {
            let json = serde_json::to_string(vector.value()).unwrap();
            same(found, serde_json::from_str(&json).map_err(|error| error.to_string())?)
        }
    }
}

fn time(text: &str) -> Result<(), String> {
    let expected = text.trim_start_matches("{T:").trim_end_matches('}').to_owned();
    same(from_str(text).unwrap(), Many { t: Some(expected), ..Many::default() })
}
