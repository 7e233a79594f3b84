//! Who pays: a few invented customers and their accounts.

use super::text::push_decimal;
use super::{SampleAccount, SampleCustomer};

/// A customer, and how it is charged.
#[derive(Debug)]
pub(super) struct House {
    pub(super) name: &'static str,
    reseller: Option<&'static str>,
    currency: &'static str,
    /// What its account codes begin with.
    code: &'static str,
    /// Its domain; `.example` belongs to nobody (RFC 2606).
    pub(super) domain: &'static str,
    /// Where its own numbers come from, in [`super::numbers::BLOCKS`].
    pub(super) blocks: &'static [usize],
    /// Hundredths of the list price it pays.
    pub(super) markup: u64,
    /// Decimals of its prices.
    pub(super) decimals: u32,
}

const WHOLESALE: &str = "Marmalade Wholesale Telecom";

/// Resellers before their customers, so that they can be added in this order.
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
    },
];

/// Whose the accounts are, in turn: as places in [`HOUSES`].
const TURN: [usize; 10] = [2, 3, 4, 2, 1, 3, 2, 4, 0, 3];
const SITES: [&str; 8] =
    ["Head Office", "Sales", "Support", "Warehouse", "Night Desk", "Workshop", "Accounts", "Reception"];

/// An account, and what follows from its number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Profile {
    /// Its number among the samples, from 1.
    pub(super) k: u32,
    pub(super) house: &'static House,
    /// Whether minutes begun are charged, or seconds begun.
    pub(super) by_the_minute: bool,
    /// Whether its calls are rated at all.
    pub(super) rated: bool,
    /// Whether they are rated some minutes later, all that came in at once.
    pub(super) in_batches: bool,
}

impl Profile {
    pub(super) fn new(k: u32) -> Profile {
        Profile {
            k,
            house: &HOUSES[TURN[(k as usize - 1) % TURN.len()]],
            by_the_minute: k % 3 == 1,
            rated: k % 8 != 6,
            in_batches: k % 5 == 3,
        }
    }

    /// The code by which switches name it.
    pub(super) fn code(&self) -> String {
        let mut code = String::with_capacity(12);
        code.push_str(self.house.code);
        code.push('-');
        push_decimal(&mut code, self.k.into(), 4);
        code
    }

    fn name(&self) -> String {
        format!("{} {}", SITES[self.k as usize % SITES.len()], self.k)
    }
}

pub(super) fn customers() -> impl Iterator<Item = SampleCustomer> {
    HOUSES.iter().map(|house| SampleCustomer { name: house.name, reseller: house.reseller, currency: house.currency })
}

pub(super) fn account(k: u32) -> SampleAccount {
    let profile = Profile::new(k);
    SampleAccount { code: profile.code(), name: profile.name(), customer: profile.house.name }
}
