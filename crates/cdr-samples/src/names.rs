//! Invented names of people, and names that are hard to write to files.

use super::random::Random;

const GIVEN: [&str; 20] = [
    "Quill", "Tansy", "Bram", "Odette", "Fennel", "Ivo", "Marigold", "Caspian", "Linnea", "Rufus", "Saffron", "Anselm",
    "Petra", "Juniper", "Basil", "Wren", "Thaddeus", "Clover", "Ottilie", "Jasper",
];
const FAMILY: [&str; 20] = [
    "Larkspur",
    "Underbough",
    "Kettlewick",
    "Brambleton",
    "Ferngrove",
    "Pebbleworth",
    "Moonquist",
    "Tidewell",
    "Snowpepper",
    "Hollowell",
    "Copperpot",
    "Wickerby",
    "Starling",
    "Thistledown",
    "Greycask",
    "Lanternby",
    "Oakenfold",
    "Dapplemere",
    "Windlass",
    "Quenby",
];

/// Names that test the escaping of files, sheets and terminals.
pub(super) const AWKWARD: [&str; 20] = [
    "Larkspur, Quill",
    "Bram \"the Kettle\" Kettlewick",
    " Leading Blank",
    "Trailing Blank ",
    "Jörg Übermütig-Größenwahn",
    "=SUM(A1:A9)",
    "@reception",
    "-1 Basement",
    "مكتب الاستقبال",
    "קבלה ראשית",
    "Front Desk 📞🦊",
    "Upper Line\nLower Line",
    "Upper Line\r\nLower Line",
    "Tab\tStop",
    "O'Neverwas; DROP",
    "DOMAIN\\underbough",
    "<b>Wick & Sons</b>",
    "NULL",
    // An e with a combining diaeresis, which is not the letter ë.
    "Zoe\u{308} Combining",
    "",
];

/// A given and a family name.
pub(super) fn person(random: &mut Random) -> (&'static str, &'static str) {
    (random.pick(&GIVEN), random.pick(&FAMILY))
}

/// A display name.
pub(super) fn displayed(random: &mut Random) -> String {
    let (given, family) = person(random);
    let mut name = String::with_capacity(given.len() + 1 + family.len());
    name.push_str(given);
    name.push(' ');
    name.push_str(family);
    name
}

/// A user name: `quill.larkspur`.
pub(super) fn signed_in(random: &mut Random) -> String {
    let (given, family) = person(random);
    format!("{given}.{family}").to_ascii_lowercase()
}
