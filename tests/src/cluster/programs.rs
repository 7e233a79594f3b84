//! Finds the programs of PostgreSQL, and installs them where that needs no interaction.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

/// What to do if they are missing.
pub(super) const MISSING: &str = "install PostgreSQL's server and client programs (Debian, Ubuntu: apt-get install \
                                  postgresql; Fedora: dnf install postgresql-server; macOS: brew install postgresql)";

/// The path of a program of PostgreSQL: from `PATH`, from Debian's folder, or from `pg_config`.
pub fn program(name: &str) -> Option<PathBuf> {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    find(name).or_else(|| {
        INSTALLED.get_or_init(|| install("postgresql"));
        find(name)
    })
}

/// The path of PgBouncer, if it is installed or can be installed.
pub fn pooler_program() -> Option<PathBuf> {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    find("pgbouncer").or_else(|| {
        INSTALLED.get_or_init(|| install("pgbouncer"));
        find("pgbouncer")
    })
}

fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    folders.push("/usr/sbin".into());
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions.map(|version| version.unwrap().path().join("bin")).collect();
        let number = |path: &PathBuf| path.parent()?.file_name()?.to_str()?.parse::<f64>().ok();
        versions.sort_by(|one, other| number(one).partial_cmp(&number(other)).unwrap_or(std::cmp::Ordering::Equal));
        // All programs from one version, whatever other version is in `PATH`.
        folders.splice(0..0, versions.into_iter().rev());
    }
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    folders.into_iter().map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// Installs a package if possible: as root on a system with apt.
fn install(package: &str) {
    if !super::user::is_root() || !Path::new("/usr/bin/apt-get").exists() {
        return;
    }
    crate::say(format!("installing {package}"));
    let apt = |args: &[&str]| -> Result<(), String> {
        let output = Command::new("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive").output();
        let output = output.map_err(|error| error.to_string())?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).replace('\n', "; ")) }
    };
    // Another test process may be installing at the same time.
    let wanted = ["-o", "DPkg::Lock::Timeout=300", "install", "-q", "-y", "--no-install-recommends", package];
    let installed = apt(&wanted).or_else(|_| apt(&["update", "-q"]).and_then(|()| apt(&wanted)));
    if let Err(why) = installed {
        crate::say(format!("installing {package} failed: {why}"));
    }
}
