//! Who is calling: a licence in every request, which opens the records of some customers.

use std::collections::BTreeSet;

use cdr_access::{Licence, LicenceScope};
use cdr_mediation::{Caller, Sees};
use cdr_model::{Directory, NOBODY};

use super::from_wire::below;

/// The customers a licence opens the records of: those it names and all below them, or those of its environment.
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

/// Whoever has the licence.
pub(super) fn caller(licence: &Licence, customers: BTreeSet<i64>) -> Caller {
    Caller { name: format!("licence/{}", licence.name), sees: Sees::Customers(customers) }
}

#[cfg(test)]
mod tests {
    use cdr_access::{Licence, LicenceScope};
    use cdr_model::{Customer, Directory};

    use super::customers;

    #[test]
    fn a_licence_opens_an_environment_or_customers_with_those_below() {
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
            let said = format!("{:?}", licence.scope);
            assert_eq!(customers(&licence, &directory).into_iter().collect::<Vec<_>>(), opened, "{said}");
        }
    }
}
