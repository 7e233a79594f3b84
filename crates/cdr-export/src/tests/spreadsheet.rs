//! Layouts that are safe for spreadsheets.

use std::io::Cursor;

use cdr_model::Cdr;

use super::forging::{export, refusal, with_text};
use super::{spec, text_of};
use crate::{Cut, ExportSpec, Layout, PackKey, Package, Spreadsheet, verify};

/// Columns of text, and one of each other kind whose cells may begin with a sign.
const COLUMNS: &str = r#"
name = "people"
summary = "calls for people"
SETTING

[[sheets]]
name = "calls"
rows = "calls"
columns = [
    { heading = "calling", field = "calling" },
    { heading = "called", field = "called" },
    { heading = "name", field = "calling_name", otherwise = "-" },
    { heading = "price", field = "price" },
    { heading = "cause", field = "release_cause" },
    { heading = "=mark", constant = "@us" },
]
"#;

fn of(setting: &str, format: &str, package: Package) -> ExportSpec {
    ExportSpec {
        layout: Layout::read(&COLUMNS.replace("SETTING", setting)).unwrap(),
        ..spec("native", format, package)
    }
}

fn call(calling: &str, called: &str, name: Option<&str>) -> Cdr {
    let mut call = Cdr {
        started_at: "2026-11-21T10:00:00Z".parse().unwrap(),
        calling: Some(calling.to_owned()),
        called: Some(called.to_owned()),
        price: Some("-1.50".parse().unwrap()),
        release_cause: Some(-1),
        ..Cdr::default()
    };
    call.details.sip.calling_name = name.map(str::to_owned);
    call
}

#[test]
fn formulas_are_guarded_in_every_package_of_csv_and_telephone_numbers_are_not() {
    let calls = [
        call("=1+1", "@SUM(1)", Some("=cmd|'/C calc'!A0")),
        call("+4930", "+1-1", Some("\tTab, \"quoted\"")),
        call("-1.5", "'=1", Some("Ada")),
        call("", "＝1", None),
    ];
    let off = "calling,called,name,price,cause,=mark\n\
               =1+1,@SUM(1),=cmd|'/C calc'!A0,-1.50,-1,@us\n\
               +4930,+1-1,\"\tTab, \"\"quoted\"\"\",-1.50,-1,@us\n\
               -1.5,'=1,Ada,-1.50,-1,@us\n\
               \"\",＝1,-,-1.50,-1,@us\n";
    let safe = "calling,called,name,price,cause,=mark\n\
                '=1+1,'@SUM(1),'=cmd|'/C calc'!A0,-1.50,-1,'@us\n\
                +4930,'+1-1,\"'\tTab, \"\"quoted\"\"\",-1.50,-1,'@us\n\
                -1.5,''=1,Ada,-1.50,-1,'@us\n\
                \"\",'＝1,'-,-1.50,-1,'@us\n";
    for package in Package::ALL {
        for (setting, expected) in [("", off), ("spreadsheet = \"off\"", off), ("spreadsheet = \"safe\"", safe)] {
            let (bytes, receipt) = export(&of(setting, "csv", package), &calls, &[]);
            assert_eq!(text_of(package, &bytes, "calls.csv"), expected, "{package} {setting}");
            verify(Cursor::new(&bytes), &receipt).unwrap();
        }
        let [plain, guarded] =
            ["", "spreadsheet = \"safe\""].map(|setting| export(&of(setting, "ndjson", package), &calls, &[]));
        assert_eq!(plain.0, guarded.0, "NDJSON is for programs");
        verify(Cursor::new(&guarded.0), &guarded.1).unwrap();
    }
}

#[test]
fn the_setting_is_part_of_receipts_and_of_the_keys_of_kept_blocks() {
    let [off, explicit, safe] = ["", "spreadsheet = \"off\"", "spreadsheet = \"safe\""].map(|setting| {
        let spec = of(setting, "csv", Package::Plain);
        let key = PackKey::new(&spec, &spec.layout.sheets[0], Cut::Hour, &"all").unwrap();
        (export(&spec, &[call("1", "2", None)], &[]).1.to_text(), key)
    });
    assert_eq!(off, explicit);
    assert!(!off.0.contains("spreadsheet"), "receipts of other layouts are as before");
    assert!(safe.0.contains("\"spreadsheet\": \"safe\"") || safe.0.contains("\"spreadsheet\":\"safe\""), "{}", safe.0);
    assert_ne!(off.1, safe.1);
}

#[test]
fn a_guarded_text_that_was_changed_is_found() {
    let (bytes, receipt) = export(&of("spreadsheet = \"safe\"", "csv", Package::Plain), &[call("1", "2", None)], &[]);
    let text = String::from_utf8(bytes).unwrap().replace("'@us", "'@them");
    assert_eq!(
        refusal(text.as_bytes(), &with_text(&receipt, &text)).unwrap(),
        ["the column `=mark` in row 1 of calls.csv is @them, not @us as in the receipt"]
    );
}

#[test]
fn another_setting_is_refused_with_the_known_ones() {
    let error = Layout::read(&COLUMNS.replace("SETTING", "spreadsheet = \"on\"")).unwrap_err().to_string();
    assert!(error.contains("unknown variant `on`, expected `off` or `safe`"), "{error}");
    assert_eq!(of("", "csv", Package::Plain).layout.spreadsheet, Spreadsheet::Off);
}
