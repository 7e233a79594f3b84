//! The members of the details that the rows of a batch have.

use super::member::Member;

/// The members of all rows of a batch, one row after the other. A row has only those that its details have, in the order of
/// their indexes.
#[derive(Clone, Debug, Default)]
pub(super) struct Members(Vec<Member>);

/// Which members a row has, and where they begin.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowMembers {
    first: usize,
    /// A bit for each index, from the lowest one on.
    present: u128,
}

impl RowMembers {
    /// The number of members that can be told apart.
    pub(super) const MOST: usize = u128::BITS as usize;

    /// Whether the row has the member of an index.
    pub(super) fn has(self, at: usize) -> bool {
        self.present & bit(at) != 0
    }

    fn place(self, at: usize) -> usize {
        self.first + (self.present & (bit(at) - 1)).count_ones() as usize
    }
}

impl Members {
    pub(super) fn with_capacity(members: usize) -> Members {
        Members(Vec::with_capacity(members))
    }

    /// Begins a row, after all others.
    pub(super) fn begin(&self) -> RowMembers {
        RowMembers { first: self.0.len(), present: 0 }
    }

    /// Gives the last row the member of an index, which is less than [`RowMembers::MOST`].
    pub(super) fn put(&mut self, row: &mut RowMembers, at: usize, member: Member) {
        let place = row.place(at);
        if row.has(at) {
            self.0[place] = member;
        } else {
            self.0.insert(place, member);
            row.present |= bit(at);
        }
    }

    /// Takes all members from the last row.
    pub(super) fn clear(&mut self, row: &mut RowMembers) {
        self.0.truncate(row.first);
        row.present = 0;
    }

    /// The member of an index that a row has.
    pub(super) fn get(&self, row: RowMembers, at: usize) -> Option<Member> {
        if row.has(at) { self.0.get(row.place(at)).copied() } else { None }
    }
}

fn bit(at: usize) -> u128 {
    1 << at
}

#[cfg(test)]
mod tests {
    use super::{Member, Members, RowMembers};

    #[test]
    fn members_are_found_in_whatever_order_they_were_put() {
        let mut members = Members::default();
        let mut rows: Vec<RowMembers> = Vec::new();
        let orders: [&[usize]; 5] = [&[], &[3, 1, 127, 0], &[0, 1, 2], &[126, 126, 5], &[64, 63]];
        for order in orders {
            let mut row = members.begin();
            members.put(&mut row, 9, Member::Boolean(true));
            members.clear(&mut row);
            for (nth, at) in (0..).zip(order) {
                members.put(&mut row, *at, Member::Integer(nth));
            }
            rows.push(row);
        }
        for (row, order) in rows.into_iter().zip(orders) {
            for at in 0..RowMembers::MOST {
                let last = order.iter().rposition(|known| *known == at);
                let expected = last.map(|nth| Member::Integer(i64::try_from(nth).unwrap()));
                assert_eq!((members.get(row, at), row.has(at)), (expected, expected.is_some()), "{at} of {order:?}");
            }
        }
    }
}
