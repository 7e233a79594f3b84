//! What the page for people says about an answer beside its members, and how it arranges them. The other formats do not
//! show it.

/// What a page says about an answer.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// What was asked, in the order in which it is shown.
    pub(crate) lines: Vec<(&'static str, String)>,
    /// The next page of the answer.
    pub(crate) next: Option<Next>,
    /// How the members are arranged.
    pub(crate) arrangement: &'static Arrangement,
}

/// The next page of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Next {
    /// The member of the answer that names its offset, and becomes a link.
    pub(crate) member: &'static str,
    /// The member of the request that takes the offset.
    pub(crate) asked: &'static str,
}

/// How a page arranges members.
#[derive(Debug)]
pub(crate) struct Arrangement {
    /// The first columns of every table that has them, in this order. The others follow as declared.
    pub(crate) first: &'static [&'static str],
    /// Whether a member is left out.
    pub(crate) left_out: fn(&str) -> bool,
    /// Dictionaries that become one table, without a heading for each key.
    pub(crate) in_one: &'static [&'static str],
}

impl Default for &'static Arrangement {
    /// Every member as declared.
    fn default() -> &'static Arrangement {
        &Arrangement { first: &[], left_out: |_| false, in_one: &[] }
    }
}
