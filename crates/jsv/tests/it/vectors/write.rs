//! Vectors for writing.

use std::collections::BTreeMap;

use jsv::{Unquoted, to_string, to_string_pretty};

use super::models::{Bytes, Decimal, Kind, Many, Text};
use super::{Vector, same};
use crate::value::Any;

pub(super) fn run(vector: &Vector) -> Option<Result<(), String>> {
    let value = vector.value();
    // Some vectors have their value in the name of the type.
    let named = vector.kind.rsplit(' ').next().unwrap_or_default();
    let written = match vector.kind.as_str() {
        "[Flags] enum" => return None,
        "enum" if *value == Any::Text("EnumValue1".to_owned()) => to_string(&Kind::EnumValue1),
        "enum" => to_string(&Kind::Other),
        "enum?" => to_string(&None::<Kind>),
        "obj{Day:enum}" => to_string(&BTreeMap::from([("Day", Kind::Sunday)])),
        "char" => to_string(&'c'),
        "int" => to_string(&-5),
        "long" => to_string(&i64::MIN),
        "bytes" => to_string(&Bytes(bytes(value))),
        "float" => to_string(&value.text().parse::<f32>().unwrap()),
        "double" => to_string(&value.text().parse::<f64>().unwrap()),
        "decimal" => to_string(&Decimal(value.text().to_owned())),
        kind if kind.starts_with("flt ") => to_string(&named.parse::<f32>().unwrap()),
        kind if kind.starts_with("dbl ") => to_string(&named.parse::<f64>().unwrap()),
        kind if kind.starts_with("dec ") => to_string(&Decimal(named.to_owned())),
        "dictint" => to_string(&BTreeMap::from([(1, true), (2, false)])),
        "list<obj{S:str}>" => to_string(&[Some(Text::default()), None, Some(Text { text: Some("x".to_owned()) })]),
        "M full" => to_string(&full()),
        "M obj list" => to_string(&Many { o: Some(Any::List(vec![Any::Int(1)])), ..Many::default() }),
        "M L empty" => to_string(&Many { l: Some(Vec::new()), ..Many::default() }),
        // ServiceStack prints GUIDs without hyphens; a type for GUIDs has to do the same.
        "obj member values" => to_string(&without_hyphens(value)),
        kind if is_time(kind) => return Some(time(vector.text())),
        _ => to_string(value),
    };
    Some(same(written.unwrap().as_str(), vector.text()))
}

pub(super) fn run_pretty(vector: &Vector) -> Result<(), String> {
    same(to_string_pretty(vector.value()).unwrap().as_str(), vector.text())
}

fn is_time(kind: &str) -> bool {
    ["datetime", "DateTime", "TimeSpan", "2015-"].iter().any(|prefix| kind.starts_with(prefix))
}

/// Checks that a time is written without quotes. Its type determines how it is printed.
fn time(text: &str) -> Result<(), String> {
    let member = BTreeMap::from([("T", Unquoted(text))]);
    let list = [Unquoted(text)];
    same(to_string(&Unquoted(text)).unwrap(), text.to_owned())
        .and_then(|()| same(to_string(&member).unwrap(), format!("{{T:{text}}}")))
        .and_then(|()| same(to_string(&list).unwrap(), format!("[{text}]")))
}

fn bytes(value: &Any) -> Vec<u8> {
    let Any::List(values) = value else { return Vec::new() };
    let byte = |value: &Any| if let Any::Int(byte) = value { u8::try_from(*byte).unwrap() } else { 0 };
    values.iter().map(byte).collect()
}

fn without_hyphens(value: &Any) -> Any {
    let Any::Map(members) = value.clone() else { return Any::Null };
    let member = |(name, value): (String, Any)| match name.as_str() {
        "Guid" => (name, Any::Text(value.text().replace('-', ""))),
        "DateTime" => (name, Any::Text(value.text().trim_end_matches("T00:00:00").to_owned())),
        _ => (name, value),
    };
    Any::Map(members.into_iter().map(member).collect())
}

fn full() -> Many {
    Many {
        id: 1,
        name: Some("n".to_owned()),
        l: Some(vec!["a".to_owned()]),
        d: Some(BTreeMap::from([("k".to_owned(), "v".to_owned())])),
        sub: Some(Box::new(Many { id: 2, ..Many::default() })),
        b: true,
        nb: Some(false),
        ni: Some(5),
        t: Some("2015-06-01".to_owned()),
        e: Kind::Other,
        dec: Decimal("1.50".to_owned()),
        dbl: 1e21,
        o: Some(Any::Text("s".to_owned())),
    }
}
