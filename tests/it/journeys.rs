//! From the file of a switch to a verified export, as in the README.

use std::fs::File;
use std::io::Read;

use crate::harness::{Tollbook, fixture};

fn member(tollbook: &Tollbook, archive: &str, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(File::open(tollbook.path(archive)).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn an_asterisk_file_becomes_a_dma_archive() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["customer", "add", "Acme", "--currency", "EUR"]);
    let printed = tollbook.ok(&[
        "load",
        "--feed",
        "asterisk-csv",
        "--customer",
        "Acme",
        "--zone",
        "Europe/Berlin",
        &fixture("asterisk/Master.csv"),
    ]);
    assert!(printed.contains("quarantined"), "{printed}");
    let calls = tollbook.count(&[]);
    tollbook.ok(&[
        "export",
        "--layout",
        "dma-6.1-reconstructed",
        "--zone",
        "Europe/Berlin",
        "--output",
        "cdrExport.zip",
    ]);
    tollbook.ok(&["verify", "cdrExport.zip"]);
    let rows = member(&tollbook, "cdrExport.zip", "calls.csv");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(rows.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len() as u64, calls);
    let other = rows.iter().find(|row| &row[1] != "CALL" || &row[2] != "PT-PT");
    assert_eq!(other, None, "version, type and callType are the first columns");
    let counts = member(&tollbook, "cdrExport.zip", "counts.txt");
    assert!(counts.starts_with(&format!("{calls},0,")), "{calls} calls: {counts}");
}

#[test]
fn a_dma_archive_is_exported_as_it_was_loaded() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["load", "--feed", "dma-csv", &fixture("dma/cdrExport.zip")]);
    tollbook.ok(&["export", "--layout", "dma-6.1-reconstructed", "--zone", "Europe/Berlin", "--output", "again.zip"]);
    let lines = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    for (name, original) in [("calls.csv", "dma/calls.csv"), ("conferences.csv", "dma/conferences.csv")] {
        let original = std::fs::read_to_string(fixture(original)).unwrap();
        // One row uses other accepted spellings, which the export writes as the layout does.
        let original = original.replace(",false,", ",FALSE,").replace(
            "2026-11-20T23:59:59.999Z,2026-11-21T00:00:30Z",
            "2026-11-21T00:59:59.999+01:00,2026-11-21T01:00:30.000+01:00",
        );
        assert_eq!(lines(&member(&tollbook, "again.zip", name)), lines(&original), "{name}");
    }
}

#[test]
fn filters_narrow_an_export_and_appear_in_its_receipt() {
    let tollbook = Tollbook::with_calls(5000, 5);
    let all = tollbook.count(&[]);
    let failed = tollbook.count(&["--where", "success=false"]);
    assert!(0 < failed && failed < all, "{failed} of {all} calls failed");
    let printed = tollbook.ok(&[
        "export",
        "--where",
        "success=false",
        "--sheet",
        "calls",
        "--package",
        "plain",
        "--output",
        "failed.csv",
    ]);
    assert!(printed.contains("success"), "{printed}");
    let text = std::fs::read_to_string(tollbook.path("failed.csv")).unwrap();
    assert_eq!(csv::Reader::from_reader(text.as_bytes()).records().count() as u64, failed);

    let accounts = tollbook.ok(&["calls", "--fields", "account", "--limit", "1"]);
    let account = accounts.lines().nth(1).unwrap();
    let of_one = tollbook.count(&["--account", account]);
    let of_others = tollbook.count(&["--where", &format!("account_id!={}", id_of(&tollbook, account))]);
    assert_eq!(of_one + of_others, all);
}

fn id_of(tollbook: &Tollbook, account: &str) -> String {
    let listed = tollbook.ok(&["calls", "--fields", "account_id", "--account", account, "--limit", "1"]);
    listed.lines().nth(1).unwrap().to_owned()
}

#[test]
fn every_layout_prints_every_call() {
    let tollbook = Tollbook::with_calls(500, 2);
    let (calls, all) = (tollbook.count(&[]), tollbook.count(&["--all-kinds"]));
    assert!(all > calls, "there are charges besides calls: {calls} of {all}");
    for (layout, expected) in [("dma-6.1-reconstructed", calls), ("dma-5.x", calls), ("native", 1 + all)] {
        let output = format!("{layout}.zip");
        tollbook.ok(&["export", "--layout", layout, "--output", &output]);
        let text = member(&tollbook, &output, "calls.csv");
        let rows =
            csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).into_records().count() as u64;
        assert_eq!(rows, expected, "{layout}");
    }
}

