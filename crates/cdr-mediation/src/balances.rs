//! Balances of accounts: an opening balance, without what was charged since.

use cdr_model::{Account, Anchor, CdrField, Money, MoneySum, PortError, Timestamp};
use cdr_query::{CdrQuery, Condition, Test, Window};

/// The balance of an account at an instant.
#[derive(Clone, Copy, Debug)]
pub struct OpeningBalance {
    amount: Money,
    at: Timestamp,
}

impl OpeningBalance {
    /// That of an account, if it has one.
    pub fn of(account: &Account) -> Option<OpeningBalance> {
        Some(OpeningBalance { amount: account.balance?, at: account.balance_at? })
    }

    /// The instant from which records count.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The query for the records that count: those of all kinds that are booked on the account.
    pub(crate) fn records(&self, account: i64) -> Result<CdrQuery, PortError> {
        let window = Window::new(Anchor::Start, self.at, Timestamp::MAX).map_err(unreadable)?;
        let booked = Condition::new(CdrField::AccountId, Test::Eq(account.into())).map_err(unreadable)?;
        Ok(CdrQuery::over(window).only(booked).selecting([CdrField::Price]))
    }

    /// The balance after these prices were charged. Payments have negative prices.
    ///
    /// # Errors
    /// If it is out of the range of [`Money`].
    pub fn without(&self, charged: &MoneySum) -> Result<Money, PortError> {
        let mut left = charged.negated();
        left.add(self.amount);
        left.to_string().parse().map_err(|error| PortError::failed("a balance is out of range", error))
    }
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> PortError {
    PortError::failed("the balances could not be read", error)
}

#[cfg(test)]
mod tests {
    use cdr_model::{MoneySum, Timestamp};

    use super::OpeningBalance;

    #[test]
    fn charges_are_taken_off_and_payments_added() {
        for (opening, charges, expected) in [
            ("120.00", &[][..], "120.00"),
            ("120.00", &["0.05", "19.95"], "100.00"),
            ("0", &["0.123456789", "-25.00"], "24.876543211"),
            ("-5", &["5"], "-10"),
            ("-5.00", &["-5"], "0.00"),
        ] {
            let mut charged = MoneySum::default();
            charges.iter().for_each(|price| charged.add(price.parse().unwrap()));
            let opening = OpeningBalance { amount: opening.parse().unwrap(), at: Timestamp::MIN };
            assert_eq!(opening.without(&charged).unwrap().to_string(), expected);
        }
    }
}
