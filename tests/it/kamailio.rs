//! Kamailio from Debian with the configuration of docs/FEEDS.md, driven by SIPp: its records come over HTTP, and every dialect
//! has the right calls and seconds of them.

use std::collections::BTreeMap;
use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use chrono::DateTime;
use tollbook_tests::left_out;

use crate::harness::{Tollbook, lacks, root};
use crate::server::client::Answer;
use crate::server::porta::support::{LICENCE, json, rows};
use crate::server::support::{NAME, Server, members, until};
use crate::server::yeti::portal::{Owned, Portal};

/// The modules that the configuration loads, and their packages.
const MODULES: [(&str, &str); 3] =
    [("acc.so", "kamailio"), ("acc_json.so", "kamailio-extra-modules"), ("http_client.so", "kamailio-utils-modules")];
/// Where Debian has modules, on the processors that the tests run on.
const PLACES: [&str; 2] = ["/usr/lib/x86_64-linux-gnu/kamailio/modules", "/usr/lib/aarch64-linux-gnu/kamailio/modules"];
const CUSTOMER: Owned = Owned { customer: "Acme", number: "", name: "" };
/// What callees do, and the name of their port in the configuration.
const CALLEES: [(&str, &str); 4] = [
    ("callee-answers", "ANSWERS_PORT"),
    ("callee-hangs-up", "HANGS_UP_PORT"),
    ("callee-busy", "BUSY_PORT"),
    ("callee-rings", "RINGS_PORT"),
];
/// What callers do, whom they call, how many of them, and the code of the reply that ends their INVITE.
const CALLERS: [(&str, &str, usize, &str); 5] = [
    ("caller", "1555", 100, "200"),
    ("called", "2555", 80, "200"),
    ("busy", "3555", 60, "486"),
    ("cancelled", "4555", 50, "487"),
    ("unanswered", "4556", 30, "408"),
];

/// A process that is killed in the end.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Kamailio ends its children when it is asked to end.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// A port that was free a moment ago. Nothing else of these tests uses UDP.
fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The part of the configuration that docs/FEEDS.md shows, with the address of the server.
fn documented(server: &Server, key: &str) -> String {
    let document = fs::read_to_string(root().join("docs/FEEDS.md")).unwrap();
    let (_, rest) = document.split_once("```kamailio\n").unwrap();
    let (part, _) = rest.split_once("```").unwrap();
    let shown = "http://127.0.0.1:8080/api/v1/intake/SOURCE/KEY";
    assert!(part.contains(shown), "{part}");
    part.replace(shown, &format!("{}/api/v1/intake/proxy/{key}", server.http))
}

fn sipp(scenario: &str, port: u16) -> Command {
    let mut sipp = Command::new("sipp");
    sipp.arg("-sf").arg(root().join(format!("tests/clients/kamailio/{scenario}.xml")));
    sipp.args(["-i", "127.0.0.1", "-p", &port.to_string(), "-nostdin"]);
    sipp.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    sipp
}

/// What Kamailio itself wrote into its files, as rows of fields.
fn written(folder: &Path) -> Vec<Vec<String>> {
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let text: String = files.collect();
    text.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
}

/// The talk of each answered call in seconds, by its number of whole seconds, and the calls by their codes.
fn expected(rows: &[Vec<String>]) -> (BTreeMap<i64, usize>, BTreeMap<String, usize>) {
    let mut answers = BTreeMap::new();
    let (mut talks, mut codes) = (BTreeMap::new(), BTreeMap::new());
    for row in rows.iter().filter(|row| row[0] == "INVITE") {
        *codes.entry(row[4].clone()).or_default() += 1;
        if row[4] == "200" {
            answers.insert(row[3].as_str(), row[6].parse::<i64>().unwrap());
        }
    }
    for row in rows.iter().filter(|row| row[0] == "BYE") {
        let talk = row[6].parse::<i64>().unwrap() - answers.remove(row[3].as_str()).unwrap();
        *talks.entry(talk).or_default() += 1;
    }
    assert!(answers.is_empty(), "calls without an end: {answers:?}");
    (talks, codes)
}

/// How often each of these numbers is there.
fn tally(numbers: impl IntoIterator<Item = i64>) -> BTreeMap<i64, usize> {
    let mut tally = BTreeMap::new();
    numbers.into_iter().for_each(|number| *tally.entry(number).or_default() += 1);
    tally
}

/// The seconds from the start to the end of each call in an archive of the DMA dialect.
fn lengths(answer: &Answer) -> Vec<i64> {
    let calls = members(&answer.body).into_iter().find(|(name, _)| name == "calls.csv").unwrap().1;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(calls.as_bytes());
    let instant = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().timestamp();
    reader.records().map(|row| row.unwrap()).map(|row| instant(&row[6]) - instant(&row[5])).collect()
}