#[test]
fn a_custom_layout_replaces_a_built_in_one() {
    let tollbook = Tollbook::with_calls(10, 1);
    std::fs::create_dir(tollbook.path("layouts")).unwrap();
    let text = tollbook.ok(&["layout", "show", "dma-6.1-reconstructed"]).replace("\"CALL\"", "\"Anruf\"");
    std::fs::write(tollbook.path("layouts/dma.toml"), text).unwrap();
    tollbook.ok(&["--set", "layouts=layouts", "export", "--layout", "dma-6.1-reconstructed", "--output", "own.zip"]);
    let rows = member(&tollbook, "own.zip", "calls.csv");
    assert!(rows.lines().all(|line| line.contains(",Anruf,")), "{rows}");

    std::fs::write(tollbook.path("layouts/dma.toml"), "name = 'broken'\nsheeets = []\n").unwrap();
    let printed = tollbook.fails(&["--set", "layouts=layouts", "layout", "list"]);
    assert!(printed.contains("dma.toml") && printed.contains("sheeets"), "{printed}");
}

#[test]
fn a_layout_for_spreadsheets_guards_what_callers_chose() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["load", "--feed", "asterisk-csv", "--zone", "UTC", &fixture("intake/formula.csv")]);
    std::fs::create_dir(tollbook.path("layouts")).unwrap();
    let columns = "{ heading = 'From', field = 'calling' }, { heading = 'To', field = 'called' }, \
                   { heading = 'Caller', field = 'calling_name' }";
    let sheet = format!("[[sheets]]\nname = 'calls'\nrows = 'calls'\ncolumns = [{columns}]\n");
    for (setting, expected) in
        [("off", "=1+1,@SUM(1),=cmd|'/C calc'!A0\n"), ("safe", "'=1+1,'@SUM(1),'=cmd|'/C calc'!A0\n")]
    {
        let layout = format!("name = 'people'\nsummary = 'for people'\nspreadsheet = '{setting}'\n{sheet}");
        std::fs::write(tollbook.path("layouts/people.toml"), layout).unwrap();
        for (package, file) in [("zip", "calls.zip"), ("gzip", "calls.csv.gz"), ("plain", "calls.csv")] {
            let package = ["--package", package, "--replace", "--output", file];
            tollbook.ok(&[&["--set", "layouts=layouts", "export", "--layout", "people"], &package[..]].concat());
            tollbook.ok(&["verify", file]);
        }
        let expected = format!("From,To,Caller\n{expected}");
        assert_eq!(std::fs::read_to_string(tollbook.path("calls.csv")).unwrap(), expected, "{setting}");
        assert_eq!(member(&tollbook, "calls.zip", "calls.csv"), expected, "{setting}");
        let mut unpacked = String::new();
        flate2::read::MultiGzDecoder::new(File::open(tollbook.path("calls.csv.gz")).unwrap())
            .read_to_string(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, expected, "{setting}");
    }
}

#[test]
fn invalid_bounds_are_explained() {
    let tollbook = Tollbook::with_calls(10, 1);
    for (args, message) in [
        (&["--from", "2026-13-01"][..], "2026-13-01"),
        (&["--from", "2026-01-02", "--until", "2026-01-01"], "before it begins"),
        (&["--from", "2026-01-01T10:00"], "seconds"),
        (&["--zone", "Europe/Bärlin"], "Bärlin"),
        (&["--account", "nobody"], "there is no account `nobody`"),
        (&["--where", "caled=1"], "caled"),
    ] {
        let error = tollbook.fails(&[&["calls"], args].concat());
        assert!(error.contains(message), "{args:?}: {error}");
    }
}

#[test]
fn generated_calls_are_the_same_in_a_file_and_in_the_store() {
    let (stored, loaded) = (Tollbook::with_calls(2000, 4), Tollbook::new());
    for sheet in ["services", "products", "destinations", "customers", "accounts", "calls", "conferences"] {
        let name = format!("{sheet}.{}", if sheet == "customers" { "ndjson" } else { "csv" });
        let made = ["generate", "--calls", "2000", "--days", "4", "--charges", "--sheet", sheet, "--output", &name];
        loaded.ok(&made);
        let printed = loaded.ok(&["load", "--feed", "native", "--sheet", sheet, &name]);
        assert!(printed.contains(" 0 quarantined"), "{printed}");
    }
    let rows = |tollbook: &Tollbook, sheet: &str| {
        let name = format!("{sheet}-again.csv");
        tollbook.ok(&["export", "--replace", "--sheet", sheet, "--package", "plain", "--output", &name]);
        let text = std::fs::read_to_string(tollbook.path(&name)).unwrap();
        csv::Reader::from_reader(text.as_bytes()).records().count()
    };
    let calls = rows(&stored, "calls");
    assert!(calls > 2200, "calls and other charges: {calls}");
    assert_eq!(rows(&loaded, "calls"), calls);
    for tollbook in [&stored, &loaded] {
        assert_eq!(tollbook.ok(&["calls", "--count"]), "2000\n");
        for kind in ["resale", "usage", "subscription", "fee", "did-charge", "payment", "adjustment"] {
            let (one, other) = (["calls", "--count", "--kind", kind], ["calls", "--count", "--all-kinds", "--where"]);
            let condition = format!("kind={kind}");
            let count = tollbook.ok(&one);
            assert_eq!(count, tollbook.ok(&[&other[..], &[&condition]].concat()), "{kind}");
            assert_ne!(count, "0\n", "{kind}");
        }
        let receipt = tollbook.ok(&["export", "--replace", "--layout", "dma-6.1-reconstructed", "--output", "dma.zip"]);
        assert!(receipt.contains("calls.csv") && receipt.contains("2000 rows"), "{receipt}");
        for list in ["customer", "account", "service", "product", "destination"] {
            let listed = tollbook.ok(&[list, "list"]);
            assert!(listed.lines().count() > 3, "{list}: {listed}");
        }
    }
    assert_eq!(stored.ok(&["customer", "list"]), loaded.ok(&["customer", "list"]));
    assert_eq!(stored.ok(&["service", "list"]), loaded.ok(&["service", "list"]));
    let conferences = rows(&stored, "conferences");
    assert_eq!(rows(&loaded, "conferences"), conferences);
    assert!(conferences > 0, "no conferences");
}

