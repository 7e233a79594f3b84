//! The records of a reseller, and its fees summed by name.

use std::collections::HashMap;
use std::io;

use cdr_model::{Cdr, CdrField, MoneySum, RecordKind};
use cdr_query::{CdrQuery, Condition, Test};

use super::{Answering, of_rows};
use crate::porta::routes::Route;
use crate::porta::service_stack::{Decimal, Objects};
use crate::porta::wire::PortaCdrResponse;

/// Fees of one name, charged to one customer.
struct Fees {
    first: Cdr,
    count: u64,
    total: MoneySum,
}

impl Answering {
    /// The subscriptions in one list and all other records in another. For a single service, only the list that its
    /// records belong to.
    pub(super) fn reseller(&self) -> io::Result<PortaCdrResponse> {
        let service = i32::try_from(self.asked.i_service).ok().and_then(|id| self.printer.directory.services.get(&id));
        let is_of_subscriptions = service.is_some_and(|service| service.kind == RecordKind::Subscription);
        let by_service = self.question.route == Route::ResellerService && self.asked.i_service != 0;
        let rows = self.count()?;
        let mut response = of_rows(rows);
        if !by_service || !is_of_subscriptions {
            let others = self.of_kind(Test::NotEq)?;
            let asker = &self.asker;
            let count = asker.mediation.count(&asker.caller, &others).map_err(io::Error::other)?;
            response.porta_customer_cdrs =
                Some(self.list_of(others, count, |printer, cdr, _| Some(printer.customer(cdr))));
        }
        if !by_service || is_of_subscriptions {
            response.lst_porta_reseller_subscriptions = Some(self.subscriptions()?);
        }
        Ok(response)
    }

    fn subscriptions(&self) -> io::Result<Box<dyn Objects>> {
        let mut places: HashMap<(i64, Option<String>), usize> = HashMap::new();
        let mut all: Vec<Fees> = Vec::new();
        self.asker.scan(&self.of_kind(Test::Eq)?, &mut |cdr, _| {
            let place = *places.entry((cdr.customer_id, cdr.called.clone())).or_insert_with(|| {
                all.push(Fees { first: cdr.clone(), count: 0, total: MoneySum::default() });
                all.len() - 1
            });
            all[place].count += 1;
            cdr.price.into_iter().for_each(|price| all[place].total.add(price));
            Ok(())
        })?;
        let row = |fees: Fees| self.printer.subscription(fees.first, fees.count, Decimal::from(&fees.total));
        Ok(Box::new(all.into_iter().map(row).collect::<Vec<_>>()))
    }

    fn of_kind(&self, test: fn(cdr_query::Operand) -> Test) -> io::Result<CdrQuery> {
        let subscription = test(RecordKind::Subscription.name().into());
        let condition = Condition::new(CdrField::Kind, subscription).map_err(io::Error::other)?;
        Ok(self.question.query.clone().only(condition))
    }
}
