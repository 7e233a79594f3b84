//! Objects whose values were decoded together with the text around them.

/// The longest name of a variable that is looked for, in bytes.
const NAME_BYTES: usize = 128;

/// The same object, with every value of `variables` quoted anew. A value reaches to the quote that is before the next
/// variable, or before the end of `variables`. `None` if the text has not this form, which is that of FreeSWITCH without
/// blanks.
pub(super) fn requoted(document: &str) -> Option<String> {
    let (before, mut rest) = document.split_once("\"variables\":{")?;
    let mut quoted = format!("{before}\"variables\":{{");
    loop {
        let (name, value) = rest.strip_prefix('"')?.split_once("\":\"")?;
        let end = value_end(value)?;
        quoted.push_str(&serde_json::to_string(name).ok()?);
        quoted.push(':');
        quoted.push_str(&serde_json::to_string(&value[..end]).ok()?);
        rest = &value[end + 1..];
        let Some(more) = rest.strip_prefix(',') else { break };
        quoted.push(',');
        rest = more;
    }
    quoted.push_str(rest);
    Some(quoted)
}

/// Where the value ends that this text begins with.
fn value_end(text: &str) -> Option<usize> {
    let ends = |at: &usize| {
        let after = &text[at + 1..];
        let ends_variables = || after.strip_prefix('}').is_some_and(|after| after.starts_with(['}', ',']));
        after.strip_prefix(",\"").is_some_and(begins_with_name) || ends_variables()
    };
    text.match_indices('"').map(|(at, _)| at).find(ends)
}

/// Whether a text begins with the rest of a quoted name, a colon and a quote.
fn begins_with_name(text: &str) -> bool {
    let quote = text.bytes().take(NAME_BYTES).position(|byte| byte == b'"');
    quote.is_some_and(|quote| text[quote..].starts_with("\":\""))
}

#[cfg(test)]
mod tests {
    use super::requoted;

    #[test]
    fn values_with_quotes_are_quoted_anew() {
        for (document, expected) in [
            (r#"{"variables":{"a":""Ada" <x>","b":"\n"}}"#, Some(r#"{"variables":{"a":"\"Ada\" <x>","b":"\\n"}}"#)),
            (
                r#"{"x":1,"variables":{"a":"b,"c"}","d":"}"},"y":""}"#,
                Some(r#"{"x":1,"variables":{"a":"b,\"c\"}","d":"}"},"y":""}"#),
            ),
            ("{\"variables\":{\"a\":\"v=0\r\n\"}}", Some(r#"{"variables":{"a":"v=0\r\n"}}"#)),
            (r#"{"variables":{}}"#, None),
            (r#"{"variables":{"a":"b"#, None),
            ("{}", None),
        ] {
            assert_eq!(requoted(document).as_deref(), expected, "{document}");
        }
    }
}
