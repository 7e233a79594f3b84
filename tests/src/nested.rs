//! Runs a test binary again, on another kind of store.

use std::ffi::OsStr;
use std::process::Command;

/// The prefixes of the messages that tests print in addition to their results.
const MESSAGES: [&str; 2] = ["LEFT OUT: ", "installing "];

/// Runs tests of this binary again and returns how many passed. Only the messages of the tests are printed. `alone` is
/// the start of the command that runs a single test, without its name.
///
/// # Panics
/// If a test fails: with the whole output, and with the command for each failed test.
pub fn run<N: AsRef<OsStr>>(settings: &[(N, &str)], args: &[&str], alone: &str) -> usize {
    let mut again = Command::new(std::env::current_exe().unwrap());
    let output = again.envs(settings.iter().map(|(name, value)| (name, value))).args(args).output().unwrap();
    let [results, aside] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    for line in aside.lines().filter(|line| MESSAGES.iter().any(|prefix| line.starts_with(prefix))) {
        crate::say(line.to_owned());
    }
    assert!(output.status.success(), "{results}{aside}\nto run the failed tests alone:\n{}", commands(&results, alone));
    results.matches(" ... ok").count()
}

/// A line for each test that failed according to the output of the test harness.
fn commands(results: &str, alone: &str) -> String {
    let failed = results.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    failed.map(|name| format!("{alone} {name}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn each_failed_test_gets_a_command_to_run_it_alone() {
        let results = "test tests::a ... ok\ntest tests::b::c ... FAILED\ntest tests::d ... ignored\n\nfailures:\n    tests::b::c\n";
        assert_eq!(commands(results, "A=1 cargo test -p x"), "A=1 cargo test -p x tests::b::c\n");
    }
}
