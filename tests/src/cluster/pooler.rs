//! PgBouncer in front of a server.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

use tempfile::TempDir;

use super::programs::pooler_program;
use super::server::{Cluster, until};
use super::user::User;

/// A running pooler; it ends when this is dropped.
pub struct Pooler {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Pooler {
    /// One that pools `transaction`s or `session`s; `None` where PgBouncer is missing.
    pub fn before(cluster: &Cluster, pools: &str) -> Option<Pooler> {
        let program = pooler_program()?;
        let folder = tempfile::tempdir_in("/tmp").unwrap();
        let user = User::new();
        user.owns(folder.path());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = format!(
            "[databases]\n* = host=localhost port={} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = {pools}\ndefault_pool_size = 5\n\
             ignore_startup_parameters = extra_float_digits,options\n",
            cluster.port()
        );
        let file = folder.path().join("pgbouncer.ini");
        fs::write(&file, settings).unwrap();
        user.owns(&file);
        let mut command = user.command(&program);
        let process =
            command.arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until("the pooler answers", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        Some(Pooler { process, port, _folder: folder })
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
