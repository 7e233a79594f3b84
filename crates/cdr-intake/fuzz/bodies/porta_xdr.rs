fn body(data: &[u8]) {
    let extra = ["country", "history"].map(str::to_owned).to_vec();
    check("porta-xdr", data, &FeedSettings { extra, ..FeedSettings::default() });
}
