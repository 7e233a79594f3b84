//! Networks of IP addresses.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A network of IPv4 or IPv6 addresses: those that start with the same bits as an address. Its text is `192.0.2.0/24`, or
/// an address alone for a network of one address.
///
/// Source: RFC 4632, section 3.1; RFC 4291, section 2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    address: IpAddr,
    length: u8,
}

/// A text that is not a network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is not a network, as in 192.0.2.0/24")]
pub struct NetworkError {
    /// The text.
    pub text: String,
}

impl Network {
    /// Whether an address belongs to the network. An IPv4 address belongs to no IPv6 network, nor the other way round.
    pub fn contains(&self, address: IpAddr) -> bool {
        let shift = |width: u8| u32::from(width - self.length);
        match (self.address, address) {
            (IpAddr::V4(one), IpAddr::V4(other)) => {
                (one.to_bits() ^ other.to_bits()).checked_shr(shift(32)).unwrap_or(0) == 0
            }
            (IpAddr::V6(one), IpAddr::V6(other)) => {
                (one.to_bits() ^ other.to_bits()).checked_shr(shift(128)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Network, NetworkError> {
        let refuse = || NetworkError { text: text.to_owned() };
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().map_err(|_| refuse())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let length = match length {
            None => width,
            Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().ok().filter(|length| *length <= width).ok_or_else(refuse)?
            }
            Some(_) => return Err(refuse()),
        };
        Ok(Network { address, length })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

impl TryFrom<String> for Network {
    type Error = NetworkError;

    fn try_from(text: String) -> Result<Network, NetworkError> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> String {
        network.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn a_network_contains_the_addresses_with_its_first_bits() {
        for (network, inside, outside) in [
            ("192.0.2.0/24", ["192.0.2.0", "192.0.2.255"], ["192.0.3.0", "::ffff:192.0.2.1"]),
            ("192.0.2.7/24", ["192.0.2.0", "192.0.2.255"], ["192.0.1.255", "2001:db8::1"]),
            ("192.0.2.7", ["192.0.2.7", "192.0.2.7"], ["192.0.2.6", "192.0.2.8"]),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::", "2001:db8::1"]),
            ("2001:db8::/32", ["2001:db8::", "2001:db8:ffff::1"], ["2001:db9::", "192.0.2.1"]),
            ("::/0", ["::", "2001:db8::1"], ["0.0.0.0", "192.0.2.1"]),
            ("2001:db8::1/128", ["2001:db8::1", "2001:db8::1"], ["2001:db8::", "2001:db8::2"]),
        ] {
            let it: Network = network.parse().unwrap();
            assert!(inside.iter().all(|address| it.contains(address.parse().unwrap())), "{network}");
            assert!(outside.iter().all(|address| !it.contains(address.parse().unwrap())), "{network}");
            assert_eq!(it.to_string().parse::<Network>().unwrap(), it);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in
            ["", "/", "192.0.2.0/", "/24", "192.0.2.0/33", "::/129", "192.0.2/24", "192.0.2.0/+8", "192.0.2.0/8/9"]
        {
            let error = text.parse::<Network>().unwrap_err().to_string();
            assert_eq!(error, format!("`{text}` is not a network, as in 192.0.2.0/24"));
        }
    }
}
