//! Zones after a time: offsets from UTC, abbreviations, and the names of Windows.
//!
//! Source: the names that Ruby's `Date._parse` knows, with their offsets there.

use super::scan::Scan;

const HOUR: i64 = 3600;
/// What may stand before an offset.
const UTC: [&str; 2] = ["gmt", "utc"];

/// Abbreviations and military letters, after their offsets. An abbreviation has one offset, whatever the date.
const ABBREVIATIONS: &str = "
-12:00 aoe idlw y
-11:00 nt nut sst x
-10:00 ahst ckt hast hst taht w
-09:00 akst gamt hadt hdt v yst
-08:30 mart
-08:00 akdt pst u ydt
-07:00 mst pdt t
-06:00 cst east galt mdt s
-05:00 act cdt cist cot easst ect est pet r
-04:00 ast bot cidst clt edt fkt gyt q vet
-03:00 adt art brt clst fkst gft p pmst pyst rott srt uyt warst wgt
-02:30 nst
-02:00 at brst fnt o pmdt uyst wgst
-01:30 ndt
-01:00 azot cvt egt n
+00:00 azost egst gmt ut utc wet wt z
+01:00 a bst cet fwt met mewt mez swt wat west
+02:00 b cat cest eet fst mest mesz sast wast
+03:00 bt c eat eest fet idt msk syot trt
+03:30 irst
+04:00 azt d get kuyt msd mut ret samt sct
+04:30 aft irdt
+05:00 aqtt azst e mawt mvt orat pkt tft tjt tmt uzt yekt
+05:30 ist
+05:45 npt
+06:00 almt btt f iot kgt omst qyzt vost yekst
+06:30 cct mmt
+07:00 cxt davt g hovt ict krat novst novt omsst wib
+08:00 awst bnt cast chot h hkt hovst irkt krast myt pht sgt ulat wadt wita
+08:45 acwst
+09:00 awdt chost i irkst jst kst pwt tlt ulast wit yakt
+09:30 acst
+10:00 aest chst chut ddut gst k pgt vlat yakst yapt
+10:30 acdt lhst
+11:00 aedt eadt kost l lhdt magt nct nft pont sakt sbt sret vlast vut
+12:00 anast anat fjt gilt idle m magst mht nfdt nrt nzst nzt petst pett tvt wakt wft
+12:45 chast
+13:00 fjst nzdt phot tkt tot
+13:45 chadt
+14:00 lint tost
";

/// Names of Windows without ` standard time`, separated by commas, after their offsets.
const WINDOWS: &str = "
-12:00 dateline
-11:00 samoa
-10:00 hawaiian
-09:00 alaskan
-08:00 pacific
-07:00 mountain, us mountain
-06:00 canada central, central, central america, mexico
-05:00 eastern, sa pacific, us eastern
-04:00 atlantic, pacific sa, sa western
-03:30 newfoundland
-03:00 e. south america, greenland, sa eastern
-01:00 azores, cape verde
+00:00 greenwich
+01:00 central europe, central european, romance, w. central africa, w. europe
+02:00 e. europe, egypt, fle, gtb, jerusalem, south africa
+03:00 arab, arabic, e. africa, russian
+03:30 iran
+04:00 arabian, caucasus
+04:30 afghanistan
+05:00 ekaterinburg, west asia
+05:30 india
+05:45 nepal
+06:00 central asia, n. central asia, sri lanka
+06:30 myanmar
+07:00 north asia, se asia
+08:00 china, malay peninsula, north asia east, taipei, w. australia
+09:00 korea, tokyo, yakutsk
+09:30 aus central, cen. australia
+10:00 aus eastern, e. australia, tasmania, vladivostok, west pacific
+11:00 central pacific
+12:00 fiji, new zealand
+13:00 tonga
";

/// Reads a zone after a time, in seconds east of Greenwich: `z`, `+02:00`, `gmt+0200`, `est`, `eastern standard time`.
/// `None`, and nothing is read, if none is next.
pub(super) fn read(scan: &mut Scan<'_>) -> Option<i64> {
    let mut after = *scan;
    after.skip([' ']);
    let found = relative_to_utc(&mut after).or_else(|| of_windows(&mut after)).or_else(|| abbreviation(&mut after))?;
    *scan = after;
    Some(found)
}

