//! The server as a process of its own, and a client that signs in.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::client::{Answer, send};
use crate::harness::Tollbook;

pub(crate) const NAME: &str = "admin";
pub(crate) const PASSWORD: &str = "a long password";
/// What a worker logs of an export whose worker is dead.
pub(crate) const TAKEN_OVER: &str = "took over from a dead worker";
/// What a worker logs of an export that it has written and entered as such.
pub(crate) const COMPLETED: &str = ": completed rows=";
/// Longer than anything here takes; whoever waits longer waits for nothing.
const PATIENCE: Duration = Duration::from_secs(120);

/// `tollbook serve` or `tollbook worker`. Dropped, it is killed.
pub(crate) struct Server {
    child: Child,
    /// The plain listener, as in `http://127.0.0.1:40123`; empty for a worker.
    pub(crate) http: String,
    /// The one with TLS; empty without.
    pub(crate) https: String,
    stdout: Option<BufReader<ChildStdout>>,
    printed: String,
}

impl Tollbook {
    /// Adds an operator.
    pub(crate) fn operator(&self, name: &str, role: &str) {
        let mut add = self.command(&["operator", "add", name, "--role", role]);
        let mut child = add.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts the server on free ports, without TLS unless `more` says so; its log goes to `server.log`.
    pub(crate) fn serve(&self, more: &[&str]) -> Server {
        let plain = ["serve", "--listen", "127.0.0.1:0", "--tls-listen", ""];
        self.serve_with(&[&plain, more].concat())
    }

    /// Starts the server as these arguments say.
    pub(crate) fn serve_with(&self, args: &[&str]) -> Server {
        let mut child = self.command(args).stdout(Stdio::piped()).stderr(self.log()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let wanted = if args.windows(2).any(|pair| pair == ["--tls-listen", ""]) { 1 } else { 2 };
        let (mut http, mut https, mut printed) = (String::new(), String::new(), String::new());
        while usize::from(!http.is_empty()) + usize::from(!https.is_empty()) < wanted {
            let mut line = String::new();
            let read = stdout.read_line(&mut line).unwrap();
            assert!(read > 0, "the server ended: {}", fs::read_to_string(self.path("server.log")).unwrap());
            if let Some((_, address)) = line.trim_end().split_once("listening on ") {
                let place = if address.starts_with("https") { &mut https } else { &mut http };
                *place = address.to_owned();
            }
            printed.push_str(&line);
        }
        Server { child, http, https, stdout: Some(stdout), printed }
    }

    /// Starts a worker of its own.
    pub(crate) fn worker(&self, more: &[&str]) -> Server {
        let mut command = self.command(&[&["worker"], more].concat());
        let child = command.stdout(Stdio::null()).stderr(self.log()).spawn().unwrap();
        Server { child, http: String::new(), https: String::new(), stdout: None, printed: String::new() }
    }

    /// The files in the spool, finished or not.
    pub(crate) fn spooled(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("tollbook-data/spool")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !name.starts_with('.')).collect()
    }

    /// What servers and workers logged so far.
    pub(crate) fn logged(&self) -> String {
        fs::read_to_string(self.path("server.log")).unwrap_or_default()
    }

    /// The exports of which servers and workers logged this, each as often as they did.
    pub(crate) fn exports_logged(&self, words: &str) -> Vec<String> {
        let id = |line: &str| line.split_once("export.id=").map(|(_, rest)| rest.chars().take(36).collect());
        self.logged().lines().filter(|line| line.contains(words)).filter_map(id).collect()
    }

    /// Fails where an export was completed twice, or taken over and not completed. One whose worker was killed may have
    /// been completed before anybody could log it.
    pub(crate) fn each_was_completed_once(&self) {
        // It is entered before it is logged.
        let completed = until(|| {
            let completed = self.exports_logged(COMPLETED);
            self.exports_logged(TAKEN_OVER).iter().all(|export| completed.contains(export)).then_some(completed)
        });
        let each: BTreeSet<&String> = completed.iter().collect();
        assert_eq!(each.len(), completed.len(), "completed twice: {completed:?}");
    }

    fn log(&self) -> File {
        File::options().create(true).append(true).open(self.path("server.log")).unwrap()
    }
}

impl Server {
    /// Everything it printed, up to a line with these words.
    pub(crate) fn printed_until(&mut self, words: &str) -> String {
        while !self.printed.contains(words) {
            assert!(self.stdout.as_mut().unwrap().read_line(&mut self.printed).unwrap() > 0, "{}", self.printed);
        }
        self.printed.clone()
    }

    /// A request of somebody who signed in as `name`.
    pub(crate) fn ask(&self, name: &str, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let auth = basic(name);
        let mut all = headers.to_vec();
        if !name.is_empty() {
            all.push(("Authorization", &auth));
        }
        send(method, &format!("{}{path}", self.http), &all, b"")
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(NAME, "GET", path, &[])
    }

    pub(crate) fn post(&self, path: &str) -> Answer {
        self.ask(NAME, "POST", path, &[])
    }

    /// The status of the lane of an operator, as JSON.
    pub(crate) fn status(&self, name: &str) -> serde_json::Value {
        let json = [("Accept", "application/json")];
        let answer = self.ask(name, "GET", "/api/rest/billing/status", &json);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Waits until the generation of an operator is over, and returns its last status.
    pub(crate) fn finished(&self, name: &str) -> serde_json::Value {
        until(|| Some(self.status(name)).filter(|status| status["statusType"] != "RUNNING"))
    }

    /// Asks for something large, and keeps nothing of it; returns how many bytes there were.
    pub(crate) fn drain(&self, path: &str) -> u64 {
        let answer = ureq::get(&format!("{}{path}", self.http)).call().unwrap();
        std::io::copy(&mut answer.into_body().into_reader(), &mut std::io::sink()).unwrap()
    }

    /// Kills it as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        self.signal("-TERM");
        self.child.wait().unwrap()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// The most memory it ever had, in KiB.
    pub(crate) fn peak_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

pub(crate) fn basic(name: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{PASSWORD}")))
}

/// Asks again and again until there is an answer.
pub(crate) fn until<T>(ask: impl Fn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "waited for nothing");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The members of a ZIP, by name.
pub(crate) fn members(archive: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    (0..archive.len())
        .map(|place| {
            let mut member = archive.by_index(place).unwrap();
            let mut text = String::new();
            member.read_to_string(&mut text).unwrap();
            (member.name().unwrap().into_owned(), text)
        })
        .collect()
}
