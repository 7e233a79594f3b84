//! Licences and account numbers of a test store.

use std::fs;

use serde_json::Value;

use crate::harness::Tollbook;
use crate::server::support::Server;

pub(crate) const LICENCE: &str = "b1946ac9-2492-4d23-8e2a-1f0c51f4a9d1";

impl Tollbook {
    /// Adds a licence with a given text. `scope` has the arguments for its scope.
    pub(crate) fn licence(&self, name: &str, text: &str, scope: &[&str]) {
        let file = self.path("licence.txt");
        fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        self.ok(&[&["licence", "add", name, "--licence-file", file], scope].concat());
    }

    /// The internal numbers of an account and of its customer.
    pub(crate) fn numbers_of(&self, account: &str) -> (i64, i64) {
        let fields = ["--fields", "account_id,customer_id", "--limit", "1", "--format", "csv"];
        let listed = self.ok(&[&["calls", "--account", account], &fields[..]].concat());
        let mut numbers = listed.lines().nth(1).unwrap().split(',').map(|number| number.parse().unwrap());
        (numbers.next().unwrap(), numbers.next().unwrap())
    }
}

/// The JSON response of a path.
pub(crate) fn json(server: &Server, path: &str) -> Value {
    let answer = server.ask("", "GET", path, &[("Accept", "application/json")]);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

/// All rows of a dictionary.
pub(crate) fn rows(dictionary: &Value) -> Vec<&Value> {
    dictionary.as_object().unwrap().values().flat_map(|rows| rows.as_array().unwrap()).collect()
}
