//! Tokens: JSON Web Tokens signed with HMAC-SHA256 (RFC 7519, RFC 7515, `HS256` of RFC 7518), and no others.
//!
//! Implemented here, since the usual library needs a cryptography provider for the whole process, which a library must
//! not install, and uses the machine's clock.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

const ALGORITHM: &str = "HS256";

/// Signs tokens and reads them.
pub(crate) struct Tokens(Vec<u8>);

/// The audience of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    Customers,
    Administrators,
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    /// Extensions that must be understood (RFC 7515, 4.1.11). None are supported.
    #[serde(skip_serializing, default)]
    crit: Option<Value>,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: Value,
    aud: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exp: Option<Value>,
    /// Before this second it is not valid yet (RFC 7519, 4.1.5). Issued tokens have none.
    #[serde(default, skip_serializing)]
    nbf: Option<Value>,
}

/// When a token is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// In seconds since 1970.
    pub(crate) now: i64,
    /// Whether tokens expire.
    pub(crate) is_limited: bool,
}

impl Audience {
    fn name(self) -> &'static str {
        match self {
            Audience::Customers => "customer-v1",
            Audience::Administrators => "admin",
        }
    }
}

impl Tokens {
    /// Tokens signed with this key.
    pub(crate) fn new(key: Vec<u8>) -> Tokens {
        Tokens(key)
    }

    /// A token for a subject that is valid until `expires`, in seconds since 1970, or without expiry.
    pub(crate) fn issue(&self, subject: impl Into<Value>, audience: Audience, expires: Option<i64>) -> String {
        let header = Header { alg: ALGORITHM.to_owned(), crit: None };
        let aud = Value::from(vec![audience.name()]);
        let claims = Claims { sub: subject.into(), aud, exp: expires.map(Value::from), nbf: None };
        let signed = format!("{}.{}", encoded(&header), encoded(&claims));
        let signature = self.mac(&signed).finalize().into_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The subject of a token, if the token is signed with the key, is for this audience, is valid already, and has not
    /// expired. A token without an expiry never expires.
    pub(crate) fn subject(&self, token: &str, audience: Audience, moment: Moment) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        // Nothing in the token is trusted before this check, not even its algorithm.
        self.mac(signed).verify_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        let header: Header = decoded(header)?;
        let Claims { sub, aud, exp, nbf } = decoded(claims)?;
        let for_us = match &aud {
            Value::Array(list) => list.iter().any(|it| it == audience.name()),
            one => one == audience.name(),
        };
        let now = moment.now as f64;
        let is_past = |second: &Value| second.as_f64().is_some_and(|second| second <= now);
        let is_valid_already = nbf.as_ref().is_none_or(is_past);
        let is_valid_still = !moment.is_limited || exp.as_ref().is_none_or(|exp| exp.is_number() && !is_past(exp));
        let in_time = is_valid_already && is_valid_still;
        (header.alg == ALGORITHM && header.crit.is_none() && for_us && in_time).then_some(sub)
    }

    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0);
        // HMAC accepts keys of any length (RFC 2104, 3).
        let mut mac = mac.unwrap_or_else(|_| unreachable!("keys of any length are valid"));
        mac.update(signed.as_bytes());
        mac
    }
}

fn encoded(part: &impl Serialize) -> String {
    // Serializing texts and numbers cannot fail.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).unwrap_or_default())
}

