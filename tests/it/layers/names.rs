//! The crates below the dialects name no dialect.

use super::{product, sources};
use crate::harness::root;

/// The crates that must not name a dialect: all crates below `cdr-dialects` except the feeds and the generated calls.
const CORE: [&str; 8] =
    ["cdr-settings", "cdr-model", "cdr-access", "cdr-query", "cdr-export", "cdr-mediation", "cdr-spool", "cdr-store"];

#[test]
fn the_core_names_no_dialect() {
    for name in CORE {
        for (path, text) in sources(&root().join("crates").join(name).join("src")) {
            let named: Vec<String> = statements(&product(&text)).into_iter().filter(|it| names_a_dialect(it)).collect();
            assert!(named.is_empty(), "{path} names a dialect: {named:#?}");
        }
    }
}

#[test]
fn names_of_dialects_are_found_in_any_position() {
    for text in ["dma", "fn of_yeti()", "DmaColumn", "let porta_id", "the DMA's columns", "Yeti", "\"yeti\""] {
        assert!(names_a_dialect(text), "{text}");
    }
    for text in ["support", "portable", "admadi", "PortaOne", "important_dmas"] {
        assert!(!names_a_dialect(text), "{text}");
    }
    // Cited sources, fields of the catalogue and layouts do not count as names of dialects.
    let text = "/// Rules (DMA 7000\n/// Guide).\nlet x = \"dma.call_type\"; // Source: Yeti\nCdrField::DmaPrinted; \"yeti-customer\"\n";
    assert!(statements(text).iter().all(|it| !names_a_dialect(it)), "{:?}", statements(text));
}

/// The comments and lines of a source file, without the sources that comments cite, and without the names of fields and
/// of layouts.
fn statements(text: &str) -> Vec<String> {
    let (mut found, mut comment) = (Vec::new(), String::new());
    for line in text.lines().chain([""]) {
        let (code, remark) = line.split_once("//").unwrap_or((line, ""));
        if code.trim().is_empty() && !remark.is_empty() {
            comment.push_str(remark.trim_start_matches(['/', '!']));
            continue;
        }
        found.push(without_cited(&std::mem::take(&mut comment)));
        found.push(without_cited(remark));
        found.push(without_names(code));
    }
    found
}

/// A comment without what is in parentheses or follows "Source".
fn without_cited(comment: &str) -> String {
    let text = comment.split("Source").next().unwrap_or_default();
    let mut depth = 0;
    text.chars()
        .filter(|it| {
            depth += i32::from(*it == '(') - i32::from(*it == ')');
            depth <= 0
        })
        .collect()
}

/// A line without its literals that name the group of fields in JSON (`dma`) or a layout (`dma-5.x`). A line with the name of a
/// field (`dma.call_type`) is an entry of the catalogue, and is left out.
fn without_names(code: &str) -> String {
    let literals = || code.split('"').skip(1).step_by(2);
    if literals().any(|literal| literal.starts_with("dma.")) {
        return String::new();
    }
    let is_name = |text: &str| {
        text == "dma" || text.ends_with(".toml") || ["dma-", "yeti-"].iter().any(|prefix| text.starts_with(prefix))
    };
    let parts = code.split('"').enumerate().filter(|(at, part)| at % 2 == 0 || !is_name(part));
    parts.map(|(_, part)| part).collect::<Vec<_>>().join("\"").replace("DmaPrinted", "")
}

/// Whether a text has the name of a dialect as a word, or as a part of an identifier.
pub(super) fn names_a_dialect(text: &str) -> bool {
    ["dma", "yeti", "porta"].iter().any(|name| {
        let lower = text.to_ascii_lowercase();
        lower.match_indices(name).any(|(at, _)| {
            let (before, found, after) = (&text[..at], &text[at..at + name.len()], &text[at + name.len()..]);
            let starts =
                !before.ends_with(|it: char| it.is_ascii_alphabetic()) || found.starts_with(char::is_uppercase);
            starts && !after.starts_with(|it: char| it.is_ascii_lowercase()) && !after.starts_with("One")
        })
    })
}
