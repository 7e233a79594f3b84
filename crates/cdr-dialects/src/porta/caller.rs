//! The caller of a request: every request has a licence, which grants access to the records of some customers.

use std::collections::BTreeSet;

use cdr_access::Licence;
use cdr_mediation::{Caller, Visibility};

/// The caller with this licence.
pub(super) fn caller(licence: &Licence, customers: BTreeSet<i64>) -> Caller {
    Caller { name: format!("licence/{}", licence.name), visibility: Visibility::Customers(customers) }
}
