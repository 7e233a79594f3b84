//! The program's server, and clients that read its answers.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tollbook_tests::measure::processes::{cpu_of, peak_of};
use ureq::http;

use crate::bench::Bench;
use crate::child;
use crate::program::Store;
use crate::rounds::Sample;

/// The user who reads billing answers.
const USER: &str = "billing";
/// The login of a customer.
const LOGIN: &str = "portal";
const PASSWORD: &str = "a password of peers";

/// A process of `tollbook serve`, which ends with this.
pub(crate) struct Serving<'a> {
    bench: &'a Bench,
    store: Store,
    child: Child,
    /// Such as `http://127.0.0.1:40123`.
    url: String,
    agent: ureq::Agent,
}

/// An answer that was read.
pub(crate) struct Answer {
    /// From the request to the first byte of the body, in seconds.
    pub(crate) first_byte: f64,
    /// The length of the body.
    pub(crate) bytes: u64,
}

impl<'a> Serving<'a> {
    /// Starts a server on a store, with the settings `more`, and waits until it listens. There is a user in the store.
    pub(crate) fn start(bench: &'a Bench, store: Store, more: &[&str]) -> Serving<'a> {
        let tollbook = bench.tollbook(store);
        let add = format!("printf '%s\\n' '{PASSWORD}' | {tollbook} user add {USER} --role auditor");
        bench.ask(&format!("{tollbook} user list --format csv | grep -q '^{USER},' || {add}"));
        let settings: String = ["log.level=error", "dma.end=exclusive", "worker.poll_seconds=60"]
            .iter()
            .chain(more)
            .map(|setting| format!(" --set {setting}"))
            .collect();
        let script = format!("{tollbook} serve --listen 127.0.0.1:0 --tls-listen '' {settings}");
        // The program in the place of the shell.
        let script = script.replacen(
            &format!("'{}'", bench.program.display()),
            &format!("exec '{}'", bench.program.display()),
            1,
        );
        let mut command = Command::new("bash");
        child::forget_settings(&mut command);
        command.args(["-ec", &script]).current_dir(bench.folder()).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("bash");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
        let mut addresses = lines.filter_map(|line| Some(line.split_once("listening on ")?.1.trim().to_owned()));
        let url = addresses.next().expect("the server listens");
        let config = ureq::Agent::config_builder().proxy(None).build();
        Serving { bench, store, child, url, agent: config.new_agent() }
    }

    /// Reads an answer of the billing API, from a path below `/api/rest/billing`.
    pub(crate) fn billing(&self, path: &str) -> Answer {
        self.read(&format!("/api/rest/billing{path}"), &basic())
    }

    /// Generates a file of a window through the billing API, which `/download-cdrs` then serves.
    pub(crate) fn generate(&self, window: &str) {
        let at = |path: &str| format!("{}/api/rest/billing/{path}", self.url);
        let post = self.agent.post(at(&format!("generate-cdrs?{window}"))).header("Authorization", basic());
        post.send_empty().expect("the order of a file");
        loop {
            let status = self.agent.get(at("status")).header("Authorization", basic());
            let status = status.header("Accept", "application/json").call().expect("the status of a file");
            let status = status.into_body().read_to_string().expect("the status");
            if status.contains("\"downloadReady\":true") {
                return;
            }
            assert!(!status.contains("FAILED"), "{status}");
            sleep(Duration::from_millis(100));
        }
    }

    /// Signs in as a customer, and returns the token.
    pub(crate) fn sign_in(&self, customer: &str) -> String {
        let tollbook = self.bench.tollbook(self.store);
        let add = format!("printf '%s\\n' '{PASSWORD}' | {tollbook} login add {LOGIN} --customer \"{customer}\"");
        self.bench.ask(&format!("{tollbook} login list --format csv | grep -q '{LOGIN},' || {add}"));
        let body = serde_json::json!({"auth": {"login": LOGIN, "password": PASSWORD}}).to_string();
        let post = self.agent.post(format!("{}/api/rest/customer/v1/auth", self.url));
        let answer = post.header("Content-Type", "application/json").send(body.as_str()).expect("signing in");
        let answer = answer.into_body().read_to_string().expect("the token");
        let answer: serde_json::Value = serde_json::from_str(&answer).expect("the token");
        answer["jwt"].as_str().expect("the token").to_owned()
    }

    /// Reads an answer to its end.
    ///
    /// # Panics
    /// If it is an error or is aborted.
    pub(crate) fn read(&self, path: &str, authorization: &str) -> Answer {
        let started = Instant::now();
        let request = http::Request::get(format!("{}{path}", self.url)).header("Authorization", authorization);
        let answer =
            self.agent.run(request.body(()).expect("a request")).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut body = answer.into_body().into_reader();
        let first = body.read(&mut [0]).unwrap_or_else(|error| panic!("{path}: {error}"));
        let first_byte = started.elapsed().as_secs_f64();
        let rest = io::copy(&mut body, &mut io::sink()).unwrap_or_else(|error| panic!("{path}: {error}"));
        Answer { first_byte, bytes: first as u64 + rest }
    }

    /// Measures an action a number of times: the CPU time of this server, and of PostgreSQL's. The action returns bytes.
    pub(crate) fn measured(&self, times: u32, mut action: impl FnMut() -> u64) -> Sample {
        let (own, database) = self.cpu_seconds();
        let started = Instant::now();
        let bytes = (0..times).map(|_| action()).max().unwrap_or_default();
        let wall = started.elapsed().as_secs_f64();
        let (own_after, database_after) = self.cpu_seconds();
        Sample {
            wall_seconds: wall / f64::from(times),
            client_seconds: (own_after - own) / f64::from(times),
            server_seconds: (database_after - database) / f64::from(times),
            peak_kib: self.peak_kib(),
            bytes,
        }
    }

    /// The peak memory of this server so far.
    pub(crate) fn peak_kib(&self) -> u64 {
        peak_of(self.child.id()).expect("the server runs")
    }

    fn cpu_seconds(&self) -> (f64, f64) {
        let database = if self.store == Store::Postgres { self.bench.postgres().cpu_seconds() } else { 0.0 };
        (cpu_of(self.child.id()).expect("the server runs"), database)
    }
}

impl Drop for Serving<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn basic() -> String {
    format!("Basic {}", STANDARD.encode(format!("{USER}:{PASSWORD}")))
}
