//! The customers that a licence opens.

use cdr_model::{Customer, Directory};

use crate::LicenceScope;

#[test]
fn a_licence_grants_an_environment_or_customers_and_those_below() {
    let mut directory = Directory::default();
    for (id, reseller_id, environment) in [(0, None, 1), (1, None, 1), (2, Some(1), 1), (3, Some(2), 2), (4, None, 2)] {
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
        assert_eq!(scope.customers(&directory).into_iter().collect::<Vec<_>>(), opened, "{scope:?}");
    }
}
