//! Tests of writing.

use std::collections::BTreeMap;

use jsv::{Error, Serializer, Unquoted, quoted, to_string, to_writer, write_string};
use serde::Serialize;

#[derive(Serialize)]
struct Call {
    id: u64,
    caller: Option<&'static str>,
    answered: bool,
    tags: Vec<Option<&'static str>>,
    nested: Option<Box<Call>>,
}

#[derive(Serialize)]
enum Shape {
    Nothing,
    #[serde(rename = "a:b")]
    Colon,
    Circle(f32),
    Maybe(Option<u8>),
    Box(u8, u8),
    Named {
        width: u8,
        height: Option<u8>,
    },
}

#[derive(Serialize)]
struct Unit;

fn call(id: u64) -> Call {
    Call { id, caller: None, answered: false, tags: Vec::new(), nested: None }
}

#[test]
fn nulls_are_omitted_from_objects() {
    assert_eq!(to_string(&call(1)).unwrap(), "{id:1,answered:False,tags:[]}");
    let nested = Call { caller: Some(""), answered: true, nested: Some(Box::new(call(2))), ..call(1) };
    let expect = r#"{id:1,caller:"",answered:True,tags:[],nested:{id:2,answered:False,tags:[]}}"#;
    assert_eq!(to_string(&nested).unwrap(), expect);
    for (map, expect) in [
        (vec![("a", None), ("b", Some(1))], "{b:1}"),
        (vec![("a", Some(1)), ("b", None)], "{a:1}"),
        (vec![("a", None), ("b", None)], "{}"),
    ] {
        let map: BTreeMap<_, Option<i32>> = map.into_iter().collect();
        assert_eq!(to_string(&map).unwrap(), expect);
        assert_eq!(to_string(&vec![&map, &map]).unwrap(), format!("[{expect},{expect}]"));
    }
}

#[test]
fn nulls_keep_their_place_in_lists() {
    let tags = vec![None, Some("a"), None, Some(""), None];
    assert_eq!(to_string(&Call { tags, ..call(1) }).unwrap(), r#"{id:1,answered:False,tags:[,a,,"",]}"#);
    assert_eq!(to_string(&[(), ()]).unwrap(), "[,]");
}

#[test]
fn texts_at_the_root_are_not_quoted() {
    assert_eq!(to_string("a,\"b\"").unwrap(), "a,\"b\"");
    assert_eq!(to_string(&'{').unwrap(), "{");
    assert_eq!(to_string(&Shape::Colon).unwrap(), "a:b");
    assert_eq!(to_string("").unwrap(), "");
    assert_eq!(to_string(&None::<u8>).unwrap(), "");
    assert_eq!(to_string(&["a,\"b\""]).unwrap(), "[\"a,\"\"b\"\"\"]");
}

#[test]
fn enums_are_written_by_name_with_braces_around_a_value() {
    for (shape, expect) in [
        (Shape::Nothing, "Nothing"),
        (Shape::Colon, "\"a:b\""),
        (Shape::Circle(0.5), "{Circle:0.5}"),
        (Shape::Maybe(Some(1)), "{Maybe:1}"),
        (Shape::Maybe(None), "{Maybe:}"),
        (Shape::Box(1, 2), "{Box:[1,2]}"),
        (Shape::Named { width: 1, height: None }, "{Named:{width:1}}"),
    ] {
        assert_eq!(to_string(&[&shape]).unwrap(), format!("[{expect}]"));
        assert_eq!(to_string(&BTreeMap::from([("s", &shape)])).unwrap(), format!("{{s:{expect}}}"));
    }
    assert_eq!(to_string(&BTreeMap::from([("u", Unit)])).unwrap(), "{u:{}}");
}

#[test]
fn keys_are_written_as_one_text() {
    assert_eq!(to_string(&BTreeMap::from([(true, 1)])).unwrap(), "{True:1}");
    assert_eq!(to_string(&BTreeMap::from([('"', 1)])).unwrap(), "{\"\"\"\":1}");
    assert_eq!(to_string(&BTreeMap::from([(Some(-1), 1)])).unwrap(), "{-1:1}");
    assert_eq!(to_string(&BTreeMap::from([(Unquoted("10:20"), 1)])).unwrap(), "{\"10:20\":1}");
    for error in [to_string(&BTreeMap::from([(vec![1], 1)])), to_string(&BTreeMap::from([(None::<u8>, 1)]))] {
        assert!(matches!(error, Err(Error::Key { .. })), "{error:?}");
    }
}

#[test]
fn unquoted_values_may_contain_colons_only() {
    for (text, expect) in [("10:20:30", "10:20:30"), ("a,b", "\"a,b\""), ("", "\"\""), ("a:\"b", "\"a:\"\"b\"")] {
        let list = [Unquoted(text), Unquoted("x")];
        assert_eq!(to_string(&list).unwrap(), format!("[{expect},x]"));
    }
    // It applies neither to the name nor to the following values.
    let members = BTreeMap::from([("a:b", (Unquoted("1:2"), "1:2"))]);
    assert_eq!(to_string(&members).unwrap(), r#"{"a:b":[1:2,"1:2"]}"#);
    #[derive(Serialize)]
    struct At {
        #[serde(rename = "a:b")]
        at: Unquoted<&'static str>,
    }
    assert_eq!(to_string(&At { at: Unquoted("1:2") }).unwrap(), r#"{"a:b":1:2}"#);
    assert_eq!(serde_json::to_string(&Unquoted(5)).unwrap(), "\"5\"");
}

#[test]
fn responses_can_be_written_piece_by_piece() {
    let mut out = b"{".to_vec();
    write_string(&mut out, "Voice: Calls").unwrap();
    out.extend(b":[");
    for id in 1..3 {
        to_writer(&mut out, &call(id)).unwrap();
        out.extend(if id < 2 { &b","[..] } else { b"]}" });
    }
    let whole = BTreeMap::from([("Voice: Calls", [call(1), call(2)])]);
    assert_eq!(String::from_utf8(out).unwrap(), to_string(&whole).unwrap());
    assert_eq!(quoted("Voice: Calls"), "\"Voice: Calls\"");
}

#[test]
fn one_serializer_writes_many_values() {
    let mut serializer = Serializer::new(Vec::new());
    for value in ["a,b", "c"] {
        value.serialize(&mut serializer).unwrap();
        [value].serialize(&mut serializer).unwrap();
    }
    assert_eq!(serializer.into_inner(), b"a,b[\"a,b\"]c[c]");
}
