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
        /// The day from which a new currency or time zone holds, in the customer's zone; records that started before it keep the
        /// old one
        #[arg(long, value_name = "DAY")]
        from: Option<String>,
        /// Its values.
        #[command(flatten)]
        values: Box<CustomerValues>,
    },
    /// Close a customer: its logins and licences are refused, and its calls stay its own
    Close {
        /// The name
        customer: String,
    },
    /// Open a closed customer again
    Reopen {
        /// The name
        customer: String,
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
    /// The balance, as last reported by the billing system; negative if the customer owes money
    #[arg(long, allow_negative_numbers = true)]
    pub balance: Option<Money>,
    /// How much the customer may owe
    #[arg(long)]
    pub credit_limit: Option<Money>,
    /// How it is reached.
    #[command(flatten)]
    pub reached: ReachedArgs,
}

/// How a customer or the owner of an account is reached.
#[derive(Debug, Args)]
pub struct ReachedArgs {
    /// The e-mail address
    #[arg(long)]
    pub email: Option<String>,
    /// The person to speak to
    #[arg(long)]
    pub contact: Option<String>,
    /// The postal address
    #[arg(long)]
    pub address: Option<String>,
    /// When it was added, a date or an instant [default when adding: now]
    #[arg(long, value_name = "DATE")]
    pub created: Option<String>,
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
        /// How its owner is reached.
        #[command(flatten)]
        reached: Box<ReachedArgs>,
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
        /// How its owner is reached.
        #[command(flatten)]
        reached: Box<ReachedArgs>,
    },
    /// Close a account: lists mark it, and its calls stay its own
    Close {
        /// The name of the customer
        customer: String,
        /// The code that switches use for the account
        account: String,
    },
    /// Open a closed account again
    Reopen {
        /// The name of the customer
        customer: String,
        /// The code that switches use for the account
        account: String,
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
#[derive(Clone, Debug, Args)]
pub struct AccountLimits {
    /// The balance; negative if the customer owes money
    #[arg(long, allow_negative_numbers = true)]
    pub balance: Option<Money>,
    /// The day of the balance, in the customer's zone: it is an opening balance, off which the records since are taken
    #[arg(long, value_name = "DAY", requires = "balance", conflicts_with = "balance_received")]
    pub balance_date: Option<String>,
    /// The balance is the one last reported, and no records are taken off it
    #[arg(long)]
    pub balance_received: bool,
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
    /// Close a service: lists mark it, and records of it are still stored
    Close {
        /// The name
        service: String,
    },
    /// Open a closed service again
    Reopen {
        /// The name
        service: String,
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
    /// Close a product: no account is given it any more
    Close {
        /// The name
        product: String,
    },
    /// Open a closed product again
    Reopen {
        /// The name
        product: String,
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
    /// Close a destination: lists mark it, and records of it are still stored
    Close {
        /// The prefix
        destination: String,
        /// The number of the destination, if several have the prefix
        #[arg(long)]
        id: Option<i64>,
    },
    /// Open a closed destination again
    Reopen {
        /// The prefix
        destination: String,
        /// The number of the destination, if several have the prefix
        #[arg(long)]
        id: Option<i64>,
    },
    /// List the destinations
    List(ListArgs),
}

/// The kind of this name.
fn kind(name: &str) -> Result<RecordKind, String> {
    let kinds = || RecordKind::ALL.map(RecordKind::name).join(", ");
    RecordKind::named(name).ok_or_else(|| format!("expected one of {}", kinds()))
}
