//! The filters of calls: which there are, what fields they are about, and which of them a query can say.

use cdr_model::{Account, Cdr, CdrField, Directory, Field, FieldKind, Record};
use cdr_query::{Condition, Operand, Test};

use crate::yeti::filter::{Comparand, Filter, Kind, Operator};
use crate::yeti::json_api::{Asked, Problem};

const SECOND: i64 = 1_000_000;

/// Their names without the operator, what they are about, and the field that holds it (yeti-web, `cdr_resource.rb`).
static FILTERS: &[(&str, Kind, CdrField)] = &[
    ("id", Kind::Number, CdrField::Id),
    ("duration", Kind::Number, CdrField::Talk),
    ("destination_initial_rate", Kind::Number, CdrField::InitialRate),
    ("destination_next_rate", Kind::Number, CdrField::NextRate),
    ("destination_fee", Kind::Number, CdrField::Fee),
    ("destination_initial_interval", Kind::Number, CdrField::InitialInterval),
    ("destination_next_interval", Kind::Number, CdrField::NextInterval),
    ("customer_acc_vat", Kind::Number, CdrField::Vat),
    ("customer_price", Kind::Number, CdrField::Price),
    ("customer_price_no_vat", Kind::Number, CdrField::PriceNoVat),
    ("customer_duration", Kind::Number, CdrField::Billed),
    ("lega_disconnect_code", Kind::Number, CdrField::ReleaseCode),
    ("auth_orig_transport_protocol_id", Kind::Number, CdrField::PeerTransport),
    ("auth_orig_port", Kind::Number, CdrField::PeerPort),
    ("time_start", Kind::Time, CdrField::StartedAt),
    ("time_connect", Kind::Time, CdrField::ConnectedAt),
    ("time_end", Kind::Time, CdrField::EndedAt),
    ("success", Kind::Boolean, CdrField::Success),
    ("destination_reverse_billing", Kind::Boolean, CdrField::ReverseBilling),
    ("destination_prefix", Kind::Text, CdrField::RatePrefix),
    ("dst_prefix_in", Kind::Text, CdrField::Called),
    ("src_prefix_in", Kind::Text, CdrField::Calling),
    ("src_name_in", Kind::Text, CdrField::CallingName),
    ("src_prefix_routing", Kind::Text, CdrField::CallingRouted),
    ("dst_prefix_routing", Kind::Text, CdrField::CalledRouted),
    ("diversion_in", Kind::Text, CdrField::Diversion),
    ("orig_call_id", Kind::Text, CdrField::CallId),
    ("local_tag", Kind::Text, CdrField::LocalTag),
    ("lega_disconnect_reason", Kind::Text, CdrField::ReleaseReason),
    ("lega_user_agent", Kind::Text, CdrField::UserAgent),
    ("pai_in", Kind::Text, CdrField::Pai),
    ("ppi_in", Kind::Text, CdrField::Ppi),
    ("privacy_in", Kind::Text, CdrField::Privacy),
    ("rpid_in", Kind::Text, CdrField::Rpid),
    ("rpid_privacy_in", Kind::Text, CdrField::RpidPrivacy),
    ("ruri_domain", Kind::Text, CdrField::RuriDomain),
    ("to_domain", Kind::Text, CdrField::ToDomain),
    ("from_domain", Kind::Text, CdrField::FromDomain),
    ("auth_orig_ip", Kind::Inet, CdrField::PeerIp),
    ("account_id", Kind::Uuid, CdrField::AccountId),
];

/// What is asked of calls.
#[derive(Default)]
pub(super) struct Filters {
    /// What a query can say.
    pub(super) conditions: Vec<Condition>,
    /// What it cannot: fields, and the filters their values have to pass.
    pub(super) rest: Vec<(CdrField, Filter)>,
    /// Whether the beginning of a window over the start is among it.
    pub(super) bound_start: bool,
}

