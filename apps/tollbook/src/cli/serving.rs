//! Options of `serve`, `exports` and `demo`.

use clap::{Args, Subcommand};

use super::ListArgs;

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// [setting: listen]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// [setting: tls.listen]
    #[arg(long, value_name = "ADDRESS")]
    pub tls_listen: Option<String>,
}

/// Commands for exports that clients ordered from the server.
#[derive(Debug, Subcommand)]
pub enum ExportsCommand {
    /// List the exports, the latest first
    List {
        /// The maximum number of exports [default: 50 on a terminal, all into a pipe or a file]
        #[arg(long, value_name = "NUMBER")]
        limit: Option<usize>,
        /// The output format
        #[command(flatten)]
        list: ListArgs,
    },
    /// Print the receipt of a completed export, for `tollbook verify FILE --receipt RECEIPT`
    Receipt {
        /// The number or the identifier of the export
        export: String,
    },
    /// Withdraw an export in any state: a running one is stopped, and the file is removed
    Cancel {
        /// The number or the identifier of the export
        export: String,
    },
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The number of sample calls in a new store, without those that have not ended yet
    #[arg(long, default_value_t = 10_000)]
    pub calls: u64,
    /// The address of the plain listener, on loopback
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// The address of the TLS listener, on loopback
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    pub tls_listen: String,
}
