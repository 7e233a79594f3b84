//! What an operator who edits a layout sees.

use cdr_model::{CdrField, ConferenceField, Field};

use super::{Column, Content, Layout, Rows};

const SMALL: &str = r#"
name = "mine"
summary = "my own"

[[sheets]]
name = "calls"
rows = "calls"
columns = [
    { heading = "begin", field = "started_at", style = "offset-millis" },
    { heading = "who", field = "calling", or = ["account_given"], otherwise = "nobody" },
]
"#;

#[test]
fn every_built_in_layout_is_read_under_its_name() {
    assert_eq!(Layout::built_in().collect::<Vec<_>>(), ["dma-6.1-reconstructed", "dma-5.x", "native"]);
    for name in Layout::built_in() {
        let layout = Layout::named(name, &[]).unwrap();
        assert_eq!(layout.name, name);
        let first = Layout::built_in_text(name).unwrap().lines().next().unwrap();
        assert!(first.starts_with("# "), "{name} says in a comment what it is");
    }
}

#[test]
fn the_native_layout_forgets_no_field() {
    fn headings(columns: &[Column]) -> Vec<&str> {
        columns
            .iter()
            .map(|column| {
                assert_eq!(*column, Column::field(&*column.heading, &*column.heading));
                column.heading.as_str()
            })
            .collect()
    }
    let layout = Layout::named("native", &[]).unwrap();
    let calls: Vec<&str> = CdrField::ALL.iter().map(|field| field.name()).collect();
    assert_eq!(headings(&layout.sheet("calls").unwrap().columns), calls);
    let conferences: Vec<&str> = ConferenceField::ALL.iter().map(|field| field.name()).collect();
    assert_eq!(headings(&layout.sheet("conferences").unwrap().columns), conferences);
}

#[test]
fn the_dma_layouts_print_every_field_that_only_a_dma_tells() {
    let names = |layout: &str| -> Vec<String> {
        let layout = Layout::named(layout, &[]).unwrap();
        let columns = &layout.sheet_of(Rows::Calls).unwrap().columns;
        columns
            .iter()
            .filter_map(|column| match &column.content {
                Content::Field { field, .. } => Some(field.clone()),
                _ => None,
            })
            .collect()
    };
    let six = names("dma-6.1-reconstructed");
    // A row that came printed is printed so as a whole.
    let told = |field: &&CdrField| field.name().starts_with("dma.") && **field != CdrField::DmaPrinted;
    for field in CdrField::ALL.iter().filter(told) {
        assert!(six.iter().any(|name| name == field.name()), "{field}");
    }
    // What 6.1 added to 5.x: signalling, devices, video, the chairperson.
    let five = names("dma-5.x");
    assert!(five.iter().all(|name| six.contains(name)));
    let added: Vec<&str> = six.iter().filter(|name| !five.contains(name)).map(String::as_str).collect();
    assert_eq!(
        added,
        [
            "dma.failure_signaling_code",
            "dma.orig_model",
            "dma.orig_version",
            "dma.dest_model",
            "dma.dest_version",
            "dma.displays",
            "dma.min_video_resolution",
            "dma.max_video_resolution",
            "from_header",
            "call_id",
            "out_call_id",
            "dma.chair_passcode",
            "dma.conf_requires_chair",
            "dma.term_conf_after_chair_drops",
            "dma.chair_join_time",
        ]
    );
}

#[test]
fn an_operators_layout_takes_the_place_of_the_built_in_one() {
    let own = [Layout::read(SMALL).unwrap(), Layout { name: "native".to_owned(), ..Layout::read(SMALL).unwrap() }];
    assert_eq!(Layout::named("native", &own).unwrap().summary, "my own");
    assert_eq!(Layout::named("mine", &own).unwrap(), own[0]);
    assert_eq!(Layout::named("dma-5.x", &own).unwrap().name, "dma-5.x");
    assert_eq!(
        Layout::named("dma-7", &own).unwrap_err().to_string(),
        "there is no layout `dma-7`; there are mine, native, dma-6.1-reconstructed, dma-5.x"
    );
}

#[test]
fn a_layout_in_a_plan_reads_back() {
    for name in Layout::built_in() {
        let layout = Layout::named(name, &[]).unwrap();
        let json = serde_json::to_string(&layout).unwrap();
        assert_eq!(serde_json::from_str::<Layout>(&json).unwrap(), layout);
        assert_eq!(Layout::read(&toml::to_string(&layout).unwrap()).unwrap(), layout);
    }
}

#[test]
fn what_is_wrong_in_a_layout_is_told_with_its_place() {
    for (from, to, parts) in [
        ("summary =", "sumary =", &["layout `mine`", "line 3", "unknown field `sumary`", "`summary`"][..]),
        ("heading = \"who\"", "headng = \"who\"", &["layout `mine`", "line 10", "`headng`", "`heading`"]),
        (
            "\"started_at\"",
            "\"startedAt\"",
            &[
                "layout `mine`: sheet `calls`: column `begin`: there is no field `startedAt`, did you mean `started_at`?",
            ],
        ),
        ("[\"account_given\"]", "[\"acount\"]", &["column `who`: there is no field `acount`"]),
        ("\"offset-millis\"", "\"offset-milis\"", &["line 9", "there are rfc3339-micros, offset-millis"]),
        (
            "\"offset-millis\"",
            "\"micros\"",
            &["column `begin`: its style is for whole microseconds", "field `started_at` holds an instant"],
        ),
        ("rows = \"calls\"", "rows = \"anrufe\"", &["line 7", "`anrufe`", "`calls`, `conferences`, `counts`"]),
        ("field = \"calling\"", "constant = \"x\"", &["column `who` has no `field`"]),
        (
            "field = \"calling\",",
            "field = \"calling\", constant = \"x\",",
            &["column `who` takes exactly one of `constant`, `field` and `summary`"],
        ),
        ("\"who\"", "\"begin\"", &["column `begin`: there are two of this heading"]),
        ("name = \"calls\"", "name = \"../calls\"", &["`../calls.…`: file names are letters"]),
        ("otherwise = \"nobody\"", "summary = \"calls\"", &["column `who` takes exactly one of"]),
        ("rows = \"calls\"", "rows = \"counts\"", &["a sheet of counts has no field `started_at`"]),
        ("name = \"mine\"", "name = \"\"", &["it has no `name`"]),
        ("name = \"mine\"", "name = \"mine", &["layout `?`", "line 2"]),
    ] {
        assert!(SMALL.contains(from), "{from}");
        let error = Layout::read(&SMALL.replacen(from, to, 1)).unwrap_err().to_string();
        for part in parts {
            assert!(error.contains(part), "{to}: {part} is not in: {error}");
        }
    }
    let error = Layout::read("name = \"mine\"\nsummary = \"\"\nsheets = []").unwrap_err().to_string();
    assert_eq!(error, "layout `mine`: it has no `sheets`");
}
