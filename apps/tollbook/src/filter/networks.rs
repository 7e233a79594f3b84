//! Addresses and networks.

use std::net::IpAddr;

use anyhow::bail;
use cdr_query::{Network, Operand, Test};

use super::comparison::Comparison;

/// The test of a comparison with addresses and networks. `None` if a value is neither, so that it is compared as text.
///
/// # Errors
/// When a value has a `/` but is not a network, or a network is compared with another operator than `=` and `!=`.
pub(super) fn test(comparison: Comparison, values: &[&str]) -> anyhow::Result<Option<Test>> {
    let addresses: Option<Vec<IpAddr>> = values.iter().map(|text| text.parse().ok()).collect();
    if let Some(addresses) = addresses {
        // In the spelling in which addresses are printed: `2001:db8::1` for `2001:0DB8::1`.
        let printed = addresses.iter().map(|address| Operand::Text(address.to_string()));
        return Ok(Some(comparison.with(printed.collect())?));
    }
    if !values.iter().any(|text| text.contains('/')) {
        return Ok(None);
    }
    let inside = match comparison {
        Comparison::Eq => true,
        Comparison::NotEq => false,
        _ => bail!("a network is compared with = or !="),
    };
    let networks = values.iter().map(|text| text.parse::<Network>()).collect::<Result<_, _>>()?;
    Ok(Some(Test::Network { networks, inside }))
}
