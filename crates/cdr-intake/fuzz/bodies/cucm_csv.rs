fn body(data: &[u8]) {
    let extra = ["comment", "authorizationCodeValue"].map(str::to_owned).to_vec();
    check("cucm-csv", data, &FeedSettings { extra, ..FeedSettings::default() });
}
