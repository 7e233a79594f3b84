//! The accounts of calls by the rules of their source.

use std::net::IpAddr;

use cdr_mediation::{AccountRule, CallDraft};
use cdr_model::Cdr;
use ipnet::IpNet;
use thiserror::Error;

/// Rules that are ready to be applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountRules(Vec<(AccountRule, Option<IpNet>)>);

/// A rule is not valid.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AccountRuleError {
    /// Every call would meet it.
    #[error("the rule for the account `{0}` asks nothing: give it a trunk, code, calling, called or address")]
    AsksNothing(String),
    /// It names no account.
    #[error("a rule names no account")]
    NoAccount,
    /// Its address is neither an address nor a network.
    #[error("the rule for the account `{account}` has the address `{address}`, which is not one, as in 192.0.2.0/24")]
    Address {
        /// The account.
        account: String,
        /// The text.
        address: String,
    },
}

/// Which rule a call meets depends on its trunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a rule asks for the trunks of the call, which are not stored")]
pub struct UnknownTrunks;

impl AccountRules {
    /// Checks rules, of which the first one that a call meets holds.
    ///
    /// # Errors
    /// With the first rule that is not valid.
    pub fn of(rules: &[AccountRule]) -> Result<AccountRules, AccountRuleError> {
        let checked = rules.iter().map(|rule| {
            if rule.account.is_empty() {
                return Err(AccountRuleError::NoAccount);
            }
            if !rule.asks() {
                return Err(AccountRuleError::AsksNothing(rule.account.clone()));
            }
            Ok((rule.clone(), network(rule)?))
        });
        checked.collect::<Result<_, _>>().map(AccountRules)
    }

    /// The first rule that a stored call meets, whose trunks are not known; `None` if none.
    ///
    /// # Errors
    /// If that depends on its trunks.
    pub fn of_stored(&self, code: Option<&str>, call: &Cdr) -> Result<Option<&AccountRule>, UnknownTrunks> {
        let stored = CallDraft { account: code.map(str::to_owned), call: call.clone(), ..CallDraft::default() };
        for (rule, network) in &self.0 {
            let without_trunk = AccountRule { trunk: None, ..rule.clone() };
            if is_met(&without_trunk, *network, &stored) {
                return if rule.trunk.is_none() { Ok(Some(rule)) } else { Err(UnknownTrunks) };
            }
        }
        Ok(None)
    }

    /// Gives a call the account of the first rule that it meets. Otherwise it keeps the code that the switch wrote.
    pub(crate) fn assign(&self, draft: &mut CallDraft) {
        let met = self.0.iter().find(|(rule, network)| is_met(rule, *network, draft));
        if let Some((rule, _)) = met {
            draft.account = Some(rule.account.clone());
            if rule.customer.is_some() {
                draft.customer.clone_from(&rule.customer);
            }
        }
    }
}

fn network(rule: &AccountRule) -> Result<Option<IpNet>, AccountRuleError> {
    let Some(text) = &rule.address else { return Ok(None) };
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    let not_one = |_| AccountRuleError::Address { account: rule.account.clone(), address: text.clone() };
    text.parse().or_else(|_| address()).map(Some).map_err(not_one)
}

fn is_met(rule: &AccountRule, network: Option<IpNet>, draft: &CallDraft) -> bool {
    let begins = |wanted: &Option<String>, found: &Option<String>| {
        wanted.as_ref().is_none_or(|start| found.as_ref().is_some_and(|found| found.starts_with(start)))
    };
    let call = &draft.call;
    rule.trunk.as_ref().is_none_or(|trunk| draft.trunks.contains(trunk))
        && rule.code.as_ref().is_none_or(|code| draft.account.as_ref() == Some(code))
        && begins(&rule.calling, &call.calling)
        && begins(&rule.called, &call.called)
        && network.is_none_or(|network| call.details.sip.peer_ip.is_some_and(|address| network.contains(&address)))
}

