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
    /// Trusted proxies. Their `Forwarded` (RFC 7239), `X-Forwarded-For`, `-Proto` and `-Host`, and `X-Real-IP` are
    /// used. From any other peer these headers are ignored. If they disagree on the client, all of them are ignored.
    pub proxies: Vec<IpAddr>,
}

/// What the headers of proxies report about a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Hop {
    client: Option<IpAddr>,
    scheme: Option<String>,
    host: Option<String>,
    /// The headers disagree, so one of them is the client's own and the client's address is unknown.
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

    /// The client's address, for checks against permitted networks. It is 0.0.0.0 also if the headers disagree about
    /// it, so that a client cannot impersonate the proxy.
    pub fn certain_client(&self, request: &HttpRequest) -> IpAddr {
        if self.hop(request).doubtful { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { self.client(request) }
    }

    /// What the trusted proxies report, if the request came through one.
    fn hop(&self, request: &HttpRequest) -> Hop {
        if !self.is_proxy(&peer(request)) {
            return Hop::default();
        }
        let doubtful = Hop { doubtful: true, ..Hop::default() };
        let standard = header(request, &FORWARDED).map(|value| self.forwarded(&value));
        let listed = header(request, &X_FORWARDED_FOR).map(|value| self.nearest(value.split(',').map(address)));
        // Behind several proxies, the last one puts the address of the previous proxy here, not that of the client.
        let real = header(request, &X_REAL_IP).and_then(|value| address(&value)).filter(|it| !self.is_proxy(it));
        if listed.is_some_and(|listed| real.is_some() && listed != real) {
            return doubtful;
        }
        let customary = Hop {
            client: listed.flatten().or(real),
            scheme: header(request, &X_FORWARDED_PROTO).as_deref().and_then(last).and_then(scheme),
            host: header(request, &X_FORWARDED_HOST).as_deref().and_then(last).and_then(authority),
            doubtful: false,
        };
        match standard {
            None => customary,
            Some(standard) if customary == Hop::default() || customary.client == standard.client => standard,
            // A proxy that sets one kind of header forwards the other kind as the client sent it.
            Some(_) => doubtful,
        }
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

    #[test]
    fn headers_of_trusted_proxies_are_used() {
        let origins =
            Origins { proxies: vec![PROXY.parse().unwrap(), "10.0.0.2".parse().unwrap()], ..Origins::default() };
        let host = ("host", "inner:8080");
        let cases: [(&[Pair], &str, &str); 16] = [
            (&[host], "http://inner:8080", PROXY),
            (&[host, ("x-forwarded-for", "192.0.2.7")], "http://inner:8080", "192.0.2.7"),
            (
                &[host, ("x-forwarded-for", "1.1.1.1, 192.0.2.7, 10.0.0.2"), ("x-forwarded-proto", "https")],
                "https://inner:8080",
                "192.0.2.7",
            ),
            (
                &[host, ("x-forwarded-for", "192.0.2.7"), ("x-forwarded-host", "evil, dma.example")],
                "http://dma.example",
                "192.0.2.7",
            ),
            (
                &[
                    host,
                    ("forwarded", "for=1.1.1.1;host=evil, for=\"[2001:db8::7]:99\";proto=https;host=\"dma.example:1\""),
                ],
                "https://dma.example:1",
                "2001:db8::7",
            ),
            (
                &[host, ("forwarded", "for=192.0.2.7;host=outer;proto=https, for=10.0.0.2;host=between")],
                "https://outer",
                "192.0.2.7",
            ),
            // The two kinds disagree: one of them is the client's own.
            (
                &[host, ("forwarded", "for=1.1.1.1;host=evil"), ("x-forwarded-for", "192.0.2.7")],
                "http://inner:8080",
                PROXY,
            ),
            (&[host, ("forwarded", "for=1.1.1.1"), ("x-forwarded-proto", "https")], "http://inner:8080", PROXY),
            (&[host, ("x-forwarded-proto", "HTTPS")], "https://inner:8080", PROXY),
            (&[host, ("forwarded", "for=unknown;proto=gopher")], "http://inner:8080", PROXY),
            (&[host, ("x-forwarded-for", "nonsense")], "http://inner:8080", PROXY),
            (&[host, ("x-real-ip", "192.0.2.7")], "http://inner:8080", "192.0.2.7"),
            (&[host, ("x-real-ip", "192.0.2.7"), ("x-forwarded-for", "192.0.2.7")], "http://inner:8080", "192.0.2.7"),
            (&[host, ("x-real-ip", "10.0.0.2"), ("x-forwarded-for", "192.0.2.7")], "http://inner:8080", "192.0.2.7"),
            (&[host, ("x-real-ip", "192.0.2.7"), ("x-forwarded-for", "1.1.1.1")], "http://inner:8080", PROXY),
            (&[host, ("x-real-ip", "1.1.1.1"), ("forwarded", "for=192.0.2.7")], "http://inner:8080", PROXY),
        ];
        for (headers, base, client) in cases {
            check(&origins, PROXY, headers, base, client);
        }
        check(&origins, "192.0.2.8", &[host, ("x-forwarded-for", "1.1.1.1")], "http://inner:8080", "192.0.2.8");
    }

    #[test]
    fn a_client_that_proxies_disagree_about_has_no_address() {
        let origins = Origins { proxies: vec![PROXY.parse().unwrap()], ..Origins::default() };
        let disagreed = ("x-forwarded-for", "1.1.1.1");
        for (peer, headers, client) in [
            (PROXY, vec![("x-real-ip", "192.0.2.7")], "192.0.2.7"),
            (PROXY, vec![], PROXY),
            (PROXY, vec![("x-real-ip", "192.0.2.7"), disagreed], "0.0.0.0"),
            (PROXY, vec![("forwarded", "for=192.0.2.7"), disagreed], "0.0.0.0"),
            ("192.0.2.7", vec![("x-real-ip", "10.0.0.9"), disagreed], "192.0.2.7"),
        ] {
            let mut request = TestRequest::default().peer_addr(format!("{peer}:4711").parse().unwrap());
            for header in &headers {
                request = request.append_header(*header);
            }
            assert_eq!(origins.certain_client(&request.to_http_request()).to_string(), client, "{headers:?}");
        }
    }
}
