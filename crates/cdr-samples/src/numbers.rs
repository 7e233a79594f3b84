//! Fictitious telephone numbers, in the formats that switches write.

use super::parties::Profile;
use super::random::Random;
use super::reference::destination_of;
use super::text::push_decimal;

/// Domains of other carriers.
pub(super) const ABROAD: [&str; 3] = ["sip.fernpost.example", "voip.kettlewick.example", "ims.northbank.example"];

/// A block of numbers that a regulator reserves for fiction.
#[derive(Debug)]
pub(super) struct Block {
    country: &'static str,
    /// The trunk prefix dialled before a national number.
    trunk: &'static str,
    /// The leading digits of all national numbers of the block.
    prefix: &'static str,
    /// The number of digits that follow.
    digits: u32,
    /// The list price of a call to it, in millionths per minute.
    rate: u64,
    /// Its index among the blocks.
    place: usize,
}

const fn block(country: &'static str, trunk: &'static str, prefix: &'static str, digits: u32, rate: u64) -> Block {
    Block { country, trunk, prefix, digits, rate, place: 0 }
}

/// Sets the index of each block.
const fn placed<const N: usize>(mut blocks: [Block; N]) -> [Block; N] {
    let mut place = 0;
    while place < N {
        blocks[place].place = place;
        place += 1;
    }
    blocks
}

/// Numbers reserved for fiction: Ofcom's (London, no area, mobile), the North American 555-01xx, the
/// Bundesnetzagentur's (Berlin, Hamburg, Frankfurt, München), ComReg's 020 91 and ACMA's 5550.
pub(super) static BLOCKS: [Block; 12] = placed([
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
]);

/// Local parts of SIP addresses.
const DESKS: [&str; 6] = ["reception", "front.desk", "room-204", "dispatch", "night.desk", "conf_b"];

/// One end of a call.
#[derive(Debug)]
pub(super) struct Party {
    /// As received.
    pub(super) text: String,
    /// The block of the number; `None` for a party without a public number.
    block: Option<&'static Block>,
    /// The rate of a call to it.
    pub(super) rate: Rate,
}

/// A rate of the tariff.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    /// The price in millionths per minute.
    pub(super) per_minute: u64,
    /// The length of the matched prefix of the routed number.
    pub(super) prefix: usize,
    /// The number of the destination of that prefix.
    pub(super) destination: Option<i64>,
}

impl Rate {
    /// The rate of internal calls.
    pub(super) const FREE: Rate = Rate { per_minute: 0, prefix: 0, destination: None };
}

impl Party {
    /// A party without a public number.
    fn inner(text: String) -> Party {
        Party { text, block: None, rate: Rate::FREE }
    }

    /// The E.164 number without a plus sign, as the number rules rewrite it; `None` for a party without a public
    /// number.
    pub(super) fn routed(&self) -> Option<String> {
        let block = self.block?;
        let text = self.text.as_str();
        Some(match text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
            Some(international) => international.to_owned(),
            None => [block.country, &text[block.trunk.len()..]].concat(),
        })
    }

    fn desk(random: &mut Random, domain: &str) -> Party {
        Party::inner(["sip:", random.pick(&DESKS), "@", domain].concat())
    }
}

/// The format of a number.
#[derive(Clone, Copy)]
enum Style {
    /// E.164 with a plus sign.
    Plus,
    /// As dialled within the country.
    National,
    /// As dialled from abroad.
    DoubleZero,
}

impl Block {
    fn number(&'static self, subscriber: u64, style: Style) -> Party {
        let (sign, country) = match style {
            Style::Plus => ("+", self.country),
            Style::National => ("", self.trunk),
            Style::DoubleZero => ("00", self.country),
        };
        Party { text: self.written(sign, country, subscriber), block: Some(self), rate: Rate::FREE }
    }

    /// Country code and national number.
    fn routed(&self, subscriber: u64) -> String {
        self.written("", self.country, subscriber)
    }