fn decoded<T: for<'de> Deserialize<'de>>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::{Audience, Moment, Tokens};

    const NEVER: Moment = Moment { now: 0, is_limited: false };

    fn at(now: i64) -> Moment {
        Moment { now, is_limited: true }
    }

    fn tokens() -> Tokens {
        Tokens::new(b"a key that is known to these tests".to_vec())
    }

    /// A token with this header and these claims, correctly signed.
    fn signed(header: &str, claims: &str) -> String {
        use hmac::Mac;
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tokens().mac(&signed).finalize().into_bytes()))
    }

    #[test]
    fn tokens_match_those_of_the_original() {
        let token = tokens().issue(12, Audience::Customers, Some(1_731_578_225));
        let parts: Vec<String> = token
            .split('.')
            .take(2)
            .map(|it| String::from_utf8(URL_SAFE_NO_PAD.decode(it).unwrap()).unwrap())
            .collect();
        assert_eq!(parts, [r#"{"alg":"HS256"}"#, r#"{"sub":12,"aud":["customer-v1"],"exp":1731578225}"#]);
        // The first two parts of a token in yeti-web's generated documentation.
        assert!(
            token.starts_with(
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjEyLCJhdWQiOlsiY3VzdG9tZXItdjEiXSwiZXhwIjoxNzMxNTc4MjI1fQ."
            )
        );
    }

    #[test]
    fn tokens_are_valid_until_they_expire() {
        let token = tokens().issue(12, Audience::Customers, Some(100));
        let subject = |moment| tokens().subject(&token, Audience::Customers, moment);
        assert_eq!(subject(at(99)), Some(12.into()));
        assert_eq!(subject(at(100)), None);
        assert_eq!(subject(NEVER), Some(12.into()));
        let permanent = tokens().issue(12, Audience::Customers, None);
        assert_eq!(tokens().subject(&permanent, Audience::Customers, at(i64::MAX)), Some(12.into()));
    }

    #[test]
    fn tokens_are_not_valid_before_their_time() {
        for (claims, valid_from) in [
            (r#"{"sub":12,"aud":["customer-v1"],"nbf":50}"#, Some(50)),
            (r#"{"sub":12,"aud":["customer-v1"],"exp":100,"nbf":50.5}"#, Some(51)),
            (r#"{"sub":12,"aud":["customer-v1"],"nbf":"soon"}"#, None),
            (r#"{"sub":12,"aud":["customer-v1"],"nbf":null}"#, Some(0)),
        ] {
            let token = signed(r#"{"alg":"HS256"}"#, claims);
            for now in [0, 49, 50, 51, 99] {
                // Also while tokens never expire.
                for is_limited in [true, false] {
                    let subject = tokens().subject(&token, Audience::Customers, Moment { now, is_limited });
                    assert_eq!(subject.is_some(), valid_from.is_some_and(|from| from <= now), "{claims} {now}");
                }
            }
        }
    }

    #[test]
    fn only_correctly_signed_tokens_are_accepted() {
        let good = signed(r#"{"alg":"HS256"}"#, r#"{"sub":12,"aud":["customer-v1"],"exp":100}"#);
        let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
        let other = Tokens::new(b"another key".to_vec()).issue(12, Audience::Customers, Some(100));
        let claims = r#"{"sub":12,"aud":["customer-v1"],"exp":100}"#;
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        for (token, believed) in [
            (good.clone(), true),
            (signed(r#"{"typ":"JWT","alg":"HS256"}"#, claims), true),
            (signed(r#"{"alg":"HS256"}"#, r#"{"sub":12,"aud":"customer-v1"}"#), true),
            (signed(r#"{"alg":"HS256"}"#, r#"{"sub":12,"aud":["x","customer-v1"]}"#), true),
            (signed(r#"{"alg":"none"}"#, claims), false),
            (signed(r#"{"alg":"HS512"}"#, claims), false),
            (signed(r#"{"alg":"RS256"}"#, claims), false),
            (signed(r#"{"alg":"hs256"}"#, claims), false),
            (signed(r#"{"alg":"HS256","crit":["x"]}"#, claims), false),
            (signed("{}", claims), false),
            (signed(r#"{"alg":"HS256"}"#, r#"{"sub":12,"aud":["admin"],"exp":100}"#), false),
            (signed(r#"{"alg":"HS256"}"#, r#"{"sub":12,"aud":[]}"#), false),
            (signed(r#"{"alg":"HS256"}"#, r#"{"sub":12}"#), false),
            (signed(r#"{"alg":"HS256"}"#, r#"{"sub":12,"aud":["customer-v1"],"exp":"never"}"#), false),
            (signed(r#"{"alg":"HS256"}"#, "12"), false),
            (unsigned, false),
            (format!("{none}.{}.", URL_SAFE_NO_PAD.encode(claims)), false),
            (other, false),
            (good[..good.len() - 1].to_owned(), false),
            (good.replacen('.', "", 1), false),
            (format!("{good}."), false),
            (String::new(), false),
            ("invalid".to_owned(), false),
        ] {
            assert_eq!(tokens().subject(&token, Audience::Customers, at(50)).is_some(), believed, "{token}");
        }
    }
}
