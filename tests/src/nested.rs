//! A test binary that runs itself once more, over another kind of store.

use std::ffi::OsStr;
use std::process::Command;

/// What tests say beside their results begins like this.
const SAID: [&str; 2] = ["LEFT OUT: ", "installing "];

/// Runs tests of this binary once more and returns how many passed. Nothing of it is printed but what the tests say beside
/// their results. `alone` begins the command that runs one of them alone, up to its name.
///
/// # Panics
/// When one fails: with everything that was printed, and that command for each.
pub fn run<N: AsRef<OsStr>>(settings: &[(N, &str)], args: &[&str], alone: &str) -> usize {
    let mut again = Command::new(std::env::current_exe().unwrap());
    let output = again.envs(settings.iter().map(|(name, value)| (name, value))).args(args).output().unwrap();
    let [results, aside] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    for line in aside.lines().filter(|line| SAID.iter().any(|word| line.starts_with(word))) {
        crate::say(line.to_owned());
    }
    assert!(output.status.success(), "{results}{aside}\nto run alone what failed:\n{}", commands(&results, alone));
    results.matches(" ... ok").count()
}

/// A line for each test that failed, by what the test harness prints.
fn commands(results: &str, alone: &str) -> String {
    let failed = results.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    failed.map(|name| format!("{alone} {name}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn of_tests_that_failed_it_says_how_each_is_run_alone() {
        let results = "test tests::a ... ok\ntest tests::b::c ... FAILED\ntest tests::d ... ignored\n\nfailures:\n    tests::b::c\n";
        assert_eq!(commands(results, "A=1 cargo test -p x"), "A=1 cargo test -p x tests::b::c\n");
    }
}
