//! The address at which clients reach this server, and the addresses of the clients, also behind proxies.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{FORWARDED, HOST, HeaderName};
use actix_web::http::uri::Authority;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// The path between clients and this server. By default there is no proxy in between.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// The prefix of absolute links, such as `https://cdr.example:8443`; `None` for the listener's scheme and the
    /// `Host` of the request.
    pub public_url: Option<String>,
    /// Trusted proxies. From any other peer the headers of proxies are ignored.
    pub proxies: Vec<IpAddr>,
    /// The header in which the proxies name the client.
    pub header: ProxyHeader,
}

/// The header in which proxies name the client. Proxies set it in every request. They may pass on all others as the client
/// sent them, so those say nothing about the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`, with `X-Forwarded-Proto` and `X-Forwarded-Host` for links.
    #[default]
    XForwardedFor,
    /// `X-Real-IP`, with `X-Forwarded-Proto` and `X-Forwarded-Host` for links.
    XRealIp,
    /// `Forwarded` (RFC 7239), also for links.
    Forwarded,
}

/// What the headers of proxies report about a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Hop {
    client: Option<IpAddr>,
    scheme: Option<String>,
    host: Option<String>,
    /// The proxy named no client, although there are headers that name one: the client's address is unknown.
    doubtful: bool,
}

impl Origins {
    /// The prefix of absolute links in the answer, without a trailing slash.
    pub fn base(&self, request: &HttpRequest) -> String {
        if let Some(url) = &self.public_url {
            return url.trim_end_matches('/').to_owned();
        }
        let hop = self.hop(request);
        let here = request.app_config();
        let scheme = hop.scheme.unwrap_or_else(|| if here.secure() { "https" } else { "http" }.to_owned());
        let asked = || header(request, &HOST).and_then(|host| authority(&host));
        let target = || request.uri().authority().map(Authority::to_string);
        let host = hop.host.or_else(asked).or_else(target).unwrap_or_else(|| here.host().to_owned());
        format!("{scheme}://{host}")
    }

    /// The client's address; 0.0.0.0 if the connection has none.
    pub fn client(&self, request: &HttpRequest) -> IpAddr {
        self.hop(request).client.unwrap_or_else(|| peer(request))
    }

    /// The client's address, for checks against permitted networks. It is 0.0.0.0 also if a proxy passed on headers of
    /// this kind, but did not name the client in the one it should set, so that a client cannot impersonate the proxy.
    pub fn certain_client(&self, request: &HttpRequest) -> IpAddr {
        if self.hop(request).doubtful { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { self.client(request) }
    }

    /// What the trusted proxies report, if the request came through one.
    fn hop(&self, request: &HttpRequest) -> Hop {
        if !self.is_proxy(&peer(request)) {
            return Hop::default();
        }
        let hop = match self.header {
            ProxyHeader::Forwarded => {
                header(request, &FORWARDED).map(|value| self.forwarded(&value)).unwrap_or_default()
            }
            ProxyHeader::XForwardedFor => Hop { client: self.listed(request, &X_FORWARDED_FOR), ..links(request) },
            // Behind several proxies, the last one puts the address of the previous proxy here, not that of the client.
            ProxyHeader::XRealIp => {
                let client = self.listed(request, &X_REAL_IP).filter(|it| !self.is_proxy(it));
                Hop { client, ..links(request) }
            }
        };
        let names_one = [FORWARDED, X_FORWARDED_FOR, X_REAL_IP].iter().any(|it| request.headers().contains_key(it));
        Hop { doubtful: hop.client.is_none() && names_one, ..hop }
    }

    /// The client in a header with a list of addresses.
    fn listed(&self, request: &HttpRequest, name: &HeaderName) -> Option<IpAddr> {
        self.nearest(header(request, name)?.split(',').map(address))
    }

    /// Reads `Forwarded`: the last element whose client is not a trusted proxy.
    fn forwarded(&self, value: &str) -> Hop {
        let mut hop = Hop::default();
        for element in value.split(',').rev() {
            hop = Hop::default();
            for (name, value) in element.split(';').filter_map(|pair| pair.trim().split_once('=')) {
                let value = value.trim_matches('"');
                match name.to_ascii_lowercase().as_str() {
                    "for" => hop.client = address(value),
                    "proto" => hop.scheme = scheme(value),
                    "host" => hop.host = authority(value),
                    _ => (),
                }
            }
            if !hop.client.is_some_and(|client| self.is_proxy(&client)) {
                break;
            }
        }
        hop
    }

    /// The last address of a chain that is not that of a trusted proxy; the first address if all of them are.
    fn nearest(&self, chain: impl DoubleEndedIterator<Item = Option<IpAddr>>) -> Option<IpAddr> {
        let mut nearest = None;
        for hop in chain.rev() {
            nearest = hop;
            if !hop.is_some_and(|hop| self.is_proxy(&hop)) {
                break;
            }
        }
        nearest
    }

    fn is_proxy(&self, address: &IpAddr) -> bool {
        self.proxies.iter().any(|proxy| proxy.to_canonical() == *address)
    }
}

/// What links start with, in the headers that go with a list of addresses.
fn links(request: &HttpRequest) -> Hop {
    Hop {
        scheme: header(request, &X_FORWARDED_PROTO).as_deref().and_then(last).and_then(scheme),
        host: header(request, &X_FORWARDED_HOST).as_deref().and_then(last).and_then(authority),
        ..Hop::default()
    }
}

fn peer(request: &HttpRequest) -> IpAddr {
    request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip().to_canonical())
}

