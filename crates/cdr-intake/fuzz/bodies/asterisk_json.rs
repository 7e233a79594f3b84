fn body(data: &[u8]) {
    let extra = ["lastdata", "did"].map(str::to_owned).to_vec();
    check("asterisk-json", data, &FeedSettings { extra, ..FeedSettings::default() });
}
