//! The directory of the sample calls: customers, accounts, services, products and destinations.

use std::collections::HashMap;

use cdr_mediation::{AccountDraft, Content, CustomerDraft, DestinationDraft, Incoming, ProductDraft, ServiceDraft};
use cdr_model::{Account, Cdr, Customer, Destination, Directory, NOBODY, Product, Service};
use cdr_samples::{Sample, SampleAccount, SampleCall, SampleCharge, SampleCustomer, SampleOptions, SampleService};

/// The directory as drafts. Entries that others refer to come first.
pub(super) fn incoming(options: &SampleOptions) -> Vec<Incoming> {
    let services = cdr_samples::services(options).into_iter().map(|service| {
        // Without its number, which may be in use in an existing store: records refer to it by name.
        let (name, kind) = (service.name.to_owned(), Some(service.kind));
        Content::Service(ServiceDraft { name, kind, ..ServiceDraft::default() })
    });
    let products = cdr_samples::products(options)
        .into_iter()
        .map(|Product { id, name, .. }| Content::Product(ProductDraft { id: Some(id), name, closed: None }));
    let destinations = cdr_samples::destinations(options).into_iter().map(|destination| {
        let Destination { id, prefix, country, iso3, subdivision, description, .. } = destination;
        let (id, closed) = (Some(id), None);
        Content::Destination(Box::new(DestinationDraft { id, prefix, country, iso3, subdivision, description, closed }))
    });
    let customers =
        cdr_samples::customers(options).into_iter().map(|customer| Content::Customer(Box::new(of_customer(&customer))));
    let accounts =
        cdr_samples::accounts(options).into_iter().map(|account| Content::Account(Box::new(of_account(account))));
    let made_up = |content| Incoming { position: "made up".to_owned(), raw: Vec::new(), content };
    services.chain(products).chain(destinations).chain(customers).chain(accounts).map(made_up).collect()
}

fn of_customer(customer: &SampleCustomer) -> CustomerDraft {
    let SampleCustomer { name, reseller, currency, level, environment, zone, billing_period } = customer;
    CustomerDraft {
        id: None,
        name: (*name).to_owned(),
        reseller: reseller.map(str::to_owned),
        external_id: None,
        currency: Some((*currency).to_owned()),
        level: Some(*level),
        environment: Some(*environment),
        zone: Some((*zone).to_owned()),
        billing_period: Some(*billing_period),
        ..CustomerDraft::default()
    }
}

fn of_account(account: SampleAccount) -> AccountDraft {
    AccountDraft {
        id: None,
        customer: account.customer.to_owned(),
        number: account.code,
        name: Some(account.name),
        external_id: None,
        uuid: Some(account.uuid),
        balance: account.balance,
        min_balance: account.min_balance,
        max_balance: account.max_balance,
        balance_low: account.balance_low,
        balance_high: account.balance_high,
        destination_rate_limit: account.destination_rate_limit,
        max_call_duration: account.max_call_duration,
        origination_capacity: account.origination_capacity,
        termination_capacity: account.termination_capacity,
        total_capacity: account.total_capacity,
        product_id: Some(account.product_id),
        ..AccountDraft::default()
    }
}

/// The directory entries that the records of a file refer to.
pub(super) struct Names {
    pub(super) directory: Directory,
    accounts: HashMap<String, i64>,
    customers: HashMap<&'static str, i64>,
}

impl Names {
    /// The sample accounts, which the feed refers to by number, without their customers: `load --customer` decides
    /// under which customer accounts are created. A charge refers to its service, and to its customer if it is booked
    /// on the customer itself.
    pub(super) fn of(options: &SampleOptions) -> Names {
        let mut names = Names { directory: Directory::default(), accounts: HashMap::new(), customers: HashMap::new() };
        for (id, account) in (1..).zip(cdr_samples::accounts(options)) {
            let SampleAccount { code: number, name, .. } = account;
            names.accounts.insert(number.clone(), id);
            let account = Account { id, customer_id: NOBODY, number, name, ..Account::default() };
            names.directory.accounts.insert(id, account);
        }
        for (id, customer) in (1..).zip(cdr_samples::customers(options)) {
            names.customers.insert(customer.name, id);
            let customer = Customer { id, name: customer.name.to_owned(), ..Customer::default() };
            names.directory.customers.insert(id, customer);
        }
        let charged = cdr_samples::services(options).into_iter().filter(|service| !service.kind.is_of_a_leg());
        for service in charged {
            let SampleService { id, name, kind } = service;
            names.directory.services.insert(id, Service { id, name: name.to_owned(), kind, ..Service::default() });
        }
        names
    }

    /// A call or charge with the numbers of the account and customer it refers to; `None` for a conference.
    pub(super) fn record(&self, sample: Sample) -> Option<Cdr> {
        let account_of = |code: &str| self.accounts.get(code).copied().unwrap_or_default();
        match sample {
            Sample::Call(SampleCall { account, call, .. }) => Some(Cdr { account_id: account_of(&account), ..call }),
            Sample::Charge(SampleCharge { account: Some(account), charge, .. }) => {
                Some(Cdr { account_id: account_of(&account), ..charge })
            }
            Sample::Charge(SampleCharge { account: None, customer, charge, .. }) => {
                let customer_id = self.customers.get(customer).copied().unwrap_or_default();
                Some(Cdr { account_id: -customer_id, customer_id, ..charge })
            }
            Sample::Conference(_) => None,
        }
    }
}
