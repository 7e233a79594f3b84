//! Installs the clients and the validator from their registries, as pinned in `tests/clients`, into
//! `target/outside-clients`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::harness::{left_out, root, without_proxy};

/// The package registry of one language.
struct Registry {
    name: &'static str,
    /// The programs that are needed.
    programs: &'static [&'static str],
    /// The file that pins every package.
    pins: &'static str,
    install: fn(&Path) -> Command,
}

const NPM: Registry = Registry {
    name: "npm",
    programs: &["node", "npm"],
    pins: "package-lock.json",
    install: |_| {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        npm
    },
};

const PYPI: Registry = Registry {
    name: "PyPI",
    programs: &["python3"],
    pins: "requirements.txt",
    install: |folder| {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--upgrade"]);
        pip.arg("--target").arg(folder.join("packages")).args(["--requirement", "requirements.txt"]);
        pip
    },
};

/// The folder with the clients of a registry, or the reason why they are not installed.
fn installed(registry: &Registry) -> Result<PathBuf, String> {
    for program in registry.programs {
        let there = Command::new(program).arg("--version").output();
        there.map_err(|_| format!("install {program}"))?;
    }
    let tests = std::env::current_exe().unwrap();
    let folder = tests.ancestors().nth(3).unwrap().join("outside-clients").join(registry.name.to_lowercase());
    fs::create_dir_all(&folder).unwrap();
    // Concurrent test runs wait for each other.
    let lock = File::create(folder.join(".lock")).unwrap();
    lock.lock().unwrap();
    let ours = root().join("tests/clients");
    let (pins, done) = (fs::read(ours.join(registry.pins)).unwrap(), folder.join(".installed"));
    for entry in fs::read_dir(ours).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
    }
    if fs::read(&done).is_ok_and(|installed| installed == pins) {
        return Ok(folder);
    }
    let output = (registry.install)(&folder).current_dir(&folder).output().unwrap();
    if !output.status.success() {
        // The later lines are a stack trace.
        let why: Vec<String> = text_of(&output).lines().take(3).map(str::to_owned).collect();
        return Err(format!("{} has to be reachable: {}", registry.name, why.join("; ")));
    }
    fs::write(done, pins).unwrap();
    Ok(folder)
}

/// The same, once per process; prints a message if the clients are not installed.
fn clients(registry: &'static Registry, cell: &'static OnceLock<Result<PathBuf, String>>) -> Option<&'static Path> {
    match cell.get_or_init(|| installed(registry)) {
        Ok(folder) => Some(folder),
        Err(help) => {
            left_out(&format!("clients from {}", registry.name), help);
            None
        }
    }
}

pub(super) fn from_npm() -> Option<&'static Path> {
    static INSTALLED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    clients(&NPM, &INSTALLED)
}

pub(super) fn from_pypi() -> Option<&'static Path> {
    static INSTALLED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    clients(&PYPI, &INSTALLED)
}

fn text_of(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs a script with one argument; it must succeed.
pub(super) fn run(folder: &Path, script: &str, argument: &str) -> String {
    let mut command = if script.ends_with(".py") {
        let mut python = Command::new("python3");
        python.args(["-B", "-s"]).env("PYTHONPATH", folder.join("packages"));
        python
    } else {
        Command::new("node")
    };
    without_proxy(&mut command);
    let output = command.arg(script).arg(argument).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{script}: {}", text_of(&output));
    text_of(&output)
}
