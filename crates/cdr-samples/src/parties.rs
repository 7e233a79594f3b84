//! The payers: a few invented customers and their accounts.

use cdr_model::{BillingPeriod, Level, Money};
use uuid::Uuid;

use super::amount::money;
use super::random::{Random, mixed};
use super::reference::PRODUCTS;
use super::text::push_decimal;

/// A customer of the samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleCustomer {
    /// Its name, unique.
    pub name: &'static str,
    /// The name of the reseller above it.
    pub reseller: Option<&'static str>,
    /// ISO 4217.
    pub currency: &'static str,
    /// Whether it is billed for its own calls or resells.
    pub level: Level,
    /// The number of its environment.
    pub environment: i32,
    /// The IANA name of its time zone.
    pub zone: &'static str,
    /// How often it is billed.
    pub billing_period: BillingPeriod,
}

/// An account of the samples, on which calls are booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleAccount {
    /// The account code in calls; unique across all customers.
    pub code: String,
    /// Its display name.
    pub name: String,
    /// The name of its customer.
    pub customer: &'static str,
    /// Its identifier for clients.
    pub uuid: Uuid,
    /// The balance; negative if the account owes.
    pub balance: Option<Money>,
    /// The balance below which its calls are refused.
    pub min_balance: Option<Money>,
    /// The balance above which calls credited to it are refused.
    pub max_balance: Option<Money>,
    /// The balance below which its owner is notified.
    pub balance_low: Option<Money>,
    /// The balance above which its owner is notified.
    pub balance_high: Option<Money>,
    /// The highest price per minute of a destination it may call.
    pub destination_rate_limit: Option<Money>,
    /// The longest a call may last, in seconds.
    pub max_call_duration: Option<i64>,
    /// The maximum number of concurrent outgoing calls.
    pub origination_capacity: Option<i64>,
    /// The maximum number of concurrent incoming calls.
    pub termination_capacity: Option<i64>,
    /// The maximum number of concurrent calls in both directions.
    pub total_capacity: Option<i64>,
    /// The number of the product it was sold with.
    pub product_id: i64,
}

/// A customer, and how it is charged.
#[derive(Debug)]
pub(super) struct Company {
    pub(super) name: &'static str,
    reseller: Option<&'static str>,
    currency: &'static str,
    /// The prefix of its account codes.
    code: &'static str,
    /// Its domain; `.example` is reserved (RFC 2606).
    pub(super) domain: &'static str,
    /// The blocks of its own numbers, as indexes in [`super::numbers::BLOCKS`].
    pub(super) blocks: &'static [usize],
    /// The price it pays, in hundredths of the list price.
    pub(super) markup: u64,
    /// Decimals of its prices.
    pub(super) decimals: u8,
    /// The number of its tariff.
    pub(super) tariff: i64,
    level: Level,
    environment: i32,
    zone: &'static str,
    billing_period: BillingPeriod,
}

impl Company {
    /// Whether it resells.
    pub(super) fn resells(&self) -> bool {
        self.level != Level::Retail
    }

    /// The reseller above it.
    pub(super) fn above(&self) -> Option<&'static Company> {
        COMPANIES.iter().find(|company| Some(company.name) == self.reseller)
    }
}

const WHOLESALE: &str = "Marmalade Wholesale Telecom";

/// The customers. Resellers precede their customers, so that they can be added in this order.
static COMPANIES: [Company; 5] = [
    Company {
        name: WHOLESALE,
        reseller: None,
        currency: "EUR",
        code: "mwt",
        domain: "marmalade.example",
        blocks: &[7, 8],
        markup: 83,
        decimals: 6,
        tariff: 1,
        level: Level::Reseller,
        environment: 1,
        zone: "Europe/Berlin",
        billing_period: BillingPeriod::Month(1),
    },
    Company {
        name: "Little Lantern Café",
        reseller: Some(WHOLESALE),
        currency: "EUR",
        code: "llc",
        domain: "little-lantern.example",
        blocks: &[6],
        markup: 117,
        decimals: 5,
        tariff: 2,
        level: Level::Retail,
        environment: 1,
        zone: "Europe/Berlin",
        billing_period: BillingPeriod::HalfMonth,
    },
    Company {
        name: "Harbour Lights Shipping",
        reseller: None,
        currency: "EUR",
        code: "hls",
        domain: "harbour-lights.example",
        blocks: &[8, 9, 10],
        markup: 100,
        decimals: 4,
        tariff: 3,
        level: Level::Retail,
        environment: 1,
        zone: "Europe/Berlin",
        billing_period: BillingPeriod::Month(1),
    },
    Company {
        name: "Pebble & Quill Ltd",
        reseller: None,
        currency: "GBP",
        code: "pql",
        domain: "pebble-and-quill.example",
        blocks: &[0, 1, 2],
        markup: 91,
        decimals: 4,
        tariff: 4,
        level: Level::Retail,
        environment: 1,
        zone: "Europe/London",
        billing_period: BillingPeriod::Week(1),
    },
    Company {
        name: "Tumbleweed Freight, Inc.",
        reseller: None,
        currency: "USD",
        code: "tfi",
        domain: "tumbleweed.example",
        blocks: &[3, 4, 5],
        markup: 109,
        decimals: 6,
        tariff: 5,
        level: Level::Retail,
        environment: 2,
        zone: "America/New_York",
        billing_period: BillingPeriod::Day,
    },
];