#[test]
fn the_calls_of_kamailio_come_out_of_every_dialect() {
    let place = PLACES.into_iter().find(|place| Path::new(place).exists()).unwrap_or(PLACES[0]);
    let missing = MODULES.into_iter().find(|(module, _)| !Path::new(place).join(module).exists());
    if let Some((_, package)) = missing {
        return left_out("the calls of Kamailio", &format!("install {package}"));
    }
    if lacks("sipp", "the calls of Kamailio") {
        return;
    }
    let tollbook = Tollbook::new();
    tollbook.ok(&["customer", "add", CUSTOMER.customer]);
    tollbook.ok(&["source", "add", "proxy", "--feed", "kamailio-acc", "--customer", CUSTOMER.customer]);
    let key = tollbook.ok(&["source", "key", "proxy"]).lines().last().unwrap().to_owned();
    tollbook.user(NAME, "administrator");
    tollbook.login("portal", CUSTOMER, &[]);
    tollbook.licence("reader", LICENCE, &["--environment", "1"]);
    let server = tollbook.serve(&[]);

    let flat = tollbook.path("flat");
    fs::create_dir(&flat).unwrap();
    let proxy = free_port();
    let mut config = fs::read_to_string(root().join("tests/clients/kamailio/kamailio.cfg")).unwrap();
    config = config.replace("PROXY_PORT", &proxy.to_string()).replace("FLAT_FOLDER", flat.to_str().unwrap());
    let mut running = Vec::new();
    for (scenario, name) in CALLEES {
        let port = free_port();
        config = config.replace(name, &port.to_string());
        running.push(Running(sipp(scenario, port).spawn().unwrap()));
    }
    fs::write(tollbook.path("kamailio.cfg"), config).unwrap();
    let accounting = documented(&server, &key).replace("setup=$avp(setup)", "setup=$avp(setup);account=$avp(account)");
    let accounting = accounting.replace("setflag(1);", "setflag(1);\n        $avp(account) = \"acc-1\";");
    fs::write(tollbook.path("accounting.cfg"), accounting).unwrap();
    let mut kamailio = Command::new("kamailio");
    kamailio.current_dir(tollbook.path(".")).args(["-DD", "-f", "kamailio.cfg", "-P", "kamailio.pid", "-w", "."]);
    let log = fs::File::create(tollbook.path("kamailio.log")).unwrap();
    kamailio.arg("-L").arg(place).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    running.push(Running(kamailio.spawn().unwrap()));
    // The list of the kernel's sockets names the addresses in hexadecimal digits.
    let listens = format!(":{proxy:04X} ");
    until("Kamailio listens", || fs::read_to_string("/proc/net/udp").unwrap().contains(&listens).then_some(()));

    let callers: Vec<(&str, Child)> = CALLERS
        .into_iter()
        .map(|(scenario, number, calls, _)| {
            let mut caller = sipp(scenario, free_port());
            caller.args(["-s", number, "-m", &calls.to_string(), "-r", "40", &format!("127.0.0.1:{proxy}")]);
            (scenario, caller.spawn().unwrap())
        })
        .collect();
    for (scenario, mut caller) in callers {
        assert!(caller.wait().unwrap().success(), "{scenario}");
    }

    let calls: usize = CALLERS.iter().map(|(_, _, calls, _)| calls).sum();
    let answered: usize = CALLERS.iter().filter(|caller| caller.3 == "200").map(|caller| caller.2).sum();
    until("every call has arrived", || (tollbook.count(&[]) == calls as u64).then_some(()));
    let (talks, codes) = expected(&written(&flat));
    let by_code: BTreeMap<String, usize> = CALLERS.iter().fold(BTreeMap::new(), |mut codes, (_, _, calls, code)| {
        *codes.entry((*code).to_owned()).or_default() += calls;
        codes
    });
    assert_eq!(codes, by_code, "what Kamailio wrote");
    assert_eq!(talks.values().sum::<usize>(), answered);
    assert!(talks.len() > 2, "calls of several lengths: {talks:?}");
    for (code, calls) in &codes {
        assert_eq!(tollbook.count(&["--where", &format!("release_code={code}")]), *calls as u64, "{code}");
    }

    // DMA: all calls, from their starts to their ends. A call starts with the second in which its INVITE came.
    let all = "from-date=2020-01-01T00:00:00Z&to-date=2100-01-01T00:00:00Z";
    let lengths = lengths(&server.get(&format!("/api/rest/billing?{all}")));
    let ends: BTreeMap<String, i64> = written(&flat)
        .into_iter()
        .filter(|row| row[0] == "BYE" || row[4] != "200")
        .map(|row| (row[3].clone(), row[6].parse().unwrap()))
        .collect();
    let starts = written(&flat).into_iter().filter(|row| row[0] == "INVITE");
    let wanted = starts.map(|row| ends[&row[3]] - row[10].parse::<i64>().unwrap());
    assert_eq!(tally(lengths), tally(wanted));

    // Yeti: the last attempts of the customer, with their talk.
    let portal = Portal::sign_in(&server, "portal");
    let listed = portal.found("/cdrs?filter[time_start_gteq]=2020-01-01T00:00:00Z&page[size]=1000");
    let listed = listed["data"].as_array().unwrap();
    assert_eq!(listed.len(), calls);
    let succeeded = listed.iter().map(|call| &call["attributes"]).filter(|call| call["success"] == true);
    assert_eq!(tally(succeeded.map(|call| call["duration"].as_i64().unwrap())), talks);

    // Porta: the connected calls of the customer.
    let (_, customer) = tollbook.numbers_of("acc-1");
    let days = "2020-01-01/2100-01-01";
    let answer = json(&server, &format!("/getCustomerAccountCDRS/{LICENCE}/{customer}/{days}/true"));
    assert_eq!(answer["TotalCalls"], answered);
    let used =
        rows(&answer["DictPortaCustomerAccountCDRS"]).into_iter().map(|row| row["Used_Quantity"].as_i64().unwrap());
    assert_eq!(tally(used), talks);
}
