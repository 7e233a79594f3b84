//! The curl lines of the README and of the demo, run as they stand there.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::support::members;
use crate::harness::{Tollbook, left_out, root};

/// Runs lines in a shell of their own, in a folder.
fn run(lines: &str, folder: &Path) -> String {
    let output = Command::new("sh").args(["-euc", lines]).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{lines}\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

fn lacking() -> bool {
    let there = |program: &str| Command::new(program).arg("--help").output().is_ok();
    for program in ["curl", "unzip"] {
        if !there(program) {
            left_out("the curl lines of the README and the demo", &format!("install {program}"));
            return true;
        }
    }
    false
}

/// Every archive that the lines left in the folder is whole, and holds the calls that the store has of the window.
fn check(folder: &Path, lines: &str, tollbook: &Tollbook) {
    let bound = |name: &str| {
        let rest = lines.split_once(&format!("{name}="))?.1;
        Some(rest.split(['&', '\'', '\n']).next().unwrap().to_owned())
    };
    let (from, to) = (bound("from-date").unwrap(), bound("to-date"));
    // The end bound is inclusive, and in whole seconds.
    let until = to.map_or("2100-01-01".to_owned(), |to| to.replace('Z', ".000001Z"));
    let expected = tollbook.count(&["--where", "ended_at?", "--from", &from, "--until", &until]);
    assert!(expected > 0, "there were calls in the window");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        run(&format!("unzip -t {}", path.display()), folder);
        let members = members(&fs::read(&path).unwrap());
        assert_eq!(members[0].1.lines().count() as u64, expected, "{}", path.display());
        assert!(members[2].1.starts_with(&format!("{expected},")), "{}", members[2].1);
    }
}

#[test]
fn the_lines_of_the_demo_and_of_the_readme_lead_to_an_archive() {
    if lacking() {
        return;
    }
    let tollbook = Tollbook::new();
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
        run(&lines, &folder);
        check(&folder, &lines, &tollbook);
    }
    // A second start finds the store and only serves.
    drop(server);
    let mut again = tollbook.serve_with(&args);
    assert!(!again.printed_until("Ctrl-C").contains("records read"));
}

/// The lines that a reader would copy: those that speak of curl.
fn shell_lines(text: &str) -> String {
    text.lines().filter(|line| line.contains("curl -")).map(|line| format!("{}\n", line.trim())).collect()
}