/// The customers of the accounts in turn, as indexes in [`COMPANIES`].
const ROTATION: [usize; 10] = [2, 3, 4, 2, 1, 3, 2, 4, 0, 3];
const SITES: [&str; 8] =
    ["Head Office", "Sales", "Support", "Warehouse", "Night Desk", "Workshop", "Accounts", "Reception"];

/// An account, and the properties derived from its number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Profile {
    /// Its number among the samples, from 1.
    pub(super) k: u32,
    pub(super) company: &'static Company,
    /// The length of the first interval and of each interval after it, in seconds. A started interval is charged whole.
    pub(super) intervals: (i32, i32),
    /// Whether its calls are rated.
    pub(super) rated: bool,
    /// Whether its calls are rated in batches, some minutes later.
    pub(super) in_batches: bool,
    /// Whether its calls are recorded.
    pub(super) records: bool,
}

impl Profile {
    /// The index of its product.
    pub(super) fn product(&self) -> usize {
        match self.k % 3 {
            _ if self.company.resells() => 2,
            0 => 1,
            _ => 0,
        }
    }

    pub(super) fn new(k: u32) -> Profile {
        Profile {
            k,
            company: &COMPANIES[ROTATION[(k as usize - 1) % ROTATION.len()]],
            intervals: match k % 6 {
                1 | 4 => (60, 60),
                2 => (30, 6),
                _ => (1, 1),
            },
            rated: k % 8 != 6,
            in_batches: k % 5 == 3,
            records: k % 4 == 3,
        }
    }

    /// The account code that switches send.
    pub(super) fn code(&self) -> String {
        let mut code = String::with_capacity(12);
        code.push_str(self.company.code);
        code.push('-');
        push_decimal(&mut code, self.k.into(), 4);
        code
    }

    /// The host name of its session border controller, with a trailing dot.
    pub(super) fn border(&self) -> &'static str {
        ["sbc1.", "sbc2.", "sbc3."][self.k as usize % 3]
    }

    fn name(&self) -> String {
        format!("{} {}", SITES[self.k as usize % SITES.len()], self.k)
    }
}

pub(super) fn customers() -> impl Iterator<Item = SampleCustomer> {
    COMPANIES.iter().map(|company| SampleCustomer {
        name: company.name,
        reseller: company.reseller,
        currency: company.currency,
        level: company.level,
        environment: company.environment,
        zone: company.zone,
        billing_period: company.billing_period,
    })
}

pub(super) fn companies() -> impl Iterator<Item = &'static Company> {
    COMPANIES.iter()
}

pub(super) fn account(k: u32) -> SampleAccount {
    let profile = Profile::new(k);
    let number = i64::from(k);
    let bits = mixed(k.into(), 1);
    let whole = |amount: i64| Some(money(amount * 100, 2));
    SampleAccount {
        code: profile.code(),
        name: profile.name(),
        customer: profile.company.name,
        uuid: Random::new(bits).uuid(),
        // From -1,000.00 to 3,999.99.
        balance: Some(money((bits % 500_000) as i64 - 100_000, 2)),
        min_balance: whole(if k.is_multiple_of(4) { 0 } else { -1_000 }),
        max_balance: whole(10_000),
        balance_low: whole(50).filter(|_| k.is_multiple_of(2)),
        balance_high: whole(3_500).filter(|_| k.is_multiple_of(3)),
        destination_rate_limit: k.is_multiple_of(5).then(|| money(3_000, 4)),
        max_call_duration: (k % 3 == 1).then_some(3 * 86_400),
        origination_capacity: Some(30 * (1 + number % 4)),
        termination_capacity: (k % 2 == 1).then_some(30),
        total_capacity: Some(30 * (2 + number % 4)),
        product_id: PRODUCTS[profile.product()].0,
    }
}
