//! Names of customers, accounts, services and sources, and currencies: a store has their numbers.

use std::collections::BTreeSet;

use anyhow::bail;
use cdr_model::{Cdr, CdrField, Directory, Field, NOBODY, Record, Value};
use cdr_query::{Condition, Operand, Test};

/// The condition on a number that a condition on a name becomes: the test is evaluated for every entry of the directory.
///
/// # Errors
/// When the test compares with a name that no entry has.
pub(super) fn condition(
    field: CdrField,
    number: CdrField,
    test: &Test,
    directory: &Directory,
) -> anyhow::Result<Condition> {
    let entries = entries(number, directory);
    let names = |call: &Cdr| call.value(field, directory).into_owned();
    for operand in compared(test) {
        if !entries.iter().any(|(_, call)| names(call) == operand.as_value()) {
            let known = entries.iter().filter_map(|(_, call)| match names(call) {
                Value::Text(name) => Some(name.into_owned()),
                _ => None,
            });
            let near = near(&operand.to_string(), known).map(|name| format!(", did you mean `{name}`?"));
            bail!("there is no {} `{operand}`{}", field.name(), near.unwrap_or_default());
        }
    }
    // The test has to fit a text, which is what a name is.
    Condition::new(CdrField::Calling, test.clone()).map_err(|_| no_name(field))?;
    let (met, others): (Vec<_>, Vec<_>) = entries.iter().partition(|(_, call)| test.matches(&names(call)));
    let numbers =
        |of: Vec<&(i64, Cdr)>| of.into_iter().map(|(number, _)| Operand::Integer(*number)).collect::<Vec<_>>();
    let (met, others) = (numbers(met), numbers(others));
    Ok(Condition::new(number, if met.len() <= others.len() { Test::In(met) } else { Test::NotIn(others) })?)
}

/// The name that was probably meant: the same in other letters, or one that differs in one of four. Numbers that are alike
/// are different accounts, so none is proposed for another.
fn near(given: &str, known: impl Iterator<Item = String>) -> Option<String> {
    let lower = given.to_lowercase();
    let is_number = given.chars().all(|c| c.is_ascii_digit());
    let most = if is_number { 0 } else { given.chars().count() / 4 };
    let distance = |name: &String| strsim::damerau_levenshtein(&lower, &name.to_lowercase());
    known
        .filter(|name| !name.is_empty())
        .map(|name| (distance(&name), name))
        .filter(|(far, _)| *far <= most)
        .min()
        .map(|(_, name)| name)
}

fn no_name(field: CdrField) -> anyhow::Error {
    anyhow::anyhow!("field `{}` holds a name", field.name())
}

/// The values that must be names.
fn compared(test: &Test) -> &[Operand] {
    match test {
        Test::Eq(one) | Test::NotEq(one) => std::slice::from_ref(one),
        Test::In(several) | Test::NotIn(several) => several,
        _ => &[],
    }
}

/// The numbers that a record can have, each with a record that has it.
fn entries(number: CdrField, directory: &Directory) -> Vec<(i64, Cdr)> {
    let blank = Cdr::default;
    match number {
        CdrField::SourceId => {
            directory.sources.keys().map(|id| (i64::from(*id), Cdr { source_id: *id, ..blank() })).collect()
        }
        CdrField::CustomerId => {
            // A record whose customer is unknown has the number of nobody, who need not be in the directory.
            let all: BTreeSet<i64> = directory.customers.keys().copied().chain([NOBODY]).collect();
            all.into_iter().map(|id| (id, Cdr { customer_id: id, ..blank() })).collect()
        }
        CdrField::ServiceId => {
            directory.services.keys().map(|id| (i64::from(*id), Cdr { service_id: *id, ..blank() })).collect()
        }
        _ => {
            // A record that is booked on a customer itself has the customer's number with a minus.
            let customers = directory.customers.keys().map(|id| -id).filter(|id| *id != NOBODY);
            let all = directory.accounts.keys().copied().chain(customers);
            all.map(|id| (id, Cdr { account_id: id, ..blank() })).collect()
        }
    }
}
