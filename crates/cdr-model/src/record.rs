//! Properties common to all kinds of records: a number, instants, and named fields.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::account::Directory;
use crate::time::Timestamp;
use crate::value::FieldError;
use crate::value::{FieldKind, Value};

/// The instant of a record that decides which window it falls in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Anchor {
    /// When signalling arrived. Every call has this instant.
    #[default]
    Start,
    /// When it was answered; absent for unanswered calls.
    Connect,
    /// When it ended; absent if the switch did not provide it.
    End,
    /// When it was charged. Every call has this instant.
    Bill,
}

impl Anchor {
    /// All anchors.
    pub const ALL: [Anchor; 4] = [Anchor::Start, Anchor::Connect, Anchor::End, Anchor::Bill];

    /// Its name: `start`, `connect`, `end` or `bill`.
    pub const fn name(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Connect => "connect",
            Anchor::End => "end",
            Anchor::Bill => "bill",
        }
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no anchor.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is not an anchor: expected start, connect, end or bill")]
pub struct AnchorError {
    /// The text.
    pub text: String,
}

impl FromStr for Anchor {
    type Err = AnchorError;

    fn from_str(text: &str) -> Result<Anchor, AnchorError> {
        Anchor::ALL
            .into_iter()
            .find(|anchor| anchor.name() == text)
            .ok_or_else(|| AnchorError { text: text.to_owned() })
    }
}

/// A field of a record. Names of fields are stable, because stored specifications, layouts and feeds refer to them.
pub trait Field: Copy + Eq + fmt::Debug + FromStr<Err = FieldError> + Send + Sync + 'static {
    /// Every field, in the order of a file that contains all of them.
    const ALL: &'static [Self];

    /// Its name in queries, layouts and feeds.
    fn name(self) -> &'static str;

    /// The kind of value it holds.
    fn kind(self) -> FieldKind;

    /// A one-line description.
    fn meaning(self) -> &'static str;

    /// The field of this name.
    fn named(name: &str) -> Result<Self, FieldError> {
        Self::ALL.iter().copied().find(|field| field.name() == name).ok_or_else(|| FieldError::Unknown {
            name: name.to_owned(),
            near: Self::ALL.iter().map(|field| field.name()).find(|known| alike(known, name)),
        })
    }
}

/// The numbers of the entries of the [`Directory`] that the values of a record are named after. Zero for one that the record
/// does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NamedIds {
    /// The customer.
    pub customer: i64,
    /// The account.
    pub account: i64,
    /// The service.
    pub service: i64,
    /// The source.
    pub source: i64,
}

/// A record that can be queried by window and printed with a layout: a call, a conference, or an application's own
/// record.
pub trait Record: Send + Sync + 'static {
    /// Its fields.
    type Field: Field;

    /// Its position in the order of arrival: the tie-breaker of every order.
    fn number(&self) -> i64;

    /// The number of the version that replaced it; `None` for the current version.
    fn replaced_by(&self) -> Option<i64>;

    /// Its instant for an anchor.
    fn instant(&self, anchor: Anchor) -> Option<Timestamp>;

    /// The value of a field. Names of accounts, customers and services are looked up in the directory.
    fn value<'a>(&'a self, field: Self::Field, directory: &'a Directory) -> Value<'a>;

    /// Whether a field is known to be null without a look at its [value](Record::value). If it is not known, the result is
    /// false.
    fn lacks(&self, _field: Self::Field) -> bool {
        false
    }

    /// How long the parties talked, in microseconds, for the sums in a receipt. Zero if the record has no talk time.
    fn talk_us(&self) -> i64 {
        0
    }

    /// The customer that pays, which determines the currency of [`Record::price`].
    fn customer_id(&self) -> i64 {
        crate::account::NOBODY
    }

    /// The price, for the sums in a receipt.
    fn price(&self) -> Option<crate::Money> {
        None
    }

    /// The numbers of the entries of the directory that its values are named after.
    fn named_ids(&self) -> NamedIds {
        NamedIds { customer: self.customer_id(), ..NamedIds::default() }
    }

    /// The text to print under a heading instead of the value of its field, for a record that was received as printed
    /// text.
    fn printed(&self, _heading: &str) -> Option<&str> {
        None
    }
}

/// Whether two names are similar, ignoring case and punctuation: they are equal, or the known name starts or ends with
/// the given one, which has at least three letters or digits.
fn alike(known: &str, asked: &str) -> bool {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_ascii_lowercase();
    let (known, asked) = (plain(known), plain(asked));
    asked.len() >= 3 && (known == asked || known.ends_with(&asked) || known.starts_with(&asked))
}
