//! Example `curl` commands for each API, for a POSIX shell.

use cdr_mediation::{Clock, SystemClock};
use cdr_model::{Account, Timestamp};

use super::{LICENCE, LOGIN, NAME, PASSWORD};
use crate::server::Addresses;

/// The DMA billing API, as a billing script uses it: from generation to download.
pub(super) fn dma(addresses: &Addresses) -> String {
    let (Some(base), https) = (addresses.http().or_else(|| addresses.https()), addresses.https()) else {
        return String::new();
    };
    let signed = |url: &str| format!("{} -u {NAME}:{PASSWORD}", curl(url));
    let (plain, billing) = (signed(&base), format!("{base}/api/rest/billing"));
    let (from, to) = last_week();
    let days = format!("from-date={from}&to-date={to}");
    let mut text = format!(
        "
The DMA billing API, as `{NAME}` with the password `{PASSWORD}`.

Generate the calls of the last seven days, wait until they are ready, and download them:

  {plain} -i -X POST '{billing}/generate-cdrs?{days}'
  until {plain} -s -H 'Accept: application/json' {billing}/status | grep '\"downloadReady\":true'; do sleep 1; done
  {plain} -f -o cdrExport.zip {billing}/download-cdrs
  unzip -t cdrExport.zip

Or in one request:

  {plain} -f -o live.zip '{billing}?{days}'"
    );
    if let Some(https) = https.filter(|https| *https != base) {
        text.push_str(&format!("\n\nOver TLS:\n\n  {} {https}/api/rest/billing/status", signed(&https)));
    }
    text
}

/// The Yeti customer API, from the sign-in to the rows. Answers are one line with ids and tokens in quotes, so standard
/// shell tools can extract them.
pub(super) fn yeti(addresses: &Addresses, account: &Account) -> String {
    let Some(base) = addresses.http().or_else(|| addresses.https()) else { return String::new() };
    let (curl, api) = (format!("{} -s", curl(&base)), format!("{base}/api/rest/customer/v1"));
    let (from, until) = last_week();
    let credentials = format!(r#"{{"auth":{{"login":"{LOGIN}","password":"{PASSWORD}"}}}}"#);
    let filters = format!(r#"{{"time_start_gteq":"{from}","time_start_lt":"{until}"}}"#);
    let linkage = format!(r#"{{"account":{{"data":{{"type":"accounts","id":"{}"}}}}}}"#, account.uuid);
    let order = format!(
        r#"{{"data":{{"type":"cdr-exports","attributes":{{"filters":{filters}}},"relationships":{linkage}}}}}"#
    );
    let json_api = "application/vnd.api+json";
    format!(
        "
The Yeti customer API, as `{LOGIN}` with the password `{PASSWORD}`.

Sign in, order an export of the calls of account `{number}` of the last seven days, wait for it, download and print it:

  TOKEN=$({curl} -H 'Content-Type: application/json' -d '{credentials}' {api}/auth | cut -d '\"' -f 4)
  EXPORT=$({curl} -H \"Authorization: $TOKEN\" -H 'Content-Type: {json_api}' -d '{order}' {api}/cdr-exports | cut -d '\"' -f 6)
  until {curl} -H \"Authorization: $TOKEN\" {api}/cdr-exports/$EXPORT | grep '\"status\":\"Completed\"'; do sleep 1; done
  {curl} -f -o cdr-export.csv.gz -H \"Authorization: $TOKEN\" {api}/cdr-exports/$EXPORT/download
  zcat cdr-export.csv.gz | head -n 3",
        number = account.number,
    )
}

/// The PortaCDR web service: the same records in each format, with a licence.
pub(super) fn porta(addresses: &Addresses, account: &Account) -> String {
    let Some(base) = addresses.http().or_else(|| addresses.https()) else { return String::new() };
    let curl = curl(&base);
    let (customer, account, number) = (account.customer_id, account.id, &account.number);
    let day = |text: String| text.chars().take(10).collect::<String>();
    let (from, until) = last_week();
    let window = format!("{}/{}", day(from), day(until));
    let path = |route: &str, id: i64, rest: &str| format!("'{base}/{route}/{LICENCE}/{id}/{window}{rest}'");
    format!(
        "
The PortaCDR web service, with the licence `{LICENCE}`.

One route in each format: all charges of customer {customer} of the last days, by service; its calls as a table; the
statistics of its accounts; the subscriptions of account `{number}`; and all records as an HTML page.

  {curl} -sf {json} | head -c 600; echo
  {curl} -sf -o calls.csv {csv} && head -n 3 calls.csv
  {curl} -sf {jsv}; echo
  {curl} -sf {xml}; echo
  {curl} -sf -o page.html {html}

The last one can be opened in a browser; {base}/metadata lists all routes.",
        json = path("getCustomerAccountCDRS", customer, "/true/?format=json"),
        csv = path("getCustomerAccountCDRS", customer, "/3/true/true"),
        jsv = path("GetAccountCDRStatistics", customer, "/true/false/true/true/all.jsv"),
        xml = path("getCDRS/Account", account, "/4.xml"),
        html = path("getcustomexdrdownloadlink", customer, "/true"),
    )
}

/// `curl` without verification of the certificate over TLS, as the certificate is self-signed.
fn curl(url: &str) -> &'static str {
    if url.starts_with("https") { "curl -k" } else { "curl" }
}

/// The last seven days, in whole seconds.
fn last_week() -> (String, String) {
    let now = SystemClock::default().now();
    let written = |at: Timestamp| at.to_utc().map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default();
    (written(now.plus_micros(-7 * 86_400_000_000)), written(now))
}
