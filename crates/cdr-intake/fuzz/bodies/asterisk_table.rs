fn body(data: &[u8]) {
    let extra = ["did", "recordingfile"].map(str::to_owned).to_vec();
    check("asterisk-table", data, &FeedSettings { extra, ..FeedSettings::default() });
}
