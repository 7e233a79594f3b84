//! Compares the documents with the code.

use std::fs;
use std::process::Command;

use cdr_dialects::DIALECTS;
use cdr_intake::{InputSheet, native};
use cdr_model::{CdrField, ConferenceField, Field};
use clap::CommandFactory;
use tollbook::cli::Cli;
use tollbook::config::{rows, variable};

use crate::harness::{Tollbook, root};

fn document(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// The rows of the table under a heading, as lists of cells.
fn table(text: &str, heading: &str) -> Vec<Vec<String>> {
    let after = text.split_once(heading).unwrap_or_else(|| panic!("there is no heading {heading}")).1;
    let rows = after.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()).collect()
}

#[test]
fn operations_lists_every_setting_with_its_variable_and_default() {
    let documented = table(&document("docs/OPERATIONS.md"), "## Settings");
    let expected: Vec<Vec<String>> = rows(DIALECTS)
        .iter()
        .map(|it| {
            let default = if it.default().is_empty() { "nothing".to_owned() } else { format!("`{}`", it.default()) };
            let (name, variable) = (format!("`{}`", it.name()), format!("`{}`", variable(it.name())));
            vec![name, variable, default, it.takes(), it.meaning().to_owned()]
        })
        .collect();
    let printed: Vec<String> = expected.iter().map(|row| format!("| {} |", row.join(" | "))).collect();
    assert_eq!(documented, expected, "the table has to be\n{}", printed.join("\n"));
}

#[test]
fn scaling_shows_the_rights_that_are_tested() {
    let rights = document("crates/cdr-store/sql/rights.sql");
    assert!(
        document("docs/SCALING.md").contains(&format!("```sql\n{rights}```")),
        "docs/SCALING.md shows different privileges"
    );
}

#[test]
fn operations_names_every_command() {
    let text = document("docs/OPERATIONS.md");
    for command in Cli::command().get_subcommands() {
        let name = format!("`tollbook {}", command.get_name());
        assert!(text.contains(&name), "{name} is not in docs/OPERATIONS.md");
    }
}

#[test]
fn feeds_lists_every_field() {
    let text = document("docs/FEEDS.md");
    let calls: Vec<Vec<String>> = CdrField::ALL.iter().map(|it| row(*it, InputSheet::Calls)).collect();
    assert_eq!(table(&text, "### Fields of a call"), calls, "the table has to be\n{}", printed(&calls));
    let conferences: Vec<Vec<String>> =
        ConferenceField::ALL.iter().map(|it| row(*it, InputSheet::Conferences)).collect();
    assert_eq!(
        table(&text, "### Fields of a conference"),
        conferences,
        "the table has to be\n{}",
        printed(&conferences)
    );
}

fn row<F: Field>(field: F, sheet: InputSheet) -> Vec<String> {
    let given = if native::reads(sheet, field.name()) { "yes" } else { "" };
    vec![format!("`{}`", field.name()), field.kind().to_string(), given.to_owned(), field.meaning().to_owned()]
}

fn printed(rows: &[Vec<String>]) -> String {
    rows.iter().map(|row| format!("| {} |\n", row.join(" | "))).collect()
}

#[test]
fn every_feed_layout_and_format_is_described() {
    let feeds = document("docs/FEEDS.md");
    for feed in cdr_intake::FEEDS {
        assert!(feeds.contains(&format!("## `{}`", feed.name())), "{} is not in docs/FEEDS.md", feed.name());
    }
    let compatibility = document("docs/COMPATIBILITY.md");
    let listed = Tollbook::new().ok(&["layout", "list"]);
    for name in cdr_export::Layout::built_in() {
        assert!(compatibility.contains(&format!("`{name}`")), "{name} is not in docs/COMPATIBILITY.md");
        assert!(listed.contains(name), "{name} is not listed");
    }
}

#[test]
fn architecture_lists_every_crate() {
    let text = document("docs/ARCHITECTURE.md");
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        assert!(
            !entry.path().is_dir() || text.contains(&format!("`{name}`")) || text.contains(&format!("{name}/")),
            "{name} is not in the map"
        );
    }
}

#[test]
fn every_decision_is_listed_with_its_title() {
    let folder = root().join("docs/decisions");
    let mut expected = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let Some((number, _)) = file.split_once('-').filter(|(number, _)| number.len() == 4) else { continue };
        let text = document(&format!("docs/decisions/{file}"));
        let title = text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_else(|| panic!("{file}"));
        for section in ["## Context", "## Decision", "## Consequences"] {
            assert!(text.contains(section), "{file} has no section {section}");
        }
        expected.push(vec![number.to_owned(), format!("[{title}]({file})")]);
    }
    expected.sort();
    assert_eq!(table(&document("docs/decisions/README.md"), "# Decisions"), expected);
}

