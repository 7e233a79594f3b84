//! The modules of a library depend on each other in one direction.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{dependencies, product, sources};
use crate::harness::root;

/// Pairs of modules that may depend on each other: a record and the catalogue of its fields, and the partitions of a
/// database and its cached state.
const PAIRS: &[(&str, [&str; 2])] = &[
    ("cdr-model", ["cdr", "field"]),
    ("cdr-model", ["conference", "conference_field"]),
    ("cdr-store", ["postgres/engine", "postgres/partitions"]),
];

#[test]
fn modules_of_a_library_have_no_cycles() {
    let libraries = dependencies().into_keys().filter(|name| name != "tollbook");
    for library in libraries {
        let folder = root().join("crates").join(&library).join("src");
        let modules: BTreeMap<Vec<String>, String> = sources(&folder)
            .into_iter()
            .filter(|(path, _)| !path.contains("/tests/"))
            .map(|(path, text)| (module(&path, &folder), product(&text)))
            .collect();
        let known: BTreeMap<&Vec<String>, BTreeSet<Vec<String>>> =
            modules.iter().map(|(name, text)| (name, known_to(name, text, &modules))).collect();
        for (name, others) in &known {
            for other in others {
                let (one, two) = (name.join("/"), other.join("/"));
                let is_pair = PAIRS.iter().any(|(it, pair)| {
                    *it == library && (pair == &[one.as_str(), &two] || pair == &[two.as_str(), &one])
                });
                assert!(is_pair || !reaches(other, name, &known), "{library}: {one} and {two} depend on each other");
            }
        }
    }
}

/// The path of a module from the root of its crate.
fn module(path: &str, folder: &Path) -> Vec<String> {
    let inner = Path::new(path).strip_prefix(folder).unwrap().with_extension("");
    let mut names: Vec<String> = inner.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    if names.last().is_some_and(|last| ["mod", "lib"].contains(&last.as_str())) {
        names.pop();
    }
    names
}

/// The modules that a module refers to with paths that start with `crate` or `super`.
fn known_to(me: &[String], text: &str, modules: &BTreeMap<Vec<String>, String>) -> BTreeSet<Vec<String>> {
    let mut known = BTreeSet::new();
    let code: String = text.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|it| it.is_alphanumeric() || it == '_' || it == ':' || it == '$') {
                continue;
            }
            follow(me.to_vec(), &code[at..], modules, &mut known);
        }
    }
    known.remove(me);
    known
}

/// Resolves a path of a `use` or an expression in a module, including nested braces.
fn follow(from: Vec<String>, path: &str, modules: &BTreeMap<Vec<String>, String>, known: &mut BTreeSet<Vec<String>>) {
    let path = path.trim_start();
    if let Some(group) = path.strip_prefix('{') {
        let (mut depth, mut begin) = (0, 0);
        for (at, it) in group.char_indices() {
            match it {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                '}' | ',' if depth == 0 => {
                    follow(from.clone(), &group[begin..at], modules, known);
                    begin = at + 1;
                    if it == '}' {
                        return;
                    }
                }
                _ => {}
            }
        }
        return;
    }
    let end = path.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(path.len());
    let (name, rest) = path.split_at(end);
    let mut next = from.clone();
    match name {
        "crate" => next.clear(),
        "super" => drop(next.pop()),
        "self" => {}
        _ => next.push(name.to_owned()),
    }
    if ["crate", "super", "self"].contains(&name) || modules.contains_key(&next) {
        match rest.strip_prefix("::") {
            Some(rest) => follow(next, rest, modules, known),
            None => drop(known.insert(next)),
        }
    } else {
        known.insert(from);
    }
}

/// Whether one module depends on another, directly or indirectly.
fn reaches(from: &Vec<String>, to: &Vec<String>, known: &BTreeMap<&Vec<String>, BTreeSet<Vec<String>>>) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(module) = next.pop() {
        if module == to {
            return true;
        }
        if seen.insert(module) {
            next.extend(known.get(module).into_iter().flatten());
        }
    }
    false
}
