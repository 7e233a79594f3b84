//! The server, and what is ordered from it.

use clap::{Args, Subcommand};

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The address of the plain listener; "" for none [setting: listen]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// The address of the listener with TLS; "" for none [setting: tls.listen]
    #[arg(long, value_name = "ADDRESS")]
    pub tls_listen: Option<String>,
}

/// What to do with exports that were ordered from the server.
#[derive(Debug, Subcommand)]
pub enum ExportsCommand {
    /// List them, the latest first
    List {
        /// At most so many
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Withdraw one, whatever state it is in: it is not written any further, and its file goes
    Cancel {
        /// Its number, or its identifier
        export: String,
    },
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How many sample calls, if there is no store yet; those later than now are left out
    #[arg(long, default_value_t = 10_000)]
    pub calls: u64,
    /// The address of the plain listener, on loopback
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// The address of the listener with TLS, on loopback
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    pub tls_listen: String,
}
