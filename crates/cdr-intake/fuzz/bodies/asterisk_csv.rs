fn body(data: &[u8]) {
    let extra = ["userfield", "sequence", "clid"].map(str::to_owned).to_vec();
    check("asterisk-csv", data, &FeedSettings { extra, ..FeedSettings::default() });
}
