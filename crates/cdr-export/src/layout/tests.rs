//! Built-in and custom layouts, and the errors in them.

use cdr_model::{CdrField, ConferenceField, Field};

use super::{Column, ColumnContent, Layout, Quotes, SheetContent, TimeStyle};

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
    assert_eq!(Layout::built_in().collect::<Vec<_>>(), ["dma-6.1-reconstructed", "dma-5.x", "yeti-customer", "native"]);
    for name in Layout::built_in() {
        let layout = Layout::named(name, &[]).unwrap();
        assert_eq!(layout.name, name);
        let first = Layout::built_in_text(name).unwrap().lines().next().unwrap();
        assert!(first.starts_with("# "), "{name} starts with a comment");
    }
}

#[test]
fn the_native_layout_has_every_field() {
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
fn the_dma_layouts_print_every_dma_field() {
    let names = |layout: &str| -> Vec<String> {
        let layout = Layout::named(layout, &[]).unwrap();
        let columns = &layout.sheet_of(SheetContent::Calls).unwrap().columns;
        columns
            .iter()
            .filter_map(|column| match &column.content {
                ColumnContent::Field { field, .. } => Some(field.clone()),
                _ => None,
            })
            .collect()
    };
    let six = names("dma-6.1-reconstructed");
    // `dma.printed` is the whole row as received and has no column.
    let has_column = |field: &&CdrField| field.name().starts_with("dma.") && **field != CdrField::DmaPrinted;
    for field in CdrField::ALL.iter().filter(has_column) {
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
fn the_yeti_layout_has_the_columns_of_a_customers_export() {
    let layout = Layout::named("yeti-customer", &[]).unwrap();
    let columns = &layout.sheet_of(SheetContent::Calls).unwrap().columns;
    let headings: Vec<&str> = columns.iter().map(|column| column.heading.as_str()).collect();
    assert_eq!(
        headings.join(","),
        "Time Start,Time Connect,Time End,Success,Duration,Src Name In,Src Prefix In,Dst Prefix In,From Domain,To Domain,\
         Ruri Domain,Lega Disconnect Code,Lega Disconnect Reason,Auth Orig Ip,Auth Orig Port,Src Prefix Routing,\
         Dst Prefix Routing,Destination Prefix,Destination Initial Interval,Destination Next Interval,\
         Destination Initial Rate,Destination Next Rate,Destination Fee,Customer Price,Customer Duration,Orig Call,\
         Local Tag,Lega User Agent,Diversion In"
    );
    let names: Vec<&str> = columns.iter().map(Column::called).collect();
    assert_eq!((names.len(), names[0], names[25]), (29, "time_start", "orig_call_id"));
}

#[test]
fn a_layout_is_changed_in_code() {
    let layout = Layout::named("yeti-customer", &[]).unwrap();
    let changed = layout.clone().with_time_style(TimeStyle::PgLocal).without_columns(&["orig_call_id", "rec"]);
    assert_eq!(changed.styles.times, TimeStyle::PgLocal);
    assert_eq!(changed.csv.quotes, Quotes::All);
    assert_eq!(changed.sheets[0].columns.len(), 28);
    assert!(changed.sheets[0].columns.iter().all(|column| column.heading != "Orig Call"));
    changed.check().unwrap();
    let own = Layout::read(SMALL).unwrap();
    assert_eq!(own.clone().without_columns(&["begin"]).sheets[0].columns[0].heading, "who", "by its heading");
    let names: Vec<String> = layout.sheets[0].columns.iter().map(|column| column.called().to_owned()).collect();
    let none = layout.without_columns(&names.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(none.check().unwrap_err().to_string(), "layout `yeti-customer`: sheet `cdrs`: it has no `columns`");
}

#[test]
fn a_custom_layout_replaces_the_built_in_one() {
    let own = [Layout::read(SMALL).unwrap(), Layout { name: "native".to_owned(), ..Layout::read(SMALL).unwrap() }];
    assert_eq!(Layout::named("native", &own).unwrap().summary, "my own");
    assert_eq!(Layout::named("mine", &own).unwrap(), own[0]);
    assert_eq!(Layout::named("dma-5.x", &own).unwrap().name, "dma-5.x");
    assert_eq!(
        Layout::named("dma-7", &own).unwrap_err().to_string(),
        "there is no layout `dma-7`; the layouts are mine, native, dma-6.1-reconstructed, dma-5.x, yeti-customer"
    );
}

#[test]
fn a_layout_in_a_specification_reads_back() {
    for name in Layout::built_in() {
        let layout = Layout::named(name, &[]).unwrap();
        let json = serde_json::to_string(&layout).unwrap();
        assert_eq!(serde_json::from_str::<Layout>(&json).unwrap(), layout);
        assert_eq!(Layout::read(&toml::to_string(&layout).unwrap()).unwrap(), layout);
    }
}

#[test]
fn errors_in_a_layout_are_reported_with_their_location() {
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
        ("\"offset-millis\"", "\"offset-milis\"", &["line 9", "the styles are rfc3339-micros, offset-millis"]),
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
        ("\"who\"", "\"begin\"", &["column `begin`: the heading is used twice"]),
        ("name = \"calls\"", "name = \"../calls\"", &["`../calls.…`: file names consist of letters"]),
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
