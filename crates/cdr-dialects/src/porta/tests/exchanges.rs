//! Requests and answers recorded on a ServiceStack v3 host with a stub of the service (`samples/portacdr-http.json`),
//! replayed here.

use actix_web::App;
use actix_web::http::Method;
use actix_web::http::header::HeaderName;
use actix_web::test::{TestRequest, call_service, init_service};
use serde_json::Value;

use super::stub;
use crate::porta::service_stack;
use crate::testing::Answer;

const RECORDED: &str = include_str!("../samples/portacdr-http.json");

/// The exchanges whose answers differ on purpose, and the reasons.
const WANTED: &[(&str, &str)] = &[
    ("Accept: text/xml", "the original did not know text/xml and answered with a page"),
    ("verb OPTIONS on GET route", "OPTIONS is answered; the original did not support it"),
    ("arity-7 tie: true/false jsv", "a word selects route 4; the original failed to bind it to route 3"),
    ("binding error jsv", "the same"),
    ("binding error csv", "the same"),
    (
        "GET /json/reply bad int",
        "the message names the member; the original's contained the whole query, including the licence",
    ),
    ("POST /json/reply bad int (json)", "an invalid number is rejected; the original used the default instead"),
    ("POST /jsv/reply pretty jsv (as on page)", "the sample of the documentation is accepted"),
    ("License=bad .json", "the answer has the reason in ResponseStatus, as in other services of the original"),
    ("License=bad .xml", "the same"),
    ("License=bad .csv", "the same"),
    ("License=arg .json", "the same"),
    ("License=nf .json", "the same"),
    ("License=nf .jsv", "the same"),
    ("License=boom .jsv", "the same"),
    ("License=ni .jsv", "the same"),
    ("/", "the link names the host of the request"),
    ("/soap11 GET", "SOAP is left out"),
];

async fn ask(request: &Value) -> Answer {
    let front = stub::front();
    let app = init_service(App::new().configure(|config| service_stack::mount(&front, config))).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let method = Method::from_bytes(text(&request["method"]).as_bytes()).unwrap();
    let mut asked = TestRequest::default().method(method).uri(&text(&request["path"]));
    for (name, value) in request["headers"].as_object().unwrap() {
        asked = asked.append_header((HeaderName::try_from(name.as_str()).unwrap(), text(value)));
    }
    if let Some(body) = request["body"].as_str() {
        asked = asked.set_payload(body.to_owned());
    }
    Answer::read(call_service(&app, asked.to_request()).await).await
}

