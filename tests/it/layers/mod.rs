//! Rules about the dependencies between crates and modules.

mod cycles;
mod names;

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
    ("cdr-files", &[]),
    ("cdr-samples", &["cdr-model"]),
    ("cdr-access", &["cdr-model"]),
    ("cdr-query", &["cdr-model"]),
    ("cdr-deflate", &[]),
    ("cdr-export", &["cdr-deflate", "cdr-model"]),
    ("cdr-mediation", &["cdr-model", "cdr-query", "cdr-export"]),
    ("cdr-intake", &["cdr-model", "cdr-query", "cdr-export", "cdr-mediation"]),
    ("cdr-store", &["cdr-files", "cdr-model", "cdr-access", "cdr-query", "cdr-export", "cdr-mediation"]),
    ("cdr-spool", &["cdr-files", "cdr-mediation"]),
    ("jsv", &[]),
    ("cdr-dialects", &["cdr-settings", "cdr-model", "cdr-access", "cdr-query", "cdr-export", "cdr-mediation", "jsv"]),
    (
        "tollbook",
        &[
            "cdr-settings",
            "cdr-files",
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
fn the_picture_in_architecture_has_these_arrows() {
    let text = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let picture = text.split("```mermaid\nflowchart").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let mut drawn: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in picture.lines().filter_map(|line| line.trim().split_once(" --> ")) {
        let names = to.split(" & ").map(|name| name.replace('_', "-"));
        drawn.entry(from.replace('_', "-")).or_default().extend(names);
    }
    let dependencies = dependencies();
    let ours = |names: &[String]| names.iter().filter(|it| dependencies.contains_key(*it)).cloned().collect();
    let mut expected: BTreeMap<String, BTreeSet<String>> =
        dependencies.iter().map(|(name, found)| (name.clone(), ours(found))).collect();
    expected.retain(|_, found| !found.is_empty());
    assert_eq!(drawn, expected);
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
        "cdr-deflate",
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
                " File::open(",
                "(File::open(",
                "fs::File::",
                " File::create(",
                "(File::create(",
                "OpenOptions",
                "fs::read",
                "fs::write",
                "TcpStream",
                "TcpListener",
                "print!(",
                "println!(",
            ] {
                let used = product.lines().any(|line| line.contains(word) && !line.trim_start().starts_with("//"));
                assert!(!used, "{path} uses {word}");
            }
        }
    }
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
    for name in dependencies().keys().filter(|name| *name != "tollbook") {
        let folder = root().join("crates").join(name).join("src");
        let names = public_names(&folder, "lib.rs");
        assert!(!names.is_empty(), "{name} has no public names");
        for public in names {
            found.entry(public).or_default().push(name.clone());
        }
    }
    assert!(found.len() > 250, "only {} names were found", found.len());
    // Each dialect has a row of this name.
    found.retain(|name, crates| crates.len() > 1 && name != "DIALECT");
    assert!(found.is_empty(), "{found:?}");
}

/// The names of the items that a file re-exports, and those of its public modules.
fn public_names(folder: &Path, file: &str) -> Vec<String> {
    let text = product(&fs::read_to_string(folder.join(file)).unwrap());
    let mut names = Vec::new();
    // Names that are re-exported from other crates are the same item.
    for given in text.split("\npub use ").skip(1).filter(|given| !given.starts_with("cdr_")) {
        let given = given.split(';').next().unwrap_or_default();
        let last = given.rsplit_once("::").map_or(given, |(_, names)| names).trim_matches(['{', '}']);
        let listed = given.split_once('{').map_or(last, |(_, names)| names.trim_end_matches('}'));
        names.extend(listed.split(',').map(|name| name.trim().to_owned()).filter(|it| !it.is_empty()));
    }
    for module in text.split("\npub mod ").skip(1) {
        let module = module.split([';', ' ']).next().unwrap_or_default();
        let folder = folder.join(module);
        if folder.join("mod.rs").exists() {
            names.extend(public_names(&folder, "mod.rs"));
        }
    }
    names
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

#[test]
fn the_server_names_no_dialect_and_no_command() {
    let server = sources(&root().join("apps/tollbook/src/server"));
    assert!(server.len() > 10, "only {} files were found", server.len());
    for (path, text) in server {
        for line in product(&text).lines().filter(|line| !line.trim_start().starts_with("//")) {
            assert!(!names::names_a_dialect(line), "{path} names a dialect: {line}");
            assert!(!line.contains("commands"), "{path} uses a command: {line}");
        }
    }
}
