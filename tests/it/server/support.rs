//! The server as a separate process, and a client that signs in.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::client::{Answer, drain, send};
use crate::harness::{self, Tollbook};

pub(crate) const NAME: &str = "admin";
pub(crate) const PASSWORD: &str = "a long password";
/// What a worker logs when it takes over an export from a dead worker.
pub(crate) const TAKEN_OVER: &str = "took over from a dead worker";
/// What a worker logs when it has completed an export.
const COMPLETED: &str = ": completed rows=";
/// The timeout of every wait, longer than any operation takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);
/// The number of log lines that are shown after a timeout.
const TAIL: usize = 30;

/// A process of `tollbook serve` or `tollbook worker`. Dropping it kills the process.
pub(crate) struct Server {
    child: Child,
    /// The URL of the plain listener, such as `http://127.0.0.1:40123`; empty for a worker.
    pub(crate) http: String,
    /// The URL of the TLS listener; empty without one.
    pub(crate) https: String,
    stdout: Option<BufReader<ChildStdout>>,
    printed: String,
    log: PathBuf,
}

impl Tollbook {
    /// Adds a user.
    pub(crate) fn user(&self, name: &str, role: &str) {
        let mut add = self.command(&["user", "add", name, "--role", role]);
        let mut child = add.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts the server on a free port, without TLS unless `more` sets a TLS listener. Its log goes to `server.log`.
    pub(crate) fn serve(&self, more: &[&str]) -> Server {
        let plain = ["serve", "--listen", "127.0.0.1:0", "--tls-listen", ""];
        self.serve_with(&[&plain, more].concat())
    }

    /// Starts the server with these arguments.
    pub(crate) fn serve_with(&self, args: &[&str]) -> Server {
        let mut child = self.command(args).stdout(Stdio::piped()).stderr(self.log()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let wanted = if args.windows(2).any(|pair| pair == ["--tls-listen", ""]) { 1 } else { 2 };
        let (mut http, mut https, mut printed) = (String::new(), String::new(), String::new());
        while usize::from(!http.is_empty()) + usize::from(!https.is_empty()) < wanted {
            let mut line = String::new();
            let read = stdout.read_line(&mut line).unwrap();
            assert!(read > 0, "the server ended: {}", self.logged());
            if let Some((_, address)) = line.trim_end().split_once("listening on ") {
                let place = if address.starts_with("https") { &mut https } else { &mut http };
                *place = address.to_owned();
            }
            printed.push_str(&line);
        }
        Server { child, http, https, stdout: Some(stdout), printed, log: self.log_path() }
    }

    /// Starts a separate worker process.
    pub(crate) fn worker(&self, more: &[&str]) -> Server {
        let mut command = self.command(&[&["worker"], more].concat());
        let child = command.stdout(Stdio::null()).stderr(self.log()).spawn().unwrap();
        let (http, https, printed) = (String::new(), String::new(), String::new());
        Server { child, http, https, stdout: None, printed, log: self.log_path() }
    }

    /// The files in the spool, finished or not.
    pub(crate) fn spooled(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("tollbook-data/spool")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !name.starts_with('.')).collect()
    }

    /// Waits until there is one file in the spool, and nothing else.
    pub(crate) fn spools_one(&self) {
        self.until("nothing but the last file is in the spool", || (self.spooled().len() == 1).then_some(()));
    }

    /// Waits until a file in the spool has this many bytes, or more than `completed` exports are completed.
    pub(crate) fn has_written(&self, bytes: usize, completed: usize) {
        let enough = || {
            let growing = self.spooled().into_iter().filter(|name| name.ends_with(".part"));
            // A file that was completed meanwhile has another name.
            let sizes = growing.filter_map(|name| fs::metadata(self.path("tollbook-data/spool").join(name)).ok());
            sizes.map(|file| file.len()).max().is_some_and(|most| most >= bytes as u64)
        };
        let what = format!("{bytes} bytes are written");
        self.until(&what, || (enough() || self.completed() > completed).then_some(()));
    }

    /// The number of exports that servers and workers have logged as completed.
    pub(crate) fn completed(&self) -> usize {
        self.exports_logged(COMPLETED).len()
    }

    /// Polls until there is a result. After a timeout, the end of the log is shown.
    #[track_caller]
    pub(crate) fn until<T>(&self, what: &str, ask: impl FnMut() -> Option<T>) -> T {
        until_logged(&self.log_path(), what, ask)
    }

    /// The log of servers and workers so far.
    pub(crate) fn logged(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Ends a server, and returns the whole log. A request is logged after its response is sent, so the log is complete
    /// only then.
    pub(crate) fn log_of(&self, mut server: Server) -> String {
        let ended = server.terminate();
        assert!(ended.success(), "{ended}: {}", self.logged());
        self.logged()
    }

    /// Waits until the log contains these words, and returns it.
    pub(crate) fn logged_with(&self, words: &str) -> String {
        self.until(&format!("`{words}` is logged"), || Some(self.logged()).filter(|log| log.contains(words)))
    }

    /// The ids of the exports in log lines with these words, one for each line.
    pub(crate) fn exports_logged(&self, words: &str) -> Vec<String> {
        let id = |line: &str| line.split_once("export.id=").map(|(_, rest)| rest.chars().take(36).collect());
        self.logged().lines().filter(|line| line.contains(words)).filter_map(id).collect()
    }

    /// Fails if an export was completed twice, or taken over and not completed. An export whose worker was killed may
    /// have been completed without a log line.
    pub(crate) fn each_was_completed_once(&self) {
        // The completion is entered before it is logged.
        let completed = self.until("whatever was taken over is completed", || {
            let completed = self.exports_logged(COMPLETED);
            self.exports_logged(TAKEN_OVER).iter().all(|export| completed.contains(export)).then_some(completed)
        });
        let each: BTreeSet<&String> = completed.iter().collect();
        assert_eq!(each.len(), completed.len(), "completed twice: {completed:?}");
    }

    fn log(&self) -> File {
        File::options().create(true).append(true).open(self.log_path()).unwrap()
    }

    fn log_path(&self) -> PathBuf {
        self.path("server.log")
    }
}

impl Server {
    /// Waits until the output contains these words, and returns it.
    pub(crate) fn printed_until(&mut self, words: &str) -> String {
        while !self.printed.contains(words) {
            assert!(self.stdout.as_mut().unwrap().read_line(&mut self.printed).unwrap() > 0, "{}", self.printed);
        }
        self.printed.clone()
    }

    /// Sends a request with the credentials of `name`, or without credentials if it is empty.
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

    /// The status of the lane of a user, as JSON.
    pub(crate) fn status(&self, name: &str) -> serde_json::Value {
        let json = [("Accept", "application/json")];
        let answer = self.ask(name, "GET", "/api/rest/billing/status", &json);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Waits until the generation of a user is over, and returns its last status.
    #[track_caller]
    pub(crate) fn finished(&self, name: &str) -> serde_json::Value {
        let over = || Some(self.status(name)).filter(|status| status["statusType"] != "RUNNING");
        until_logged(&self.log, "the generation is over", over)
    }

    /// Starts a generation, which must be accepted.
    #[track_caller]
    pub(crate) fn generates(&self, path: &str) {
        let answer = self.post(path);
        assert_eq!(answer.status, 202, "{}", answer.text());
    }

    /// Waits until a generation is complete.
    #[track_caller]
    pub(crate) fn completes(&self, name: &str) -> serde_json::Value {
        let status = self.finished(name);
        assert_eq!(status["statusType"], "GENERATION_COMPLETE", "{name}: {status}");
        status
    }

    /// Downloads a file, which must exist.
    #[track_caller]
    pub(crate) fn file(&self, path: &str) -> Vec<u8> {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.body
    }

    /// Sends a request that must be refused with this status.
    #[track_caller]
    pub(crate) fn refuses(&self, path: &str, status: u16) {
        let answer = self.get(path);
        assert_eq!(answer.status, status, "{path}: {}", String::from_utf8_lossy(&answer.body));
    }

    /// Downloads a large response without storing it, and returns its size in bytes.
    pub(crate) fn drain(&self, path: &str) -> u64 {
        drain(&format!("{}{path}", self.http))
    }

    /// Kills the process as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM, and waits until the process has ended.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        self.signal("-TERM");
        self.ended()
    }

    /// Waits until the process has ended.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success(), "kill {signal}: {sent}");
    }

    /// Its peak resident memory, in KiB.
    pub(crate) fn peak_kib(&self) -> u64 {
        harness::peak_kib(self.child.id()).unwrap()
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

/// Polls until there is a result. `what` describes the awaited state.
#[track_caller]
pub(crate) fn until<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
    until_logged(Path::new(""), what, ask)
}

/// The same; after a timeout, the end of a log is shown.
#[track_caller]
fn until_logged<T>(log: &Path, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        let waited = started.elapsed();
        assert!(waited < PATIENCE, "timed out waiting until {what}{}", tail(log));
        // Short pauses at first: a state that is reached soon may not last long.
        thread::sleep((waited / 10).clamp(Duration::from_millis(1), Duration::from_millis(20)));
    }
}

/// The last lines of a log, if there is one.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL)..].iter().map(|line| format!("\n{line}")).collect()
}

/// The members of a ZIP archive with their names.
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