/// The files that documents link to, and that they name by their paths.
/// The figures of the first page are those of the last measurement.
#[test]
fn the_readme_shows_figures_of_the_last_measurement() {
    let measured = document("docs/PERFORMANCE.md");
    let shown = table(&document("README.md"), "Is an export faster than dumping the table yourself?");
    assert_eq!(shown.len(), 5);
    for row in shown {
        let of_target = |line: &&str| row[0].split(", ").any(|target| line.starts_with(&format!("| {target} |")));
        for (figure, store) in [(&row[2], "SQLite"), (&row[3], "PostgreSQL")] {
            let mut lines = measured.lines().filter(of_target).filter(|line| line.contains(store));
            assert!(lines.any(|line| line.contains(&format!("| {figure} |"))), "{figure} of {} over {store}", row[0]);
        }
    }
}

#[test]
fn files_named_in_the_documents_exist() {
    let mut documents = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    for folder in ["docs", "docs/decisions"] {
        let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().file_name());
        documents.extend(entries.filter_map(|name| name.into_string().ok()).map(|name| format!("{folder}/{name}")));
    }
    let mut seen = 0;
    for name in documents.iter().filter(|name| name.ends_with(".md")) {
        let text = document(name);
        let folder = root().join(name).parent().unwrap().to_owned();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let linked = links.filter(|link| !link.contains("://")).filter_map(|link| link.split('#').next());
        for link in linked.filter(|link| !link.is_empty()) {
            assert!(folder.join(link).exists(), "{name} links to {link}");
            seen += 1;
        }
        let quoted = text.split('`').skip(1).step_by(2);
        for path in quoted.filter(|it| ["crates/", "apps/", "tests/", "docs/"].iter().any(|top| it.starts_with(top))) {
            let is_path = path.chars().all(|it| it.is_ascii_alphanumeric() || "/._-".contains(it));
            assert!(!is_path || root().join(path).exists(), "{name} names {path}");
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen} names are too few to be all");
}

#[test]
fn commands_in_the_documents_exist() {
    let cli = Cli::command();
    let known: Vec<&str> = cli.get_subcommands().flat_map(|it| it.get_name_and_visible_aliases()).collect();
    for name in [
        "README.md",
        "docs/OPERATIONS.md",
        "docs/FEEDS.md",
        "docs/COMPATIBILITY.md",
        "docs/SCALING.md",
        "docs/MOVING.md",
    ] {
        for line in document(name).lines() {
            for after in line.split("tollbook ").skip(1) {
                let quoted = line.trim_start().starts_with("tollbook ") || line.contains(&format!("`tollbook {after}"));
                let word = after.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default();
                assert!(!quoted || word.is_empty() || known.contains(&word), "{name}: tollbook {word}");
            }
        }
    }
}

#[test]
fn the_example_of_a_dialect_is_the_one_that_is_compiled() {
    let example = document("crates/cdr-dialects/examples/dma_in_memory.rs");
    let text = document("docs/EMBEDDING.md");
    let shown = text.split("```rust,ignore\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(example.contains(shown), "docs/EMBEDDING.md shows a different example:\n{shown}");
}

#[test]
fn every_library_has_a_description_and_an_example() {
    let metadata = Command::new(option_env!("CARGO").unwrap_or("cargo"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    for package in metadata["packages"].as_array().unwrap() {
        let (name, manifest) = (package["name"].as_str().unwrap(), package["manifest_path"].as_str().unwrap());
        if !manifest.contains("/crates/") {
            continue;
        }
        for member in ["keywords", "categories"] {
            let words = package[member].as_array().unwrap();
            assert!((1..=5).contains(&words.len()), "{name} has {} {member}", words.len());
        }
        assert!(package["description"].as_str().is_some_and(|it| !it.is_empty()), "{name} has no description");
        let text = document(&format!("crates/{name}/README.md"));
        assert!(
            text.starts_with(&format!("# {name}\n")) && text.contains("\n```rust\n"),
            "{name}: the README has no example"
        );
        let library = document(&format!("crates/{name}/src/lib.rs"));
        assert!(library.contains("include_str!(\"../README.md\")"), "{name}: its example is not compiled");
    }
}
