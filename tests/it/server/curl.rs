//! Runs the curl lines of the README and of the demo unchanged.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::support::members;
use crate::harness::{Tollbook, left_out, outcome, root, without_proxy};

/// Runs lines in a shell in a folder, with a timeout, since some of them poll until an export is complete.
fn run(lines: &str, folder: &Path) -> String {
    let mut shell = Command::new("timeout");
    without_proxy(&mut shell);
    let output = shell.args(["300", "sh", "-euc", lines]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{lines}\n{}", outcome(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn lacking() -> bool {
    let there = |program: &str| Command::new(program).arg("--help").output().is_ok();
    for program in ["curl", "timeout", "unzip", "zcat"] {
        if !there(program) {
            left_out("the curl lines of the README and the demo", &format!("install {program}"));
            return true;
        }
    }
    false
}

/// Checks that every archive that the lines left in the folder is intact and contains the calls of the window.
fn check(folder: &Path, lines: &str, tollbook: &Tollbook) {
    let bound = |name: &str| {
        let rest = lines.split_once(&format!("{name}="))?.1;
        Some(rest.split(['&', '\'', '\n']).next().unwrap().to_owned())
    };
    let (from, to) = (bound("from-date").unwrap(), bound("to-date"));
    // The end bound is inclusive, and in whole seconds.
    let until = to.map_or("2100-01-01".to_owned(), |to| to.replace('Z', ".000001Z"));
    let expected = tollbook.count(&["--where", "ended_at?", "--from", &from, "--until", &until]);
    assert!(expected > 0, "there were no calls from {from} until {until}");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    for path in files.filter(|path| path.extension().is_some_and(|it| it == "zip")) {
        run(&format!("unzip -t {}", path.display()), folder);
        let members = members(&fs::read(&path).unwrap());
        // Names may contain line breaks, so lines are not counted.
        let rows = csv::ReaderBuilder::new().has_headers(false).from_reader(members[0].1.as_bytes()).records().count();
        assert_eq!(rows as u64, expected, "{}", path.display());
        assert!(members[2].1.starts_with(&format!("{expected},")), "{}", members[2].1);
    }
}

/// Checks that the file of the customer API contains the calls of the account in the same window.
fn check_customer(folder: &Path, lines: &str, tollbook: &Tollbook) {
    let bound = |name: &str| {
        let (_, rest) = lines.split_once(&format!("\"{name}\":\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let (from, until) = (bound("time_start_gteq"), bound("time_start_lt"));
    let expected = tollbook.count(&["--account", "hls-0001", "--from", &from, "--until", &until]);
    assert!(expected > 0, "there were no calls from {from} until {until}");
    let rows = run("zcat cdr-export.csv.gz", folder);
    assert!(rows.starts_with("Time Start,Time Connect,"), "{rows}");
    // Names may contain line breaks, so lines are not counted.
    assert_eq!(csv::Reader::from_reader(rows.as_bytes()).records().count() as u64, expected);
}

/// Checks that each format was printed, by a text that only that format contains.
fn check_formats(folder: &Path, output: &str) {
    for part in ["\"DictPortaCustomerAccountCDRS\":{", "{TotalCalls:", "<PortaCDRResponse xmlns:i="] {
        assert!(output.contains(part), "{part}: {output}");
    }
    let table = fs::read(folder.join("calls.csv")).unwrap();
    let rows = csv::Reader::from_reader(&table[..]).records().map(Result::unwrap).count();
    assert!(rows > 50, "{rows} rows in calls.csv");
    let page = fs::read_to_string(folder.join("page.html")).unwrap();
    assert!(page.contains("<title>PortaCDR Snapshot of ") && page.contains("<h2>XDRSInfo</h2>"), "{page}");
}

#[test]
fn the_lines_of_the_demo_and_of_the_readme_produce_an_archive() {
    if lacking() {
        return;
    }
    let tollbook = Tollbook::without_store();
    let args = ["demo", "--calls", "2000", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0"];
    let mut server = tollbook.serve_with(&args);
    let printed = server.printed_until("Ctrl-C");
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let readme = readme.replace("http://127.0.0.1:8080", &server.http).replace("https://127.0.0.1:8443", &server.https);
    for (name, text) in [("demo", printed), ("readme", readme)] {
        let folder = tollbook.path(name);
        fs::create_dir(&folder).unwrap();
        let lines = shell_lines(&text);
        assert!(lines.contains("generate-cdrs") && lines.contains("download-cdrs"), "{name}: {text}");
        let output = run(&lines, &folder);
        check(&folder, &lines, &tollbook);
        if lines.contains("cdr-exports") {
            check_customer(&folder, &lines, &tollbook);
        }
        if lines.contains("DEMO-LICENCE") {
            check_formats(&folder, &output);
        }
    }
    // A second start finds the store and only serves.
    drop(server);
    let mut again = tollbook.serve_with(&args);
    let printed = again.printed_until("Ctrl-C");
    assert!(!printed.contains("records read"), "{printed}");
}

/// The lines that a reader would copy: those that call curl.
fn shell_lines(text: &str) -> String {
    text.lines().filter(|line| line.contains("curl -")).map(|line| format!("{}\n", line.trim())).collect()
}