/// The differences from the recorded answer, as text.
fn differences(recorded: &Value, answer: &Answer) -> Vec<String> {
    let mut unlike = Vec::new();
    let mut compare = |what: &str, recorded: Option<&str>, answered: Option<&str>| {
        if recorded != answered {
            unlike.push(format!("{what}: recorded {recorded:?}, answered {answered:?}"));
        }
    };
    let status = answer.status.to_string();
    compare("status", Some(&recorded["status"].to_string()), Some(&status));
    compare("reason", recorded["reason"].as_str(), Some(&answer.reason));
    compare("content type", recorded["content_type"].as_str(), answer.given("content-type"));
    compare("disposition", recorded["content_disposition"].as_str(), answer.given("content-disposition"));
    compare("location", recorded["location"].as_str(), answer.given("location"));
    // Lines of the recording host end in LF; those of the original end in CR LF, as here.
    let body = match answer.given("content-type") {
        Some("text/csv") => answer.text().replace("\r\n", "\n"),
        _ => answer.text().to_owned(),
    };
    match (recorded["body_kind"].as_str(), recorded["body_prefix"].as_str()) {
        (Some("html page"), _) => {
            let title = recorded["title"].as_str().unwrap().replace("<utc now>", "2026-11-27 08:13:52");
            let titled = body.contains(&format!("<title>{title}</title>"));
            compare("title", Some(&title), titled.then_some(title.as_str()));
        }
        (Some(_), _) => {}
        (None, Some(prefix)) => compare("beginning", Some(prefix), body.get(..prefix.len())),
        (None, None) => compare("body", recorded["body"].as_str(), Some(&body)),
    }
    unlike
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn recorded_exchanges_are_reproduced() {
    let recorded: Value = serde_json::from_str(RECORDED).unwrap();
    let mut unlike = Vec::new();
    for case in recorded["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let answer = ask(&case["request"]).await;
        let differences = differences(&case["response"], &answer);
        let wanted = WANTED.iter().any(|(wanted, _)| *wanted == name);
        if wanted && differences.is_empty() {
            unlike.push(format!("{name}: does not differ, and should not be listed"));
        }
        if !wanted {
            unlike.extend(differences.iter().map(|difference| format!("{name}: {difference}")));
        }
    }
    let names: Vec<&str> =
        recorded["cases"].as_array().unwrap().iter().map(|case| case["name"].as_str().unwrap()).collect();
    unlike.extend(WANTED.iter().filter(|(name, _)| !names.contains(name)).map(|(name, _)| format!("{name}: no case")));
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn intended_differences_are_as_intended() {
    let request = |method: &str, path: &str, accept: &str, content_type: &str, body: Option<&str>| {
        let mut headers = serde_json::Map::new();
        for (name, value) in [("Accept", accept), ("Content-Type", content_type)] {
            if !value.is_empty() {
                headers.insert(name.to_owned(), value.into());
            }
        }
        serde_json::json!({ "method": method, "path": path, "headers": headers, "body": body })
    };
    let account = "/getCDRS/Account/echo/12/2015-06-01/2015-06-30";
    let tie = "/getCustomerAccountCDRS/echo/7/2015-06-01/2015-06-30/true/false.jsv";
    for (request, status, body) in [
        (request("GET", account, "text/xml", "", None), 200, "<IAccount>12</IAccount>"),
        (request("OPTIONS", account, "", "", None), 204, ""),
        (request("HEAD", account, "", "", None), 200, ""),
        (request("GET", account, "text/plain", "", None), 200, "\"IAccount\":12"),
        (request("GET", tie, "", "", None), 200, "IncludeAccounts:True"),
        (
            request("GET", "/json/reply/PortaCDR?License=topsecret&IAccount=abc", "", "", None),
            400,
            r#"{"ResponseStatus":{"ErrorCode":"SerializationException","Message":"Could not deserialize 'PortaPlus2.API.Web.Dto.PortaCDR' request using KeyValueDataContractDeserializer: 'IAccount=abc'."}}"#,
        ),
        (
            request("POST", "/json/reply/PortaCDR", "", "application/json", Some(r#"{"IAccount":"abc"}"#)),
            400,
            "SerializationException",
        ),
        (
            request("POST", "/json/reply/PortaCDR", "", "application/json", Some(r#"{"License":"echo""#)),
            400,
            "Could not deserialize 'application/json' request using PortaPlus2.API.Web.Dto.PortaCDR': the body is not a JSON object",
        ),
        (
            request(
                "POST",
                "/json/reply/PortaCDR?IAccount=6&ICustomer=7",
                "",
                "application/json",
                Some(r#"{"License":"echo","IAccount":5}"#),
            ),
            200,
            r#""ICustomer":7,"IAccount":5"#,
        ),
        (
            request(
                "POST",
                "/json/reply/PortaCDR?ICustomer=7",
                "",
                "multipart/form-data; boundary=x",
                Some(
                    "--x\r\nContent-Disposition: form-data; name=\"License\"\r\n\r\necho\r\n--x\r\nContent-Disposition: form-data; name=\"FromDate\"\r\n\r\na+b & c\r\n--x--\r\n",
                ),
            ),
            200,
            r#"{"FromDate":"a+b & c","ICustomer":7,"#,
        ),
        (
            request("POST", "/json/reply/PortaCDR", "", "multipart/form-data; boundary=x", Some("--y")),
            400,
            "Could not deserialize 'multipart/form-data' request",
        ),
        (
            request("POST", "/jsv/reply/PortaCDR", "", "text/jsv", Some("{\n\tLicense: echo,\n\tIAccount: 5\n}")),
            200,
            "IAccount:5",
        ),
        (
            request(
                "POST",
                "/xml/reply/PortaCDR",
                "",
                "text/xml",
                Some(
                    r#"<p:PortaCDR xmlns:p="http://schemas.datacontract.org/2004/07/PortaPlus2.API.Web.Dto"><p:IAccount>5</p:IAccount><p:License>echo</p:License><p:FromDate>a&amp;b&#x41;</p:FromDate></p:PortaCDR>"#,
                ),
            ),
            200,
            "<FromDate>a&amp;bA</FromDate>",
        ),
        (
            request("GET", "/getCDRS/Account/bad/12/2015-06-01/2015-06-30.json", "", "", None),
            403,
            r#"{"TotalCalls":0,"NextOffset":0,"ResponseStatus":{"ErrorCode":"UnauthorizedAccessException","Message":"thrown"},"ContentId":0}"#,
        ),
        (
            request("GET", "/getCDRS/Account/bad/12/2015-06-01/2015-06-30.xml", "", "", None),
            403,
            r#"</PortaCustomerCDRS><ResponseStatus xmlns:d2p1="http://schemas.servicestack.net/types"><d2p1:ErrorCode>"#,
        ),
        (request("GET", &format!("{account}?callback=alert(1)//"), "", "", None), 400, "ArgumentException"),
        (request("GET", &format!("{account}.jsv?debug=1"), "", "", None), 200, "\n\tIAccount: 12,\n"),
        (request("GET", "/json/reply/Nope", "", "", None), 405, "The operation 'Nope' does not exist for this service"),
        (request("GET", "/json/metadata?op=Nope", "", "", None), 404, "404"),
    ] {
        let answer = ask(&request).await;
        assert_eq!(answer.status, status, "{request}: {}", answer.text());
        // A null list has no end tag in XML, but the expected text has one before the member that was added later.
        let found = answer.text().replace(" i:nil=\"true\" /><ResponseStatus", "></PortaCustomerCDRS><ResponseStatus");
        assert!(found.contains(body), "{request}: {}", answer.text());
        assert!(
            !answer.text().contains("topsecret") && !answer.text().contains("alert"),
            "{request}: {}",
            answer.text()
        );
    }
}
