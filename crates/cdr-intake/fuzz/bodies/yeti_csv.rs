fn body(data: &[u8]) {
    let extra = ["dialpeer_prefix", "Node"].map(str::to_owned).to_vec();
    check("yeti-csv", data, &FeedSettings { extra, ..FeedSettings::default() });
}
