//! Exit codes: 2 for an invalid command line, 1 for everything that is read after it.

use crate::harness::{Tollbook, outcome};

#[test]
fn an_exit_code_says_whether_the_command_line_or_something_else_is_wrong() {
    let tollbook = Tollbook::with_calls(10, 1);
    for (code, lines) in [
        (0, &["--help", "calls --help", "--version", "calls --count"][..]),
        (
            1,
            &[
                "calls --zone +25:00",
                "calls --set foo=1",
                "calls --from 2026-13-01",
                "calls --where talk>60",
                "calls --where customer=nobody",
                "calls --fields foo",
                "calls --customer nobody",
                "calls --source nobody",
                "calls --config missing.toml",
                "generate --first 2026-13-01 --output new.csv",
                "serve --listen foo",
                "export --layout foo --output new.zip",
                "export --sheet foo --output new.zip",
                "load --feed native missing.csv",
            ],
        ),
        (
            2,
            &[
                "",
                "foo",
                "calls --foo",
                "calls --set foo",
                "calls --limit",
                "calls --limit x",
                "calls --limit -1",
                "calls --format xml",
                "calls --anchor now",
                "calls --kind foo",
                "calls --all-kinds --kind fee",
                "load --feed foo calls.csv",
                "load --feed native --sheet foo calls.csv",
                "generate --days 0",
                "user add quill --role foo",
                "quarantine show x",
            ],
        ),
    ] {
        for line in lines {
            let output = tollbook.run(&line.split_whitespace().collect::<Vec<_>>());
            assert_eq!(output.status.code(), Some(code), "`{line}`: {}", outcome(&output));
            assert_eq!(output.stderr.is_empty(), code == 0, "`{line}`: {}", outcome(&output));
        }
    }
}
