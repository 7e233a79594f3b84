//! What is sold, and where calls go: services, products and destinations.

use cdr_model::{Destination, Product, RecordKind};

/// What records are of, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleService {
    /// The number that it gets in a store where nothing was added before, and that samples have.
    pub id: i32,
    /// Its name, unique.
    pub name: &'static str,
    /// What its records are.
    pub kind: RecordKind,
}

const fn service(id: i32, name: &'static str, kind: RecordKind) -> SampleService {
    SampleService { id, name, kind }
}

pub(super) const VOICE: SampleService = service(3, "Voice Calls", RecordKind::Call);
pub(super) const SUBSCRIPTIONS: SampleService = service(4, "Subscriptions", RecordKind::Subscription);
pub(super) const MESSAGES: SampleService = service(5, "Messaging Service", RecordKind::Usage);
pub(super) const FEES: SampleService = service(6, "One-off Fees", RecordKind::Fee);
pub(super) const NUMBERS: SampleService = service(7, "DID Numbers", RecordKind::DidCharge);
pub(super) const PAYMENTS: SampleService = service(8, "Payments", RecordKind::Payment);
pub(super) const CREDITS: SampleService = service(9, "Credits / Adjustments", RecordKind::Adjustment);

/// In the order in which they are to be added.
pub(super) static SERVICES: [SampleService; 7] = [VOICE, SUBSCRIPTIONS, MESSAGES, FEES, NUMBERS, PAYMENTS, CREDITS];

/// A product: its number, its name, and its price a month in hundredths.
pub(super) static PRODUCTS: [(i64, &str, i64); 3] =
    [(801, "Desk Line", 490), (802, "Call Centre Seat", 1_900), (803, "Wholesale Trunk", 9_900)];

/// Prefix, country, its three letters, part of it, and kind of number: one for each block of numbers, in their order.
static DESTINATIONS: [[&str; 5]; 12] = [
    ["4420", "United Kingdom", "GBR", "London", "Proper"],
    ["4416", "United Kingdom", "GBR", "", "Proper"],
    ["4477", "United Kingdom", "GBR", "", "Mobile"],
    ["1202", "United States", "USA", "District of Columbia", "Proper"],
    ["1312", "United States", "USA", "Illinois", "Proper"],
    ["1415", "United States", "USA", "California", "Proper"],
    ["4930", "Germany", "DEU", "Berlin", "Proper"],
    ["4940", "Germany", "DEU", "Hamburg", "Proper"],
    ["4969", "Germany", "DEU", "Hesse", "Proper"],
    ["4989", "Germany", "DEU", "Bavaria", "Proper"],
    ["35320", "Ireland", "IRL", "", "Special services"],
    ["6125", "Australia", "AUS", "New South Wales", "Proper"],
];

/// The number of the first destination: high, so that it meets nobody else's.
const FIRST_DESTINATION: i64 = 8_001;

/// The number of the destination of a block of numbers.
pub(super) fn destination_of(block: usize) -> i64 {
    FIRST_DESTINATION + block as i64
}

pub(super) fn products() -> impl Iterator<Item = Product> {
    PRODUCTS.iter().map(|(id, name, _)| Product { id: *id, name: (*name).to_owned() })
}

pub(super) fn destinations() -> impl Iterator<Item = Destination> {
    DESTINATIONS.iter().enumerate().map(|(block, words)| {
        let [prefix, words @ ..] = words;
        let [country, iso3, subdivision, description] =
            words.map(|word| Some(word).filter(|word| !word.is_empty()).map(str::to_owned));
        let id = destination_of(block);
        Destination { id, prefix: (*prefix).to_owned(), country, iso3, subdivision, description }
    })
}
