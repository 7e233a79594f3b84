//! The encoding that a client gets.

use crate::dma::accept::{for_fault, for_status};
use crate::dma::wire::Encoding::{self, Json, Xml};

#[test]
fn xml_unless_json_is_preferred() {
    let cases: [(&str, Option<Encoding>, Encoding); 21] = [
        ("", Some(Xml), Xml),
        ("*/*", Some(Xml), Xml),
        ("application/*", Some(Xml), Xml),
        ("application/xml", Some(Xml), Xml),
        ("application/json", Some(Json), Json),
        ("Application/JSON; charset=utf-8", Some(Json), Json),
        ("application/xml, application/json", Some(Xml), Xml),
        ("application/xml;q=0.5, application/json", Some(Json), Json),
        ("application/xml;q=0.5, application/json;q=0.25", Some(Xml), Xml),
        ("application/json;q=0, */*", Some(Xml), Xml),
        ("application/xml;q=0, */*", Some(Json), Json),
        ("*/*;q=0.1, application/json;q=0.2", Some(Json), Json),
        ("text/html", None, Xml),
        ("text/html, */*;q=0.1", Some(Xml), Xml),
        ("application/json;q=0, application/xml;q=0", None, Xml),
        ("application/vnd.plcm.plcm-billing-status+xml", Some(Xml), Xml),
        ("application/vnd.plcm.plcm-billing-status+json", Some(Json), Json),
        // A client that accepts one message of the API in JSON gets the fault in JSON too.
        ("application/vnd.plcm.plcm-call-list+json", None, Json),
        ("application/vnd.plcm.plcm-error+json", None, Json),
        ("application/vnd.plcm.plcm-billing-status+json, application/vnd.plcm.plcm-error+xml", Some(Json), Xml),
        ("no media type at all", Some(Xml), Xml),
    ];
    for (accept, status, fault) in cases {
        assert_eq!(for_status(accept), status, "{accept}");
        assert_eq!(for_fault(accept), fault, "{accept}");
    }
}
