//! What rewriting the details of calls has done.

use std::fmt;

/// The damaged calls that are named.
const NAMED: usize = 5;

/// The result of [`Store::rewrite_details`](crate::Store::rewrite_details).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RewriteReport {
    /// The calls whose details were rewritten.
    pub calls: u64,
    /// The numbers of the records whose details cannot be read. They stay as they are.
    pub damaged: Vec<i64>,
}

impl fmt::Display for RewriteReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rewrote the details of {} calls", self.calls)?;
        if self.damaged.is_empty() {
            return Ok(());
        }
        let named: Vec<String> = self.damaged.iter().take(NAMED).map(i64::to_string).collect();
        let more = if self.damaged.len() > NAMED { " and others" } else { "" };
        let (damaged, named) = (self.damaged.len(), named.join(", "));
        write!(f, "; the details of {damaged} are damaged and stay as they are: those of records {named}{more}")
    }
}
