//! Builds a query from the options of the command line.

use anyhow::{Context, anyhow, bail, ensure};
use cdr_mediation::CdrSource;
use cdr_model::{Anchor, CdrField, Directory, Timestamp};
use cdr_query::grammar::{Rounding, read_bound};
use cdr_query::{CdrQuery, Condition, Operand, SortBy, SortOrder, Test, Window};

use crate::cli::QuestionArgs;
use crate::config::Config;
use crate::filter::Reader;

/// The query that the options describe.
///
/// # Errors
/// When a bound cannot be read, a name is unknown, a condition is invalid, or the watermark is above the highest record
/// number.
pub(crate) fn read(
    args: &QuestionArgs,
    newest_first: bool,
    config: &Config,
    source: &dyn CdrSource,
) -> anyhow::Result<CdrQuery> {
    let directory = source.directory()?;
    let mut query = CdrQuery::over(window(args, config)?);
    query.order = SortOrder::new(SortBy::Anchor, newest_first);
    if let Some(watermark) = args.watermark {
        query.upto = Some(snapshot(watermark, source)?);
    }
    if !args.account.is_empty() {
        query = query.only(accounts(&args.account, args.customer.as_deref(), &directory)?);
    }
    if let Some(name) = &args.customer {
        let customer = directory.customer_named(name).ok_or_else(|| anyhow!("there is no customer `{name}`"))?;
        query = query.only(Condition::new(CdrField::CustomerId, Test::Eq(customer.id.into()))?);
    }
    if let Some(name) = &args.source {
        let source = directory.sources.values().find(|source| source.name == *name);
        let source = source.ok_or_else(|| anyhow!("there is no source `{name}`"))?;
        query = query.only(Condition::new(CdrField::SourceId, Test::Eq(i64::from(source.id).into()))?);
    }
    let reader = Reader { zone: &config.place.zone, xsd: config.place.xsd, directory: &directory };
    for text in &args.conditions {
        for condition in reader.read(text)? {
            query = query.only(condition);
        }
    }
    Ok(query)
}

/// A watermark that the store has reached. What a higher one will stand for is not known yet.
fn snapshot(watermark: i64, source: &dyn CdrSource) -> anyhow::Result<i64> {
    let highest = source.watermark()?;
    ensure!(watermark >= 0, "--watermark {watermark}: a record number is 0 or more");
    ensure!(
        watermark <= highest,
        "--watermark {watermark}: the store has no such record number yet; its highest is {highest} at present"
    );
    Ok(watermark)
}

/// The window between the given bounds. Digits beyond the microsecond are rounded up in both. Instants are whole
/// microseconds, so the rounding changes neither `t ≥ from` nor `t < until`.
fn window(args: &QuestionArgs, config: &Config) -> anyhow::Result<Window> {
    bounds(args.anchor, [&args.from, &args.until], config)
}

/// The same of bounds and an anchor.
pub(crate) fn bounds(anchor: Anchor, [from, until]: [&Option<String>; 2], config: &Config) -> anyhow::Result<Window> {
    let read = |flag: &str, text: &Option<String>, open: Timestamp| match text {
        None => Ok(open),
        Some(text) => read_bound(text, &config.place.zone, config.place.xsd, Rounding::Up)
            .with_context(|| format!("{flag} {text}")),
    };
    let from = read("--from", from, Timestamp::MIN)?;
    let until = read("--until", until, Timestamp::MAX)?;
    Ok(Window::new(anchor, from, until)?)
}

/// The accounts with these numbers. Several customers may use one number for different accounts; such a number needs a
/// `customer`.
fn accounts(numbers: &[String], customer: Option<&str>, directory: &Directory) -> anyhow::Result<Condition> {
    let mut ids = Vec::new();
    for number in numbers {
        let of_customer = |account: &&cdr_model::Account| {
            customer.is_none_or(|name| directory.customers.get(&account.customer_id).is_some_and(|it| it.name == name))
        };
        let found: Vec<i64> =
            directory.accounts_numbered(number).filter(of_customer).map(|account| account.id).collect();
        match found[..] {
            [id] => ids.push(Operand::Integer(id)),
            [] => bail!("there is no account `{number}`"),
            _ => bail!("{} customers have an account `{number}`; name one with --customer", found.len()),
        }
    }
    Ok(Condition::new(CdrField::AccountId, Test::In(ids))?)
}
