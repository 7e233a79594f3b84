//! Who runs a server. It refuses to be run by root.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::Command;

/// The user of these tests; where that is root, another one.
#[derive(Clone, Copy, Debug)]
pub(super) struct User {
    other: Option<(u32, u32)>,
}

/// Whether root runs the tests.
pub(super) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|of_us| of_us.uid() == 0)
}

impl User {
    /// The user of these tests, or `postgres`, or `nobody` where that is root.
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

    /// Makes a file or a folder theirs.
    pub(super) fn owns(self, path: &Path) {
        if let Some((uid, gid)) = self.other {
            chown(path, Some(uid), Some(gid)).unwrap();
        }
    }

    /// A program that they run.
    pub(super) fn command(self, program: &Path) -> Command {
        let mut words = self.words(program).into_iter();
        let mut command = Command::new(words.next().unwrap());
        // Nor may it stand where it cannot look, nor hear of the environment of the tests.
        command.args(words).current_dir("/");
        super::server::forget_settings(&mut command);
        command
    }

    /// The same as words of a shell.
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
