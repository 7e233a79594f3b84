//! Every format in every package: the files contain all calls, and verify.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::process::Command;

use cdr_export::FORMATS;

use crate::harness::{Tollbook, fixture, lacks, left_out, outcome, same};

const CALLS: u64 = 3000;

#[test]
fn every_format_in_every_package_contains_every_call_and_verifies() {
    let tollbook = Tollbook::with_calls(CALLS, 3);
    for format in FORMATS {
        let mut texts = Vec::new();
        for package in ["plain", "gzip", "zip"] {
            let output = format!("calls.{}.{package}", format.name());
            let sheet =
                ["export", "--format", format.name(), "--package", package, "--sheet", "calls", "--output", &output];
            tollbook.ok(&sheet);
            let verified = tollbook.ok(&["verify", &output]);
            assert!(verified.contains("whole and unchanged"), "{output}: {verified}");
            texts.extend(unpacked(&tollbook, package, &output));
        }
        for text in &texts[1..] {
            let what = format!("{}: the rows in one package, and in another", format.name());
            same(&what, text.as_bytes(), texts[0].as_bytes());
        }
        assert_eq!(records(format.name(), &texts[0]), tollbook.count(&["--all-kinds"]), "{}", format.name());
    }
}

/// The number of records in a text. A CSV starts with its headings.
fn records(format: &str, text: &str) -> u64 {
    match format {
        "csv" => csv::Reader::from_reader(text.as_bytes()).records().map(|record| drop(record.unwrap())).count() as u64,
        _ => text.lines().map(|line| drop(serde_json::from_str::<serde_json::Value>(line).unwrap())).count() as u64,
    }
}

/// The content of a file; `None` if the program to unpack it is missing.
fn unpacked(tollbook: &Tollbook, package: &str, name: &str) -> Option<String> {
    let path = tollbook.path(name);
    let mut text = String::new();
    match package {
        "plain" => drop(File::open(path).unwrap().read_to_string(&mut text).unwrap()),
        "gzip" if lacks("gzip", "the package gzip, read by gzip") => return None,
        "gzip" => {
            let output = Command::new("gzip").arg("-dc").stdin(File::open(path).unwrap()).output().unwrap();
            assert!(output.status.success(), "gzip cannot read {name}: {}", outcome(&output));
            text = String::from_utf8(output.stdout).unwrap();
        }
        _ => {
            let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
            archive.by_index(0).unwrap().read_to_string(&mut text).unwrap();
        }
    }
    Some(text)
}

#[test]
fn unzip_accepts_the_archive() {
    let tollbook = Tollbook::with_calls(CALLS, 3);
    tollbook.ok(&["export", "--layout", "dma-6.1-reconstructed", "--output", "cdrExport.zip"]);
    match Command::new("unzip").args(["-t", "cdrExport.zip"]).current_dir(tollbook.path("")).output() {
        Ok(output) => {
            let printed = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && printed.contains("No errors"), "{printed}");
            for member in ["calls.csv", "conferences.csv", "counts.txt"] {
                assert!(printed.contains(member), "{member}: {printed}");
            }
        }
        Err(_) => left_out("unzip -t", "`apt-get install unzip` provides it"),
    }
}

#[test]
fn a_package_for_one_sheet_rejects_several_sheets() {
    let tollbook = Tollbook::with_calls(10, 1);
    let printed = tollbook.fails(&["export", "--package", "gzip", "--output", "calls.gz"]);
    assert!(printed.contains("zip"), "{printed}");
    assert!(!tollbook.path("calls.gz").exists());
}

