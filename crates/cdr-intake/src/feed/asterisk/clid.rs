//! Asterisk's `clid`: `"Name" <number>`, or one of the two.

/// The name and the number of a caller ID, if present.
pub(in crate::feed) fn name_and_number(clid: &str) -> (Option<&str>, Option<&str>) {
    let given = |text: &'_ str| !text.is_empty();
    let clid = clid.trim();
    let parted = clid.strip_suffix('>').and_then(|clid| clid.rsplit_once('<'));
    let (name, number) = match parted {
        Some((name, number)) => (name.trim(), number.trim()),
        None if looks_like_number(clid) => ("", clid),
        None => (clid, ""),
    };
    // Asterisk does not double quotes here: everything between the first and the last quote is the name.
    let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    (Some(name).filter(|name| given(name)), Some(number).filter(|number| given(number)))
}

fn looks_like_number(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || "+*#-() .".contains(c))
}

#[cfg(test)]
mod tests {
    use super::name_and_number;

    #[test]
    fn a_caller_id_is_split_into_name_and_number() {
        let cases = [
            ("\"Ada Example\" <+493023125001>", (Some("Ada Example"), Some("+493023125001"))),
            ("Ada <555-0100>", (Some("Ada"), Some("555-0100"))),
            ("\"\" <555-0100>", (None, Some("555-0100"))),
            ("\"The \"Boss\" <x>\" <555-0100>", (Some("The \"Boss\" <x>"), Some("555-0100"))),
            ("<555-0100>", (None, Some("555-0100"))),
            ("555-0100", (None, Some("555-0100"))),
            ("\"Ada\"", (Some("Ada"), None)),
            ("Ada", (Some("Ada"), None)),
            ("\"Ada\" <>", (Some("Ada"), None)),
            ("\"", (Some("\""), None)),
            ("", (None, None)),
        ];
        for (clid, expected) in cases {
            assert_eq!(name_and_number(clid), expected, "{clid}");
        }
    }
}
