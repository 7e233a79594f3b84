//! Customers, accounts, services, products and destinations.

use cdr_model::{BillingPeriod, Level, Money, RecordKind};
use clap::{Args, Subcommand};
use uuid::Uuid;

use super::ListArgs;

/// Commands for customers.
#[derive(Debug, Subcommand)]
pub enum CustomerCommand {
    /// Add a customer
    Add {
        /// The name
        name: String,
        /// The number, to keep one from another system
        #[arg(long)]
        id: Option<i64>,
        /// Its values.
        #[command(flatten)]
        values: Box<CustomerValues>,
    },
    /// Change a customer; values that are not given stay, and an empty text takes one away
    Change {
        /// The name that it has
        customer: String,
        /// The new name
        #[arg(long)]
        name: Option<String>,
        /// Its values.
        #[command(flatten)]
        values: Box<CustomerValues>,
    },
    /// List the customers
    List(ListArgs),
}

/// The values of a customer.
#[derive(Debug, Args)]
pub struct CustomerValues {
    /// The reseller above it
    #[arg(long)]
    pub reseller: Option<String>,
    /// The currency it is billed in (ISO 4217)
    #[arg(long)]
    pub currency: Option<String>,
    /// The number in an external system
    #[arg(long)]
    pub external_id: Option<String>,
    /// The level: retail (pays for itself), reseller or distributor (sell on)
    #[arg(long)]
    pub level: Option<Level>,
    /// The number of its environment
    #[arg(long, value_parser = clap::value_parser!(i32).range(1..))]
    pub environment: Option<i32>,
    /// The time zone of the customer, an IANA name (--zone is the zone of this command line)
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// The billing period: day, week:1 (from Monday), half-month, month:1 or days:14:2026-01-01
    #[arg(long, value_name = "PERIOD")]
    pub billing_period: Option<BillingPeriod>,
}

/// Commands for accounts.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Add an account
    Add {
        /// The name of the customer
        customer: String,
        /// The code that switches use for the account
        number: String,
        /// The number in the store, to keep one from another system
        #[arg(long)]
        id: Option<i64>,
        /// A display name
        #[arg(long)]
        name: Option<String>,
        /// The identifier in an external system
        #[arg(long)]
        external_id: Option<String>,
        /// The UUID that clients use, to keep one from another system [default: a random one]
        #[arg(long)]
        uuid: Option<Uuid>,
        /// The number of the product that was sold to the customer
        #[arg(long, value_name = "NUMBER")]
        product: Option<i64>,
        /// Book the calls of unknown accounts that carry its code on it
        #[arg(long)]
        adopt: bool,
        /// The balance and the limits.
        #[command(flatten)]
        limits: Box<AccountLimits>,
    },
    /// Change an account; values that are not given stay, and an empty text takes one away
    Change {
        /// The name of the customer
        customer: String,
        /// The code that it has
        account: String,
        /// The new code that switches use for the account
        #[arg(long)]
        number: Option<String>,
        /// A display name
        #[arg(long)]
        name: Option<String>,
        /// The identifier in an external system
        #[arg(long)]
        external_id: Option<String>,
        /// The number of the product that was sold to the customer
        #[arg(long, value_name = "NUMBER")]
        product: Option<i64>,
        /// The balance and the limits.
        #[command(flatten)]
        limits: Box<AccountLimits>,
    },
    /// Book the calls of unknown accounts that carry the code of an account on it; exports at earlier watermarks stay as they
    /// were
    Adopt {
        /// The name of the customer
        customer: String,
        /// The code that switches use for the account
        number: String,
    },
    /// List the accounts
    List {
        /// Only accounts of this customer
        #[arg(long)]
        customer: Option<String>,
        /// The output format
        #[command(flatten)]
        list: ListArgs,
    },
}

/// The balance and the limits of an account, as last reported by the billing system that owns it.
#[derive(Clone, Copy, Debug, Args)]
pub struct AccountLimits {
    /// The balance; negative if the customer owes money
    #[arg(long, allow_negative_numbers = true)]
    pub balance: Option<Money>,
    /// The balance below which calls are refused
    #[arg(long, allow_negative_numbers = true)]
    pub min_balance: Option<Money>,
    /// The balance above which calls that credit the account are refused
    #[arg(long, allow_negative_numbers = true)]
    pub max_balance: Option<Money>,
    /// The balance below which the customer is notified
    #[arg(long, allow_negative_numbers = true)]
    pub balance_low: Option<Money>,
    /// The balance above which the customer is notified
    #[arg(long, allow_negative_numbers = true)]
    pub balance_high: Option<Money>,
    /// The highest price of a minute at which the account may call a destination
    #[arg(long)]
    pub destination_rate_limit: Option<Money>,
    /// The maximum duration of a call, in seconds
    #[arg(long)]
    pub max_call_duration: Option<i64>,
    /// The maximum number of concurrent outgoing calls
    #[arg(long)]
    pub origination_capacity: Option<i64>,
    /// The maximum number of concurrent incoming calls
    #[arg(long)]
    pub termination_capacity: Option<i64>,
    /// The maximum number of concurrent calls in both directions
    #[arg(long)]
    pub total_capacity: Option<i64>,
}

/// Commands for services.
#[derive(Debug, Subcommand)]
pub enum ServiceCommand {
    /// Change a service; values that are not given stay, and records keep their kinds
    Change {
        /// The name that it has
        service: String,
        /// The new name
        #[arg(long)]
        name: Option<String>,
        /// The usual kind of its records
        #[arg(long, value_parser = kind)]
        kind: Option<RecordKind>,
        /// Flags of the billing system that owns it; an empty text takes them away
        #[arg(long)]
        flags: Option<String>,
    },
    /// List the services
    List(ListArgs),
}

/// Commands for products.
#[derive(Debug, Subcommand)]
pub enum ProductCommand {
    /// Change the name of a product
    Change {
        /// The name that it has
        product: String,
        /// The new name
        #[arg(long)]
        name: String,
    },
    /// List the products
    List(ListArgs),
}

/// Commands for destinations.
#[derive(Debug, Subcommand)]
pub enum DestinationCommand {
    /// Change a destination; values that are not given stay, and an empty text takes one away
    Change {
        /// The prefix that it has
        destination: String,
        /// The number of the destination, if several have the prefix
        #[arg(long)]
        id: Option<i64>,
        /// The new prefix
        #[arg(long)]
        prefix: Option<String>,
        /// The country's name
        #[arg(long)]
        country: Option<String>,
        /// The country's three-letter code (ISO 3166-1)
        #[arg(long)]
        iso3: Option<String>,
        /// A part of the country
        #[arg(long)]
        subdivision: Option<String>,
        /// A description such as Mobile
        #[arg(long)]
        description: Option<String>,
    },
    /// List the destinations
    List(ListArgs),
}

/// The kind of this name.
fn kind(name: &str) -> Result<RecordKind, String> {
    let kinds = || RecordKind::ALL.map(RecordKind::name).join(", ");
    RecordKind::named(name).ok_or_else(|| format!("expected one of {}", kinds()))
}
