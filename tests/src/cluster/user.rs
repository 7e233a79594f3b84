//! The user that runs a server. PostgreSQL refuses to run as root.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::Command;

/// The user of these tests, or another user if that is root.
#[derive(Clone, Copy, Debug)]
pub(super) struct User {
    other: Option<(u32, u32)>,
}

/// Whether the tests run as root.
pub(super) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|of_us| of_us.uid() == 0)
}

impl User {
    /// The user of these tests; if that is root, `postgres` or else `nobody`.
    pub(super) fn new() -> User {
        if !is_root() {
            return User { other: None };
        }
        let known = fs::read_to_string("/etc/passwd").unwrap();
        let ids = |name: &str| {
            let mut fields =
                known.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?.split(':').skip(1);
            Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
        };
        User { other: Some(ids("postgres").or_else(|| ids("nobody")).unwrap_or((65_534, 65_534))) }
    }

    /// Makes this user the owner of a file or a folder.
    pub(super) fn owns(self, path: &Path) {
        if let Some((uid, gid)) = self.other {
            chown(path, Some(uid), Some(gid)).unwrap();
        }
    }

    /// A command that this user runs.
    pub(super) fn command(self, program: &Path) -> Command {
        let mut words = self.words(program).into_iter();
        let mut command = Command::new(words.next().unwrap());
        // The user may not be able to read the current folder, and must not inherit the settings of the tests.
        command.args(words).current_dir("/");
        super::server::forget_settings(&mut command);
        command
    }

    /// The same as a list of arguments.
    pub(super) fn words(self, program: &Path) -> Vec<String> {
        let program = program.display().to_string();
        match self.other {
            None => vec![program],
            Some((uid, gid)) => {
                let (uid, gid) = (format!("--reuid={uid}"), format!("--regid={gid}"));
                vec!["setpriv".to_owned(), uid, gid, "--clear-groups".to_owned(), program]
            }
        }
    }
}
