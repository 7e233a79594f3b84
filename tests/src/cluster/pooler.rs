//! PgBouncer in front of a server.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};

use tempfile::TempDir;

use super::programs::pooler_program;
use super::server::{Cluster, PORTS, asked, free_port, until};
use super::user::User;

/// A running pooler. Dropping it ends the process.
pub struct Pooler {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Pooler {
    /// Starts a pooler in front of a server that pools by `transaction` or by `session`; `None` if PgBouncer is
    /// missing.
    pub fn before(cluster: &Cluster, pools: &str) -> Option<Pooler> {
        let program = pooler_program()?;
        let started = (0..PORTS).find_map(|_| Pooler::on(free_port(), &program, cluster, pools));
        Some(started.expect("the pooler ends immediately on every port"))
    }

    /// Starts a pooler on a port; `None` if another process has taken the port meanwhile, so that the pooler ends.
    fn on(port: u16, program: &Path, cluster: &Cluster, pools: &str) -> Option<Pooler> {
        let folder = tempfile::tempdir_in("/tmp").unwrap();
        let user = User::new();
        user.owns(folder.path());
        let settings = format!(
            "[databases]\n* = host=localhost port={} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = {pools}\ndefault_pool_size = 5\n\
             ignore_startup_parameters = extra_float_digits,options\n",
            cluster.port()
        );
        let file = folder.path().join("pgbouncer.ini");
        fs::write(&file, settings).unwrap();
        user.owns(&file);
        let mut command = user.command(program);
        let process =
            command.arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut pooler = Pooler { process, port, _folder: folder };
        // Another process on the port may answer too, but not for this server.
        let (url, wanted) = (pooler.url("postgres?connect_timeout=5"), Some(vec![cluster.port().to_string()]));
        let (mut answers, mut ended) = (false, false);
        until("the pooler answers", || {
            answers = asked(&url, "SELECT current_setting('port')") == wanted;
            ended = pooler.process.try_wait().unwrap().is_some();
            answers || ended
        });
        (!ended).then_some(pooler)
    }

    /// The address of a database behind it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
