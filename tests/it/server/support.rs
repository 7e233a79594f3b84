//! The server as a process of its own, and a client that signs in.

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
/// What a worker logs of an export whose worker is dead.
pub(crate) const TAKEN_OVER: &str = "took over from a dead worker";
/// What a worker logs of an export that it has written and entered as such.
const COMPLETED: &str = ": completed rows=";
/// Longer than anything here takes, however busy the machine is; whoever waits longer waits for nothing.
const PATIENCE: Duration = Duration::from_secs(300);
/// How many of the last lines of a log tell why nothing came.
const TAIL: usize = 30;

/// `tollbook serve` or `tollbook worker`. Dropped, it is killed.
pub(crate) struct Server {
    child: Child,
    /// The plain listener, as in `http://127.0.0.1:40123`; empty for a worker.
    pub(crate) http: String,
    /// The one with TLS; empty without.
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
            assert!(read > 0, "the server ended: {}", self.logged());
            if let Some((_, address)) = line.trim_end().split_once("listening on ") {
                let place = if address.starts_with("https") { &mut https } else { &mut http };
                *place = address.to_owned();
            }
            printed.push_str(&line);
        }
        Server { child, http, https, stdout: Some(stdout), printed, log: self.log_path() }
    }

    /// Starts a worker of its own.
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

    /// Waits until so much of a file is in the spool, or more exports are completed than those.
    pub(crate) fn has_written(&self, bytes: usize, completed: usize) {
        let enough = || {
            let growing = self.spooled().into_iter().filter(|name| name.ends_with(".part"));
            // One that is whole by now has another name.
            let sizes = growing.filter_map(|name| fs::metadata(self.path("tollbook-data/spool").join(name)).ok());
            sizes.map(|file| file.len()).max().is_some_and(|most| most >= bytes as u64)
        };
        let what = format!("{bytes} bytes are written");
        self.until(&what, || (enough() || self.completed() > completed).then_some(()));
    }

    /// How many exports servers and workers say they completed.
    pub(crate) fn completed(&self) -> usize {
        self.exports_logged(COMPLETED).len()
    }

    /// Asks again and again until there is an answer; if there never is, the log may tell why.
    #[track_caller]
    pub(crate) fn until<T>(&self, what: &str, ask: impl FnMut() -> Option<T>) -> T {
        until_logged(&self.log_path(), what, ask)
    }

    /// What servers and workers logged so far.
    pub(crate) fn logged(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Everything that was logged when a server has ended. A request is logged after its answer is sent.
    pub(crate) fn log_of(&self, mut server: Server) -> String {
        let ended = server.terminate();
        assert!(ended.success(), "{ended}: {}", self.logged());
        self.logged()
    }

    /// What they logged, from when it has these words.
    pub(crate) fn logged_with(&self, words: &str) -> String {
        self.until(&format!("`{words}` is logged"), || Some(self.logged()).filter(|log| log.contains(words)))
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

    /// Has a user generate, which has to be taken on.
    #[track_caller]
    pub(crate) fn generates(&self, path: &str) {
        let answer = self.post(path);
        assert_eq!(answer.status, 202, "{}", answer.text());
    }

    /// Waits until a generation has ended well.
    #[track_caller]
    pub(crate) fn completes(&self, name: &str) -> serde_json::Value {
        let status = self.finished(name);
        assert_eq!(status["statusType"], "GENERATION_COMPLETE", "{name}: {status}");
        status
    }

    /// The bytes of a file that has to be there.
    #[track_caller]
    pub(crate) fn file(&self, path: &str) -> Vec<u8> {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.body
    }

    /// Asks for what has to be refused with a status.
    #[track_caller]
    pub(crate) fn refuses(&self, path: &str, status: u16) {
        let answer = self.get(path);
        assert_eq!(answer.status, status, "{path}: {}", String::from_utf8_lossy(&answer.body));
    }

    /// Asks for something large, and keeps nothing of it; returns how many bytes there were.
    pub(crate) fn drain(&self, path: &str) -> u64 {
        drain(&format!("{}{path}", self.http))
    }

    /// Kills it as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        self.signal("-TERM");
        self.ended()
    }

    /// Waits until it has ended.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success(), "kill {signal}: {sent}");
    }

    /// The most memory it ever had, in KiB.
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

/// Asks again and again until there is an answer: what is to be so then.
#[track_caller]
pub(crate) fn until<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
    until_logged(Path::new(""), what, ask)
}

/// The same; if there is no answer, the end of a log is shown.
#[track_caller]
fn until_logged<T>(log: &Path, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        let waited = begun.elapsed();
        assert!(waited < PATIENCE, "waited in vain until {what}{}", tail(log));
        // What comes soon may not last long.
        thread::sleep((waited / 10).clamp(Duration::from_millis(1), Duration::from_millis(20)));
    }
}

/// The last lines of a log, if there is one.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL)..].iter().map(|line| format!("\n{line}")).collect()
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