#[cfg(test)]
mod tests {
    use cdr_mediation::{AccountRule, CallDraft};
    use cdr_model::Cdr;

    use super::AccountRules;

    fn rule(account: &str, asks: &[(&str, &str)]) -> AccountRule {
        let of = |name: &str| asks.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
        AccountRule {
            trunk: of("trunk"),
            code: of("code"),
            calling: of("calling"),
            called: of("called"),
            address: of("address"),
            account: account.to_owned(),
            customer: of("customer"),
        }
    }

    #[test]
    fn a_stored_call_meets_rules_that_ask_for_no_trunk() {
        let call = draft().call;
        for (rules, expected) in [
            (&[rule("a", &[("calling", "49"), ("customer", "Acme")])][..], Some(Some("a"))),
            (
                &[rule("a", &[("code", "x")]), rule("b", &[("code", "code"), ("address", "192.0.2.0/24")])],
                Some(Some("b")),
            ),
            (&[rule("a", &[("trunk", "in")]), rule("b", &[("calling", "49")])], None),
            (&[rule("a", &[("trunk", "in"), ("called", "1")]), rule("b", &[("calling", "49")])], Some(Some("b"))),
            (&[rule("a", &[("called", "1")])], Some(None)),
        ] {
            let checked = AccountRules::of(rules).unwrap();
            let met = checked.of_stored(Some("code"), &call).map(|met| met.map(|rule| rule.account.as_str())).ok();
            assert_eq!(met, expected, "{rules:?}");
        }
    }

    fn draft() -> CallDraft {
        let mut call = Cdr { calling: Some("4930".to_owned()), called: Some("4989".to_owned()), ..Cdr::default() };
        call.details.sip.peer_ip = Some("192.0.2.7".parse().unwrap());
        CallDraft {
            key: String::new(),
            digest: [0; 32],
            account: Some("code".to_owned()),
            trunks: vec!["in".to_owned(), "out".to_owned()],
            call,
            ..CallDraft::default()
        }
    }

    #[test]
    fn the_first_rule_that_a_call_meets_gives_its_account() {
        for (asks, is_met) in [
            (&[("trunk", "out")][..], true),
            (&[("trunk", "ou")], false),
            (&[("code", "code")], true),
            (&[("code", "cod")], false),
            (&[("calling", "49")], true),
            (&[("called", "4930")], false),
            (&[("address", "192.0.2.0/24")], true),
            (&[("address", "192.0.2.7")], true),
            (&[("address", "2001:db8::/32")], false),
            (&[("trunk", "in"), ("called", "4989"), ("address", "192.0.2.0/28")], true),
            (&[("trunk", "in"), ("called", "1")], false),
        ] {
            let rules = AccountRules::of(&[rule("first", asks), rule("second", &[("calling", "")])]).unwrap();
            let mut draft = draft();
            rules.assign(&mut draft);
            assert_eq!(draft.account.as_deref(), Some(if is_met { "first" } else { "second" }), "{asks:?}");
        }
        let mut draft = draft();
        AccountRules::of(&[rule("a", &[("trunk", "none")])]).unwrap().assign(&mut draft);
        assert_eq!((draft.account.as_deref(), draft.customer.as_deref()), (Some("code"), None));
        AccountRules::of(&[rule("a", &[("trunk", "in"), ("customer", "Acme")])]).unwrap().assign(&mut draft);
        assert_eq!((draft.account.as_deref(), draft.customer.as_deref()), (Some("a"), Some("Acme")));
    }

    #[test]
    fn rules_that_are_not_valid_are_refused() {
        for (rule, said) in [
            (rule("a", &[]), "the rule for the account `a` asks nothing"),
            (rule("", &[("trunk", "in")]), "a rule names no account"),
            (rule("a", &[("address", "192.0.2")]), "the rule for the account `a` has the address `192.0.2`"),
        ] {
            let error = AccountRules::of(&[rule]).unwrap_err().to_string();
            assert!(error.starts_with(said), "{error}");
        }
    }
}
