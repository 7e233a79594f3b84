fn body(data: &[u8]) {
    let extra = ["chain", "from-type"].map(str::to_owned).to_vec();
    check("3cx-csv", data, &FeedSettings { extra, ..FeedSettings::default() });
}
