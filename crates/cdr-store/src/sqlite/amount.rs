//! Compares amounts in text exactly.

use std::cmp::Ordering;

use cdr_model::Money;
use diesel::{QueryResult, SqliteConnection};

/// Adds the collation to a connection.
pub(super) fn register(conn: &mut SqliteConnection) -> QueryResult<()> {
    // Diesel passes the right text first.
    conn.register_collation("tollbook_amount", |right, left| compare(left, right))
}

/// Compares two amounts. Texts that are not amounts are compared by bytes.
fn compare(left: &str, right: &str) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    match (left.parse::<Money>(), right.parse::<Money>()) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        _ => left.cmp(right),
    }
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn amounts_are_compared_by_their_value() {
        let ascending = ["-1", "-0.000000002", "-0.000000001", "0", "0.01", "0.0100000000001", "9", "10"];
        for (at, left) in ascending.iter().enumerate() {
            for (other, right) in ascending.iter().enumerate() {
                assert_eq!(compare(left, right), at.cmp(&other), "{left} {right}");
            }
        }
        assert!(compare("0.010", "0.01").is_eq() && compare("what", "0").is_gt());
    }
}
