//! The payers: a few invented customers and their accounts.

use cdr_model::{BillingPeriod, Level};

use super::amount::money;
use super::goods::PRODUCTS;
use super::random::{Random, mixed};
use super::text::push_decimal;
use super::{SampleAccount, SampleCustomer};

/// A customer, and how it is charged.
#[derive(Debug)]
pub(super) struct House {
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

impl House {
    /// Whether it resells.
    pub(super) fn resells(&self) -> bool {
        self.level != Level::Retail
    }

    /// The reseller above it.
    pub(super) fn above(&self) -> Option<&'static House> {
        HOUSES.iter().find(|house| Some(house.name) == self.reseller)
    }
}

const WHOLESALE: &str = "Marmalade Wholesale Telecom";

/// The customers. Resellers precede their customers, so that they can be added in this order.
static HOUSES: [House; 5] = [
    House {
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
    House {
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
    House {
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
    House {
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
    House {
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

/// The customers of the accounts in turn, as indexes in [`HOUSES`].
const TURN: [usize; 10] = [2, 3, 4, 2, 1, 3, 2, 4, 0, 3];
const SITES: [&str; 8] =
    ["Head Office", "Sales", "Support", "Warehouse", "Night Desk", "Workshop", "Accounts", "Reception"];

/// An account, and the properties derived from its number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Profile {
    /// Its number among the samples, from 1.
    pub(super) k: u32,
    pub(super) house: &'static House,
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
            _ if self.house.resells() => 2,
            0 => 1,
            _ => 0,
        }
    }

    pub(super) fn new(k: u32) -> Profile {
        Profile {
            k,
            house: &HOUSES[TURN[(k as usize - 1) % TURN.len()]],
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
        code.push_str(self.house.code);
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
    HOUSES.iter().map(|house| SampleCustomer {
        name: house.name,
        reseller: house.reseller,
        currency: house.currency,
        level: house.level,
        environment: house.environment,
        zone: house.zone,
        billing_period: house.billing_period,
    })
}

pub(super) fn houses() -> impl Iterator<Item = &'static House> {
    HOUSES.iter()
}

pub(super) fn account(k: u32) -> SampleAccount {
    let profile = Profile::new(k);
    let number = i64::from(k);
    let bits = mixed(k.into(), 1);
    let whole = |amount: i64| Some(money(amount * 100, 2));
    SampleAccount {
        code: profile.code(),
        name: profile.name(),
        customer: profile.house.name,
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
