fn body(data: &[u8]) {
    check("dma-csv", data, &FeedSettings::default());
}
