//! What every kind of record has in common: a number, instants, and fields with names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::account::Directory;
use crate::time::Timestamp;
use crate::value::FieldError;
use crate::value::{FieldKind, Value};

/// Which of a record's instants decides the window it falls in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Anchor {
    /// When signalling arrived. Every call has it.
    #[default]
    Start,
    /// When it was answered; unanswered calls have none.
    Connect,
    /// When it ended; a call whose switch gave no end has none.
    End,
    /// When it was charged. Every call has it.
    Bill,
}

impl Anchor {
    /// All of them.
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

impl FromStr for Anchor {
    type Err = String;

    fn from_str(text: &str) -> Result<Anchor, String> {
        Anchor::ALL
            .into_iter()
            .find(|anchor| anchor.name() == text)
            .ok_or_else(|| format!("`{text}` is no anchor: start, connect, end or bill"))
    }
}

/// The name of something a record holds. Names are stable: plans, layouts and feeds are kept under them.
pub trait Field: Copy + Eq + fmt::Debug + FromStr<Err = FieldError> + Send + Sync + 'static {
    /// Every field, in the order in which a file with all of them prints them.
    const ALL: &'static [Self];

    /// Its name in queries, layouts and feeds.
    fn name(self) -> &'static str;

    /// What it holds.
    fn kind(self) -> FieldKind;

    /// What it means, in a line.
    fn meaning(self) -> &'static str;

    /// The field of this name.
    fn named(name: &str) -> Result<Self, FieldError> {
        Self::ALL.iter().copied().find(|field| field.name() == name).ok_or_else(|| FieldError::Unknown {
            name: name.to_owned(),
            near: Self::ALL.iter().map(|field| field.name()).find(|known| alike(known, name)),
        })
    }
}

/// Something that can be asked for by window and printed by a layout: a call, a conference, or a record of your own.
pub trait Record: Send + Sync + 'static {
    /// The names of what it holds.
    type Field: Field;

    /// Its place in the order of arrival: the tie-breaker of every order.
    fn number(&self) -> i64;

    /// The number of the version that replaced it, if one did.
    fn replaced_by(&self) -> Option<i64>;

    /// Its instant for an anchor.
    fn instant(&self, anchor: Anchor) -> Option<Timestamp>;

    /// What a field holds. Words of the directory (names of accounts, customers, services) are looked up in it.
    fn value<'a>(&'a self, field: Self::Field, directory: &'a Directory) -> Value<'a>;

    /// How long the parties talked, in microseconds; what a receipt adds up. Zero if the record has no such thing.
    fn talk_us(&self) -> i64 {
        0
    }

    /// Who pays, to find the currency of [`Record::price`].
    fn customer_id(&self) -> i64 {
        crate::account::NOBODY
    }

    /// What it costs; what a receipt adds up.
    fn price(&self) -> Option<crate::Money> {
        None
    }

    /// The text to print under a heading instead of what its field holds, for a record that came printed already.
    fn printed(&self, _heading: &str) -> Option<&str> {
        None
    }
}

/// Equal but for case, dashes, dots and underscores, or one the end of the other (`start` and `started_at` are not).
fn alike(known: &str, asked: &str) -> bool {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_ascii_lowercase();
    let (known, asked) = (plain(known), plain(asked));
    asked.len() >= 3 && (known == asked || known.ends_with(&asked) || known.starts_with(&asked))
}
