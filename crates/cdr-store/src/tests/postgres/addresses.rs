//! Addresses with passwords: no error repeats one.

use std::error::Error;
use std::time::Duration;

use crate::tests::support::options;
use crate::{Store, StoreAddress, StoreOptions};

const SECRET: &str = "hunter2";

/// Everything that an error can show: its messages, those of its causes, and its debug format.
fn shown(error: &(dyn Error + 'static)) -> String {
    let mut text = format!("{error:?}");
    let mut next = Some(error);
    while let Some(error) = next {
        text.push_str(&format!("\n{error}"));
        next = error.source();
    }
    text
}

#[test]
fn no_error_contains_the_password_of_an_address() {
    let options = StoreOptions { busy_timeout: Duration::from_millis(100), ..options() };
    for address in [
        // Nothing listens there, or the host does not exist.
        "postgres://tollbook:hunter2@127.0.0.1:1/calls",
        "postgres://tollbook:hunter2@host.invalid/calls",
        "postgres://tollbook:hunter2@127.0.0.1:1,127.0.0.1:2/calls?target_session_attrs=read-write",
        "postgres:///calls?host=/nonexistent&password=hunter2",
        "postgres://tollbook@127.0.0.1:1/calls?password=hunter2&sslmode=require",
        // libpq cannot parse them, and quotes them in its message.
        "postgres://tollbook:hunter2@[::1]x/calls",
        "postgres://tollbook:hunter2@[::1/calls",
        "postgres://tollbook:hunter2@127.0.0.1:port/calls",
        "postgres://tollbook:hunter2@127.0.0.1:1/calls?no_such_parameter=1",
        "postgres://tollbook:hunter2@127.0.0.1:1/calls?sslmode=sometimes",
        "postgres://tollbook:hunter2@127.0.0.1:1/calls?connect_timeout",
        "postgres://tollbook:hunter2@127.0.0.1:99999999/calls",
        "postgres://tollbook@127.0.0.1:1/calls?hunter2",
        "postgres://tollbook@127.0.0.1:1/calls?hunter2=1",
        "postgres://tollbook@127.0.0.1:1/calls?service=hunter2",
        "postgres://tollbook@127.0.0.1:1/calls?connect_timeout=hunter2",
        "postgres://tollbook@127.0.0.1:1/calls?password=x&=hunter2",
        "postgres://tollbook:hunter2 x@127.0.0.1:1/calls",
        "postgres://tollbook:hunter2%00@127.0.0.1:1/calls",
        // They are not addresses of a store at all.
        "mysql://tollbook:hunter2@db/calls",
        "tollbook:hunter2@db/calls",
        "postgres://tollbook:hunter2@hunter2@db/calls",
        "postgres://tollbook:hunter2/x@db/calls",
        "postgres://tollbook:hunter2%zz@db/calls",
    ] {
        let text = match address.parse::<StoreAddress>() {
            Err(error) => shown(&error),
            Ok(address) => {
                let replica = StoreOptions { replica: Some(address.clone()), ..options.clone() };
                let opened = [Store::open(&address, &options), Store::open(&address, &replica)];
                let created = Store::create_or_open(&address, &options).map(|(store, _)| store);
                let errors: Vec<String> =
                    opened.into_iter().chain([created]).map(|opened| shown(&opened.unwrap_err())).collect();
                format!("{address} {address:?} {}", errors.join("\n"))
            }
        };
        assert!(!text.contains(SECRET), "{address}: {text}");
    }
}
