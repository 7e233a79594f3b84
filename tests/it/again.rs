//! What users see over a file, once more over PostgreSQL. It takes longest, so it begins first, which its name is for: tests run in
//! the order of their names.

use std::process::Command;

use tollbook_tests::{cluster, say};

use crate::harness::OVER_POSTGRES;

/// The modules whose tests are about calls and exports, wherever they are kept; the others are about files, documents, or
/// other programs.
const AGAIN: [&str; 15] = [
    "crash::",
    "every_feed::",
    "every_format::",
    "journeys::",
    "licences::",
    "memory::",
    "periods::",
    "printable::",
    "quarantine::",
    "same_bytes::",
    "server::dma::",
    "server::many::",
    "server::porta::",
    "server::slow::",
    "server::yeti::",
];

/// What among them is about files alone: a database is not restored by this program.
const NOT_AGAIN: [&str; 1] = ["a_store_under_restore_is_still_answered_for"];

/// What those tests say beside their results begins like this.
const SAID: [&str; 2] = ["LEFT OUT: ", "installing "];

#[test]
fn whatever_users_see_over_a_file_they_see_over_postgresql() {
    let Some(server) = cluster::shared() else { return };
    run("", &[(cluster::GIVEN, server.url())]);
}

#[test]
fn whatever_users_see_over_one_server_they_see_over_citus() {
    let Some(url) = cluster::citus() else { return };
    let (given, there, in_schemas) = (cluster::GIVEN, cluster::CITUS, cluster::IN_SCHEMAS);
    run(&format!("{given}=\"${there}\" {in_schemas}=1 "), &[(given, &url), (in_schemas, "1")]);
}

/// Runs them with these settings. `alone` are those that whoever runs one of them has to make too.
fn run(alone: &str, settings: &[(&str, &str)]) {
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.env(OVER_POSTGRES, "1").envs(settings.iter().copied()).args(AGAIN);
    for name in NOT_AGAIN {
        again.args(["--skip", name]);
    }
    let output = again.output().unwrap();
    let [results, aside] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    // It is said here as well, once.
    aside.lines().filter(|line| SAID.iter().any(|word| line.starts_with(word))).for_each(|line| say(line.to_owned()));
    let each = |name: &str| format!("\n{alone}{OVER_POSTGRES}=1 cargo test --release -p tollbook --test it {name}");
    let again: String = failed(&results).map(each).collect();
    assert!(output.status.success(), "{results}{aside}\nto run alone what failed:{again}");
    let ran = results.matches(" ... ok").count();
    assert!(ran > 40, "{ran} tests ran: {results}");
}

/// The tests that failed, by what the test harness prints.
fn failed(results: &str) -> impl Iterator<Item = &str> {
    results.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"))
}
