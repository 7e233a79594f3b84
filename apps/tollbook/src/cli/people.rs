//! Who may come in.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::values::network;

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add one; the password comes from a file, a pipe, or is asked for
    Add {
        /// The name to sign in with
        name: String,
        /// What they may do: administrator, provisioner, auditor or conference-room-owner; may be given several times
        #[arg(long, required = true)]
        role: Vec<cdr_access::Role>,
        /// A file whose first line is the password
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// List them
    List,
    /// Remove one
    Remove {
        /// Their name
        name: String,
    },
    /// Give one another password
    Password {
        /// Their name
        name: String,
        /// A file whose first line is the password
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
}

/// What to do with logins.
#[derive(Debug, Subcommand)]
pub enum LoginCommand {
    /// Add one; the password comes from a file, a pipe, or is asked for
    Add {
        /// The name to sign in with
        name: String,
        /// The name of the customer whose calls it may read
        #[arg(long, value_name = "NAME")]
        customer: String,
        /// Its number, to keep one it had elsewhere
        #[arg(long)]
        id: Option<i64>,
        /// What of the customer's it may read
        #[command(flatten)]
        reach: Reach,
        /// A file whose first line is the password
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// List them
    List,
    /// Change what one may read or where it signs in, or give it another password
    Change {
        /// Its name
        name: String,
        /// What of the customer's it may read; what is not given stays as it is
        #[command(flatten)]
        reach: Reach,
        /// Let it read all accounts of its customer again
        #[arg(long, conflicts_with = "account")]
        all_accounts: bool,
        /// Give it another password: from a pipe, or asked for
        #[arg(long)]
        password: bool,
        /// Give it another password: the first line of a file
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Remove one
    Remove {
        /// Its name
        name: String,
    },
    /// Bring logins from a Yeti: CSV with the heading login,password_digest,customer,account_ids,allowed_ips,id
    Import {
        /// The file; - is standard input
        file: PathBuf,
    },
}

/// What a login may read, and from where.
#[derive(Debug, Args)]
pub struct Reach {
    /// Only these accounts of the customer, by number; may be given several times
    #[arg(long, value_name = "NUMBER")]
    pub account: Vec<String>,
    /// Only from these networks, as in 192.0.2.0/24, or addresses; may be given several times
    #[arg(long, value_name = "NET", value_parser = network)]
    pub allow_ip: Vec<ipnet::IpNet>,
}

/// What to do with licences.
#[derive(Debug, Subcommand)]
pub enum LicenceCommand {
    /// Add one; its text is made, and shown this once
    Add {
        /// What it is called in lists and logs; it opens nothing
        name: String,
        /// Whose records it opens
        #[command(flatten)]
        scope: ScopeArgs,
        /// Use a text that clients know already: the first line of a file; - is standard input, or asks for it
        #[arg(long, value_name = "FILE")]
        licence_file: Option<PathBuf>,
    },
    /// List them, without their texts, which are kept nowhere
    List,
    /// Give one another text, which is made and shown this once; the old one is refused at once
    Rotate {
        /// Its name
        name: String,
        /// Use a text that clients know already: the first line of a file; - is standard input, or asks for it
        #[arg(long, value_name = "FILE")]
        licence_file: Option<PathBuf>,
    },
    /// Remove one; it is refused at once
    Remove {
        /// Its name
        name: String,
    },
}

/// Whose records a licence opens: those of an environment, or of customers.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct ScopeArgs {
    /// Those of all customers of this environment, now and later
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(i32).range(1..))]
    pub environment: Option<i32>,
    /// Those of this customer; may be given several times
    #[arg(long, value_name = "NAME")]
    pub customer: Vec<String>,
}
