//! Call statistics per account.

use std::collections::BTreeMap;
use std::io;

use cdr_model::{Account, Cdr, CdrField, Direction};
use cdr_query::{Condition, Operand, Test};

use super::{Answering, of_rows};
use crate::porta::from_wire::local;
use crate::porta::service_stack::{Decimal, NamedObjects};
use crate::porta::to_wire::seconds;
use crate::porta::wire::{AccountSummary, PortaCdrResponse};

/// The totals of an account's calls in one direction.
#[derive(Clone, Copy, Debug, Default)]
struct DirectionSum {
    calls: u64,
    talk_us: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct AccountTally {
    out: DirectionSum,
    into: DirectionSum,
}

impl DirectionSum {
    fn add(&mut self, cdr: &Cdr) {
        self.calls += 1;
        self.talk_us += cdr.talk_us.unwrap_or(0).unsigned_abs();
    }

    fn seconds(self) -> u64 {
        seconds(i64::try_from(self.talk_us).unwrap_or(i64::MAX)).unsigned_abs()
    }
}

impl Answering {
    /// Every account of the customer with one of the products, by its number, including accounts without calls.
    pub(super) fn statistics(&self) -> io::Result<PortaCdrResponse> {
        let accounts = self.accounts();
        let ids = accounts.iter().map(|account| Operand::Integer(account.id)).collect();
        let of_these = Condition::new(CdrField::AccountId, Test::In(ids)).map_err(io::Error::other)?;
        let query = self.question.query.clone().only(of_these);
        let (mut tallies, mut rows) = (BTreeMap::<i64, AccountTally>::new(), 0);
        self.asker.scan(&query, &mut |cdr, rank| {
            rows = rank;
            let tally = tallies.entry(cdr.account_id).or_default();
            match cdr.known_direction() {
                Direction::Out => tally.out.add(&cdr),
                Direction::In => tally.into.add(&cdr),
                // Forwarded calls count in neither direction.
                Direction::Forwarded | Direction::Unknown => {}
            }
            Ok(())
        })?;
        let days = self.days();
        let summaries = accounts.into_iter().map(|account| -> NamedObjects {
            let tally = tallies.get(&account.id).copied().unwrap_or_default();
            (account.number.clone(), Box::new(vec![summary(account, tally, days)]))
        });
        Ok(PortaCdrResponse { account_statistics_summary: Some(summaries.collect()), ..of_rows(rows) })
    }

    /// The customer's accounts with the requested products.
    pub(super) fn accounts(&self) -> Vec<&Account> {
        let products = self.asked.i_product.as_deref().unwrap_or_default();
        let all = matches!(products.trim().to_ascii_lowercase().as_str(), "" | "0" | "all");
        let products: Vec<Option<i64>> = products.split(',').map(|id| id.trim().parse().ok()).collect();
        let is_meant =
            |account: &&Account| all || (account.product_id.is_some() && products.contains(&account.product_id));
        let of_customer = |account: &&Account| Some(account.customer_id) == self.question.customer;
        self.printer.directory.accounts.values().filter(of_customer).filter(is_meant).collect()
    }

    /// The number of calendar days that the window touches, in the server's zone.
    fn days(&self) -> u64 {
        let window = self.question.query.window;
        let day = |at| local(at, &self.printer.options.zone).map(|local| local.date());
        let days = day(window.from).zip(day(window.until.plus_micros(-1)));
        days.map_or(1, |(first, last)| (last - first).num_days().max(0).unsigned_abs() + 1)
    }
}

fn summary(account: &Account, AccountTally { out, into }: AccountTally, days: u64) -> AccountSummary {
    let number = |count| i64::try_from(count).unwrap_or(i64::MAX);
    AccountSummary {
        i_account: account.id,
        outgoing_count: number(out.calls),
        outgoing_duration: number(out.seconds()),
        avgoutgoing_count: Decimal::quotient(out.calls, days),
        avgoutgoing_duration: Decimal::quotient(out.seconds(), out.calls),
        incoming_count: number(into.calls),
        incoming_duration: number(into.seconds()),
        total_count: number(out.calls + into.calls),
        total_duration: number(out.seconds() + into.seconds()),
        account_id: Some(account.number.clone()),
    }
}
