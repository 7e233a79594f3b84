//! Users, logins and licences.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ListArgs;
use super::values::network;

/// Commands for users.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a user; the password is read from a file or a pipe, or asked for
    Add {
        /// The name to sign in with
        name: String,
        /// The role: administrator, provisioner, auditor or conference-room-owner; may be given several times
        #[arg(long, required = true)]
        role: Vec<cdr_access::Role>,
        /// A file whose first line is the password
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// List the users
    List(ListArgs),
    /// Remove a user
    Remove {
        /// The name of the user
        name: String,
    },
    /// Change the password of a user
    Password {
        /// The name of the user
        name: String,
        /// A file whose first line is the password
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
}

/// Commands for logins.
#[derive(Debug, Subcommand)]
pub enum LoginCommand {
    /// Add a login; the password is read from a file or a pipe, or asked for
    Add {
        /// The name to sign in with
        name: String,
        /// The name of the customer whose calls it may read
        #[arg(long, value_name = "NAME")]
        customer: String,
        /// The number, to keep one from another system
        #[arg(long)]
        id: Option<i64>,
        /// The accounts and networks
        #[command(flatten)]
        scope: LoginScope,
        /// A file whose first line is the password
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// List the logins
    List(ListArgs),
    /// Change the accounts, the networks or the password of a login
    Change {
        /// The name of the login
        name: String,
        /// The accounts and networks; those that are not given do not change
        #[command(flatten)]
        scope: LoginScope,
        /// Allow all accounts of the customer again
        #[arg(long, conflicts_with = "account")]
        all_accounts: bool,
        /// Change the password: it is read from a pipe, or asked for
        #[arg(long)]
        password: bool,
        /// Change the password to the first line of a file
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Close a login: it cannot sign in, and its tokens are refused at once
    Close {
        /// The name of the login
        name: String,
    },
    /// Open a closed login again
    Reopen {
        /// The name of the login
        name: String,
    },
    /// Remove a login
    Remove {
        /// The name of the login
        name: String,
    },
    /// Import logins of a Yeti switch: CSV with the heading login,password_digest,customer,account_ids,allowed_ips,id
    Import {
        /// The file; - is standard input
        file: PathBuf,
    },
}

/// The accounts that a login may read, and the networks that it may sign in from.
#[derive(Debug, Args)]
pub struct LoginScope {
    /// Only these accounts of the customer, by number; may be given several times
    #[arg(long, value_name = "NUMBER")]
    pub account: Vec<String>,
    /// Only from these networks, as in 192.0.2.0/24, or addresses; may be given several times
    #[arg(long, value_name = "NET", value_parser = network)]
    pub allow_ip: Vec<ipnet::IpNet>,
}

/// Commands for licences.
#[derive(Debug, Subcommand)]
pub enum LicenceCommand {
    /// Add a licence; its text is generated and shown once
    Add {
        /// The name in lists and logs; it gives no access
        name: String,
        /// The customers whose records it gives access to
        #[command(flatten)]
        scope: ScopeArgs,
        /// Use a text that clients already have: the first line of a file; - reads standard input, or asks for it
        #[arg(long, value_name = "FILE")]
        licence_file: Option<PathBuf>,
    },
    /// List the licences; their texts are not stored
    List(ListArgs),
    /// Replace the text of a licence by a generated one, which is shown once; the old text is refused immediately
    Rotate {
        /// The name of the licence
        name: String,
        /// Use a text that clients already have: the first line of a file; - reads standard input, or asks for it
        #[arg(long, value_name = "FILE")]
        licence_file: Option<PathBuf>,
    },
    /// Remove a licence; it is refused immediately
    Remove {
        /// The name of the licence
        name: String,
    },
}

/// The customers whose records a licence gives access to: those of an environment, by name, or all.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct ScopeArgs {
    /// All customers of this environment, including later ones
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(i32).range(1..))]
    pub environment: Option<i32>,
    /// This customer; may be given several times
    #[arg(long, value_name = "NAME")]
    pub customer: Vec<String>,
    /// All customers, and for programs that follow the store the calls of unknown accounts
    #[arg(long)]
    pub all: bool,
}
