//! Where clients reach this server, and where they come from, also behind proxies.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{FORWARDED, HOST, HeaderName};
use actix_web::http::uri::Authority;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// What is known about the way from a client to this server. By default nothing stands between them.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// What absolute links begin with, such as `https://cdr.example:8443`; `None` for the listener's scheme and the
    /// `Host` of the request.
    pub public_url: Option<String>,
    /// Proxies whose `Forwarded` (RFC 7239), `X-Forwarded-For`, `-Proto` and `-Host`, and `X-Real-IP` are believed. From
    /// anybody else these headers count for nothing, and where they disagree on the client, none does.
    pub proxies: Vec<IpAddr>,
}

/// What proxies say about a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Hop {
    client: Option<IpAddr>,
    scheme: Option<String>,
    host: Option<String>,
    /// One of the headers is the client's own: who that is cannot be told.
    doubtful: bool,
}

impl Origins {
    /// What absolute links in the answer begin with, without a slash at the end.
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

    /// The client's address, if it has to be in the right network: 0.0.0.0 also where proxies disagree about it, lest a
    /// client pass for the proxy.
    pub fn certain_client(&self, request: &HttpRequest) -> IpAddr {
        if self.hop(request).doubtful { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { self.client(request) }
    }

    /// What the nearest named proxies say, if the request came through one.
    fn hop(&self, request: &HttpRequest) -> Hop {
        if !self.is_proxy(&peer(request)) {
            return Hop::default();
        }
        let doubtful = Hop { doubtful: true, ..Hop::default() };
        let standard = header(request, &FORWARDED).map(|value| self.forwarded(&value));
        let listed = header(request, &X_FORWARDED_FOR).map(|value| self.nearest(value.split(',').map(address)));
        // Behind several proxies the last of them says the address of the one before, which is no client's.
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
            // A proxy that knows one kind hands on the other as the client wrote it.
            Some(_) => doubtful,
        }
    }

    /// Reads `Forwarded`: what the last named proxy wrote that was not asked by another one.
    fn forwarded(&self, value: &str) -> Hop {
        let mut said = Hop::default();
        for element in value.split(',').rev() {
            said = Hop::default();
            for (name, value) in element.split(';').filter_map(|pair| pair.trim().split_once('=')) {
                let value = value.trim_matches('"');
                match name.to_ascii_lowercase().as_str() {
                    "for" => said.client = address(value),
                    "proto" => said.scheme = scheme(value),
                    "host" => said.host = authority(value),
                    _ => (),
                }
            }
            if !said.client.is_some_and(|client| self.is_proxy(&client)) {
                break;
            }
        }
        said
    }

    /// The last address of a chain that is not a named proxy's own; the first, if all are.
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

/// A host and perhaps a port, and nothing else that could be smuggled into a link.
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
    fn links_lead_back_to_where_the_client_came_from() {
        let nobody = Origins::default();
        let lies: &[Pair] = &[
            ("host", "dma.example:8443"),
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-host", "evil.example"),
            ("forwarded", "for=203.0.113.9;host=evil.example;proto=https"),
        ];
        check(&nobody, "192.0.2.7", lies, "http://dma.example:8443", "192.0.2.7");
        check(&nobody, "192.0.2.7", &[("host", "me@evil.example")], "http://localhost:8080", "192.0.2.7");
        let public = Origins { public_url: Some("https://cdr.example/dma/".to_owned()), ..Origins::default() };
        check(&public, "192.0.2.7", lies, "https://cdr.example/dma", "192.0.2.7");
    }

    #[test]
    fn without_a_host_the_target_of_the_request_leads_back() {
        // As in HTTP/2.
        let request = TestRequest::with_uri("https://dma.example:8443/api").to_http_request();
        assert_eq!(Origins::default().base(&request), "http://dma.example:8443");
    }

    #[test]
    fn named_proxies_are_believed_as_far_as_they_go() {
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
    fn a_client_that_proxies_disagree_about_is_nobody() {
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