impl Filters {
    /// Reads what is asked. Accounts are those that may be asked for; what is hidden may not.
    ///
    /// # Errors
    /// Codes 102 and 107, all at once.
    pub(super) fn read(asked: &[Asked], accounts: &[Account], hidden: &[String]) -> Result<Filters, Vec<Problem>> {
        let visible = FILTERS.iter().filter(|(name, ..)| !hidden.iter().any(|hidden| hidden == name));
        let list: Vec<(&'static str, Kind)> = visible.map(|(name, kind, _)| (*name, *kind)).collect();
        let (mut filters, mut problems) = (Filters::default(), Vec::new());
        for asked in asked {
            let plain = Filter::read_plain(asked, "id", Kind::Number);
            match plain.unwrap_or_else(|| Filter::read(asked, &list)) {
                Err(problem) => problems.push(problem),
                Ok(filter) => filters.add(filter, accounts),
            }
        }
        if problems.is_empty() { Ok(filters) } else { Err(problems) }
    }

    /// Whether what no query can say is true of a call.
    pub(super) fn hold(rest: &[(CdrField, Filter)], call: &Cdr) -> bool {
        rest.iter().all(|(field, filter)| filter.holds(&call.value(*field, &Directory::EMPTY)))
    }

    fn add(&mut self, filter: Filter, accounts: &[Account]) {
        use Operator::{Eq, Gt, Gteq};
        let found = FILTERS.iter().find(|(name, ..)| *name == filter.name);
        let field = found.map_or(CdrField::Id, |(_, _, field)| *field);
        self.bound_start |= field == CdrField::StartedAt && matches!(filter.operator, Eq | Gt | Gteq);
        let tests = match field.kind() {
            FieldKind::Duration => seconds(&filter),
            kind => filter.test(|comparand| operand(comparand, kind, accounts)).map(|test| vec![test]),
        };
        let condition = |test| Condition::new(field, test).ok();
        match tests.and_then(|tests| tests.into_iter().map(condition).collect::<Option<Vec<_>>>()) {
            Some(conditions) => self.conditions.extend(conditions),
            None => self.rest.push((field, filter)),
        }
    }
}

/// A comparand as a query has it for a field of this kind. An account that may not be asked for is as good as none: no
/// account has that number.
fn operand(comparand: &Comparand, kind: FieldKind, accounts: &[Account]) -> Option<Operand> {
    Some(match (comparand, kind) {
        (Comparand::Uuid(uuid), _) => {
            let account = accounts.iter().find(|account| account.uuid == *uuid);
            Operand::Integer(account.map_or(i64::MIN, |account| account.id))
        }
        (Comparand::Text(text), _) => Operand::Text(text.clone()),
        (Comparand::Inet(address), _) => Operand::Text(address.to_string()),
        (Comparand::Time(at), _) => Operand::Time(*at),
        (Comparand::Boolean(yes), _) => Operand::Boolean(*yes),
        (Comparand::Whole(number), FieldKind::Integer) => Operand::Integer(*number),
        (Comparand::Whole(number), FieldKind::Money) => Operand::Money(number.to_string().parse().ok()?),
        (Comparand::Decimal(amount), FieldKind::Money) => Operand::Money(*amount),
        _ => return None,
    })
}

/// Lengths, of which only the whole seconds count: one of 61.9 seconds is 61 seconds long.
fn seconds(filter: &Filter) -> Option<Vec<Test>> {
    let [Comparand::Whole(n)] = filter.comparands[..] else { return None };
    let begins = |n: i64| Operand::Duration(n.saturating_mul(SECOND));
    let (this, next) = (begins(n), begins(n.saturating_add(1)));
    Some(match filter.operator {
        Operator::Eq | Operator::In => vec![Test::Gte(this), Test::Lt(next)],
        Operator::Gt => vec![Test::Gte(next)],
        Operator::Gteq => vec![Test::Gte(this)],
        Operator::Lt => vec![Test::Lt(this)],
        Operator::Lteq => vec![Test::Lt(next)],
        _ => return None,
    })
}