#[test]
fn the_largest_value_of_a_setting_is_accepted_or_refused() {
    let tollbook = Tollbook::with_calls(10, 1);
    for (setting, command, expected) in [
        ("store.retention_days=4294967295", &["retention"][..], Ok("removed 0 records")),
        ("store.busy_timeout_seconds=18446744073709551615", &["calls", "--count"], Ok("1")),
        (
            "porta.live=18446744073709551615",
            &["serve", "--listen", "127.0.0.1:0", "--tls-listen", ""],
            Err("store.readers"),
        ),
    ] {
        let args = [&["--set", setting], command].concat();
        let (printed, wanted) = match expected {
            Ok(wanted) => (tollbook.ok(&args), wanted),
            Err(wanted) => (tollbook.fails(&args), wanted),
        };
        assert!(printed.contains(wanted), "{setting}: {printed}");
    }
}

/// A native export is loaded again as it was written: packed by gzip as it is, from a ZIP archive of one file as it is, and from
/// one of several once it is unpacked.
#[test]
fn packed_exports_are_loaded_or_named() {
    let tollbook = Tollbook::with_calls(50, 1);
    let export = ["export", "--layout", "native", "--sheet", "calls", "--package"];
    tollbook.ok(&[&export[..], &["gzip", "--output", "calls.csv.gz"]].concat());
    tollbook.ok(&[&export[..], &["zip", "--output", "calls.zip"]].concat());
    for load in [&["load", "--feed", "native", "calls.csv.gz"][..], &["load", "--feed", "native", "-"]] {
        let mut command = tollbook.command(load);
        let output = command.stdin(std::fs::File::open(tollbook.path("calls.csv.gz")).unwrap()).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && printed.contains(": 0 loaded") && printed.contains("already known"),
            "{printed}"
        );
    }
    let printed = tollbook.ok(&["load", "--feed", "native", "calls.zip"]);
    assert!(printed.contains(": 0 loaded") && printed.contains("already known"), "{printed}");
    tollbook.ok(&["export", "--layout", "native", "--output", "all.zip"]);
    for feed in ["native", "asterisk-csv"] {
        let printed = tollbook.fails(&["load", "--feed", feed, "all.zip"]);
        let words = "all.zip: this is a ZIP archive of calls.csv, conferences.csv; unpack it, then load";
        assert!(printed.contains(words), "{printed}");
    }
}

#[test]
fn the_files_before_one_that_cannot_be_loaded_are_reported() {
    let tollbook = Tollbook::new();
    std::fs::write(tollbook.path("a.csv"), "key,started_at\n1,2026-03-01T10:00:00Z\n").unwrap();
    let output = tollbook.command(&["load", "--feed", "native", "a.csv", "missing.csv"]).output().unwrap();
    let (printed, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!output.status.success());
    assert!(printed.starts_with("1 record read: 1 loaded"), "{printed}");
    assert!(failed.contains("loading missing.csv"), "{failed}");
    assert_eq!(tollbook.count(&[]), 1);
}

#[test]
fn variables_of_kubernetes_do_not_keep_the_program_from_starting() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["migrate"]);
    let mut command = tollbook.command(&["calls"]);
    command.env("TOLLBOOK_PORT", "tcp://10.96.0.7:8443").env("TOLLBOOK_SERVICE_HOST", "10.96.0.7");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("note: ignored variables") && said.contains("TOLLBOOK_PORT"), "{said}");
}

#[test]
fn a_zone_may_be_west_of_utc() {
    let tollbook = Tollbook::new();
    std::fs::write(tollbook.path("a.csv"), "key,started_at\n1,2026-03-01T10:00:00Z\n").unwrap();
    tollbook.ok(&["load", "--feed", "native", "a.csv"]);
    for (arguments, calls) in [
        (&["--zone", "-05:00", "--from", "2026-03-01T05:00:00"][..], 1),
        (&["--zone", "-05:00", "--from", "2026-03-01T05:00:01"], 0),
        (&["--zone=-05:00", "--until", "2026-03-01T05:00:01"], 1),
    ] {
        assert_eq!(tollbook.count(arguments), calls, "{arguments:?}");
    }
}