#[test]
fn a_native_export_loaded_again_adds_nothing() {
    for format in ["csv", "ndjson"] {
        let tollbook = Tollbook::with_calls(300, 3);
        for (feed, files) in [
            ("asterisk-csv", vec!["asterisk/Master.csv"]),
            ("dma-csv", vec!["dma/calls.csv", "dma/conferences.csv"]),
            ("native", vec!["native/calls.csv"]),
        ] {
            for file in files {
                tollbook.ok(&[
                    "load",
                    "--feed",
                    feed,
                    "--source",
                    &format!("{feed}-1"),
                    "--zone",
                    "Europe/Berlin",
                    &fixture(file),
                ]);
            }
        }
        // A correction is a version of its own.
        for price in ["0.10", "0.15"] {
            let text = format!("key,started_at,price\nA,2026-03-01T10:00:00Z,{price}\n");
            fs::write(tollbook.path("corrected.csv"), text).unwrap();
            tollbook.ok(&["load", "--feed", "native", "--source", "lab", "corrected.csv"]);
        }
        let open: Vec<serde_json::Value> =
            serde_json::from_str(&tollbook.ok(&["quarantine", "list", "--format", "json"])).unwrap();
        let id = open.iter().find(|entry| entry["source"] == "lab").unwrap()["id"].to_string();
        let before = tollbook.count(&["--where", "number>0", "--all-kinds"]);
        let watermark = tollbook.ok(&["calls", "--all-kinds", "--fields", "number", "--limit", "1"]);
        let export = |name: &str, more: &[&str]| {
            for sheet in ["calls", "conferences"] {
                let name = format!("{name}-{sheet}");
                let args = ["export", "--format", format, "--package", "plain", "--sheet", sheet, "--output", &name];
                tollbook.ok(&[&args[..], more].concat());
            }
        };
        export("old", &[]);
        tollbook.ok(&["quarantine", "accept", &id]);
        export("new", &[]);
        assert_eq!(tollbook.count(&["--all-kinds"]), before, "a new version in place of the old one");
        drop(watermark);
        let entries = tollbook.ok(&["quarantine", "list", "--all", "--format", "ndjson"]).lines().count();
        for name in ["old", "new", "new"] {
            for sheet in ["calls", "conferences"] {
                let printed = tollbook.ok(&["load", "--feed", "native", "--sheet", sheet, &format!("{name}-{sheet}")]);
                assert!(printed.contains(": 0 loaded,") && printed.contains(" 0 quarantined"), "{format}: {printed}");
            }
        }
        assert_eq!(tollbook.count(&["--all-kinds"]), before, "{format}");
        assert_eq!(tollbook.ok(&["quarantine", "list", "--all", "--format", "ndjson"]).lines().count(), entries);

        // Under one source only, records of others are refused, and those of that source are known.
        let printed = tollbook.ok(&["load", "--feed", "native", "--source", "lab", "new-calls"]);
        assert!(printed.contains(": 0 loaded, 1 already known"), "{format}: {printed}");
        assert!(tollbook.ok(&["quarantine", "list"]).contains("source-not-permitted"));
        assert_eq!(tollbook.count(&["--all-kinds"]), before, "{format}");

        // In another store they have the same identities, and their export is the same there.
        let other = Tollbook::new();
        other.ok(&["generate", "--calls", "3", "--days", "1"]);
        let path = |name: &str| tollbook.path(name).display().to_string();
        for _ in 0..2 {
            other.ok(&["load", "--feed", "native", &path("new-calls")]);
        }
        let identities = |tollbook: &Tollbook, source: &str| {
            let fields = ["--all-kinds", "--fields", "source,key,digest", "--where", source];
            let text = tollbook.ok(&[&["calls"], &fields[..]].concat());
            text.lines().map(str::to_owned).collect::<BTreeSet<String>>()
        };
        for source in ["source=asterisk-csv-1", "source=lab", "source=dma-csv-1"] {
            assert_eq!(identities(&other, source), identities(&tollbook, source), "{format}: {source}");
        }
    }
}

