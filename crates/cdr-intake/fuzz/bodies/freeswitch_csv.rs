fn body(data: &[u8]) {
    let extra = ["context", "bleg_uuid"].map(str::to_owned).to_vec();
    check("freeswitch-csv", data, &FeedSettings { extra, ..FeedSettings::default() });
}
