//! Services, products and destinations.

use cdr_model::{Destination, Product, RecordKind};

/// A service of the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleService {
    /// The number that samples refer to, which an empty store assigns to it.
    pub id: i32,
    /// Its name, unique.
    pub name: &'static str,
    /// The kind of its records.
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

/// All services, in the order in which they have to be added.
pub(super) static SERVICES: [SampleService; 7] = [VOICE, SUBSCRIPTIONS, MESSAGES, FEES, NUMBERS, PAYMENTS, CREDITS];

/// Products: number, name, and monthly price in hundredths.
pub(super) static PRODUCTS: [(i64, &str, i64); 3] =
    [(801, "Desk Line", 490), (802, "Call Centre Seat", 1_900), (803, "Wholesale Trunk", 9_900)];

/// Destinations, one for each block of numbers in the same order: prefix, country, country code, subdivision, and kind
/// of number.
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

/// The number of the first destination: high, to avoid conflicts with other destinations in a store.
const FIRST_DESTINATION: i64 = 8_001;

/// The number of the destination of a block of numbers.
pub(super) fn destination_of(block: usize) -> i64 {
    FIRST_DESTINATION + block as i64
}

pub(super) fn products() -> impl Iterator<Item = Product> {
    PRODUCTS.iter().map(|(id, name, _)| Product { id: *id, name: (*name).to_owned(), closed_at: None })
}

pub(super) fn destinations() -> impl Iterator<Item = Destination> {
    DESTINATIONS.iter().enumerate().map(|(block, words)| {
        let [prefix, words @ ..] = words;
        let [country, iso3, subdivision, description] =
            words.map(|word| Some(word).filter(|word| !word.is_empty()).map(str::to_owned));
        let id = destination_of(block);
        Destination { id, prefix: (*prefix).to_owned(), country, iso3, subdivision, description, closed_at: None }
    })
}