#[test]
fn an_edited_export_is_a_conflict_and_not_lost() {
    let tollbook = Tollbook::new();
    tollbook.ok(&[
        "load",
        "--feed",
        "asterisk-csv",
        "--source",
        "pbx1",
        "--zone",
        "Europe/Berlin",
        &fixture("asterisk/Master.csv"),
    ]);
    tollbook.ok(&["export", "--package", "plain", "--sheet", "calls", "--output", "calls.csv"]);
    let text = fs::read_to_string(tollbook.path("calls.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headings = reader.headers().unwrap().clone();
    let at = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let edited = |name: &str, value: &str| {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&headings).unwrap();
        let mut cells: Vec<&str> = rows[0].iter().collect();
        cells[at(name)] = value;
        writer.write_record(cells).unwrap();
        fs::write(tollbook.path("edited.csv"), writer.into_inner().unwrap()).unwrap();
        tollbook.ok(&["load", "--feed", "native", "edited.csv"])
    };
    for (name, value) in [("price", "9.99"), ("called", "+4999"), ("called", ""), ("talk", "1"), ("account", "other")] {
        let printed = edited(name, value);
        assert!(printed.contains("0 loaded, 0 already known, 1 quarantined"), "{name}={value}: {printed}");
        assert!(tollbook.ok(&["quarantine", "list"]).contains("conflict"), "{name}={value}");
    }
    assert!(edited("price", "").contains("1 already known"), "this row was not edited");
    let printed = edited("digest", "12");
    assert!(printed.contains("1 quarantined"), "{printed}");
    assert!(tollbook.ok(&["quarantine", "list"]).contains("64 hexadecimal digits"));
}

#[test]
fn a_native_export_loaded_elsewhere_and_exported_again_is_the_same() {
    let tollbook = Tollbook::with_calls(CALLS, 3);
    let fields = ["--layout", "native", "--sheet", "calls", "--package", "plain"];
    for (format, name) in [("csv", "calls.csv"), ("ndjson", "calls.ndjson")] {
        tollbook.ok(&[&["export", "--format", format, "--output", name], &fields[..]].concat());
        let other = Tollbook::new();
        other.ok(&["generate", "--sheet", "services", "--output", "services.csv"]);
        other.ok(&["load", "--feed", "native", "--sheet", "services", "services.csv"]);
        let customers = tollbook.ok(&["calls", "--all-kinds", "--limit", "100000", "--fields", "customer"]);
        let customers: BTreeSet<&str> = customers.lines().skip(1).map(|line| line.trim_matches('"')).collect();
        customers.iter().for_each(|customer| drop(other.ok(&["customer", "add", customer])));
        let file = tollbook.path(name).display().to_string();
        let printed = other.ok(&["load", "--feed", "native", &file]);
        let records = tollbook.count(&["--all-kinds"]);
        assert!(printed.contains(&format!("{records} loaded")) && printed.contains(" 0 quarantined"), "{printed}");
        let list = |tollbook: &Tollbook| {
            let fields = "kind,service,started_at,connected_at,ended_at,billed_at,talk,billed,success,last_attempt,attempt,direction,calling,\
                          calling_name,called,call_id,call_uuid,group,release_cause,release_code,release_reason,price,dma.call_type,\
                          dma.ref_conf_uuid,destination_id,rate_id,xdr.bit_flags,xdr.quantity,xdr.used_quantity,xdr.conf_id,\
                          xdr.incoming_conf_id,xdr.rating_pattern,xdr.history,xdr.bill_status,xdr.recordings,queue.group,\
                          queue.agent,queue.talk,queue.hold";
            let mut lines: Vec<String> = Vec::new();
            let text = tollbook.ok(&[
                "calls",
                "--all-kinds",
                "--limit",
                "100000",
                "--format",
                "ndjson",
                "--fields",
                &fields.replace(' ', ""),
            ]);
            lines.extend(text.lines().map(str::to_owned));
            lines.sort();
            lines
        };
        let (here, there) = (list(&tollbook), list(&other));
        assert!(here.len() as u64 > CALLS, "calls and other charges: {}", here.len());
        for (left, right) in here.iter().zip(&there) {
            assert_eq!(left, right, "through {format}");
        }
    }
}
