fn body(data: &[u8]) {
    let extra = ["src_ip", "setup"].map(str::to_owned).to_vec();
    check("kamailio-acc", data, &FeedSettings { extra, ..FeedSettings::default() });
}
