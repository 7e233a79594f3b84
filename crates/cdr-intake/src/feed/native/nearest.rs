//! Suggestions for misspelt names.

/// The name with the smallest edit distance, if it is close enough for a suggestion.
pub(super) fn nearest(name: &str, names: &[&'static str]) -> Option<&'static str> {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let wanted: Vec<char> = plain(name).chars().take(64).collect();
    let distances = names.iter().map(|near| (changes(&wanted, &plain(near).chars().collect::<Vec<_>>()), *near));
    // Short names have unrelated names within a small distance, so the limit is relative to the length.
    let (distance, near) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance * 3 <= wanted.len()).then_some(near)
}

/// The Levenshtein distance.
fn changes(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, left) in from.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, right) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn misspelt_names_give_a_suggestion() {
        let names = ["started_at", "ended_at", "calling", "called", "key"];
        let cases = [
            ("startedAt", Some("started_at")),
            ("Started At", Some("started_at")),
            ("caling", Some("calling")),
            ("kye", None),
            ("keys", Some("key")),
            ("colour", None),
            ("", None),
        ];
        for (name, expected) in cases {
            assert_eq!(nearest(name, &names), expected, "{name}");
        }
    }
}
