//! Rules about the dependencies between crates and modules.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::harness::root;

/// The crates of the workspace, each with the crates of the workspace that it may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("cdr-model", &[]),
    ("cdr-settings", &[]),
    ("cdr-samples", &["cdr-model"]),
    ("cdr-access", &["cdr-model"]),
    ("cdr-query", &["cdr-model"]),
    ("cdr-export", &["cdr-model"]),
    ("cdr-mediation", &["cdr-model", "cdr-query", "cdr-export"]),
    ("cdr-intake", &["cdr-model", "cdr-query", "cdr-export", "cdr-mediation"]),
    ("cdr-store", &["cdr-model", "cdr-access", "cdr-query", "cdr-export", "cdr-mediation"]),
    ("cdr-spool", &["cdr-mediation"]),
    ("jsv", &[]),
    ("cdr-dialects", &["cdr-settings", "cdr-model", "cdr-access", "cdr-query", "cdr-export", "cdr-mediation", "jsv"]),
    (
        "tollbook",
        &[
            "cdr-settings",
            "cdr-model",
            "cdr-samples",
            "cdr-access",
            "cdr-query",
            "cdr-export",
            "cdr-mediation",
            "cdr-intake",
            "cdr-store",
            "cdr-spool",
            "cdr-dialects",
        ],
    ),
];

/// Libraries that only the named crates may depend on.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("diesel", &["cdr-store"]),
    ("r2d2", &["cdr-store"]),
    ("libsqlite3-sys", &["cdr-store"]),
    ("clap", &["tollbook"]),
    ("anyhow", &["tollbook"]),
    ("actix-web", &["cdr-dialects", "tollbook"]),
    ("argon2", &["cdr-access"]),
    ("bcrypt", &["cdr-access"]),
];

/// The output of a cargo command.
fn cargo(args: &[&str]) -> String {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let output = Command::new(cargo).args(args).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "cargo {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn dependencies() -> BTreeMap<String, Vec<String>> {
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"])).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let normal = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        all.filter(|it| it["kind"].is_null()).map(|it| text(&it["name"])).collect()
    };
    packages
        .map(|package| (text(&package["name"]), normal(package)))
        .filter(|(name, _)| name != "tollbook-tests")
        .collect()
}

#[test]
fn crates_depend_only_on_allowed_crates() {
    let dependencies = dependencies();
    for (name, found) in &dependencies {
        let allowed = ARROWS.iter().find(|(it, _)| it == name).map(|(_, allowed)| *allowed);
        let allowed = allowed.unwrap_or_else(|| panic!("{name} is not listed in ARROWS"));
        for dependency in found.iter().filter(|it| dependencies.contains_key(*it)) {
            assert!(allowed.contains(&dependency.as_str()), "{name} must not depend on {dependency}");
        }
    }
    assert_eq!(dependencies.len(), ARROWS.len(), "a crate in ARROWS does not exist");
}

#[test]
fn libraries_are_used_only_by_their_crates() {
    for (name, found) in dependencies() {
        for (library, crates) in ONLY_IN {
            assert!(
                crates.contains(&name.as_str()) || !found.iter().any(|it| it == library),
                "{name} depends on {library}"
            );
        }
    }
}

/// The dependencies of a build, each with its features.
fn built(args: &[&str]) -> BTreeSet<String> {
    let listed = cargo(&[&["tree", "--prefix", "none", "--no-dedupe", "--format", "{p} {f}"], args].concat());
    listed.lines().map(|line| line.replace(" (proc-macro)", "").replace(" (*)", "").trim_end().to_owned()).collect()
}

#[test]
fn the_demo_and_the_tests_share_their_builds() {
    // The packages that the features of the program affect.
    let differing = ["cdr-spool", "cdr-store", "diesel", "diesel_derives", "diesel_migrations", "tollbook"];
    let tests = built(&["--workspace", "--edges", "normal,build,dev"]);
    for program in
        [&["-p", "tollbook", "--edges", "normal,build"][..], &["-p", "tollbook", "--edges", "normal,build,dev"]]
    {
        let twice: Vec<String> = built(program)
            .into_iter()
            .filter(|it| !tests.contains(it) && !differing.iter().any(|name| it.starts_with(&format!("{name} "))))
            .collect();
        assert!(
            twice.is_empty(),
            "built twice, because their features differ from those in the tests: {twice:#?}; \
             apps/tollbook/Cargo.toml lists such packages only to enable their features"
        );
    }
}

