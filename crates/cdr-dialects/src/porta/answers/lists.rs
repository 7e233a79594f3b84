//! Lists of records, and dictionaries of lists.

use std::collections::{BTreeSet, HashMap};
use std::io;

use cdr_model::{Cdr, CdrField};
use cdr_query::{CdrQuery, Condition, Test};

use super::ranked::Ranked;
use super::scan::Scan;
use super::{Answering, of_rows};
use crate::porta::options::DictionaryKey;
use crate::porta::service_stack::{Dto, NamedObjects, Objects, Reply, Shown};
use crate::porta::to_wire::Printer;
use crate::porta::wire::{PortaCdrResponse, PortaCustomerAccountCdr};

impl Answering {
    /// A customer's own records as a list, or with those of its accounts as a dictionary.
    pub(super) fn customer(&self) -> io::Result<PortaCdrResponse> {
        if self.asked.include_accounts {
            return self.dictionary();
        }
        let rows = self.count()?;
        let list = self.list(rows, |printer, cdr, _| Some(printer.customer(cdr)));
        Ok(PortaCdrResponse { porta_customer_cdrs: Some(list), ..of_rows(rows) })
    }

    /// Calls in a dictionary, with or without those of accounts.
    pub(super) fn voice_calls(&self) -> io::Result<PortaCdrResponse> {
        self.dictionary()
    }

    /// The records of an account.
    pub(super) fn account(&self) -> io::Result<PortaCdrResponse> {
        let rows = self.count()?;
        let list = self.list(rows, |printer, cdr, _| Some(printer.account(cdr)));
        Ok(PortaCdrResponse { porta_account_cdrs: Some(list), ..of_rows(rows) })
    }

    /// Records in the form of the billing system's own interface.
    pub(super) fn xdrs(&self) -> io::Result<PortaCdrResponse> {
        let rows = self.count()?;
        let list = self.list(rows, |printer, cdr, _| Some(printer.xdr(cdr)));
        Ok(PortaCdrResponse { xdrs_info: Some(list), ..of_rows(rows) })
    }

    /// A customer's records as a table, and as an object for the other formats.
    pub(super) fn table(self) -> io::Result<Reply> {
        let rows = self.count()?;
        let list = self.list(rows, |printer, cdr, rank| Some(printer.merged(cdr, rank, false)));
        let class = <PortaCustomerAccountCdr as Shown>::its_class();
        let object = self.explained(self.customer()?);
        Ok(Reply::Table(class, list, object))
    }

    pub(super) fn list<T: Dto + 'static>(
        &self,
        rows: u64,
        row: impl Fn(&Printer, Cdr, u64) -> Option<T> + Send + Sync + 'static,
    ) -> Box<dyn Objects> {
        self.list_of(self.question.query.clone(), rows, row)
    }

    pub(super) fn list_of<T: Dto + 'static>(
        &self,
        query: CdrQuery,
        rows: u64,
        row: impl Fn(&Printer, Cdr, u64) -> Option<T> + Send + Sync + 'static,
    ) -> Box<dyn Objects> {
        let printer = self.printer.clone();
        let row = move |cdr, rank| row(&printer, cdr, rank);
        Box::new(Scan { asker: self.asker.clone(), query, rows, row })
    }

    /// All records, by the key that the options choose. Each list is one query of the store.
    fn dictionary(&self) -> io::Result<PortaCdrResponse> {
        let (entries, rows) = match self.printer.options.key {
            DictionaryKey::Service => self.by_service()?,
            DictionaryKey::Account => self.by_account()?,
        };
        Ok(PortaCdrResponse { dict_porta_customer_account_cdrs: Some(entries), ..of_rows(rows) })
    }

    /// By service, in the order of their first record. The rank counts over all records. For a service with many
    /// records, all records are scanned; for a service with few, the other records are counted.
    fn by_service(&self) -> io::Result<(Vec<NamedObjects>, u64)> {
        let asker = &self.asker;
        let services = self.services()?;
        let total = services.iter().map(|(_, rows)| rows).sum();
        let entries = services.iter().map(|&(service, rows)| {
            let name = self.printer.service_name(service).unwrap_or_default();
            if Ranked::is_worth_it(rows, total) {
                let (asker, printer, all) = (asker.clone(), self.printer.clone(), self.question.query.clone());
                return (name, Box::new(Ranked { asker, printer, all, service }) as Box<dyn Objects>);
            }
            let row = move |printer: &Printer, cdr: Cdr, rank| {
                (cdr.service_id == service).then(|| printer.merged(cdr, rank, false))
            };
            (name, self.list(rows, row))
        });
        Ok((entries.collect(), total))
    }

    /// By account, in the order of their first record. Records of the customer itself have an empty key.
    fn by_account(&self) -> io::Result<(Vec<NamedObjects>, u64)> {
        let mut accounts: Vec<(i64, u64)> = Vec::new();
        let mut known = HashMap::new();
        self.asker.scan(&self.question.query, &mut |cdr, _| {
            let at = *known.entry(cdr.account_id.max(0)).or_insert_with(|| {
                accounts.push((cdr.account_id.max(0), 0));
                accounts.len() - 1
            });
            accounts[at].1 += 1;
            Ok(())
        })?;
        let total = accounts.iter().map(|(_, rows)| rows).sum();
        let mut entries: Vec<NamedObjects> = Vec::new();
        let mut taken = BTreeSet::new();
        for (account, rows) in accounts {
            let test = if account > 0 { Test::Eq(account.into()) } else { Test::Lte(0.into()) };
            let of_account = Condition::new(CdrField::AccountId, test).map_err(io::Error::other)?;
            let query = self.question.query.clone().only(of_account);
            let row = |printer: &Printer, cdr: Cdr, rank| Some(printer.merged(cdr, rank, false));
            let number = self.printer.directory.accounts.get(&account).map(|account| account.number.clone());
            let mut key = number.unwrap_or_default();
            // Two customers may have accounts with the same number, but a dictionary has each key once.
            if !taken.insert(key.clone()) {
                key = format!("{key} ({account})");
            }
            entries.push((key, self.list_of(query, rows, row)));
        }
        Ok((entries, total))
    }
}
