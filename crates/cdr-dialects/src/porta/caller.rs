//! The caller of a request: every request has a licence, which grants access to the records of some customers.

use std::collections::BTreeSet;

use cdr_access::{Licence, LicenceScope};
use cdr_mediation::{Caller, Visibility};
use cdr_model::{Directory, NOBODY};

use super::from_wire::below;

/// The customers whose records a licence grants access to: those it names and all below them, or those of its
/// environment.
pub(super) fn customers(licence: &Licence, directory: &Directory) -> BTreeSet<i64> {
    let ids = match &licence.scope {
        LicenceScope::Environment(environment) => {
            let of_it = directory.customers.values().filter(|customer| customer.environment == *environment);
            of_it.map(|customer| customer.id).collect()
        }
        LicenceScope::Customers(ids) => {
            ids.iter().flat_map(|id| below(directory, *id, usize::MAX)).collect::<BTreeSet<i64>>()
        }
    };
    ids.into_iter().filter(|id| *id != NOBODY).collect()
}

/// The caller with this licence.
pub(super) fn caller(licence: &Licence, customers: BTreeSet<i64>) -> Caller {
    Caller { name: format!("licence/{}", licence.name), visibility: Visibility::Customers(customers) }
}

#[cfg(test)]
mod tests {
    use cdr_access::{Licence, LicenceScope};
    use cdr_model::{Customer, Directory};

    use super::customers;

    #[test]
    fn a_licence_grants_an_environment_or_customers_and_those_below() {
        let mut directory = Directory::default();
        for (id, reseller_id, environment) in
            [(0, None, 1), (1, None, 1), (2, Some(1), 1), (3, Some(2), 2), (4, None, 2)]
        {
            directory.customers.insert(id, Customer { id, reseller_id, environment, ..Customer::default() });
        }
        for (scope, opened) in [
            (LicenceScope::Environment(1), vec![1, 2]),
            (LicenceScope::Environment(2), vec![3, 4]),
            (LicenceScope::Environment(3), vec![]),
            (LicenceScope::Customers([1].into()), vec![1, 2, 3]),
            (LicenceScope::Customers([2, 4].into()), vec![2, 3, 4]),
            (LicenceScope::Customers([].into()), vec![]),
        ] {
            let licence = Licence { id: 1, name: "reader".to_owned(), digest: [0; 32], scope };
            let shown = format!("{:?}", licence.scope);
            assert_eq!(customers(&licence, &directory).into_iter().collect::<Vec<_>>(), opened, "{shown}");
        }
    }
}