/// All values of a header, as one list.
fn header(request: &HttpRequest, name: &HeaderName) -> Option<String> {
    let values: Vec<&str> = request.headers().get_all(name).filter_map(|value| value.to_str().ok()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

fn last(list: &str) -> Option<&str> {
    list.rsplit(',').next().map(str::trim)
}

/// `192.0.2.7`, `192.0.2.7:4711`, `[2001:db8::7]`, `[2001:db8::7]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let plain = || text.parse().ok();
    let bare = || text.strip_prefix('[').and_then(|rest| rest.split_once(']')).and_then(|(ip, _)| ip.parse().ok());
    let with_port = || text.rsplit_once(':').and_then(|(ip, _)| ip.parse().ok());
    plain().or_else(bare).or_else(with_port).map(|ip: IpAddr| ip.to_canonical())
}

fn scheme(text: &str) -> Option<String> {
    ["http", "https"].into_iter().find(|known| known.eq_ignore_ascii_case(text)).map(str::to_owned)
}

/// A host with an optional port, and nothing else that could be injected into a link.
fn authority(text: &str) -> Option<String> {
    text.parse::<Authority>().ok().filter(|it| !it.as_str().contains('@')).map(|it| it.to_string())
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use actix_web::test::TestRequest;

    use super::Origins;
    use super::ProxyHeader::{self, Forwarded, XForwardedFor, XRealIp};

    const PROXY: &str = "10.0.0.1";

    type Pair = (&'static str, &'static str);

    fn check(origins: &Origins, peer: &str, headers: &[Pair], base: &str, client: &str) {
        let mut request = TestRequest::default().peer_addr(format!("{peer}:4711").parse().unwrap());
        for header in headers {
            request = request.append_header(*header);
        }
        let request = request.to_http_request();
        assert_eq!(origins.base(&request), base, "{headers:?}");
        assert_eq!(origins.client(&request), client.parse::<IpAddr>().unwrap(), "{headers:?}");
    }

    #[test]
    fn links_start_with_the_address_that_the_client_used() {
        let direct = Origins::default();
        let forged: &[Pair] = &[
            ("host", "dma.example:8443"),
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-host", "evil.example"),
            ("forwarded", "for=203.0.113.9;host=evil.example;proto=https"),
        ];
        check(&direct, "192.0.2.7", forged, "http://dma.example:8443", "192.0.2.7");
        check(&direct, "192.0.2.7", &[("host", "me@evil.example")], "http://localhost:8080", "192.0.2.7");
        let public = Origins { public_url: Some("https://cdr.example/dma/".to_owned()), ..Origins::default() };
        check(&public, "192.0.2.7", forged, "https://cdr.example/dma", "192.0.2.7");
    }

    #[test]
    fn without_a_host_links_use_the_target_of_the_request() {
        // As in HTTP/2.
        let request = TestRequest::with_uri("https://dma.example:8443/api").to_http_request();
        assert_eq!(Origins::default().base(&request), "http://dma.example:8443");
    }

    const HOST: Pair = ("host", "inner:8080");

    fn behind(header: ProxyHeader) -> Origins {
        Origins { proxies: vec![PROXY.parse().unwrap(), "10.0.0.2".parse().unwrap()], header, ..Origins::default() }
    }

    #[test]
    fn the_header_that_trusted_proxies_set_is_used() {
        let cases: [(ProxyHeader, &[Pair], &str, &str); 16] = [
            (XForwardedFor, &[], "http://inner:8080", PROXY),
            (XForwardedFor, &[("x-forwarded-for", "192.0.2.7")], "http://inner:8080", "192.0.2.7"),
            (
                XForwardedFor,
                &[("x-forwarded-for", "1.1.1.1, 192.0.2.7, 10.0.0.2"), ("x-forwarded-proto", "https")],
                "https://inner:8080",
                "192.0.2.7",
            ),
            (
                XForwardedFor,
                &[("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "192.0.2.7")],
                "http://inner:8080",
                "192.0.2.7",
            ),
            (
                XForwardedFor,
                &[("x-forwarded-for", "192.0.2.7"), ("x-forwarded-host", "evil, dma.example")],
                "http://dma.example",
                "192.0.2.7",
            ),
            (XForwardedFor, &[("x-forwarded-proto", "HTTPS")], "https://inner:8080", PROXY),
            (XForwardedFor, &[("x-forwarded-for", "nonsense")], "http://inner:8080", PROXY),
            (
                Forwarded,
                &[("forwarded", "for=1.1.1.1;host=evil, for=\"[2001:db8::7]:99\";proto=https;host=\"dma.example:1\"")],
                "https://dma.example:1",
                "2001:db8::7",
            ),
            (
                Forwarded,
                &[("forwarded", "for=192.0.2.7;host=outer;proto=https, for=10.0.0.2;host=between")],
                "https://outer",
                "192.0.2.7",
            ),
            (Forwarded, &[("forwarded", "for=unknown;proto=gopher")], "http://inner:8080", PROXY),
            (Forwarded, &[("forwarded", ";;;")], "http://inner:8080", PROXY),
            (Forwarded, &[("x-forwarded-proto", "https"), ("x-forwarded-for", "1.1.1.1")], "http://inner:8080", PROXY),
            (XRealIp, &[("x-real-ip", "192.0.2.7")], "http://inner:8080", "192.0.2.7"),
            (XRealIp, &[("x-real-ip", "192.0.2.7"), ("x-forwarded-proto", "https")], "https://inner:8080", "192.0.2.7"),
            (XRealIp, &[("x-real-ip", "10.0.0.2")], "http://inner:8080", PROXY),
            (XRealIp, &[("x-forwarded-for", "1.1.1.1")], "http://inner:8080", PROXY),
        ];
        for (header, headers, base, client) in cases {
            check(&behind(header), PROXY, &[&[HOST], headers].concat(), base, client);
        }
        let from_elsewhere = &[HOST, ("x-forwarded-for", "1.1.1.1")];
        check(&behind(XForwardedFor), "192.0.2.8", from_elsewhere, "http://inner:8080", "192.0.2.8");
    }

    /// A proxy sets one header and passes on the others as the client sent them.
    #[test]
    fn a_client_changes_nothing_with_headers_of_its_own() {
        let forged: [&[Pair]; 9] = [
            &[],
            &[("forwarded", "proto=http")],
            &[("forwarded", "for=9.9.9.9")],
            &[("forwarded", "for=10.0.0.1;host=evil.example;proto=https")],
            &[("forwarded", ";;;")],
            &[("x-real-ip", "9.9.9.9")],
            &[("x-real-ip", "10.0.0.1")],
            &[("x-forwarded-for", "9.9.9.9")],
            &[("forwarded", "for=9.9.9.9"), ("x-real-ip", "10.0.0.1"), ("x-forwarded-for", "nonsense")],
        ];
        let set: [(ProxyHeader, Pair); 3] = [
            (XForwardedFor, ("x-forwarded-for", "203.0.113.5")),
            (Forwarded, ("forwarded", "for=203.0.113.5")),
            (XRealIp, ("x-real-ip", "203.0.113.5")),
        ];
        for (header, set) in set {
            for forged in forged {
                // Of the header that the proxy sets, it appends its own to the client's.
                let headers = [&[HOST], forged, &[set]].concat();
                check(&behind(header), PROXY, &headers, "http://inner:8080", "203.0.113.5");
            }
        }
    }

    #[test]
    fn a_client_that_the_proxy_does_not_name_has_no_address() {
        for (header, peer, headers, client) in [
            (XRealIp, PROXY, vec![("x-real-ip", "192.0.2.7")], "192.0.2.7"),
            (XRealIp, PROXY, vec![("x-real-ip", "192.0.2.7"), ("x-forwarded-for", "1.1.1.1")], "192.0.2.7"),
            (XForwardedFor, PROXY, vec![], PROXY),
            (XForwardedFor, PROXY, vec![("x-real-ip", "192.0.2.7")], "0.0.0.0"),
            (XForwardedFor, PROXY, vec![("forwarded", "for=192.0.2.7")], "0.0.0.0"),
            (XForwardedFor, PROXY, vec![("x-forwarded-for", "nonsense")], "0.0.0.0"),
            (Forwarded, PROXY, vec![("forwarded", "proto=https")], "0.0.0.0"),
            (XForwardedFor, "192.0.2.7", vec![("x-real-ip", "10.0.0.9")], "192.0.2.7"),
        ] {
            let mut request = TestRequest::default().peer_addr(format!("{peer}:4711").parse().unwrap());
            for header in &headers {
                request = request.append_header(*header);
            }
            assert_eq!(behind(header).certain_client(&request.to_http_request()).to_string(), client, "{headers:?}");
        }
    }
}
