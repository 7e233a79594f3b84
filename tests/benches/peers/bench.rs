//! The folder of a run, the program with its stores, the other tools, and the measurement of scripts.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::child;
use crate::options::Options;
use crate::postgres::Postgres;
use crate::program::{self, Store};
use crate::rounds::{Sample, Way};
use crate::tools::Tools;

/// The layout of the comparison: 43 columns.
pub(crate) const LAYOUT: &str = "dma-6.1-reconstructed";
/// The database of the store in PostgreSQL.
pub(crate) const CALLS: &str = "calls";
/// The file in the folder of the run that the first run of a way writes.
const OUTPUT: &str = "written";

/// What a run works with.
pub(crate) struct Bench {
    pub(crate) options: Options,
    /// cargo's target folder.
    pub(crate) target: PathBuf,
    pub(crate) program: PathBuf,
    pub(crate) tools: Tools,
    folder: TempDir,
    postgres: OnceLock<Postgres>,
    in_sqlite: OnceLock<()>,
    in_postgres: OnceLock<()>,
}

impl Bench {
    /// Finds the tools and builds the program. Servers, stores and tables are made when a group first needs them.
    pub(crate) fn set_up(options: Options) -> Bench {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        fs::create_dir_all(&target).expect("the target folder");
        let tools = Tools::find(&target);
        let program = program::path(&options, root);
        let folder = tempfile::Builder::new().prefix("tollbook-peers-").tempdir().expect("a folder for the run");
        Bench {
            options,
            target,
            program,
            tools,
            folder,
            postgres: OnceLock::new(),
            in_sqlite: OnceLock::new(),
            in_postgres: OnceLock::new(),
        }
    }

    /// The folder of the run, which is removed at its end.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The PostgreSQL server.
    pub(crate) fn postgres(&self) -> &Postgres {
        self.postgres.get_or_init(Postgres::start)
    }

    /// The words that run the program on a store, which is filled.
    pub(crate) fn tollbook(&self, store: Store) -> String {
        let filled = match store {
            Store::Sqlite => &self.in_sqlite,
            Store::Postgres => &self.in_postgres,
        };
        filled.get_or_init(|| self.fill(store));
        self.words(store, CALLS)
    }

    /// The words that run the program on the store in a folder, or in a database, of this name.
    pub(crate) fn words(&self, store: Store, name: &str) -> String {
        let program = self.program.display();
        match store {
            Store::Sqlite => format!("'{program}' --data {name}"),
            Store::Postgres => {
                format!("TOLLBOOK_DATABASE_URL='{}' '{program}' --data {name}-pg", self.postgres().url(name))
            }
        }
    }

    /// The words that run psql on a database.
    pub(crate) fn psql(&self, database: &str) -> String {
        let (psql, url) = (self.tools.psql.display(), self.postgres().url(database));
        format!("PGCLIENTENCODING=UTF8 '{psql}' --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname='{url}'")
    }

    /// The words that export the calls of a store, `package` of the layout of the comparison, to `{out}`.
    pub(crate) fn export(&self, store: Store, package: &str, more: &str) -> String {
        let tollbook = self.tollbook(store);
        format!("{tollbook} export --layout {LAYOUT} --sheet calls --package {package} {more} --output - > {{out}}")
    }

    /// The same for a first export: nothing of an earlier one is kept.
    pub(crate) fn first_export(&self, store: Store, package: &str, more: &str) -> String {
        let data = match store {
            Store::Sqlite => CALLS.to_owned(),
            Store::Postgres => format!("{CALLS}-pg"),
        };
        format!("rm -rf {data}/spool/.blocks; {}", self.export(store, package, more))
    }

    /// Runs a script in the folder, and returns what it prints.
    pub(crate) fn ask(&self, script: &str) -> String {
        child::output(self.folder(), script)
    }

    /// A way that runs a script of bash a number of times. In the script, `{out}` is where it writes: a file in one run
    /// that is not measured, whose size counts, and then nowhere.
    pub(crate) fn way<'a>(&'a self, name: impl Into<String>, script: String, times: u32) -> Way<'a> {
        let mut bytes = None;
        Way::new(name, move || {
            let bytes = *bytes.get_or_insert_with(|| self.written(&script));
            Sample { bytes, ..self.measured(&script.replace("{out}", "/dev/null"), times) }
        })
    }

    /// The number of bytes that a script writes.
    pub(crate) fn written(&self, script: &str) -> u64 {
        let file = self.folder().join(OUTPUT);
        child::measured(self.folder(), &script.replace("{out}", OUTPUT), 1);
        let bytes = fs::metadata(&file).map(|file| file.len()).unwrap_or_default();
        let _ = fs::remove_file(file);
        bytes
    }

    /// Measures a script. The time of PostgreSQL's processes is that of its server.
    pub(crate) fn measured(&self, script: &str, times: u32) -> Sample {
        let server = script.contains("postgres://").then(|| self.postgres());
        let before = server.map(|server| (server.sessions(), server.cpu_seconds()));
        let took = child::measured(self.folder(), script, times);
        let server_seconds = server.zip(before).map_or(0.0, |(server, (sessions, cpu))| {
            server.wait_for_sessions(sessions);
            server.cpu_seconds() - cpu
        });
        Sample {
            wall_seconds: took.wall_seconds,
            client_seconds: took.cpu_seconds,
            server_seconds: server_seconds / f64::from(times),
            peak_kib: took.peak_kib,
            bytes: 0,
        }
    }

    fn fill(&self, store: Store) {
        eprintln!("{} calls into the store in {}", self.options.calls, store.name());
        if store == Store::Postgres {
            self.postgres().create(CALLS, "template0");
        }
        self.ask(&format!("{} generate --calls {}", self.words(store, CALLS), self.options.calls));
        if store == Store::Postgres {
            self.postgres().settle(CALLS);
        }
    }
}