    fn written(&self, sign: &str, country: &str, subscriber: u64) -> String {
        let mut number = String::with_capacity(16);
        number.push_str(sign);
        number.push_str(country);
        number.push_str(self.prefix);
        push_decimal(&mut number, subscriber % 10u64.pow(self.digits), self.digits as usize);
        number
    }

    /// A party whose calls are charged at `markup` hundredths of the list price. The prefix of the rate is the country
    /// code and two digits of the area code.
    fn charged(&'static self, subscriber: u64, style: Style, markup: u64) -> Party {
        let destination = Some(destination_of(self.place));
        let rate = Rate { per_minute: self.rate * markup / 100, prefix: self.country.len() + 2, destination };
        Party { rate, ..self.number(subscriber, style) }
    }
}

/// One of the account's nine lines, as E.164 without a plus sign.
pub(super) fn own_line(profile: &Profile, bits: u64) -> String {
    let (block, line) = lines(profile);
    block.routed(line + bits % 9)
}

/// A number of any block, as E.164 without a plus sign.
pub(super) fn subscriber(bits: u64) -> String {
    BLOCKS[(bits % BLOCKS.len() as u64) as usize].routed(bits >> 20)
}

/// The block of an account's own lines, and the first of them.
fn lines(profile: &Profile) -> (&'static Block, u64) {
    let blocks = profile.company.blocks;
    (&BLOCKS[blocks[profile.k as usize % blocks.len()]], u64::from(profile.k) * 9)
}

/// A number of the account itself: one of nine lines in its block, an extension, or a SIP address.
pub(super) fn own(random: &mut Random, profile: &Profile) -> Party {
    let (block, first) = lines(profile);
    let line = first + random.below(9);
    match random.below(100) {
        0..62 => block.number(line, Style::Plus),
        62..80 => block.number(line, Style::National),
        80..95 => Party::inner(extension(random)),
        _ => Party::desk(random, profile.company.domain),
    }
}

/// A party that the account calls. Internal calls are free of charge.
pub(super) fn called(random: &mut Random, profile: &Profile) -> Party {
    let company = profile.company;
    let at_home = &BLOCKS[company.blocks[random.below(company.blocks.len() as u64) as usize]];
    let (block, subscriber) = if random.below(5) < 3 {
        (at_home, random.bits() >> 40)
    } else {
        (&BLOCKS[random.below(BLOCKS.len() as u64) as usize], random.bits() >> 40)
    };
    match random.below(100) {
        0..60 => block.charged(subscriber, Style::Plus, company.markup),
        60..78 => at_home.charged(subscriber, Style::National, company.markup),
        78..82 => block.charged(subscriber, Style::DoubleZero, company.markup),
        82..95 => Party::inner(extension(random)),
        95..97 => Party::desk(random, company.domain),
        _ => {
            let desk = random.pick(&DESKS);
            Party::inner(["sip:", desk, "@", random.pick(&ABROAD)].concat())
        }
    }
}

/// A party that calls the account. Some callers are anonymous; `None` for a call without a calling party.
pub(super) fn calling(random: &mut Random) -> Option<Party> {
    let block = random.pick(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    let (block, subscriber): (&'static Block, _) = (&BLOCKS[block], random.bits() >> 40);
    Some(match random.below(100) {
        0..62 => block.number(subscriber, Style::Plus),
        62..80 => block.number(subscriber, Style::National),
        80..86 => Party::inner("anonymous".to_owned()),
        // RFC 3323, section 4.1.1.3.
        86..87 => Party::inner("sip:anonymous@anonymous.invalid".to_owned()),
        87..93 => Party::inner(extension(random)),
        93..98 => {
            let desk = random.pick(&DESKS);
            Party::inner(["sip:", desk, "@", random.pick(&ABROAD)].concat())
        }
        _ => return None,
    })
}

fn extension(random: &mut Random) -> String {
    let mut number = String::with_capacity(3);
    push_decimal(&mut number, 200 + random.below(700), 3);
    number
}
