//! What can be chosen about the dialect. No document says what the original answers in every case; whoever still has one can
//! correct each guess here.

use std::time::Duration;

use cdr_model::{Anchor, LocalZone};

use crate::origin::Origins;

/// What can be chosen.
#[derive(Clone, Debug)]
pub struct PortaOptions {
    /// The server's zone: of bounds that name none, of times as they are printed, and of days that are counted. UTC.
    pub zone: LocalZone,
    /// Which instant the windows of the plain routes are about: connect, or bill as in PortaBilling's own interface.
    pub window: Anchor,
    /// What rows of the dictionaries lie under.
    pub key: DictionaryKey,
    /// How `CallType` says which way a call went.
    pub call_type: CallType,
    /// Rows of a page where pages are asked for. 1000.
    pub page: usize,
    /// What `NextOffset` is on the last page. 0.
    pub last_offset: i64,
    /// How many levels of customers below one are its subcustomers. 1.
    pub levels: usize,
    /// Where clients reach this server.
    pub origins: Origins,
    /// Answers that are read and written at once, over all threads; others wait their turn. Four.
    pub live: usize,
    /// How long an answer waits for its turn and for a client that takes nothing, and a request for its body. Sixty seconds.
    pub stall: Duration,
    /// Whether pages of other sites may use the API.
    pub cors: bool,
}

/// What rows of a dictionary lie under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DictionaryKey {
    /// The name of their service: what the one known client reads. `Rank` counts over the whole answer.
    #[default]
    Service,
    /// The number of their account; records of a customer's own lie under nothing. `Rank` counts in each list.
    Account,
}

/// How `CallType` says which way a call went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallType {
    /// The bits of it in decimals, as the one known client takes none but numbers: 4, 8 or 12.
    #[default]
    Bits,
    /// `Outgoing`, `Incoming` or `Forwarded`.
    Words,
}

impl Default for PortaOptions {
    fn default() -> PortaOptions {
        PortaOptions {
            zone: LocalZone::UTC,
            window: Anchor::Connect,
            key: DictionaryKey::default(),
            call_type: CallType::default(),
            page: 1000,
            last_offset: 0,
            levels: 1,
            origins: Origins::default(),
            live: 4,
            stall: Duration::from_secs(60),
            cors: false,
        }
    }
}
