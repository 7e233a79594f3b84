// The first byte selects the sheet.
fn body(data: &[u8]) {
    let (sheet, data) = data.split_first().map_or((0, data), |(first, rest)| (usize::from(*first), rest));
    let sheet = cdr_intake::InputSheet::ALL[sheet % cdr_intake::InputSheet::ALL.len()];
    check("native", data, &FeedSettings { sheet, ..FeedSettings::default() });
}
