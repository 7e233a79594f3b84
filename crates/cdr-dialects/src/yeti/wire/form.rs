//! URL-encoded forms, whose names Ruby on Rails reads as members of objects.

use serde_json::{Map, Value};

use super::query::{bracketed, decoded};

/// The members of a form, all of them texts: `auth[login]=acme` is `{"auth": {"login": "acme"}}`. Invalid UTF-8 is
/// replaced.
pub(super) fn read(form: &[u8]) -> Map<String, Value> {
    let form = String::from_utf8_lossy(form);
    let mut members = Map::new();
    for pair in form.trim().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name), Value::from(decoded(value)));
        let Some((object, member)) = bracketed(&name) else {
            members.insert(name, value);
            continue;
        };
        let object = members.entry(object).or_insert_with(|| Map::new().into());
        if let Value::Object(object) = object {
            object.insert(member.to_owned(), value);
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::read;

    #[test]
    fn names_in_brackets_are_members() {
        for (form, expected) in [
            ("auth[login]=acme&auth%5Bpassword%5D=a%26b+c", json!({"auth": {"login": "acme", "password": "a&b c"}})),
            ("utf8=%E2%9C%93&auth[login]=a&commit", json!({"utf8": "✓", "auth": {"login": "a"}, "commit": ""})),
            ("auth[login]=a&auth[login]=b\r\n", json!({"auth": {"login": "b"}})),
            ("auth=a&auth[login]=b", json!({"auth": "a"})),
            ("", json!({})),
        ] {
            assert_eq!(Value::Object(read(form.as_bytes())), expected, "{form}");
        }
    }
}