/// Reads an offset whose plus was decoded to a space, as in a query string that was not encoded: `09:00:00 02:00`,
/// `gmt 0200`.
pub(super) fn lost_plus(scan: &mut Scan<'_>) -> Option<i64> {
    let mut after = *scan;
    after.eat_one([' '])?;
    if UTC.into_iter().any(|name| after.eat(name)) {
        after.eat_one([' '])?;
    }
    let digits = after.digits(2..=4)?;
    let minutes = match digits.text.len() {
        2 if after.eat(":") => after.digits(2..=2)?.value,
        2 => 0,
        4 => digits.value % 100,
        _ => return None,
    };
    let hours = if digits.text.len() == 4 { digits.value / 100 } else { digits.value };
    let offset = seconds(hours, minutes, 0)?;
    *scan = after;
    Some(offset)
}

/// Reads a zone after a time that is written in digits only: `z`, `+0200`, `utc`. There the original drops the names of
/// other zones, and the minutes after a colon.
pub(super) fn after_digits(scan: &mut Scan<'_>) -> Option<i64> {
    let mut after = *scan;
    after.skip([' ']);
    let text = after.rest();
    let is_utc = text == "z" || UTC.contains(&text);
    let is_offset = text.strip_prefix(['+', '-']).is_some_and(|digits| digits.bytes().all(|it| it.is_ascii_digit()));
    (is_utc || (is_offset && text.len() <= 5)).then(|| read(scan))?
}

/// `+02:00`, `-0530`, `+2`, `+05.5`, each also after `utc` or `gmt`.
fn relative_to_utc(scan: &mut Scan<'_>) -> Option<i64> {
    let mut after = *scan;
    let _ = UTC.into_iter().any(|name| after.eat(name));
    let sign = if after.eat_one(['+', '-'])? == '-' { -1 } else { 1 };
    let digits = after.digits(1..=6)?;
    let offset = match (digits.text.len(), digits.value) {
        (1 | 2, hours) if after.eat(":") => {
            let minutes = after.digits(1..=2)?.value;
            let rest = if after.eat(":") { after.digits(1..=2)?.value } else { 0 };
            seconds(hours, minutes, rest)?
        }
        (1 | 2, hours) if after.eat_one(['.', ',']).is_some() => {
            let part = after.digits(1..=4)?;
            let scale = 10_i64.pow(u32::try_from(part.text.len()).ok()?);
            seconds(hours, 0, 0)? + i64::from(part.value) * HOUR / scale
        }
        (1 | 2, hours) => seconds(hours, 0, 0)?,
        (3 | 4, both) => seconds(both / 100, both % 100, 0)?,
        (_, all) => seconds(all / 10_000, all / 100 % 100, all % 100)?,
    };
    *scan = after;
    Some(sign * offset)
}

fn seconds(hours: u32, minutes: u32, seconds: u32) -> Option<i64> {
    let fits = hours < 24 && minutes < 60 && seconds < 60;
    fits.then(|| i64::from(hours * 3600 + minutes * 60 + seconds))
}

/// `eastern standard time`, `eastern daylight time`.
fn of_windows(scan: &mut Scan<'_>) -> Option<i64> {
    let rest = scan.rest();
    let (at, ending, more) = [(" standard time", 0), (" daylight time", HOUR)]
        .into_iter()
        .find_map(|(ending, more)| Some((rest.find(ending)?, ending, more)))?;
    let offset = listed(WINDOWS, ',', &rest[..at])?;
    *scan = Scan::of(&rest[at + ending.len()..]);
    Some(offset + more)
}

/// `est`, `pst dst`.
fn abbreviation(scan: &mut Scan<'_>) -> Option<i64> {
    let mut after = *scan;
    let name = after.letters();
    let offset = listed(ABBREVIATIONS, ' ', name).or_else(|| listed(WINDOWS, ',', name))?;
    let more = if after.eat(" dst") { HOUR } else { 0 };
    *scan = after;
    Some(offset + more)
}

/// The offset of a name in a table. A line that begins with a space continues the previous one.
fn listed(table: &str, separator: char, wanted: &str) -> Option<i64> {
    let mut offset = "";
    for line in table.lines().filter(|_| !wanted.is_empty()) {
        let names = match line.split_at_checked(6) {
            Some((start, names)) if !start.trim().is_empty() => {
                offset = start;
                names
            }
            _ => line,
        };
        if names.split(separator).any(|name| name.trim() == wanted) {
            return relative_to_utc(&mut Scan::of(offset.trim()));
        }
    }
    None
}
