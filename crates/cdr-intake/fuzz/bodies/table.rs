// The bytes are a mapping, a file of which a mapping is guessed, and a file that is read by one that the first byte selects.
fn body(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        drop(text.parse::<cdr_intake::TableMapping>());
    }
    drop(cdr_intake::guess_mapping(data, "file", &FeedSettings::default()));
    let (form, data) = data.split_first().map_or((0, data), |(first, rest)| (usize::from(*first), rest));
    let mapping = [
        include_str!("../../../../tests/fixtures/table/carrier.toml"),
        include_str!("../../../../tests/fixtures/table/events.toml"),
        "quoting = 'tolerant'\nheading = false\nskip = 1\ncomment = '#'\n[fields]\nstarted_at = 1\nprice = 2\n",
    ][form % 3];
    let mapping = mapping.parse().expect("a mapping");
    let extra = vec!["Tariff".to_owned(), "from.port".to_owned()];
    check("table", data, &FeedSettings { mapping: Some(mapping), extra, ..FeedSettings::default() });
}