#[test]
fn only_the_program_touches_files_the_environment_and_the_terminal() {
    let quiet = [
        "cdr-settings",
        "cdr-model",
        "cdr-samples",
        "cdr-access",
        "cdr-query",
        "cdr-export",
        "cdr-mediation",
        "cdr-intake",
        "jsv",
    ];
    for name in quiet {
        for (path, text) in sources(&root().join("crates").join(name).join("src")) {
            let product = product(&text);
            for word in [
                "std::env",
                " File::open",
                " File::create",
                "OpenOptions",
                "fs::read",
                "fs::write",
                "TcpStream",
                "TcpListener",
                "println!",
            ] {
                let used = product.lines().any(|line| line.contains(word) && !line.trim_start().starts_with("//"));
                assert!(!used, "{path} uses {word}");
            }
        }
    }
}

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
fn names_a_dialect(text: &str) -> bool {
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

/// A source file without the modules, functions and declarations after `#[cfg(test)]`.
fn product(text: &str) -> String {
    let (mut kept, mut lines) = (String::new(), text.lines());
    while let Some(line) = lines.next() {
        if !line.trim_start().starts_with("#[cfg(test)]") {
            kept.push_str(line);
            kept.push('\n');
            continue;
        }
        let indent = &line[..line.len() - line.trim_start().len()];
        let item = lines.by_ref().find(|line| !line.trim_start().starts_with('#'));
        // An item of one line ends on that line, any other with a brace at its indentation.
        if item.is_some_and(|item| !item.trim_end().ends_with([';', ',', '}'])) {
            lines.by_ref().find(|line| line.starts_with(&format!("{indent}}}")));
        }
    }
    kept
}

#[test]
fn code_after_test_modules_is_checked_too() {
    let text = "one();\n#[cfg(test)]\nmod tests;\ntwo();\n#[cfg(test)]\nmod more {\n    fn three() {}\n}\nfour();\n    \
                #[cfg(test)]\n    pub fn five() {\n        six();\n    }\nseven();\n";
    assert_eq!(product(text), "one();\ntwo();\nfour();\nseven();\n");
}

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "tests") {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.ends_with("tests.rs")
            && !path.ends_with("testing.rs")
        {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

#[test]
fn public_names_are_unique() {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in dependencies().keys().filter(|name| name.starts_with("cdr-")) {
        let text = fs::read_to_string(root().join("crates").join(name).join("src/lib.rs")).unwrap();
        // Names that are re-exported from other crates are the same item.
        for given in text.split("\npub use ").skip(1).filter(|given| !given.starts_with("cdr_")) {
            let given = given.split(';').next().unwrap_or_default();
            let names = given.rsplit_once("::").map_or(given, |(_, names)| names).trim_matches(['{', '}']);
            let names = given.split_once('{').map_or(names, |(_, names)| names.trim_end_matches('}'));
            for public in names.split(',').map(str::trim).filter(|it| !it.is_empty()) {
                found.entry(public.to_owned()).or_default().push(name.clone());
            }
        }
    }
    assert!(found.len() > 200, "only {} names were found", found.len());
    found.retain(|_, crates| crates.len() > 1);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn mediation_compiles_neither_password_hashing_nor_samples() {
    let below = built(&["-p", "cdr-mediation", "--edges", "normal"]);
    for heavy in ["argon2", "bcrypt", "hmac", "ipnet", "cdr-samples", "cdr-access"] {
        assert!(!below.iter().any(|it| it.split(' ').next() == Some(heavy)), "cdr-mediation depends on {heavy}");
    }
}

#[test]
fn a_store_in_a_file_alone_builds_neither_libpq_nor_openssl() {
    let below = built(&["-p", "cdr-store", "--no-default-features", "--features", "sqlite", "--edges", "normal,build"]);
    assert!(below.iter().any(|it| it.starts_with("libsqlite3-sys ")), "{below:?}");
    for heavy in ["pq-sys", "pq-src", "openssl-sys", "openssl-src"] {
        assert!(!below.iter().any(|it| it.split(' ').next() == Some(heavy)), "cdr-store depends on {heavy}");
    }
}

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

#[test]
fn the_server_names_no_dialect_and_no_command() {
    let server = sources(&root().join("apps/tollbook/src/server"));
    assert!(server.len() > 10, "only {} files were found", server.len());
    for (path, text) in server {
        for line in product(&text).lines().filter(|line| !line.trim_start().starts_with("//")) {
            let words = line.split(|it: char| !it.is_ascii_alphanumeric());
            let dialect =
                words.into_iter().find(|word| ["dma", "yeti", "porta"].contains(&&*word.to_ascii_lowercase()));
            assert_eq!(dialect, None, "{path}: {line}");
            assert!(!line.contains("crate::commands"), "{path}: {line}");
        }
    }
}
