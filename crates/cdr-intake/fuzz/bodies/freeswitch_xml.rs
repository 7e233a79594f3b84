fn body(data: &[u8]) {
    let extra = ["context", "last_app"].map(str::to_owned).to_vec();
    check("freeswitch-xml", data, &FeedSettings { extra, ..FeedSettings::default() });
}
