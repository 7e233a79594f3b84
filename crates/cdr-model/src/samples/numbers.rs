//! Telephone numbers that ring nowhere, in the ways in which switches write them.

use super::parties::Profile;
use super::random::Random;
use super::text::push_decimal;

/// Numbers kept free for fiction by those who give out numbers.
#[derive(Debug)]
pub(super) struct Block {
    country: &'static str,
    /// What is dialled before a national number.
    trunk: &'static str,
    /// What all national numbers of the block begin with.
    prefix: &'static str,
    /// How many digits follow.
    digits: u32,
    /// The list price of a call to it, in millionths a minute.
    rate: u64,
}

const fn block(country: &'static str, trunk: &'static str, prefix: &'static str, digits: u32, rate: u64) -> Block {
    Block { country, trunk, prefix, digits, rate }
}

/// Ofcom's numbers for drama (London, no area, mobile), the North American 555-01xx, those of the Bundesnetzagentur for
/// media productions (Berlin, Hamburg, Frankfurt, München), ComReg's 020 91 and ACMA's 5550.
pub(super) static BLOCKS: [Block; 12] = [
    block("44", "0", "2079460", 3, 12_000),
    block("44", "0", "1632960", 3, 14_500),
    block("44", "0", "7700900", 3, 41_250),
    block("1", "", "20255501", 2, 9_500),
    block("1", "", "31255501", 2, 9_500),
    block("1", "", "41555501", 2, 10_750),
    block("49", "0", "3023125", 3, 19_000),
    block("49", "0", "4066969", 3, 19_000),
    block("49", "0", "6990009", 3, 19_000),
    block("49", "0", "8999998", 3, 21_400),
    block("353", "0", "2091", 5, 26_000),
    block("61", "0", "25550", 4, 34_075),
];

/// Local parts of SIP addresses.
const DESKS: [&str; 6] = ["reception", "front.desk", "room-204", "dispatch", "night.desk", "conf_b"];
/// Domains of others.
const ABROAD: [&str; 3] = ["sip.fernpost.example", "voip.kettlewick.example", "ims.northbank.example"];

/// How a number is written.
#[derive(Clone, Copy)]
enum Style {
    /// E.164 with its plus sign.
    Plus,
    /// As dialled within the country.
    National,
    /// As dialled from abroad.
    DoubleZero,
}

impl Block {
    fn number(&self, subscriber: u64, style: Style) -> String {
        let mut number = String::with_capacity(16);
        let (sign, country) = match style {
            Style::Plus => ("+", self.country),
            Style::National => ("", self.trunk),
            Style::DoubleZero => ("00", self.country),
        };
        number.push_str(sign);
        number.push_str(country);
        number.push_str(self.prefix);
        push_decimal(&mut number, subscriber % 10u64.pow(self.digits), self.digits as usize);
        number
    }
}

/// A number of the account itself: one of nine lines in its block, an extension, or a SIP address.
pub(super) fn own(random: &mut Random, profile: &Profile) -> String {
    let house = profile.house;
    let line = u64::from(profile.k) * 9 + random.below(9);
    let block = &BLOCKS[house.blocks[profile.k as usize % house.blocks.len()]];
    match random.below(100) {
        0..62 => block.number(line, Style::Plus),
        62..80 => block.number(line, Style::National),
        80..95 => extension(random),
        _ => format!("sip:{}@{}", random.pick(&DESKS), house.domain),
    }
}

/// A party that the account calls, and its price in millionths a minute: nothing within the house.
pub(super) fn called(random: &mut Random, profile: &Profile) -> (String, u64) {
    let house = profile.house;
    let at_home = &BLOCKS[house.blocks[random.below(house.blocks.len() as u64) as usize]];
    let (block, subscriber) = if random.below(5) < 3 {
        (at_home, random.bits() >> 40)
    } else {
        (&BLOCKS[random.below(BLOCKS.len() as u64) as usize], random.bits() >> 40)
    };
    let price = block.rate * house.markup / 100;
    match random.below(100) {
        0..60 => (block.number(subscriber, Style::Plus), price),
        60..78 => (at_home.number(subscriber, Style::National), at_home.rate * house.markup / 100),
        78..82 => (block.number(subscriber, Style::DoubleZero), price),
        82..95 => (extension(random), 0),
        95..97 => (format!("sip:{}@{}", random.pick(&DESKS), house.domain), 0),
        _ => (format!("sip:{}@{}", random.pick(&DESKS), random.pick(&ABROAD)), 0),
    }
}

/// A party that calls the account. Some hide who they are, some send nothing at all.
pub(super) fn calling(random: &mut Random) -> Option<String> {
    let block = random.pick(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    let (block, subscriber): (&Block, _) = (&BLOCKS[block], random.bits() >> 40);
    Some(match random.below(100) {
        0..62 => block.number(subscriber, Style::Plus),
        62..80 => block.number(subscriber, Style::National),
        80..86 => "anonymous".to_owned(),
        // RFC 3323, section 4.1.1.3.
        86..87 => "sip:anonymous@anonymous.invalid".to_owned(),
        87..93 => extension(random),
        93..98 => format!("sip:{}@{}", random.pick(&DESKS), random.pick(&ABROAD)),
        _ => return None,
    })
}

fn extension(random: &mut Random) -> String {
    random.between(200, 899).to_string()
}
