//! Made-up days of calls: realistic, complete with everything that goes wrong, and the same on every machine.
//!
//! Nobody in them exists: names and customers are invented, numbers come from blocks kept free for fiction, and domains
//! end in `.example`.
//!
//! ```
//! use cdr_samples::{Sample, SampleOptions, Samples};
//!
//! let options = SampleOptions { seed: 1, calls: 1_000, days: 7, from: "2026-11-02T00:00:00Z".parse()?, accounts: 40 };
//! let calls = || Samples::new(&options).filter(|sample| matches!(sample, Sample::Call(_)));
//! assert_eq!(calls().count(), 1_000);
//! assert!(calls().eq(calls()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is in them
//!
//! - Business hours, thin nights and weekends, on clocks an hour ahead of UTC.
//! - Somewhat more than half of the calls answered; the others busy, not answered, given up, congested, to numbers that
//!   do not exist, with the ITU-T Q.850 cause, the SIP code and its reason phrase together.
//! - Calls tried again: two to four attempts that share a [`group`](cdr_model::Details::group).
//! - Meetings: calls that join a virtual room within minutes, and one [`ConferenceRecord`](cdr_model::ConferenceRecord).
//! - Talk times by a log-normal table, charged by the second, by the minute or by 30 and then 6 seconds begun, with prices of
//!   four to six decimals; some accounts are rated every five minutes, some never.
//! - What signalling tells: domains, tags, devices, addresses kept for documentation, diversions, hidden callers; parties as
//!   received, and numbers as E.164 once the number rules have seen them.
//! - Oddities, each of them in any 20,000 calls of a week: answered calls without length, calls of days, calls without an
//!   end, calls across midnight, starts and ends on the bounds of hours and days and a microsecond beside, equal starts,
//!   names with quotes, commas, line breaks, formulas, other scripts, and empty ones.
//!
//! - What a billing system adds: an identifier that legs of a call share, legs that continue another, the destinations of
//!   numbers, recordings; and what hunt groups say of incoming calls.
//! - Charges that are no calls ([`Sample::Charge`]), beside the calls asked for: subscriptions, fees, telephone numbers,
//!   messages, payments, credits, on accounts or on customers themselves; and for each answered and rated call of a
//!   reseller's customer what the reseller is charged.
//!
//! # Speed
//!
//! 600,000 to a million calls a second on one core (`cargo bench -p cdr-samples`). Memory depends on the
//! calls of one hour, at eight bytes each, and on those that are being tried again or join a meeting: 5 MB for 10,000,000
//! calls in 30 days, 48 MB if they fall into one day.

mod call;
mod charges;
mod conference;
mod goods;
mod names;
mod numbers;
mod options;
mod parties;
#[cfg(test)]
mod pinned;
mod plan;
mod random;
mod release;
mod shape;
mod signalling;
mod stream;
mod tariff;
#[cfg(test)]
mod tests;
mod text;
mod xdr;
mod zipf;

pub use charges::SampleCharge;
pub use goods::SampleService;
pub use options::{
    SampleAccount, SampleCustomer, SampleOptions, accounts, customers, destinations, products, services,
};
pub use stream::{Sample, SampleCall, Samples};
