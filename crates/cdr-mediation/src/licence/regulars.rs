//! Who came with a right licence lately, and so is not made to wait for what others at the same address did.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::time::Duration;

use crate::signing_in::{make_room, place};

/// How long somebody is remembered: programs that come once a day are regulars, too.
const REMEMBER: Duration = Duration::from_secs(25 * 60 * 60);

/// Licences and the addresses they were right at, in a bounded memory. Texts are kept as hashes of this process.
#[derive(Default)]
pub(super) struct Regulars {
    hashes: RandomState,
    /// Until when each is remembered.
    until: HashMap<(u64, IpAddr), Duration>,
}

impl Regulars {
    /// Whether this licence was right at this address lately. An address is part of it: who does not wait learns only what
    /// somebody at the same place was told already.
    pub(super) fn know(&self, licence: &str, address: IpAddr, now: Duration) -> bool {
        self.until.get(&self.key(licence, address)).is_some_and(|until| now < *until)
    }

    /// It was right.
    pub(super) fn admitted(&mut self, licence: &str, address: IpAddr, now: Duration) {
        let key = self.key(licence, address);
        make_room(&mut self.until, &key, now, |until| *until);
        self.until.insert(key, now + REMEMBER);
    }

    /// It was wrong, or is by now.
    pub(super) fn refused(&mut self, licence: &str, address: IpAddr) {
        let key = self.key(licence, address);
        self.until.remove(&key);
    }

    fn key(&self, licence: &str, address: IpAddr) -> (u64, IpAddr) {
        (self.hashes.hash_one(licence), place(address))
    }
}
