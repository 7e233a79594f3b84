//! Runs a command in a process of its own that measures it, so that CPU time and peak memory are those of the command
//! and its children alone: a process starts with the peak of the one that started it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// The first argument of such a process; the number of repetitions and the script follow.
const ARGUMENT: &str = "--measured-child";

/// What a script took, per repetition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Took {
    pub(crate) wall_seconds: f64,
    /// User and system, of all processes of the script.
    pub(crate) cpu_seconds: f64,
    /// Of the largest of them.
    pub(crate) peak_kib: u64,
}

/// Runs a script of bash in a folder a number of times. What it writes to standard output is dropped.
///
/// # Panics
/// If it fails.
pub(crate) fn measured(folder: &Path, script: &str, times: u32) -> Took {
    let ourselves = std::env::current_exe().expect("the path of this benchmark");
    let mut child = Command::new(ourselves);
    forget_settings(&mut child);
    let output = child.args([ARGUMENT, &times.to_string(), script]).current_dir(folder).output();
    let output = output.expect("this benchmark starts itself");
    let said = String::from_utf8_lossy(&output.stdout);
    let figures: Vec<f64> = said.split_ascii_whitespace().filter_map(|figure| figure.parse().ok()).collect();
    let [wall, cpu, peak] = figures[..] else {
        panic!("{script}: {}\n{said}{}", output.status, String::from_utf8_lossy(&output.stderr));
    };
    let times = f64::from(times);
    Took { wall_seconds: wall / times, cpu_seconds: cpu / times, peak_kib: peak as u64 }
}

/// Runs a script of bash in a folder, and returns what it writes to standard output.
///
/// # Panics
/// If it fails.
pub(crate) fn output(folder: &Path, script: &str) -> String {
    let mut bash = bash(script);
    forget_settings(&mut bash);
    let output = bash.current_dir(folder).stdin(Stdio::null()).output().expect("bash");
    assert!(output.status.success(), "{script}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// Measures a script if this process was started for that, prints the three figures, and returns whether it was.
pub(crate) fn was_asked_for() -> bool {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, argument, times, script] = &arguments[..] else { return false };
    if argument != ARGUMENT {
        return false;
    }
    let started = Instant::now();
    for _ in 0..times.parse::<u32>().expect("a number") {
        let status = bash(script).stdin(Stdio::null()).stdout(Stdio::null()).status().expect("bash");
        if !status.success() {
            println!("failed");
            return true;
        }
    }
    let wall = started.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the usage of children");
    let cpu = (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6;
    println!("{wall} {cpu} {}", usage.max_rss());
    true
}

fn bash(script: &str) -> Command {
    let mut bash = Command::new("bash");
    bash.args(["-o", "pipefail", "-ec", script]);
    bash
}

/// Removes settings of the program and of libpq from the environment of a command.
pub(crate) fn forget_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("TOLLBOOK") || text.starts_with("PG") {
            command.env_remove(name);
        }
    }
}
