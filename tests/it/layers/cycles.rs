//! The modules of a crate depend on each other in one direction, also where the path leads through a re-export.

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

/// The text of each module of a crate, by its path.
type Modules = BTreeMap<Vec<String>, String>;

#[test]
fn modules_of_a_crate_have_no_cycles() {
    for name in dependencies().into_keys() {
        let place = if name == "tollbook" { "apps" } else { "crates" };
        let folder = root().join(place).join(&name).join("src");
        let modules: Modules = sources(&folder)
            .into_iter()
            .filter(|(path, _)| !path.contains("/tests/"))
            .map(|(path, text)| (module(&path, &folder), without_comments(&product(&text))))
            .collect();
        let cycles: Vec<[String; 2]> = cycles(&modules)
            .into_iter()
            .filter(|[one, two]| {
                let is_pair = |pair: &[&str; 2]| pair == &[one.as_str(), two] || pair == &[two.as_str(), one];
                !PAIRS.iter().any(|(crate_name, pair)| *crate_name == name && is_pair(pair))
            })
            .collect();
        assert!(cycles.is_empty(), "{name}: these modules depend on each other: {cycles:?}");
    }
}

#[test]
fn a_cycle_is_found_through_paths_groups_and_re_exports() {
    let cycles_of = |files: &[(&str, &str)]| {
        let path = |name: &str| name.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        cycles(&files.iter().map(|(name, text)| (path(name), (*text).to_owned())).collect()).len()
    };
    let user = ("b", "fn two() { crate::a::one() }");
    for (text, found) in [
        ("use crate::b;", true),
        ("use crate::{c, b::{Two, Three}};", true),
        ("fn one() { super::b::two() }", true),
        ("use super::Two;", true),
        ("use crate::Two as Three;", true),
        ("use crate::c::Two;", true),
        ("use crate::All;", true),
        ("use crate::Four;", false),
    ] {
        let root = ("", "mod a; mod b; mod c; pub use b::{Two, Three}; pub use c::*; pub struct Four;");
        let c = ("c", "pub use super::b::{All, Two};");
        assert_eq!(cycles_of(&[root, ("a", text), user, c]) > 0, found, "{text}");
    }
}

/// The pairs of a module and a module it depends on that depends on it in turn.
fn cycles(modules: &Modules) -> Vec<[String; 2]> {
    let known: BTreeMap<&Vec<String>, BTreeSet<Vec<String>>> =
        modules.iter().map(|(name, text)| (name, known_to(name, text, modules))).collect();
    let mut found = Vec::new();
    for (name, others) in &known {
        let back = others.iter().filter(|other| reaches(other, name, &known));
        found.extend(back.map(|other| [name.join("/"), other.join("/")]));
    }
    found
}

fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect()
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
fn known_to(me: &[String], text: &str, modules: &Modules) -> BTreeSet<Vec<String>> {
    let mut items = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in text.match_indices(start) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|it| it.is_alphanumeric() || it == '_' || it == ':' || it == '$') {
                continue;
            }
            follow(me.to_vec(), &text[at..], modules, &mut items);
        }
    }
    let mut known: BTreeSet<Vec<String>> =
        items.into_iter().map(|(module, item)| home(module, &item, modules, 0)).collect();
    known.remove(me);
    known
}

/// The module that defines an item which a module offers, or that module if the item is not a re-export of this crate.
/// After eight re-exports the search ends.
fn home(module: Vec<String>, item: &str, modules: &Modules, depth: usize) -> Vec<String> {
    let text = modules.get(&module).map_or("", String::as_str);
    if item.is_empty() || depth == 8 {
        return module;
    }
    for (at, keyword) in text.match_indices("use ") {
        let before = &text[..at];
        if !before.is_empty() && !before.ends_with([' ', '\n', ';']) {
            continue;
        }
        let path = text[at + keyword.len()..].split(';').next().unwrap_or_default();
        let mut offered = Vec::new();
        follow(module.clone(), path, modules, &mut offered);
        for (source, name) in offered {
            let has = |text: &String| text.split(|it: char| !it.is_alphanumeric() && it != '_').any(|it| it == item);
            let is_glob = name == "*" && source != module && modules.get(&source).is_some_and(has);
            if (name == item && source != module) || is_glob {
                return home(source, item, modules, depth + 1);
            }
        }
    }
    module
}

/// Resolves a path of a `use` or an expression in a module, including nested braces, to modules and the names of items in them. The
/// item of a module itself is empty.
fn follow(from: Vec<String>, path: &str, modules: &Modules, items: &mut Vec<(Vec<String>, String)>) {
    let path = path.trim_start();
    if let Some(group) = path.strip_prefix('{') {
        let (mut depth, mut begin) = (0, 0);
        for (at, it) in group.char_indices() {
            match it {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                '}' | ',' if depth == 0 => {
                    follow(from.clone(), &group[begin..at], modules, items);
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
    let end = path.find(|it: char| !it.is_alphanumeric() && it != '_' && it != '*').unwrap_or(path.len());
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
            Some(rest) => follow(next, rest, modules, items),
            None => items.push((next, String::new())),
        }
    } else {
        items.push((from, name.to_owned()));
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
