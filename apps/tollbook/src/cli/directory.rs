//! Customers, accounts, and what is sold.

use cdr_model::{BillingPeriod, Level, Money, Zone};
use clap::{Args, Subcommand};
use uuid::Uuid;

/// What to do with customers.
#[derive(Debug, Subcommand)]
pub enum CustomerCommand {
    /// Add one
    Add {
        /// Its name
        name: String,
        /// Its number, to keep one it had elsewhere
        #[arg(long)]
        id: Option<i64>,
        /// The reseller above it
        #[arg(long)]
        reseller: Option<String>,
        /// What it pays in (ISO 4217)
        #[arg(long)]
        currency: Option<String>,
        /// Its number in a system outside
        #[arg(long)]
        external_id: Option<String>,
        /// Whether it pays for itself, or sells on: retail, reseller or distributor
        #[arg(long)]
        level: Option<Level>,
        /// The number of the environment it lives in
        #[arg(long, value_parser = clap::value_parser!(i32).range(1..))]
        environment: Option<i32>,
        /// Where its clocks are: an IANA name (--zone is the zone of this command line)
        #[arg(long, value_name = "ZONE")]
        time_zone: Option<Zone>,
        /// How often it is billed: day, week:1 (from Monday), half-month, month:1 or days:14:2026-01-01
        #[arg(long, value_name = "PERIOD")]
        billing_period: Option<BillingPeriod>,
    },
    /// List them
    List,
}

/// What to do with services, products and destinations: `load --feed native --sheet …` adds them.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum GoodsCommand {
    /// List them
    List,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Add one
    Add {
        /// The name of its customer
        customer: String,
        /// The code by which switches name it
        number: String,
        /// Its number in the store, to keep one it had elsewhere
        #[arg(long)]
        id: Option<i64>,
        /// A name for people
        #[arg(long)]
        name: Option<String>,
        /// Its identifier in a system outside
        #[arg(long)]
        external_id: Option<String>,
        /// Its identifier for clients, to keep one it had elsewhere; a random one if not given
        #[arg(long)]
        uuid: Option<Uuid>,
        /// What was sold to its owner: the number of a product
        #[arg(long, value_name = "NUMBER")]
        product: Option<i64>,
        /// What it has and may do.
        #[command(flatten)]
        limits: Box<AccountLimits>,
    },
    /// List them
    List {
        /// Only those of this customer
        #[arg(long)]
        customer: Option<String>,
    },
}

/// What an account has and may do, as the billing system that owns it last said.
#[derive(Clone, Copy, Debug, Args)]
pub struct AccountLimits {
    /// What it has; negative if it owes
    #[arg(long, allow_negative_numbers = true)]
    pub balance: Option<Money>,
    /// Below this its calls are refused
    #[arg(long, allow_negative_numbers = true)]
    pub min_balance: Option<Money>,
    /// Above this calls that would be paid to it are refused
    #[arg(long, allow_negative_numbers = true)]
    pub max_balance: Option<Money>,
    /// Below this its owner is told
    #[arg(long, allow_negative_numbers = true)]
    pub balance_low: Option<Money>,
    /// Above this its owner is told
    #[arg(long, allow_negative_numbers = true)]
    pub balance_high: Option<Money>,
    /// The dearest destination it may call, by the price of a minute
    #[arg(long)]
    pub destination_rate_limit: Option<Money>,
    /// Seconds after which a call is ended
    #[arg(long)]
    pub max_call_duration: Option<i64>,
    /// How many calls it may make at once
    #[arg(long)]
    pub origination_capacity: Option<i64>,
    /// How many calls it may be given at once
    #[arg(long)]
    pub termination_capacity: Option<i64>,
    /// How many calls it may have at once, both ways
    #[arg(long)]
    pub total_capacity: Option<i64>,
}
