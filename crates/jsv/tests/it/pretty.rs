//! Tests of the pretty form, which has one line per member and element.

use std::collections::BTreeMap;

use jsv::{LineBreak, Serializer, from_str, to_string, to_string_pretty};
use serde::{Deserialize, Serialize};

use crate::value::Any;

#[derive(Serialize, Deserialize, Debug, PartialEq, Default)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    total_calls: i64,
    rows: Vec<Row>,
    by_service: BTreeMap<String, Vec<Row>>,
    usage: Option<Row>,
    none: Vec<Row>,
    shape: Option<Shape>,
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Default)]
struct Row {
    #[serde(rename = "ID")]
    id: i64,
    links: Option<Vec<String>>,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
enum Shape {
    Box(u8, u8),
    Circle(Option<u8>),
}

fn row(id: i64) -> Row {
    Row { id, links: None }
}

fn answer() -> Answer {
    Answer {
        total_calls: 2,
        rows: vec![row(1), Row { links: Some(vec!["String".to_owned(), " led".to_owned()]), ..row(2) }],
        by_service: BTreeMap::from([("Voice Calls".to_owned(), vec![row(3)])]),
        usage: Some(Row::default()),
        none: Vec::new(),
        shape: Some(Shape::Box(1, 2)),
    }
}

/// The form of the samples on metadata pages of ServiceStack v3: a name, a blank, and the list on the next line.
const PRINTED: &str = r#"{
	TotalCalls: 2,
	Rows: 
	[
		{
			ID: 1
		},
		{
			ID: 2,
			links: 
			[
				String,
				" led"
			]
		}
	],
	ByService: 
	{
		Voice Calls: 
		[
			{
				ID: 3
			}
		]
	},
	Usage: 
	{
		ID: 0
	},
	None: [],
	Shape: 
	{
		Box: 
		[
			1,
			2
		]
	}
}"#;

#[test]
fn lists_and_objects_start_on_their_own_line() {
    assert_eq!(to_string_pretty(&answer()).unwrap(), PRINTED);
    assert_eq!(from_str::<Answer>(PRINTED).unwrap(), answer());
}

#[test]
fn line_ends_are_configurable() {
    let mut serializer = Serializer::pretty(Vec::new()).line_break(LineBreak::CrLf);
    answer().serialize(&mut serializer).unwrap();
    let windows = String::from_utf8(serializer.into_inner()).unwrap();
    assert_eq!(windows, PRINTED.replace('\n', "\r\n"));
    assert_eq!(from_str::<Answer>(&windows).unwrap(), answer());

    let mut compact = Serializer::new(Vec::new()).line_break(LineBreak::CrLf);
    answer().serialize(&mut compact).unwrap();
    assert_eq!(String::from_utf8(compact.into_inner()).unwrap(), to_string(&answer()).unwrap());
}

#[test]
fn empty_lists_and_objects_are_short_after_a_name_only() {
    for (value, expect) in [
        ("{a:[]}", "{\n\ta: []\n}"),
        ("{a:{}}", "{\n\ta: {}\n}"),
        ("{}", "{\n\t\n}"),
        ("[]", "[\n\t\n]"),
        ("[{}]", "[\n\t{\n\t\t\n\t}\n]"),
        ("[a,,b]", "[\n\ta,\n\t,\n\tb\n]"),
        ("text", "text"),
    ] {
        let value: Any = from_str(value).unwrap();
        assert_eq!(to_string_pretty(&value).unwrap(), expect);
        assert_eq!(from_str::<Any>(expect).unwrap(), value, "{expect}");
    }
    assert_eq!(to_string_pretty(&[Shape::Circle(None)]).unwrap(), "[\n\t{\n\t\tCircle: \n\t}\n]");
}

#[test]
fn white_space_is_skipped_only_after_a_line_break() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Text {
        s: String,
    }
    for (text, expect) in [
        ("{s: a }", " a "),
        ("{s:\n a }", "\n a "),
        ("{\ns: a }", "a"),
        (" {\r\n\ts : a\r\n}\r\n", "a"),
        ("{ \n\"s\" : \" a\" }", " a"),
        ("{ s: a }", " a "),
        // White space before a quote or bracket is not part of a text.
        ("{ \"s\" : \" a\" }", " a"),
        ("{s: [a] }", "[a]"),
    ] {
        assert_eq!(from_str::<Text>(text).unwrap(), Text { s: expect.to_owned() }, "{text:?}");
    }
}
