//! The metadata pages, compared with those of the original.

use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::http::header::{CONTENT_TYPE, HOST};
use actix_web::test::{TestRequest, call_service, init_service};

use super::stub;
use crate::porta::service_stack;

/// The text of `http://7el.co/jsv/metadata?op=PortaCDR`, as it was in 2015.
const ORIGINAL: &str = include_str!("../samples/metadata.txt");

async fn page(path: &str) -> (u16, String, String) {
    let front = stub::front();
    let app = init_service(App::new().configure(|config| service_stack::mount(&front, config))).await;
    let request = TestRequest::get().uri(path).insert_header((HOST, "7el.co:8080"));
    let answer = call_service(&app, request.to_request()).await;
    let content_type = answer.headers().get(CONTENT_TYPE).unwrap().to_str().unwrap().to_owned();
    let status = answer.status().as_u16();
    (status, content_type, String::from_utf8(to_bytes(answer.into_body()).await.unwrap().to_vec()).unwrap())
}

/// The visible text: the non-blank lines of the body's text.
fn lines(html: &str) -> Vec<String> {
    let body = html.split_once("<body>").unwrap().1;
    let mut text = String::new();
    let mut inside = false;
    for char in body.chars() {
        match char {
            '<' => inside = true,
            '>' => inside = false,
            other if !inside => text.push(other),
            _ => {}
        }
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn the_page_of_jsv_matches_the_original() {
    let (status, content_type, html) = page("/jsv/metadata?op=PortaCDR").await;
    assert_eq!((status, content_type.as_str()), (200, "text/html"));
    let original: Vec<&str> = ORIGINAL.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    assert_eq!(lines(&html), original);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn every_format_has_a_page_and_a_list() {
    for format in ["json", "xml", "jsv", "csv", "JSON"] {
        let (status, _, list) = page(&format!("/{format}/metadata")).await;
        assert_eq!(status, 200);
        assert!(list.contains("PortaCDR"), "{format}");
        let (status, _, html) = page(&format!("/{format}/metadata?op=portacdr")).await;
        assert_eq!(status, 200);
        let small = format.to_ascii_lowercase();
        assert!(lines(&html).contains(&format!("POST /{small}/reply/PortaCDR HTTP/1.1")), "{html}");
    }
    let (_, _, json) = page("/json/metadata?op=PortaCDR").await;
    assert!(json.contains("?callback=myCallback"));
    assert!(
        lines(&json).iter().any(|line| line.starts_with(r#"{"TotalCalls":0,"NextOffset":0,"PortaCustomerCDRS":[{"#))
    );
    let (_, _, xml) = page("/xml/metadata?op=PortaCDR").await;
    assert!(lines(&xml).contains(&"  <TotalCalls>0</TotalCalls>".to_owned()), "{xml}");
    let (_, _, all) = page("/metadata").await;
    assert!(["xml", "json", "jsv", "csv"].iter().all(|it| all.contains(&format!("/{it}/metadata?op=PortaCDR"))));
}
